"""Figures of a reader on data kept for development, for its manifest: the pipeline as users run it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.bundle import refresh_manifest
from embeddings.train.questions import SEEDS, write_dev_sets
from qa.calibration import Calibration
from qa.config import find_profile
from qa.evaluation.abstention import score_at
from qa.evaluation.calibrate import CalibrationSet, apply, read_set
from qa.evaluation.metrics import auroc
from qa.evaluation.questions import EvaluationQuestion, read_questions
from qa.pipeline import Models

REPOSITORY_SETS = {"public": "dev_article.json", "dispatches_dev": "dispatches/dev.json"}
"""Neither trained on nor calibrated on. The threshold is that of `seeds/more_dispatches/dev.json`."""


def describe(data: CalibrationSet, calibration: Calibration) -> dict[str, float]:
    """F1 of the answerable questions when forced; over all questions and AUROC where some have no answer."""
    found = {"n": len(data.answerable), "forced_f1": 100 * float(data.span_f1[data.answerable].mean())}
    if not data.answerable.all():
        probability = apply(data, np.array(calibration.weights), calibration.bias)
        score = score_at(calibration.threshold, probability, data.span_f1, data.answerable)
        area = auroc(1 - probability, ~data.answerable)
        found |= {"f1": 100 * score, "auroc": 0.0 if area is None else area}
    return {name: round(value, 4 if name == "auroc" else 2) for name, value in found.items()}


def _by_language(name: str, questions: Iterable[EvaluationQuestion]) -> dict[str, list[EvaluationQuestion]]:
    groups: dict[str, list[EvaluationQuestion]] = {}
    for question in questions:
        key = name if question.language == "?" else f"{name}_{question.language}"
        groups.setdefault(key, []).append(question)
    return groups


def score_reader(data: Path, reader: Path) -> dict[str, dict[str, float]]:
    """Scores of the reader in `reader` with its calibration and the shipped encoder: the public questions, the
    development dispatches, and, each with its own paragraph as the article, PIAF and SQuAD 1.1."""
    models = Models.load(replace(find_profile("compact"), reader=str(reader)))
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: SEEDS / path for name, path in REPOSITORY_SETS.items()}
        paths |= {path.stem: path for path in write_dev_sets(data, Path(folder))}
        groups = {
            key: questions
            for name, path in paths.items()
            for key, questions in _by_language(name, read_questions(path)).items()
        }
    return {key: describe(read_set(questions, models), models.calibration) for key, questions in groups.items()}


def record_scores(data: Path, reader: Path) -> dict[str, Any]:
    """Score the reader and write the figures into its manifest; returns them."""
    scores = score_reader(data, reader)
    refresh_manifest(reader, scores=scores)
    return scores
