"""Questions of a CSV table, as spreadsheets save them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError
from qa.evaluation.questions import BadRecordError, EvaluationQuestion, bad_question, parse_question, require_text

_DELIMITERS = ",;\t"
_LONGEST_FIELD = 20_000_000
_MOST_DIGITS = 18


def read_csv(path: Path, prefix: str) -> Iterator[EvaluationQuestion]:
    """Questions of a table with a header line, separated by commas, semicolons or tabs. Raises EvaluationError
    when it has no column `question` or is not UTF-8."""
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            delimiter = max(_DELIMITERS, key=header.count)
            names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
            if "question" not in names:
                raise EvaluationError(f"{path}: line 1: no column 'question' in {header.strip()[:80]!r}")
            yield from _read_rows(csv.reader(file, delimiter=delimiter), names, path, prefix)
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path}: byte {error.start} is not UTF-8; save the table as CSV UTF-8") from None


def _read_rows(rows: Any, names: list[str], path: Path, prefix: str) -> Iterator[EvaluationQuestion]:
    """`rows` is a csv.reader behind the header line."""
    while True:
        number = rows.line_num + 2
        cells: list[str] = []
        try:
            cells = next(rows)
            if not any(cells):
                continue
            if len(cells) > len(names):
                raise BadRecordError(f"{len(cells)} cells, expected {len(names)}; quote cells that hold a separator")
            record = dict(zip(names, cells, strict=False))
            asked = parse_question(_typed(record), f"{prefix}line-{number}", folder=path.parent)
            yield require_text(asked, f"{path}: line {number}")
        except StopIteration:
            return
        except (BadRecordError, csv.Error) as error:
            yield bad_question(f"{prefix}line-{number}", " | ".join(cells), f"{path}: line {number}", error)


def _typed(record: dict[str, str]) -> dict[str, Any]:
    """A row with its answers as a list: a cell of JSON, or texts with | between them. An empty cell is no
    label, unless 'is_impossible' says that there is no answer."""
    typed: dict[str, Any] = {key: value for key, value in record.items() if value.strip()}
    cell = typed.get("answers", typed.get("answer"))
    if cell is None:
        return typed
    if cell.strip().startswith(("[", "{")):
        try:
            typed["answers"] = json.loads(cell)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deep, or too large a number"
            raise BadRecordError(f"'answers' is no JSON: {reason}") from None
    else:
        texts = [text.strip() for text in cell.split("|") if text.strip()]
        start = typed.get("answer_start", "").strip()
        first = int(start) if start.isdecimal() and len(start) <= _MOST_DIGITS and len(texts) == 1 else None
        typed["answers"] = [{"text": text, "answer_start": first} for text in texts]
    return typed
