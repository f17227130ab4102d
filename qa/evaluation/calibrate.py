"""Fit the confidence: a logistic model on the features of readings, and the threshold that pays most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from qa.calibration import Calibration, measure
from qa.errors import DispatchError, EvaluationError
from qa.evaluation.abstention import (
    BoolVector,
    FloatVector,
    best_threshold,
    expected_calibration_error,
    reliability_bins,
)
from qa.evaluation.articles import Shelf, article_key, open_library
from qa.evaluation.asking import build_batches
from qa.evaluation.intervals import N_RESAMPLES, SEED
from qa.evaluation.metrics import auroc, f1, normalise_french
from qa.evaluation.questions import EvaluationQuestion
from qa.evaluation.risk import controlled_threshold
from qa.evaluation.scan import scan
from qa.evaluation.sources import read_source
from qa.pipeline import Models, check_question, read_requests

N_FOLDS = 5
FEWEST = 200
FEWEST_OF_A_KIND = 30
FEWEST_ARTICLES = N_FOLDS


@dataclass(frozen=True, slots=True)
class CalibrationSet:
    """Readings of answered and unanswered questions: features [n, 4], whether the article answers [n],
    F1 of the best span [n] (0 where there is no answer), and the article each came from [n]."""

    features: FloatVector
    answerable: BoolVector
    span_f1: FloatVector
    article: FloatVector

    def __getitem__(self, rows: BoolVector) -> CalibrationSet:
        return CalibrationSet(self.features[rows], self.answerable[rows], self.span_f1[rows], self.article[rows])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How the confidence does on articles it was not fitted on: probabilities [n] that the article answers,
    mean F1 over all questions, AUROC, ECE and the 95% interval of the ECE."""

    probability: FloatVector
    f1: float
    auroc: float | None
    ece: float
    ece_interval: tuple[float, float]


def read_set(questions: Iterable[EvaluationQuestion], models: Models) -> CalibrationSet:
    """Ask labelled questions without abstaining and keep the features. Raises DispatchError for a question
    that cannot be asked: a calibration is fitted on all of its split or not at all."""
    shelf = Shelf(models, None)
    rows, answerable, scores, origin = [], [], [], []
    numbers: dict[object, int] = {}
    for batch in build_batches(q for q in questions if q.labelled):
        opened = shelf.open_all(batch.questions)
        requests = []
        for key, group in groupby(batch.questions, article_key):
            article = opened[key]
            if isinstance(article, DispatchError):
                raise article
            requests += article.retrieve([check_question(question.question) for question in group])
        for question, reading in zip(batch.questions, read_requests(requests, models), strict=True):
            if reading.ranked:
                gold = [answer.text for answer in question.gold]
                rows.append(measure(reading.ranked, reading.passages))
                answerable.append(bool(gold))
                scores.append(f1(reading.ranked[0].text, gold, normalise_french) if gold else 0.0)
                origin.append(numbers.setdefault(hash(article_key(question)), len(numbers)))
    return CalibrationSet(np.array(rows), np.array(answerable), np.array(scores), np.array(origin))


def fit(data: CalibrationSet) -> tuple[FloatVector, float]:
    """Weights [4] and bias of a logistic regression on standardised features, in raw units."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = data.features.mean(axis=0), data.features.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0).fit((data.features - mean) / scale, data.answerable)
    weights = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - weights @ mean)


def apply(data: CalibrationSet, weights: FloatVector, bias: float) -> FloatVector:
    """Probability [n] that the article answers."""
    return np.asarray(1 / (1 + np.exp(-np.clip(data.features @ weights + bias, -30, 30))), dtype=np.float64)


def _ece_interval(probability: FloatVector, came_true: BoolVector, article: FloatVector) -> tuple[float, float]:
    """95% of the ECEs of resampled articles: questions about one article are not independent."""
    generator = np.random.default_rng(SEED)
    members = [np.flatnonzero(article == number) for number in np.unique(article)]
    found = []
    for _ in range(N_RESAMPLES):
        rows = np.concatenate([members[i] for i in generator.integers(0, len(members), len(members))])
        found.append(expected_calibration_error(reliability_bins(probability[rows], came_true[rows])))
    low, high = np.percentile(found, (2.5, 97.5))
    return round(float(low), 4), round(float(high), 4)


def cross_validate(data: CalibrationSet) -> LeftOut:
    """Fit on four fifths of the articles and judge on the fifth, for each fifth."""
    probability, score = np.zeros(len(data.answerable)), np.zeros(len(data.answerable))
    for fold in range(N_FOLDS):
        test = data.article % N_FOLDS == fold
        train = data[~test]
        weights, bias = fit(train)
        limit = best_threshold(apply(train, weights, bias), train.span_f1, train.answerable)
        probability[test] = apply(data[test], weights, bias)
        score[test] = np.where(probability[test] >= limit, data.span_f1[test], ~data.answerable[test])
    ece = expected_calibration_error(reliability_bins(probability, data.answerable))
    area = auroc(1 - probability, ~data.answerable)
    interval = _ece_interval(probability, data.answerable, data.article)
    return LeftOut(probability, float(score.mean()), area, ece, interval)


def require_enough(data: CalibrationSet, source: str) -> None:
    """Refuse to calibrate on too little; raises EvaluationError with the numbers."""
    n, n_no = len(data.answerable), int((~data.answerable).sum())
    n_articles = len(np.unique(data.article))
    if n < FEWEST or min(n_no, n - n_no) < FEWEST_OF_A_KIND or n_articles < FEWEST_ARTICLES:
        raise EvaluationError(
            f"{source}: {n} questions ({n_no} without an answer) on {n_articles} articles are too few to calibrate on; "
            f"expected at least {FEWEST}, {FEWEST_OF_A_KIND} of either kind, on {FEWEST_ARTICLES} articles"
        )


def _read_files(paths: Sequence[Path]) -> list[EvaluationQuestion]:
    """All questions of the files; raises EvaluationError for a bad line."""
    found: list[EvaluationQuestion] = []
    for path in paths:
        scanned = scan(read_source(path))
        if scanned.first_error is not None:
            raise EvaluationError(scanned.first_error)
        library = open_library(path, scanned.names)
        found += map(library.place, read_source(path))
    return found


RIGHT_F1 = 0.5
"""An answer with less than this of the best gold answer counts as wrong when a risk is promised."""


def _keep_promise(data: CalibrationSet, left_out: LeftOut, max_risk: float, source: str) -> float:
    """The threshold that keeps a risk, from the probabilities of articles left out of the fit."""
    wrong = ~data.answerable | (data.span_f1 < RIGHT_F1)
    found = controlled_threshold(left_out.probability, wrong, max_risk)
    if found is None:
        raise EvaluationError(
            f"{source}: even of the most certain answers more than {max_risk:.0%} may be wrong; allow a higher risk"
        )
    return found


def calibrate(
    paths: Sequence[Path], models: Models, split: str | None = None, max_risk: float | None = None
) -> Calibration:
    """Fit on all questions of the files, the split; `split` is its name, by default the files' names.

    The threshold is the one with the best mean F1; with `max_risk` in (0, 1) the lowest from which at most
    that share of the answers given is wrong, with 95% confidence (`qa.evaluation.risk`).
    Raises EvaluationError when a line is bad, there is too little to fit on, or the risk cannot be promised.
    """
    if max_risk is not None and not 0 < max_risk < 1:
        raise EvaluationError(f"a risk of {max_risk:g} cannot be promised; expected a share between 0 and 1")
    source = ", ".join(path.name for path in paths) if split is None else split
    data = read_set(_read_files(paths), models)
    require_enough(data, source)
    left_out = cross_validate(data)
    weights, bias = fit(data)
    if max_risk is None:
        threshold = best_threshold(apply(data, weights, bias), data.span_f1, data.answerable)
    else:
        threshold = _keep_promise(data, left_out, max_risk, source)
    return Calibration(
        weights=tuple(round(float(weight), 5) for weight in weights),
        bias=round(bias, 5),
        threshold=round(threshold, 4),
        source=source,
        n_questions=len(data.answerable),
        f1=round(100 * left_out.f1, 2),
        auroc=None if left_out.auroc is None else round(left_out.auroc, 4),
        ece=round(left_out.ece, 4),
        ece_interval=left_out.ece_interval,
        max_risk=max_risk,
    )
