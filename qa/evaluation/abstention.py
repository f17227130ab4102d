"""Does the system know what it does not know: risk and coverage, calibration, the best threshold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_BINS = 10

FloatVector = NDArray[np.float64]
BoolVector = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of a reliability plot: their mean probability, the share that came true, how many."""

    probability: float
    share: float
    n: int


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Points (coverage [n], risk [n]) from the most confident question to all, and the area under them.

    `best_area` is that of an order which puts the best answers first: no confidence can do better.
    """

    coverage: FloatVector
    risk: FloatVector
    area: float
    best_area: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """The probability from which answering pays most on the questions it was chosen on, and the mean score
    there, and on others; scores in [0, 1]."""

    value: float
    n_chosen_on: int
    score_chosen_on: float
    n_reported_on: int
    score_reported_on: float


def reliability_bins(probability: FloatVector, came_true: BoolVector, n_bins: int = N_BINS) -> list[Bin]:
    """Bins of equal mass, by probability; the sizes differ by at most one. No more bins than questions."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, min(n_bins, len(order))) if len(order) else []
    return [Bin(float(probability[p].mean()), float(came_true[p].mean()), len(p)) for p in parts]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of probability and share over the bins, weighed by size (Naeini et al. 2015)."""
    n = sum(b.n for b in bins)
    return sum(b.n * abs(b.probability - b.share) for b in bins) / n


def brier(probability: FloatVector, came_true: BoolVector) -> float:
    """Mean squared distance of probability and outcome (Brier 1950)."""
    return float(np.mean((probability - came_true) ** 2))


def _risks(score: FloatVector) -> FloatVector:
    return np.asarray(1 - np.cumsum(score) / np.arange(1, len(score) + 1), dtype=np.float64)


def risk_coverage(confidence: FloatVector, score: FloatVector) -> RiskCoverage:
    """Risk (1 - mean score) when only the most confident share of all questions is answered.

    `score` [n] in [0, 1] is that of the answer when one is forced. Equal confidences share their mean
    score, so that their order has no say. The area is the mean risk over the coverages 1/n ... n/n
    (El-Yaniv and Wiener 2010; AURC of Geifman et al. 2019).
    """
    order = np.argsort(-confidence, kind="stable")
    _, group = np.unique(-confidence[order], return_inverse=True)
    shared = np.bincount(group, weights=score[order]) / np.bincount(group)
    risk, best = _risks(shared[group]), _risks(np.sort(score)[::-1])
    coverage = np.arange(1, len(score) + 1) / len(score)
    return RiskCoverage(coverage, risk, float(risk.mean()), float(best.mean()))


def best_threshold(probability: FloatVector, score: FloatVector, answerable: BoolVector) -> float:
    """The probability of an answer from which answering gives the highest mean score over all questions.

    `score` [n] is that of the forced answer, 0 where the article does not answer; there, abstaining
    scores 1. The threshold lies midway between two probabilities that differ, or is 0 or 1.
    """
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    gain = np.where(answerable[order], score[order], -1.0)
    totals = np.concatenate([[0.0], np.cumsum(gain)])
    edges = np.concatenate([[1.0], ranked, [0.0]])
    can_cut = np.concatenate([[True], ranked[1:] != ranked[:-1], [True]])
    best = int(np.argmax(np.where(can_cut, totals, -np.inf)))
    return float((edges[best] + edges[best + 1]) / 2) if 0 < best < len(ranked) else float(best == 0)


def score_at(threshold: float, probability: FloatVector, score: FloatVector, answerable: BoolVector) -> float:
    """Mean score over all questions when those of at least `threshold` are answered."""
    return float(np.where(probability >= threshold, np.where(answerable, score, 0.0), ~answerable).mean())


def in_first_half(id: str) -> bool:
    """True for about every second id, always the same ones."""
    return hashlib.sha256(id.encode("utf-8", "replace")).digest()[0] % 2 == 0


def cross_threshold(
    probability: FloatVector, score: FloatVector, answerable: BoolVector, half: BoolVector
) -> list[Threshold]:
    """The best threshold of each half of the questions, with its score on the other half; none where a
    half is empty."""
    if half.all() or not half.any():
        return []
    found = []
    for chosen in (half, ~half):
        on, off = [(probability[part], score[part], answerable[part]) for part in (chosen, ~chosen)]
        value = best_threshold(*on)
        found.append(Threshold(value, len(on[0]), score_at(value, *on), len(off[0]), score_at(value, *off)))
    return found
