"""Stream the questions of SQuAD JSON, JSONL and CSV files, of a folder of them, or of standard input."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from qa.errors import EvaluationError
from qa.evaluation.json_stream import JsonStream
from qa.evaluation.questions import BadRecordError, EvaluationQuestion, bad_question, parse_question, require_text
from qa.evaluation.seen import Seen
from qa.evaluation.tables import read_csv

SUFFIXES = (".json", ".jsonl", ".csv")
_HEAD = 1 << 16


def read_source(path: Path) -> Iterator[EvaluationQuestion]:
    """Questions of a file, or of the files of a folder by name, in order, few of them in memory at once.

    A line of JSONL or CSV that is no question comes as one whose `error` names file, line and reason.
    Raises EvaluationError when a file cannot be read, or is a SQuAD file with a bad entry or an id that
    occurs twice: that is another kind of file, or a broken one, and not a slip of one line.
    """
    try:
        files = list_files(path)
        seen, repeated = Seen(), dict[str, int]()
        for file in files:
            prefix = f"{file.name}:" if len(files) > 1 else ""
            for question in _READERS[_form(file)](file, prefix):
                yield _first_of_its_id(question, seen, repeated, file)
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read ({error.strerror or error})") from None


def list_files(path: Path) -> list[Path]:
    """The file itself, or the question files that lie in a folder, by name."""
    if path.is_file() or not path.exists():
        return [path]
    if not path.is_dir():
        raise EvaluationError(f"{path}: a pipe or a device, not a file; hand it over as -, on standard input")
    files = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file() and p.name[0] != ".")
    if not files:
        raise EvaluationError(f"{path}: a folder without question files; expected {', '.join(SUFFIXES)}")
    return files


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """The questions of a path, read anew each time they are gone through."""

    path: Path

    def __iter__(self) -> Iterator[EvaluationQuestion]:
        return read_source(self.path)


def open_source(path: Path, output: Path, stream: BinaryIO) -> QuestionFile:
    """The questions of a file or a folder; for "-" those of `stream`, kept in the folder `output`, since
    they are read twice: to count, and to ask. Raises EvaluationError when that cannot be written."""
    if str(path) != "-":
        return QuestionFile(path)
    kept = output / "stdin.txt"
    try:
        output.mkdir(parents=True, exist_ok=True)
        with kept.open("wb") as file:
            shutil.copyfileobj(stream, file)
    except OSError as error:
        raise EvaluationError(f"{output}: cannot be written ({error.strerror or error})") from None
    return QuestionFile(kept)


def _first_of_its_id(
    question: EvaluationQuestion, seen: Seen, repeated: dict[str, int], file: Path
) -> EvaluationQuestion:
    """The question; the second one of an id is an error under another id, since results are kept by id.
    `repeated` has the last number that was added to such an id."""
    wanted = question.id
    if seen.add(wanted):
        return question
    if _form(file) == ".json":
        raise EvaluationError(f"{file}: the question id {wanted!r} occurs twice; make ids unique")
    repeated[wanted] = repeated.get(wanted, 1) + 1
    while not seen.add(f"{wanted}#{repeated[wanted]}"):
        repeated[wanted] += 1
    free = f"{wanted}#{repeated[wanted]}"
    return bad_question(free, question.question, str(file), f"the id {wanted!r} occurs twice; make ids unique")


def _form(path: Path) -> str:
    """The form of a file by its suffix, else by how it begins."""
    if path.suffix.lower() in SUFFIXES:
        return path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"{"):
        return ".csv"
    try:
        record = json.loads(head.split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return ".json"
    return ".json" if isinstance(record, dict) and "data" in record else ".jsonl"


def _read_squad(path: Path, prefix: str) -> Iterator[EvaluationQuestion]:
    with JsonStream(path) as stream:
        if stream.peek() not in ("{", ""):
            raise EvaluationError(f"{path}: no 'data' of type list; expected SQuAD JSON")
        found = False
        for key in stream.read_keys():
            if key == "data" and stream.peek() == "[":
                found = True
                for i, article in enumerate(stream.read_array()):
                    yield from _read_article(article, f"{path}: data[{i}]", f"{prefix}{i}")
            else:
                stream.read_value()
        stream.finish()
    if not found:
        raise EvaluationError(f"{path}: no 'data' of type list; expected SQuAD JSON")


def _take_list(record: Any, key: str, place: str) -> list[Any]:
    found = record.get(key) if isinstance(record, dict) else None
    if not isinstance(found, list):
        raise EvaluationError(f"{place}: no {key!r} of type list; expected SQuAD JSON")
    return found


def _read_article(article: Any, place: str, prefix: str) -> Iterator[EvaluationQuestion]:
    for j, paragraph in enumerate(_take_list(article, "paragraphs", place)):
        inner = f"{place}.paragraphs[{j}]"
        context = paragraph.get("context") if isinstance(paragraph, dict) else None
        if context is not None and not isinstance(context, str):
            raise EvaluationError(f"{inner}: 'context' is not text; expected SQuAD JSON")
        for k, entry in enumerate(_take_list(paragraph, "qas", inner)):
            here = f"{inner}.qas[{k}]"
            if isinstance(entry, dict) and not isinstance(entry.get("answers", []), list):
                raise EvaluationError(f"{here}: 'answers' is not a list; expected SQuAD JSON")
            try:
                yield parse_question(entry, f"{prefix}-{j}-{k}", str(article.get("title", "?")), context)
            except BadRecordError as error:
                raise EvaluationError(f"{here}: {error}; expected SQuAD JSON") from None


def _read_jsonl(path: Path, prefix: str) -> Iterator[EvaluationQuestion]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if not line.strip():
                continue
            default = f"{prefix}line-{number}"
            try:
                record = json.loads(line.decode("utf-8").strip())
                yield require_text(parse_question(record, default, folder=path.parent), f"{path}: line {number}")
            except (ValueError, RecursionError) as error:
                shown = line.decode("utf-8", "replace").strip()
                yield bad_question(default, shown, f"{path}: line {number}", _reason(error))


def _reason(error: Exception) -> str:
    """Why a line is no record, in a few words."""
    match error:
        case UnicodeDecodeError():
            return f"byte {error.start} is not UTF-8"
        case json.JSONDecodeError():
            return f"{error.msg} at column {error.colno}; expected one JSON object a line"
        case RecursionError():
            return "nested too deep"
        case BadRecordError():
            return str(error)
        case _:  # Python reads no number of thousands of digits
            return "a number has too many digits"


_READERS: dict[str, Callable[[Path, str], Iterator[EvaluationQuestion]]] = {
    ".json": _read_squad,
    ".jsonl": _read_jsonl,
    ".csv": read_csv,
}
