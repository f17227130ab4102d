"""The first of two passes over the questions: count them, and tell this run from any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from qa.errors import EvaluationError
from qa.evaluation.questions import EvaluationQuestion, is_file
from qa.evaluation.seen import Seen


@dataclass(frozen=True, slots=True)
class Scan:
    """`sha256` is over every question, its gold answers and the text it is asked of; `names` are the
    articles that are named and no file beside the questions; `first_error` is that of the first bad line."""

    n: int
    n_errors: int
    sha256: str
    needs_default: bool
    names: frozenset[str]
    first_error: str | None


def scan(questions: Iterable[EvaluationQuestion]) -> Scan:
    """Read all questions once, keeping none."""
    digest = hashlib.sha256()
    files = Seen()
    names: set[str] = set()
    n = n_errors = 0
    needs_default, first_error = False, None
    for question in questions:
        n += 1
        digest.update(json.dumps(astuple(question)).encode())
        if question.error is not None:
            n_errors += 1
            first_error = question.error if first_error is None else first_error
        elif question.context is None and question.article is None:
            needs_default = True
        elif question.context is None and question.article is not None:
            if not is_file(Path(question.article)):
                names.add(question.article)
            elif files.add(question.article):
                digest.update(hashlib.sha256(Path(question.article).read_bytes()).digest())
    return Scan(n, n_errors, digest.hexdigest(), needs_default, frozenset(names), first_error)


def scan_source(questions: Iterable[EvaluationQuestion], path: Path) -> Scan:
    """Scan, and raise EvaluationError when there is nothing to ask, with the reason of the first bad line."""
    scanned = scan(questions)
    if scanned.first_error is not None and scanned.n == scanned.n_errors:
        raise EvaluationError(scanned.first_error)
    if scanned.n == 0:
        raise EvaluationError(f"{path}: holds no question; expected SQuAD JSON, JSONL or CSV")
    return scanned
