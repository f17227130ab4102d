"""A question file is asked whole and scored, or refused in one line that names the place."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
from fakes import Plant, PlantedReader, fake_models

from qa.article import Article
from qa.cli import main
from qa.evaluation import runner
from qa.evaluation.questions import read_questions
from qa.evaluation.runner import evaluate
from qa.pipeline import Models

CONTEXT = "L’Otan tiendra un sommet à Bruxelles.\r\n\r\nM. Dupont refuse de payer 3\u202f400 euros."
OTHER = "Rome accepte le plan."
KEYS = {"overall", "by_language", "by_type", "retrieval", "abstention", "latency", "versions"}
PLANTS = {
    "Où ?": Plant("Bruxelles"),
    "Combien ?": Plant("payer 3\u202f400 euros"),
    "Quand ?": Plant("sommet", -3),
    "Why?": Plant("refuse", 4),
    "Qui accepte ?": Plant("Rome"),
}


def qa(name: str, question: str, answers: tuple[str, ...] = (), context: str = CONTEXT, **more: str) -> dict[str, Any]:
    gold = [{"text": text, "answer_start": context.index(text)} for text in answers]
    return {"id": name, "question": question, "answers": gold, "is_impossible": not gold, **more}


def squad(*qas: dict[str, Any], context: str | None = CONTEXT) -> dict[str, Any]:
    paragraph = {"qas": list(qas)} if context is None else {"context": context, "qas": list(qas)}
    return {"title": "t", "paragraphs": [paragraph]}


DOCUMENT = {
    "version": "v2.0",
    "data": [
        squad(
            qa("right", "Où ?", ("Bruxelles", "à Bruxelles"), lang="fr", type="where"),
            qa("partly", "Combien ?", ("3\u202f400 euros",), lang="fr", type="how_many"),
            qa("silent", "Quand ?", lang="fr", type="when"),
            qa("wrong", "Why?", lang="en", type="why"),
            qa("empty", " ", ("Bruxelles",), lang="fr", type="where"),
        ),
        squad(qa("other", "Qui accepte ?", ("Rome",), OTHER), context=OTHER),
        squad(qa("nowhere", "Où ?", context=""), context=" "),
    ],
}


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Models:
    """Planted models, which the command line gets too."""
    found = fake_models(PlantedReader(PLANTS))
    monkeypatch.setattr(Models, "load", classmethod(lambda cls, models="compact": found))
    return found


def write(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def run(tmp_path: Path, document: object) -> Path:
    output = tmp_path / "results"
    assert main(["evaluate", str(write(tmp_path / "questions.json", document)), "--output", str(output)]) == 0
    return output


def refusal(capsys: pytest.CaptureFixture[str], path: Path, output: Path) -> str:
    assert main(["evaluate", str(path), "--output", str(output)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}")
    assert error.count("\n") == 1
    return error


def test_the_files_are_written_and_every_question_is_in_them(models: Models, tmp_path: Path) -> None:
    output = run(tmp_path, DOCUMENT)
    names = ["journal.jsonl", "metrics.json", "na_prob.json", "per_question.csv", "predictions.json", "report.html"]
    assert sorted(p.name for p in output.iterdir()) == names
    assert read(output / "predictions.json") == {
        "right": "Bruxelles",
        "partly": "payer 3\u202f400 euros",
        "silent": "",
        "wrong": "refuse",
        "empty": "",
        "other": "Rome",
        "nowhere": "",
    }
    probabilities = read(output / "na_prob.json")
    assert list(probabilities) == list(read(output / "predictions.json"))
    assert all(0 <= p <= 1 for p in probabilities.values())
    assert probabilities["empty"] == probabilities["nowhere"] == 1
    assert probabilities["right"] < probabilities["wrong"] < 0.5 < probabilities["silent"]


def test_the_metrics_are_those_worked_by_hand(models: Models, tmp_path: Path) -> None:
    metrics = read(run(tmp_path, DOCUMENT) / "metrics.json")
    assert set(metrics) >= KEYS
    overall = metrics["overall"]
    assert (overall["n"], overall["n_answerable"], overall["n_errors"]) == (7, 4, 2)
    expected = {
        "f1": 100 * (1 + 0.8 + 1 + 0 + 0 + 1 + 0) / 7,  # what could not be asked is wrong, answer or none
        "exact_match": 100 * 3 / 7,
        "f1_answerable": 70,
        "f1_answerable_forced": 70,
        "f1_unanswerable": 100 / 3,
    }
    assert {key: overall["french_aware"][key] for key in expected} == pytest.approx(expected, abs=0.01)
    assert {k: v["n"] for k, v in metrics["by_language"].items()} == {"fr": 4, "en": 1, "?": 2}
    assert set(metrics["by_type"]) == {"where", "how_many", "when", "why", "?"}
    assert metrics["by_language"]["en"]["french_aware"]["f1_answerable"] is None
    assert metrics["retrieval"]["n"] == 3
    assert metrics["retrieval"]["recall@5"] == 1
    expected = {"auroc": 9.5 / 12, "n_abstained": 3, "n_unanswerable": 3}
    assert {key: metrics["abstention"][key] for key in expected} == pytest.approx(expected, abs=1e-4)
    assert metrics["latency"]["p50_ms"] <= metrics["latency"]["p95_ms"]
    assert metrics["versions"]["encoder"] == "hash"


def test_an_abstention_is_scored_by_its_best_span_when_forced(models: Models, tmp_path: Path) -> None:
    document = {"data": [squad(qa("shy", "Quand ?", ("sommet",)))]}
    scores = read(run(tmp_path, document) / "metrics.json")["overall"]["french_aware"]
    assert (scores["f1_answerable"], scores["f1_answerable_forced"]) == (0, 100)


def test_questions_without_a_context_are_asked_of_the_given_article(models: Models, tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_bytes(CONTEXT.encode())
    path = write(tmp_path / "q.json", {"data": [squad(qa("one", "Où ?", ("Bruxelles",)), context=None)]})
    assert main(["evaluate", str(path), "--article", str(article), "--output", str(tmp_path)]) == 0
    assert read(tmp_path / "predictions.json") == {"one": "Bruxelles"}


def test_squad_1_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    entry = {"question": "Où ?", "id": "a", "answers": [{"text": "Rome", "answer_start": 0}]}
    document = {"data": [{"paragraphs": [{"context": OTHER, "qas": [entry]}]}]}
    path = tmp_path / "q.json"
    path.write_text(json.dumps(document), encoding="utf-8-sig")
    (found,) = read_questions(path)
    assert (found.id, found.title, found.language, found.type) == ("a", "?", "?", "?")
    assert [(g.text, g.start) for g in found.gold] == [("Rome", 0)]


def test_a_checkout_that_is_not_installed_is_scored_too(
    models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name == "dispatch-qa":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(runner, "version", version)
    questions = read_questions(write(tmp_path / "q.json", DOCUMENT))
    summary = evaluate(questions, models, tmp_path / "results", Article.from_text(CONTEXT))
    assert summary["versions"]["torch"] == "1"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", "line 1"),
        ('{"data": [\n{"paragraphs": }]}', "line 2"),
        ("[]", "'data'"),
        ("{}", "'data'"),
        ('{"data": {}}', "'data'"),
        ('{"data": []}', "no question"),
        ('{"data": [3]}', "data[0]"),
        ('{"data": [{"paragraphs": [{"qas": []}, {"context": "x"}]}]}', "data[0].paragraphs[1]"),
        ('{"data": [{"paragraphs": [{"qas": [{"question": "a"}, {"id": 1}]}]}]}', "paragraphs[0].qas[1]"),
        ('{"data": [{"paragraphs": [{"qas": [{"question": 5}]}]}]}', "qas[0]"),
        ('{"data": [{"paragraphs": [{"qas": [{"question": "a", "answers": "x"}]}]}]}', "qas[0]"),
        ('{"data": [{"paragraphs": [{"qas": [{"question": "a", "answers": [{}]}]}]}]}', "answers[0]"),
        ('{"data": [{"paragraphs": [{"context": 5, "qas": [{"question": "a"}]}]}]}', "paragraphs[0]"),
        ('{"data": [{"paragraphs": [{"context": ["x"], "qas": [{"question": "a"}]}]}]}', "paragraphs[0]"),
        (
            '{"data": [{"paragraphs": [{"qas": [{"id": 1, "question": "a"}, {"id": "1", "question": "b"}]}]}]}',
            "unique",
        ),
        ("[" * 100_000, ""),
        ("\ufeff\udcff", "UTF-8"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, place: str
) -> None:
    path = tmp_path / "questions.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    error = refusal(capsys, path, tmp_path / "results")
    assert place in error
    assert not (tmp_path / "results").exists()


def test_a_missing_file_and_a_folder_are_refused(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        refusal(capsys, path, tmp_path / "results")


def test_a_file_in_the_place_of_the_output_is_refused(
    models: Models, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "questions.json", DOCUMENT)
    assert main(["evaluate", str(path), "--output", str(path)]) == 2
    assert str(path) in capsys.readouterr().err
