"""Question files: SQuAD JSON, JSONL and CSV, valid ones and what is left of them after some edits."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from qa.errors import EvaluationError
from qa.evaluation.articles import open_library
from qa.evaluation.questions import EvaluationQuestion
from qa.evaluation.scan import scan
from qa.evaluation.sources import read_source
from qa.stress.fuzzing.claims import check_error, require
from qa.stress.fuzzing.inputs import apply_edits, edits, raw_files, short_texts

_COLUMNS = ("id", "answers", "answer", "answer_start", "lang", "type", "article", "context", "is_impossible", "x")

_anything: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**9),
    st.floats(),
    short_texts,
    st.lists(st.one_of(st.none(), short_texts), max_size=2),
    st.dictionaries(st.sampled_from(("text", "answer_start", "x")), st.lists(short_texts, max_size=2), max_size=2),
)


def _mostly(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The usual thing, and one time in twenty another."""
    return st.integers(0, 19).flatmap(lambda drawn: usual if drawn else _anything)


_text = st.one_of(short_texts, st.sampled_from(("Où ?", "Who?", "Paris")))
_answer = st.fixed_dictionaries({"text": _text, "answer_start": _mostly(st.integers(-1, 300))})
_record = st.fixed_dictionaries(
    {"question": _text, "answers": _mostly(st.lists(_mostly(_answer), max_size=2))},
    optional={
        "id": _mostly(st.integers(0, 3)),
        "is_impossible": st.booleans(),
        "lang": st.sampled_from(("fr", "en", None)),
        "article": _mostly(st.just("dispatch")),
        "context": _text,
    },
)
_paragraph = st.fixed_dictionaries({"qas": st.lists(_mostly(_record), max_size=2)}, optional={"context": _text})
_article = st.fixed_dictionaries(
    {"paragraphs": st.lists(_mostly(_paragraph), max_size=2)}, optional={"title": _mostly(_text)}
)
_squad = st.fixed_dictionaries({"data": st.lists(_mostly(_article), max_size=2)}, optional={"version": _anything})
_cell = st.one_of(
    _text,
    st.sampled_from(("Paris | Rome", "7", "٣²", "9" * 5000, "true", '["a"]', '{"text": ["a"]}', "[" * 5000, "[1e999]")),
)


def _write_json(document: Any, is_ascii: bool) -> bytes:
    return json.dumps(document, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")


def _write_lines(records: list[Any], end: str) -> bytes:
    return end.join(json.dumps(record) for record in records).encode()


def _write_csv(names: list[str], rows: list[list[str]], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([["question", *names], *rows])
    return out.getvalue().encode("utf-8", "surrogatepass")


_whole = {
    ".json": st.builds(_write_json, _squad, st.booleans()),
    ".jsonl": st.builds(
        _write_lines, st.lists(_mostly(_record), max_size=4), st.sampled_from(("\n", "\n", "\r\n", "\r"))
    ),
    ".csv": st.builds(
        _write_csv,
        st.lists(st.sampled_from(_COLUMNS), max_size=4),
        st.lists(st.lists(_cell, max_size=5), max_size=4),
        st.sampled_from((",", ";", "\t")),
    ),
}
_files = [st.tuples(raw, st.sampled_from((suffix, suffix, suffix, ""))) for suffix, raw in _whole.items()]
_edited = st.tuples(st.one_of(_files), edits).map(lambda drawn: (apply_edits(drawn[0][0], drawn[1]), drawn[0][1]))
question_files = st.one_of(*_files, _edited, _edited, st.tuples(raw_files, st.sampled_from((*_whole, ""))))


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where files are written to be read, removed at the end."""
    return tempfile.TemporaryDirectory(prefix="dispatch-qa-fuzz-")


def check_questions(drawn: tuple[bytes, str]) -> bool:
    """A file's questions and bad lines, each with its own id; or one error that names the file."""
    raw, suffix = drawn
    path = Path(_folder().name) / f"questions{suffix}"
    path.write_bytes(raw)
    try:
        found = list(read_source(path))
        for question in found:
            _check_question(question, path)
        require(len({q.id for q in found}) == len(found), "no two questions have one id")
        scanned = scan(found)
        require(scanned.n == len(found), "the first pass counts every question")
        library = open_library(path, scanned.names)
        for question in found:
            library.place(question)
    except EvaluationError as error:
        check_error(error)
        require(str(path) in str(error), "an error names its file")
        return False
    return any(q.error is None for q in found)


def _check_question(question: EvaluationQuestion, path: Path) -> None:
    if question.error is not None:
        require(str(path) in question.error and len(question.error.splitlines()) == 1, "a bad line names its file")
    named = (question.id, question.question, question.title, question.language, question.type)
    require(all(isinstance(each, str) for each in named), "what names a question is text")
    for gold in question.gold:
        require(gold.start is None or gold.start >= 0, "an answer begins in the article")
