"""How sure a mean, or a difference of two, is: bootstrap over questions, and McNemar's test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

N_RESAMPLES = 1_000
SEED = 0
_BLOCK = 200_000
"""Drawn indices held at a time."""

FloatMatrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the 2.5 and 97.5 percentiles of its bootstrap distribution."""

    mean: float
    low: float
    high: float


def bootstrap(columns: FloatMatrix, n_resamples: int = N_RESAMPLES, seed: int = SEED) -> list[Interval]:
    """95% percentile intervals of the column means of [n_questions, n_columns], n_questions > 0.

    Questions are drawn with replacement, the same ones for all columns (Efron and Tibshirani 1993,
    chapter 13); they count as independent, which several questions about one article are not quite.
    """
    n = len(columns)
    generator = np.random.default_rng(seed)
    step = max(1, _BLOCK // n)
    means = np.concatenate(
        [
            columns[generator.integers(0, n, (min(step, n_resamples - first), n))].mean(axis=1)
            for first in range(0, n_resamples, step)
        ]
    )
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return [Interval(*map(float, row)) for row in zip(columns.mean(axis=0), low, high, strict=True)]


def paired_bootstrap(before: ArrayLike, after: ArrayLike, seed: int = SEED) -> Interval:
    """The mean of after - before over the same questions, with its 95% interval."""
    difference = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return bootstrap(difference[:, None], seed=seed)[0]


def mcnemar(before: ArrayLike, after: ArrayLike) -> float:
    """Exact two-sided p-value that as many questions are fixed as are broken (McNemar 1947): a sign test
    on those of which exactly one run is right; 1 where there is none."""
    was, now = np.asarray(before, dtype=np.bool_), np.asarray(after, dtype=np.bool_)
    fixed, broken = int((now & ~was).sum()), int((was & ~now).sum())
    if fixed + broken == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(fixed, fixed + broken).pvalue)
