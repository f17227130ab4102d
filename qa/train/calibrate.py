"""Fit the confidence: a logistic model on the features of readings, and the threshold that pays most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.article import Article
from qa.calibration import FEATURES, Calibration, measure
from qa.evaluation.metrics import auroc, f1, normalise_french
from qa.evaluation.questions import EvaluationQuestion, read_questions
from qa.pipeline import ArticleQA, Models

N_FOLDS = 5
FloatMatrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CalibrationSet:
    """Readings of answered and unanswered questions: features [n, 5], whether the article answers [n],
    F1 of the best span [n] (0 where there is no answer), and the article each came from [n]."""

    features: FloatMatrix
    answerable: NDArray[np.bool_]
    span_f1: FloatMatrix
    article: NDArray[np.int64]


def read_set(path: Path, models: Models) -> CalibrationSet:
    """Ask every question of a file without abstaining and keep the features."""
    groups: defaultdict[str, list[EvaluationQuestion]] = defaultdict(list)
    for question in read_questions(path):
        if question.context is not None:
            groups[question.context].append(question)
    rows, answerable, scores, origin = [], [], [], []
    for number, (context, questions) in enumerate(groups.items()):
        opened = ArticleQA.load(Article.from_text(context), models)
        readings = opened.read_many([q.question for q in questions])
        for question, (reading, _) in zip(questions, readings, strict=True):
            if reading.ranked:
                gold = [answer.text for answer in question.gold]
                rows.append(measure(reading.ranked, reading.passages))
                answerable.append(bool(gold))
                scores.append(f1(reading.ranked[0].text, gold, normalise_french) if gold else 0.0)
                origin.append(number)
    return CalibrationSet(np.array(rows), np.array(answerable), np.array(scores), np.array(origin))


def best_threshold(probability: FloatMatrix, data: CalibrationSet) -> float:
    """The probability from which answering gives the highest mean F1 over all questions."""
    order = np.argsort(-probability)
    answered = np.concatenate([[0.0], np.cumsum(data.span_f1[order])])
    n_null = int((~data.answerable).sum())
    abstained = n_null - np.concatenate([[0.0], np.cumsum(~data.answerable[order])])
    best = int(np.argmax(answered + abstained))
    edges = np.concatenate([[1.0], probability[order], [0.0]])
    return float((edges[best] + edges[best + 1]) / 2)


def _fit(data: CalibrationSet, rows: NDArray[np.bool_]) -> tuple[FloatMatrix, float]:
    """Weights [5] and bias of a logistic regression on standardised features, in raw units."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = data.features[rows].mean(axis=0), data.features[rows].std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0).fit((data.features[rows] - mean) / scale, data.answerable[rows])
    weights = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - weights @ mean)


def _probability(data: CalibrationSet, weights: FloatMatrix, bias: float) -> FloatMatrix:
    return np.asarray(1 / (1 + np.exp(-(data.features @ weights + bias))), dtype=np.float64)


def cross_validate(data: CalibrationSet) -> tuple[float, float | None]:
    """F1 over all (percent, threshold from the other folds) and AUROC, by folds of whole articles."""
    held_out = np.zeros(len(data.answerable))
    score = np.zeros(len(data.answerable))
    for fold in range(N_FOLDS):
        test = data.article % N_FOLDS == fold
        weights, bias = _fit(data, ~test)
        probability = _probability(data, weights, bias)
        train = CalibrationSet(*(part[~test] for part in (data.features, data.answerable, data.span_f1, data.article)))
        limit = best_threshold(probability[~test], train)
        held_out[test] = probability[test]
        score[test] = np.where(probability[test] >= limit, data.span_f1[test], ~data.answerable[test])
    area = auroc(list(1 - held_out), list(~data.answerable))
    return 100 * float(score.mean()), area


def calibrate(paths: Sequence[Path], models: Models) -> Calibration:
    """Fit on all questions of the files; raises ValueError when there are fewer than 200."""
    parts = [read_set(path, models) for path in paths]
    offsets = np.cumsum([0, *(int(p.article.max()) + 1 for p in parts[:-1])])
    data = CalibrationSet(
        np.concatenate([p.features for p in parts]),
        np.concatenate([p.answerable for p in parts]),
        np.concatenate([p.span_f1 for p in parts]),
        np.concatenate([p.article + shift for p, shift in zip(parts, offsets, strict=True)]),
    )
    if len(data.answerable) < 200:
        raise ValueError(f"{len(data.answerable)} questions are too few to calibrate on; expected at least 200")
    score, area = cross_validate(data)
    print(f"cross-validated over articles: F1 {score:.1f}, AUROC {area}")
    weights, bias = _fit(data, np.ones(len(data.answerable), dtype=np.bool_))
    threshold = best_threshold(_probability(data, weights, bias), data)
    print({name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)}, "threshold", threshold)
    source = ", ".join(path.name for path in paths)
    rounded = tuple(round(float(w), 5) for w in weights)
    return Calibration(rounded, round(bias, 5), round(threshold, 4), source, len(data.answerable))
