"""Questions come from JSON, JSONL, CSV, folders and standard input; a bad line stays, with its place."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from fakes import Plant, PlantedReader, RandomReader, fake_models
from hypothesis import given
from hypothesis import strategies as st

from qa.cli import main
from qa.errors import EvaluationError
from qa.evaluation.articles import Shelf, find_titles, open_library
from qa.evaluation.asking import Asker, build_batches
from qa.evaluation.json_stream import JsonStream
from qa.evaluation.questions import EvaluationQuestion
from qa.evaluation.scan import scan
from qa.evaluation.sources import QuestionFile, open_source, read_source
from qa.pipeline import Models

CONTEXT = "Rome accepte le plan."


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def gold(question: EvaluationQuestion) -> list[tuple[str, int | None]]:
    return [(answer.text, answer.start) for answer in question.gold]


def test_jsonl_in_all_its_forms(tmp_path: Path) -> None:
    write(tmp_path / "note.txt", "Une note.")
    records = [
        {"question": "a", "id": 7, "lang": "fr", "type": "who", "answers": ["x", "y"], "context": CONTEXT},
        {"question": "b", "answers": {"text": ["x"], "answer_start": [3]}, "language": "en"},
        {"question": "c", "answers": [{"text": "x", "answer_start": -1}], "article": "note"},
        {"question": "d", "answers": [], "article": "note.txt"},
        {"question": "e", "is_impossible": True, "article": "elsewhere"},
        {"question": "f", "answers": "x"},
        {"question": "g"},
    ]
    a, b, c, d, e, f, g = read_source(write(tmp_path / "q.jsonl", "\ufeff\n" + lines(*records)))
    assert (a.id, a.language, a.type, a.context, gold(a)) == ("7", "fr", "who", CONTEXT, [("x", None), ("y", None)])
    assert (b.id, b.language, gold(b)) == ("line-3", "en", [("x", 3)])
    assert gold(c) == [("x", None)]
    assert c.article == d.article == str(tmp_path / "note.txt")
    assert (d.gold, d.labelled, e.gold, e.labelled, e.article) == ((), True, (), True, "elsewhere")
    assert gold(f) == [("x", None)]
    assert (g.gold, g.labelled, g.error) == ((), False, None)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_in_all_its_forms(tmp_path: Path, mark: str) -> None:
    head = mark.join(("Question", "id", "language", "answers", "is_impossible"))
    rows = [
        mark.join(('"Qui, ou ""quoi""\n; \t?"', "a", "fr", "x | y", "")),
        mark.join(("Où ?", "b", "", '"[{""text"": ""z"", ""answer_start"": 4}]"', "")),
        mark.join(("Quand ?", "c", "", "", "true")),
        mark.join(("Comment ?", "d", "", "", "")),
        "",
        "Seule",
    ]
    a, b, c, d, e = read_source(write(tmp_path / "q.csv", "\ufeff" + "\r\n".join([head, *rows])))
    assert (a.question, a.id, a.language) == ('Qui, ou "quoi"\n; \t?', "a", "fr")
    assert (gold(a), gold(b)) == ([("x", None), ("y", None)], [("z", 4)])
    assert [(q.gold, q.labelled) for q in (c, d)] == [((), True), ((), False)]
    assert (e.question, e.id) == ("Seule", "line-8")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"question": "a"', "delimiter"),
        ("[1]", "list, expected an object"),
        ('{"id": "x"}', "no 'question'"),
        ('{"question": "  "}', "empty"),
        ('{"question": 5}', "no 'question'"),
        ('{"question": "a", "answers": 5}', "'answers' is int"),
        ('{"question": "a", "answers": [{"start": 1}]}', "answers[0] has no 'text'"),
        ('{"question": "a", "answers": {"text": ["x"], "answer_start": []}, "lang": ["fr"]}', "'lang' is list"),
        ('{"question": "a", "context": 3}', "'context' is int"),
        ('{"question": "a", "id": "good"}', "occurs twice"),
        ("\udcff", "not UTF-8"),
        ("[" * 5000, "nested too deep"),
        ('{"question": "a", "answer": ' + "9" * 5000 + "}", "too many digits"),
    ],
)
def test_a_bad_line_names_file_line_and_reason_and_stays(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "q.jsonl"
    text = lines({"question": "a", "id": "good"}) + line + "\n" + lines({"question": "b", "id": "last"})
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    good, bad, last = read_source(path)
    assert (good.error, last.error) == (None, None)
    assert bad.error is not None
    assert str(path) in bad.error
    assert reason in bad.error
    assert "\n" not in bad.error
    if "twice" not in reason:
        assert "line 2" in bad.error
    assert len({good.id, bad.id, last.id}) == 3


def test_bad_rows_of_a_table_stay(tmp_path: Path) -> None:
    text = f"question,answers\nWho?,x\nWho?,x,y\n,x\nWhy?,[1\nWhy?,{'[' * 5000}\nWhy?,[{'9' * 5000}]\n"
    found = list(read_source(write(tmp_path / "q.csv", text)))
    assert [q.error is None for q in found] == [True, False, False, False, False, False]
    places = ("line 3: 3 cells", "line 4: no 'question'", "line 5: 'answers'", "line 6: 'answers'", "line 7: 'answers'")
    for question, place in zip(found[1:], places, strict=True):
        assert place in str(question.error)


def test_a_start_of_thousands_of_digits_is_none(tmp_path: Path) -> None:
    text = f"question,answer,answer_start\nWho?,x,7\nWho?,x,{'9' * 5000}\n"
    assert [gold(q) for q in read_source(write(tmp_path / "q.csv", text))] == [[("x", 7)], [("x", None)]]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("q.csv", "id;text\n1;2\n", "no column 'question'"),
        ("q.jsonl", "\n", "no question"),
        ("q.jsonl", "{\n", "line 1"),
    ],
)
def test_a_file_without_one_good_question_is_refused(
    name: str, text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / name, text)
    assert main(["evaluate", str(path), "--output", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}")
    assert reason in error
    assert error.count("\n") == 1


def test_a_folder_is_read_by_name_and_default_ids_do_not_collide(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", lines({"question": "b"}))
    write(tmp_path / "c.csv", "question\nc\n")
    document = {"data": [{"title": "t", "paragraphs": [{"context": CONTEXT, "qas": [{"question": "a"}]}]}]}
    write(tmp_path / "a.json", json.dumps(document))
    write(tmp_path / ".hidden.jsonl", "{")
    write(tmp_path / "article.txt", "Texte.")
    found = list(read_source(tmp_path))
    assert [q.question for q in found] == ["a", "b", "c"]
    assert [q.id for q in found] == ["a.json:0-0-0", "b.jsonl:line-1", "c.csv:line-2"]


@pytest.mark.parametrize(
    "text",
    [
        lines({"question": "Où ?"}),
        "question\nOù ?\n",
        json.dumps({"version": 1, "data": [{"paragraphs": [{"qas": [{"question": "Où ?"}]}]}]}, indent=1),
    ],
)
def test_the_form_of_standard_input_is_found_out(tmp_path: Path, text: str) -> None:
    source = open_source(Path("-"), tmp_path / "out", io.BytesIO(text.encode()))
    for _ in range(2):
        assert [q.question for q in source] == ["Où ?"]


def test_a_form_nested_too_deep_to_be_found_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="nested too deep"):
        list(read_source(write(tmp_path / "questions", '{"data":' * 5000)))


@pytest.mark.parametrize("name", ["9" * 5000, "a\0b", "\ud800"])
def test_a_name_that_no_file_can_have_is_a_title(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", json.dumps({"question": "Où ?", "article": name}) + "\n")
    source = QuestionFile(path)
    library = open_library(path, scan(source).names, tmp_path)
    models = fake_models(RandomReader())
    asker = Asker(models, Shelf(models, None), upper_bound=False)
    (outcome,) = asker.ask(next(build_batches(map(library.place, source))))
    assert outcome.error is not None
    assert "neither a file beside the questions nor a title" in outcome.error


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=5), st.booleans(), st.sampled_from([None, 1]))
def test_a_document_in_pieces_is_the_document(
    tmp_path_factory: pytest.TempPathFactory, values: list[Any], ascii_only: bool, indent: int | None
) -> None:
    path = tmp_path_factory.mktemp("json") / "d.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.evaluation.json_stream._CHUNK", 1)
        write(path, json.dumps({"a": values, "data": values}, ensure_ascii=ascii_only, indent=indent))
        with JsonStream(path) as stream:
            read = {key: list(stream.read_array()) for key in stream.read_keys()}
            stream.finish()
    assert read == {"a": values, "data": values}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"data": [{"paragraphs": []} 2]}', "line 1: found '2'"),
        ('{"data": []} x', "after the end"),
        ('{"data": [\n{"paragraphs": []},\n{"a": }]}', "line 3"),
        ('{"data": [{"paragraphs": []}', "ends too early"),
        ('{"data" []}', "':'"),
        ("{data: []}", "key"),
        ('{"data": [' + "9" * 5000 + "]}", "too many digits"),
        ('{"data": ' + "[" * 5000, "nested too deep"),
    ],
)
def test_a_broken_document_is_refused_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    path = write(tmp_path / "d.json", text)
    with pytest.raises(EvaluationError, match=r"d\.json: line") as caught:
        list(read_source(path))
    assert reason in str(caught.value)


def test_a_long_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    paragraph = {"context": CONTEXT * 500, "qas": [{"question": f"q{i}"} for i in range(3)]}
    with path.open("w", encoding="utf-8") as file:
        file.write('{"data": [')
        file.write(",".join(json.dumps({"title": str(i), "paragraphs": [paragraph]}) for i in range(600)))
        file.write("]}")
    for question in path, path:  # the first pass warms up what Python keeps
        tracemalloc.start()
        n = sum(1 for q in read_source(question))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert n == 1800
    assert path.stat().st_size > 6_000_000
    assert peak < 1_500_000


def test_articles_are_found_by_file_by_title_and_in_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plants = {q: Plant(p) for q, p in {"A ?": "Rome", "B ?": "Paris", "C ?": "Lyon", "D ?": "Rome"}.items()}
    found = fake_models(PlantedReader(plants))
    monkeypatch.setattr(Models, "load", classmethod(lambda cls, models="compact": found))
    for folder in ("questions", "articles"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "questions/beside.txt", "Rome dit oui.")
    write(tmp_path / "articles/apart.md", "Paris dit non.")
    document = {"data": [{"title": "Le titre", "paragraphs": [{"context": c, "qas": []} for c in ("Oui.", "Lyon.")]}]}
    write(tmp_path / "questions/articles.json", json.dumps(document))
    records = [
        {"id": "a", "question": "A ?", "article": "beside.txt", "answers": ["Rome"]},
        {"id": "b", "question": "B ?", "article": "apart", "answers": ["Paris"]},
        {"id": "c", "question": "C ?", "article": "Le titre", "answers": ["Lyon"]},
        {"id": "d", "question": "D ?", "article": "nowhere", "answers": ["Rome"]},
    ]
    write(tmp_path / "questions/q.jsonl", lines(*records))
    output = tmp_path / "out"
    arguments = [str(tmp_path / "questions"), "--article", str(tmp_path / "articles"), "--output", str(output)]
    assert main(["evaluate", *arguments]) == 0
    assert json.loads((output / "predictions.json").read_text(encoding="utf-8")) == {
        "a": "Rome",
        "b": "Paris",
        "c": "Lyon",
        "d": "",
    }
    assert "'nowhere': neither a file" in (output / "per_question.csv").read_text(encoding="utf-8")
    assert "could not be asked, count as wrong: 1" in capsys.readouterr().out
    assert find_titles([tmp_path / "questions/articles.json"], {"Le titre"}) == {"Le titre": "Oui.\n\nLyon."}


@pytest.mark.parametrize("target", ["/dev/zero", "pipe"])
def test_what_is_no_file_is_refused_at_once(target: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    if target == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(target)
    with pytest.raises(EvaluationError, match="a pipe or a device, not a file"):
        list(read_source(path))
