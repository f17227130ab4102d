"""The figures of a run: the content of metrics.json."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

import numpy as np

from qa.evaluation import abstention as abst
from qa.evaluation.intervals import N_RESAMPLES, SEED, bootstrap
from qa.evaluation.metrics import auroc
from qa.evaluation.retrieval import retrieval_figures
from qa.evaluation.scoring import LENGTHS, STAGES, Scored
from qa.evaluation.squad import squad_1, squad_2
from qa.evaluation.usage import Usage, latency

MOST_GROUPS = 200
_CURVE_POINTS = 101
RIGHT_F1 = 0.5
"""An answer whose F1 is at least this counts as right where a probability of being right is judged."""


def _percent(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(100 * mean(known), 2) if known else None


def score_group(scored: Sequence[Scored]) -> dict[str, Any]:
    """EM and F1 in percent over all, answerable (also when forced to answer) and unanswerable questions,
    with the 95% intervals of the first two."""
    has, no = [s for s in scored if s.answerable], [s for s in scored if not s.answerable]
    found: dict[str, Any] = {
        "n": len(scored),
        "n_answerable": len(has),
        "n_errors": sum(s.stage == "error" for s in scored),
    }
    for name, em, f1 in (("french_aware", "em", "f1"), ("official", "official_em", "official_f1")):
        found[name] = {
            "f1": _percent([getattr(s, f1) for s in scored]),
            "exact_match": _percent([getattr(s, em) for s in scored]),
            "f1_answerable": _percent([getattr(s, f1) for s in has]),
            "exact_match_answerable": _percent([getattr(s, em) for s in has]),
            "f1_answerable_forced": None,
            "f1_unanswerable": _percent([getattr(s, f1) for s in no]),
        }
        if scored:
            table = np.array([[getattr(s, f1), getattr(s, em)] for s in scored])
            for key, interval in zip(("f1", "exact_match"), bootstrap(table), strict=True):
                found[name][f"{key}_interval"] = [round(100 * interval.low, 2), round(100 * interval.high, 2)]
    found["french_aware"]["f1_answerable_forced"] = _percent([s.forced_f1 for s in has])
    found["french_aware"]["exact_match_answerable_forced"] = _percent([s.forced_em for s in has])
    found["official"]["f1_answerable_forced"] = _percent([s.official_forced_f1 for s in has])
    found["accents_folded"] = {
        "f1": _percent([s.folded_f1 for s in scored]),
        "exact_match": _percent([s.folded_em for s in scored]),
    }
    return found


def score_groups(scored: Sequence[Scored], key: Callable[[Scored], str], order: Sequence[str] = ()) -> dict[str, Any]:
    """`score_group` of each group, in the given order, others by name; of more than MOST_GROUPS, those with the
    lowest mean F1."""
    groups: defaultdict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        groups[key(one)].append(one)
    worst = sorted(groups, key=lambda name: (mean(s.f1 for s in groups[name]), name))[:MOST_GROUPS]
    rank = {name: i for i, name in enumerate(order)}
    return {name: score_group(groups[name]) for name in sorted(worst, key=lambda n: (rank.get(n, len(rank)), n))}


def _places(scored: Sequence[Scored]) -> dict[str, Any]:
    """How much of the place of the gold answer the shown sentence and the span hold."""
    placed = [s for s in scored if s.evidence_hit is not None]
    return {
        "n": len(placed),
        "evidence_sentence_hit": _percent([s.evidence_hit for s in placed]),
        "character_overlap": _percent([s.overlap for s in placed]),
    }


def funnel(scored: Sequence[Scored]) -> dict[str, Any]:
    """How many questions went wrong at each stage, and how many of them the reader gets right when it is
    given a passage that holds the answer (None where that was not tried)."""
    counts = Counter(s.stage for s in scored)
    stages = {}
    for stage in STAGES:
        tried = [s.bound_em for s in scored if s.stage == stage and s.bound_em is not None]
        stages[stage] = {"n": counts[stage], "n_right_on_gold_passage": int(sum(tried)) if tried else None}
    return {"n": len(scored), "n_right": counts["right"], "stages": stages}


def upper_bound(scored: Sequence[Scored]) -> dict[str, Any] | None:
    """Forced answers of the reader on a gold passage, beside its forced answers on what was retrieved."""
    tried = [s for s in scored if s.bound_f1 is not None]
    if not tried:
        return None
    return {
        "n": len(tried),
        "f1_gold_passage": _percent([s.bound_f1 for s in tried]),
        "exact_match_gold_passage": _percent([s.bound_em for s in tried]),
        "f1_retrieved": _percent([s.forced_f1 for s in tried]),
        "exact_match_retrieved": _percent([s.forced_em for s in tried]),
    }


def _reliability(probability: abst.FloatVector, came_true: abst.BoolVector) -> dict[str, Any]:
    bins = abst.reliability_bins(probability, came_true)
    return {
        "ece": round(abst.expected_calibration_error(bins), 4),
        "brier": round(abst.brier(probability, came_true), 4),
        "bins": [[round(b.probability, 4), round(b.share, 4), b.n] for b in bins],
    }


def abstention(scored: Sequence[Scored]) -> dict[str, Any]:
    """Does `no_answer_probability` tell which questions have no answer, and is it a probability.

    `answerability` judges 1 - no_answer_probability against "the article answers"; `confidence` judges
    the probability of what was said against "that was right" (F1 of at least RIGHT_F1). These two leave
    out the questions that could not be asked; everywhere else those count, as probably without answer.
    """
    impossible = [not s.answerable for s in scored]
    area = auroc([s.no_answer_probability for s in scored], impossible)
    asked = np.array([s.stage != "error" for s in scored], dtype=np.bool_)
    found: dict[str, Any] = {
        "auroc": None if area is None else round(area, 4),
        "n_abstained": int(sum(not s.answered for s in scored)),
        "n_unanswerable": sum(impossible),
    }
    if not asked.any():
        return found
    probability = np.array([1 - s.no_answer_probability for s in scored])
    forced = np.array([s.forced_f1 if s.answerable else 0.0 for s in scored])
    answerable = ~np.array(impossible)
    said = np.array([p if s.answered else 1 - p for s, p in zip(scored, probability, strict=True)])
    right = np.array([s.f1 >= RIGHT_F1 for s in scored])
    curve = abst.risk_coverage(probability, forced)
    thresholds = abst.cross_threshold(probability, forced, answerable, abst.split_in_half([s.id for s in scored]))
    return found | {
        "answerability": _reliability(probability[asked], answerable[asked]),
        "confidence": _reliability(said[asked], right[asked]),
        "risk_coverage": {
            "area": round(curve.area, 4),
            "best_area": round(curve.best_area, 4),
            "points": _thin(curve),
        },
        "threshold": {
            "split": "halves by the hash of the question id; chosen on one, reported on the other",
            "halves": [{key: round(value, 4) for key, value in asdict(t).items()} for t in thresholds],
        },
    }


def _thin(curve: abst.RiskCoverage) -> list[list[float]]:
    """At most _CURVE_POINTS points of the curve, the last one kept."""
    n = len(curve.risk)
    kept = np.unique(np.linspace(0, n - 1, min(n, _CURVE_POINTS)).round().astype(int))
    return [[round(curve.coverage[i], 4), round(curve.risk[i], 4)] for i in kept]


def summarise(scored: Sequence[Scored], usage: Usage, versions: dict[str, str]) -> dict[str, Any]:
    """All figures. `scored`: the labelled questions of the run, in order."""
    return {
        "overall": score_group(scored)
        | {"n_unlabelled": usage.n_asked - len(scored), "n_articles": len({s.article for s in scored})},
        "by_language": score_groups(scored, lambda s: s.language),
        "by_type": score_groups(scored, lambda s: s.type),
        "by_answer_length": score_groups(scored, lambda s: s.length, LENGTHS),
        "by_article": score_groups(scored, lambda s: s.article),
        "squad_2": squad_2(scored),
        "squad_1": squad_1(scored),
        "retrieval": retrieval_figures(scored),
        "evidence": _places(scored),
        "abstention": abstention(scored),
        "funnel": funnel(scored),
        "upper_bound": upper_bound(scored),
        "latency": latency(scored, usage),
        "versions": versions,
        "settings": {"bootstrap_resamples": N_RESAMPLES, "seed": SEED},
    }
