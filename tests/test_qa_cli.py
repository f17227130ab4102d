"""The command line answers on standard output, or ends with 2 and one line on standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import Plant, PlantedReader, fake_models

from qa.cli import main
from qa.pipeline import Models

TEXT = "L’Otan tiendra un sommet\nà Bruxelles. M. Dupont refuse.\n\nFin."


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    found = fake_models(PlantedReader({"Où ?": Plant("Bruxelles"), "Quand ?": Plant("sommet", -2)}))
    monkeypatch.setattr(Models, "load", classmethod(lambda cls, models="compact": found))


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(TEXT.encode())
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["answer"],
        ["ask"],
        ["ask", "Où ?", "--models", "large"],
        ["ask", "Où ?", "Quand ?"],
        ["ask", "Où ?", "--loud"],
        ["evaluate"],
        ["evaluate", "questions.json"],
        ["index"],
    ],
)
def test_wrong_arguments_end_with_2_and_say_how_to_call(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "usage: python -m qa" in printed.err


def test_an_answer_is_printed_with_its_sentence_on_one_line(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Où ?", "--article", str(article)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "Bruxelles",
        "sentence: L’Otan tiendra un sommet à Bruxelles.",
        "confidence: 100%",
    ]
    assert printed.err == ""


def test_an_abstention_is_said_and_ends_well(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Quand ?", "--article", str(article)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "The article does not say."


def test_json_is_the_whole_record(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Où ?", "--article", str(article), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert TEXT[record["start"] : record["end"]] == record["text"] == "Bruxelles"
    assert record["answered"] is True
    assert set(record["evidence"]) == {"text", "start", "end"}
    named = "question answered text start end confidence reason evidence alternatives passages timing models"
    assert set(named.split()) <= set(record)


def test_the_seed_is_asked_where_no_article_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Où ?", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["passages"]) > 5


def test_an_index_is_kept_and_used(article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "index"
    assert main(["index", "--article", str(article), "--output", str(folder)]) == 0
    assert "article.txt indexed in" in capsys.readouterr().out
    assert main(["ask", "Où ?", "--article", str(article), "--index", str(folder)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("question", ["", "  ", "?", "a" * 2001, "Où \udcff ?"])
def test_a_question_that_cannot_be_asked_is_2_and_one_line(question: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("name", ["none.txt", "", "scan.pdf", "empty.txt"])
def test_an_article_that_cannot_be_read_is_2_and_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.txt").touch()
    assert main(["ask", "Où ?", "--article", str(tmp_path / name)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert (tmp_path / name).name in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("place", ["letter.txt", "letter.txt/index"])
def test_an_index_in_the_place_of_a_file_is_2_and_one_line(
    place: str, article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("a letter", encoding="utf-8")
    assert main(["ask", "Où ?", "--article", str(article), "--index", str(tmp_path / place)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1


def test_the_module_runs_and_ends_with_2_and_no_traceback() -> None:
    ran = subprocess.run([sys.executable, "-m", "qa", "ask", " "], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "error: the question is empty; type a question about the article\n"


def test_an_articles_control_characters_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "article.txt"
    path.write_text(f"Le sommet : \x1b[2J\x9b31m Bruxelles \x1b]0;a\x07. {'Fin. ' * 100}", encoding="utf-8")
    assert main(["ask", "Où ?", "--article", str(path)]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[0] == "Bruxelles"
    assert not set(printed) & {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160))}


FAKE = """
import sys
sys.path.insert(0, sys.argv[1])
from fakes import Plant, PlantedReader, fake_models
from qa.cli import main
from qa.pipeline import Models
found = fake_models(PlantedReader({"Où ?": Plant("Bruxelles 😀")}))
Models.load = classmethod(lambda cls, models="compact": found)
sys.exit(main(["ask", "Où ?", "--article", sys.argv[2]]))
"""


@pytest.mark.parametrize("kind", ["full", "ascii", "closed"])
def test_an_output_that_takes_no_answer_is_one_line_or_none(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text("Le sommet aura lieu à Bruxelles 😀 en juillet.", encoding="utf-8")
    command = [sys.executable, "-c", FAKE, str(Path(__file__).parent), str(path)]
    shell = {"full": "exec >/dev/full", "ascii": "export PYTHONIOENCODING=ascii", "closed": "exec 1>&-"}[kind]
    script = f'{shell}; exec "$@"'
    root = Path(__file__).resolve().parents[1]
    ran = subprocess.run(["bash", "-c", script, "-", *command], capture_output=True, text=True, check=False, cwd=root)
    if kind == "ascii":
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.startswith("Bruxelles \\U0001f600\n")
    elif kind == "full":
        assert (ran.returncode, ran.stderr) == (
            2,
            "error: the output cannot be written (No space left on device)\n",
        )
    else:
        assert "Traceback" not in ran.stderr
