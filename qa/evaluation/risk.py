"""A threshold with a promise: how often at most a given answer is wrong, with a stated confidence."""

from __future__ import annotations

import numpy as np

from qa.evaluation.abstention import BoolVector, FloatVector

CONFIDENCE = 0.95


def fewest_answers(max_risk: float, confidence: float) -> int:
    """How many answers the first test is made on: so many that it would pass if half the risk were wrong."""
    from scipy.stats import binom

    n = 1
    while binom.cdf(int(n * max_risk / 2), n, max_risk) > 1 - confidence:
        n += 1
    return n


def controlled_threshold(
    probability: FloatVector, wrong: BoolVector, max_risk: float, confidence: float = CONFIDENCE
) -> float | None:
    """The lowest probability of an answer from which at most `max_risk` of the answers given are wrong.

    `probability` [n] and `wrong` [n] are of the forced answers to questions that nothing was fitted on;
    risks and `confidence` are in (0, 1). Thresholds are tested from a high one down, each with an exact
    binomial test, until one fails, so that the promise holds for the last with `confidence` though many were
    looked at (fixed-sequence testing, Angelopoulos et al. 2021, "Learn then Test"); the first lets
    `fewest_answers` through. None where not even the most certain answers keep it, or there are too few.
    Raises ValueError for a risk or confidence outside (0, 1).
    """
    from scipy.stats import binom

    if not (0 < max_risk < 1 and 0 < confidence < 1):
        raise ValueError(f"risk {max_risk} and confidence {confidence}: expected both between 0 and 1")
    order = np.argsort(-probability, kind="stable")
    ranked, n_wrong = probability[order], np.cumsum(wrong[order])
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(ranked) else np.empty(0, np.int64)
    kept = None
    for end in ends[ends + 1 >= fewest_answers(max_risk, confidence)]:
        if binom.cdf(n_wrong[end], end + 1, max_risk) > 1 - confidence:
            break
        kept = float(ranked[end])
    return kept
