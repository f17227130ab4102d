"""What a manifest says of a reader: hand-worked figures, and that the rest of the manifest stays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from embeddings.bundle import open_bundle
from qa.calibration import Calibration
from qa.config import COMPACT_READER
from qa.evaluation.calibrate import CalibrationSet
from qa.train import scoring


def make_set(margins: list[float], answerable: list[bool], span_f1: list[float]) -> CalibrationSet:
    features = np.array([[margin, 0.0, 0.0, 0.0] for margin in margins])
    return CalibrationSet(features, np.array(answerable), np.array(span_f1), np.zeros(len(margins)))


def test_figures_worked_out_by_hand() -> None:
    """Threshold .5 is a margin of 0: answered .5 and 1, one of two unanswerable ones kept back."""
    data = make_set([2.0, 1.0, -1.0, -2.0, 3.0], [True, True, True, False, False], [0.5, 1.0, 0.9, 0.0, 0.0])
    found = scoring.describe(data, Calibration())
    assert found == {"n": 5, "forced_f1": 80.0, "f1": 50.0, "auroc": 0.5}


def test_without_unanswerable_questions_only_the_forced_figure() -> None:
    assert scoring.describe(make_set([1.0], [True], [0.25]), Calibration()) == {"n": 1, "forced_f1": 25.0}


def test_scores_join_the_manifest_and_the_bundle_still_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(COMPACT_READER, folder)
    before = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(scoring, "score_reader", lambda data, reader: {"public_fr": {"n": 1, "forced_f1": 1.0}})
    scoring.record_scores(tmp_path, folder)
    after = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert after.pop("scores") == {"public_fr": {"n": 1, "forced_f1": 1.0}}
    assert {key: value for key, value in before.items() if key != "scores"} == after
    assert open_bundle(folder, "reader").name == before["name"]
