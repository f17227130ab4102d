"""Two runs are compared question by question, and the exit status says whether the second is worse."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import Plant, PlantedReader, fake_models

from qa.cli import main
from qa.evaluation.compare import compare
from qa.evaluation.journal import JOURNAL, Journal
from qa.evaluation.questions import EvaluationQuestion, GoldAnswer
from qa.evaluation.runner import evaluate

CONTEXT = "M. Dupont refuse le plan. Rome et Paris attendent le <b>sommet</b> de juillet."


def ask(folder: Path, answers: dict[str, str], gold: dict[str, str], context: str = CONTEXT) -> Path:
    questions = [
        EvaluationQuestion(name, f"{name} ?", context, "t", (GoldAnswer(text, None),) if text else (), "fr", "who")
        for name, text in gold.items()
    ]
    plants = {f"{name} ?": Plant(text) for name, text in answers.items()}
    evaluate(questions, fake_models(PlantedReader(plants)), folder)
    return folder


GOLD = {"broken": "Rome", "fixed": "Paris", "same": "Dupont", "moved": "le plan", "none": ""}
A = {"broken": "Rome", "fixed": "Rome", "same": "Dupont", "moved": "plan", "none": "Paris"}
B = {"broken": "Paris", "fixed": "Paris", "same": "Dupont", "moved": "refuse le plan", "none": "Rome"}


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    return ask(tmp_path / "a", A, GOLD), ask(tmp_path / "b", B, GOLD)


def test_fixed_broken_and_changed_questions_are_found(runs: tuple[Path, Path]) -> None:
    found = compare(*runs, margin=1)
    assert {change.a.id: change.kind for change in found.changes} == {
        "broken": "broken",
        "fixed": "fixed",
        "moved": "broken",  # "plan" is the gold answer without its article; "refuse le plan" is not
        "none": "changed",
    }
    assert found.counts == {"broken": 2, "fixed": 1, "changed": 1}
    # A: 1 0 1 1 0; B: 0 1 1 2/3 0
    assert [found.rows[0].f1_a, found.rows[0].f1_b] == pytest.approx([60, 100 * (2 + 2 / 3) / 5])
    assert found.difference.mean == pytest.approx(-20 / 3)
    assert found.difference.low < -20 / 3 < found.difference.high
    assert found.p_value == 1  # one fixed, two broken: 2 * (1 + 3) / 8


@pytest.mark.parametrize(("margin", "status"), [("0", 1), ("6.6", 1), ("6.7", 0), ("100", 0)])
def test_the_exit_status_says_whether_b_is_worse_by_more_than_the_margin(
    runs: tuple[Path, Path], margin: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *map(str, runs), "--margin", margin]) == status
    printed = capsys.readouterr().out
    assert ("not worse" in printed) == (status == 0)
    assert "refuse le plan" in printed
    assert "M. Dupont refuse le plan." in printed
    assert main(["compare", str(runs[1]), str(runs[0]), "--margin", "0"]) == 0


def test_the_page_holds_every_change_and_no_markup_of_theirs(runs: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "new" / "page.html"
    assert main(["compare", *map(str, runs), "--margin", "50", "--output", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert '"counts":{"broken":2,"fixed":1,"changed":1}' in text
    assert "<b>" not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


def test_only_shared_questions_count(tmp_path: Path) -> None:
    other = {**GOLD, "new": "juillet"}
    del other["none"]
    a, b = ask(tmp_path / "a", A, GOLD), ask(tmp_path / "b", A, {**other, "same": "Rome"})
    found = compare(a, b, 0)
    assert (found.rows[0].n, found.n_only_a, found.n_only_b) == (3, 2, 2)
    assert found.difference.mean == 0


def test_what_is_no_finished_run_is_refused_in_one_line(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    torn = tmp_path / "torn"
    torn.mkdir()
    (torn / JOURNAL).write_bytes((runs[0] / JOURNAL).read_bytes()[:-5])
    apart = ask(tmp_path / "apart", {}, {"x": "Rome"})
    for folder, reason in ((empty, "no journal.jsonl"), (torn, "--resume"), (apart, "share no question")):
        assert main(["compare", str(runs[0]), str(folder)]) == 2
        error = capsys.readouterr().err
        assert reason in error
        assert error.count("\n") == 1
    assert main(["compare", *map(str, runs), "--margin", "-1"]) == 2


def test_versions_that_differ_are_named(runs: tuple[Path, Path]) -> None:
    path = runs[1] / JOURNAL
    before = Journal.load(path)
    outcomes = list(before.read())
    versions = {**before.header["versions"], "torch": "0"}
    changed = Journal.create(path, {**before.header, "versions": versions})
    changed.add(0, outcomes, 1.0)
    changed.close()
    found = compare(*runs, margin=0)
    assert set(found.other_versions) == {"torch"}
