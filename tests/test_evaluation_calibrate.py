"""The confidence is fitted on enough questions or not at all, and says on what."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Plant, PlantedReader, fake_models

from embeddings.bundle import open_bundle, write_manifest
from qa.calibration import CALIBRATION_FILE, Calibration, load_calibration, save_calibration
from qa.cli import main
from qa.errors import EvaluationError, ModelError
from qa.evaluation.calibrate import CalibrationSet, apply, calibrate, cross_validate, read_set
from qa.evaluation.questions import read_questions
from qa.pipeline import Models

WORDS = "Otan Bruxelles mission Irak sommet juillet Paris accord".split()


def write_file(path: Path, n_articles: int, n_each: int) -> dict[str, Plant]:
    """Questions of which every second has an answer, and what is planted: margins that tell them apart, mostly."""
    source = random.Random(0)
    plants, data = {}, []
    for i in range(n_articles):
        words = source.sample(WORDS, 6)
        qas: list[dict[str, Any]] = []
        for j in range(n_each):
            word = source.choice(words)
            question = f"Question {i} {j} ?"
            plants[question] = Plant(word, source.gauss(2 if j % 2 else -2, 1.5))
            qas.append({"id": f"{i}-{j}", "question": question, "answers": [{"text": word}] if j % 2 else []})
        data.append({"title": f"t{i}", "paragraphs": [{"context": f"{' '.join(words)} {i}.", "qas": qas}]})
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    return plants


def test_a_fit_names_its_split_its_size_and_an_interval(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    models = fake_models(PlantedReader(write_file(path, 20, 20)))
    found = calibrate([path], models)
    assert (found.source, found.n_questions) == ("dev.json", 400)
    assert found.ece is not None
    assert found.ece_interval is not None
    assert found.ece_interval[0] <= found.ece <= found.ece_interval[1] + 0.02
    assert found.ece < 0.1
    assert found.auroc is not None
    assert found.auroc > 0.9
    assert 0.2 < found.threshold < 0.8
    assert calibrate([path], models, "mine") == Calibration(
        found.weights, found.bias, found.threshold, "mine", 400, found.f1, found.auroc, found.ece, found.ece_interval
    )


def test_a_promised_risk_is_kept_by_a_higher_threshold(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    models = fake_models(PlantedReader(write_file(path, 20, 20)))
    best, strict, lenient = (calibrate([path], models, max_risk=risk) for risk in (None, 0.1, 0.3))
    assert best.max_risk is None
    assert (strict.max_risk, strict.weights) == (0.1, best.weights)
    assert 0 < lenient.threshold < strict.threshold < 1
    data = read_set(read_questions(path), models)
    given = apply(data, np.array(strict.weights), strict.bias) >= strict.threshold
    assert (~data.answerable[given]).mean() <= 0.1
    assert given.sum() > 100


@pytest.mark.parametrize(("risk", "reason"), [(0.0001, "more than 0%"), (1.0, "between 0 and 1")])
def test_a_risk_that_cannot_be_promised_is_refused(tmp_path: Path, risk: float, reason: str) -> None:
    path = tmp_path / "dev.json"
    with pytest.raises(EvaluationError, match=reason):
        calibrate([path], fake_models(PlantedReader(write_file(path, 20, 20))), max_risk=risk)


@pytest.mark.parametrize(("n_articles", "n_each", "reason"), [(20, 9, "180 questions"), (4, 60, "4 articles")])
def test_too_little_is_refused(tmp_path: Path, n_articles: int, n_each: int, reason: str) -> None:
    path = tmp_path / "small.json"
    models = fake_models(PlantedReader(write_file(path, n_articles, n_each)))
    with pytest.raises(EvaluationError, match=f"small.json: .*{reason}.*too few"):
        calibrate([path], models)


def test_a_split_of_one_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    context = "Otan Paris."
    rows = [{"question": f"q {i}", "context": f"{context} {i}", "answers": ["Otan"]} for i in range(250)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with pytest.raises(EvaluationError, match="0 without an answer"):
        calibrate([path], fake_models(PlantedReader({})))


def test_folds_are_of_whole_articles() -> None:
    """A feature that gives away the article helps within it alone: left-out articles show no skill."""
    generator = np.random.default_rng(0)
    article = np.repeat(np.arange(10), 40)
    answerable = generator.random(400) < 0.5
    data = CalibrationSet(generator.normal(size=(400, 5)), answerable, answerable.astype(float), article.astype(float))
    found = cross_validate(data)
    assert found.auroc is not None
    assert 0.35 < found.auroc < 0.65


def test_the_command_stores_it_with_the_bundle_and_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "reader"
    bundle.mkdir()
    (bundle / "config.json").write_text("{}", encoding="utf-8")
    write_manifest(bundle, "reader", "tiny", {"seed": 3})
    path = tmp_path / "dev.json"
    models = fake_models(PlantedReader(write_file(path, 20, 20)))
    monkeypatch.setattr(Models, "load", classmethod(lambda cls, profile, calibrated: models))
    assert main(["calibrate", str(path), "--reader", str(bundle), "--split", "public dev"]) == 0
    printed = capsys.readouterr().out
    assert "400 questions of public dev" in printed
    assert "95%" in printed
    stored = load_calibration(bundle)
    assert (stored.source, stored.n_questions) == ("public dev", 400)
    assert stored.ece_interval is not None
    opened = open_bundle(bundle, "reader")
    assert opened.name == "tiny"
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert CALIBRATION_FILE in manifest["files"]
    assert manifest["seed"] == 3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["--reader", "org/model"], "no folder"), (["--article", "a.txt"], "--article is not read")],
)
def test_what_cannot_be_calibrated_is_2_and_one_line(
    tmp_path: Path, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "dev.json"
    write_file(path, 1, 2)
    assert main(["calibrate", str(path), *arguments]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1


def test_questions_of_one_article_are_read_together_and_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    models = fake_models(PlantedReader(write_file(path, 3, 4)))
    found = read_set(read_questions(path), models)
    assert found.features.shape == (12, 4)
    assert found.article.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert found.answerable.tolist() == [False, True] * 6


def test_a_calibration_is_read_as_it_was_saved(tmp_path: Path) -> None:
    given = Calibration((1.0, 2.0, 3.0, 4.0), 0.5, 0.4, "dev", 300, 80.0, 0.9, 0.03, (0.02, 0.05))
    save_calibration(given, tmp_path)
    assert load_calibration(tmp_path) == given
    (tmp_path / CALIBRATION_FILE).write_text('{"weights": [1, 2, 3, 4], "ece_interval": 3}', encoding="utf-8")
    with pytest.raises(ModelError, match="not a calibration"):
        load_calibration(tmp_path)
