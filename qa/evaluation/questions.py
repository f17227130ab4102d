"""A question of an evaluation, and the records of the three file forms that become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError

UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """A right answer; `start` is its first character in the article, None where the file has none."""

    text: str
    start: int | None


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A question to ask. `context` is the article's text; where it is None, `article` is the article's
    file or title, and where that is None too, it is the article of the command line.

    `gold` empty means that the article does not answer; where `labelled` is False nobody said what is
    right, and the question is answered, not scored. `language` and `type` are "?" where the file does
    not say. `error` is why a line of the file could not be read: it is not asked and counts as wrong.
    """

    id: str
    question: str
    context: str | None
    title: str
    gold: tuple[GoldAnswer, ...]
    language: str
    type: str
    article: str | None = None
    labelled: bool = True
    error: str | None = None


class BadRecordError(ValueError):
    """A record is no question; the message is the reason alone, its place is added by the reader."""


def bad_question(id: str, shown: str, place: str, reason: object) -> EvaluationQuestion:
    """What stays in the results for a line that is no question."""
    return EvaluationQuestion(id, shown[:200], None, UNKNOWN, (), UNKNOWN, UNKNOWN, error=f"{place}: {reason}")


def _name(record: Mapping[str, Any], default: str, *keys: str) -> str:
    """The first of the keys that is there, as text; a number is fine, a list or an object is not."""
    for key in keys:
        value = record.get(key)
        if value is None or value == "":
            continue
        if not isinstance(value, str | int | float):
            raise BadRecordError(f"{key!r} is {type(value).__name__}, expected text")
        return str(value)
    return default


def _answers(value: Any) -> list[GoldAnswer]:
    """Gold answers in any of their forms: a text, a list of texts or of {text, answer_start}, or
    {text: [...], answer_start: [...]}."""
    if isinstance(value, dict):
        texts, starts = value.get("text"), value.get("answer_start", [])
        if not isinstance(texts, list) or not isinstance(starts, list) or len(starts) not in (0, len(texts)):
            raise BadRecordError("'answers' has no equally long lists 'text' and 'answer_start'")
        value = [{"text": t, "answer_start": s} for t, s in zip(texts, starts or [None] * len(texts), strict=True)]
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise BadRecordError(f"'answers' is {type(value).__name__}, expected a list")
    return [_answer(item, i) for i, item in enumerate(value)]


def _answer(item: Any, i: int) -> GoldAnswer:
    entry = {"text": item} if isinstance(item, str) else item
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise BadRecordError(f"answers[{i}] has no 'text'")
    start = entry.get("answer_start")
    whole = isinstance(start, int) and not isinstance(start, bool) and start >= 0
    return GoldAnswer(entry["text"], start if whole else None)


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "oui", "1"))


def parse_question(
    record: Any, default_id: str, title: str = UNKNOWN, context: str | None = None, folder: Path | None = None
) -> EvaluationQuestion:
    """A question of one record. No key 'answers' is unlabelled; an empty list, or a true 'is_impossible',
    is a question that the article does not answer. `folder` is where 'article' is looked for as a file.

    Raises BadRecordError when it is none.
    """
    if not isinstance(record, dict):
        raise BadRecordError(f"{type(record).__name__}, expected an object with 'question'")
    question = record.get("question")
    if not isinstance(question, str):
        raise BadRecordError("no 'question' of type str")
    impossible = _is_true(record.get("is_impossible"))
    answers = record.get("answers")
    named = _name(record, "", "article")
    own = record.get("context") if context is None else context
    if own is not None and not isinstance(own, str):
        raise BadRecordError(f"'context' is {type(own).__name__}, expected text")
    return EvaluationQuestion(
        id=_name(record, default_id, "id"),
        question=question,
        context=own if own else None,
        title=named if named else _name(record, title, "title"),
        gold=() if impossible or answers is None else tuple(_answers(answers)),
        language=_name(record, UNKNOWN, "lang", "language"),
        type=_name(record, UNKNOWN, "type"),
        article=_find_article(named, folder) if named else None,
        labelled=impossible or answers is not None,
    )


def _find_article(name: str, folder: Path | None) -> str:
    """The path of an article's file beside the questions; the name itself where there is no such file."""
    if folder is not None:
        for suffix in ("", ".txt", ".md"):
            path = folder / f"{name}{suffix}"
            if is_file(path):
                return str(path)
    return name


def is_file(path: Path) -> bool:
    """Whether there is such a file; not for a title, which may be too long for a file's name, or hold a NUL."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def require_text(question: EvaluationQuestion, place: str) -> EvaluationQuestion:
    """The question if it asks something; an empty one keeps its id, with an error that names its line."""
    if question.question.strip():
        return question
    return replace(question, error=f"{place}: the question is empty")


def read_questions(path: Path) -> list[EvaluationQuestion]:
    """All questions of a file or a folder, at once. Raises EvaluationError naming the file, the place and
    the reason of the first record that is none."""
    from qa.evaluation.sources import read_source

    questions = list(read_source(path))
    if not questions:
        raise EvaluationError(f"{path}: holds no question; expected SQuAD JSON, JSONL or CSV")
    for question in questions:
        if question.error is not None:
            raise EvaluationError(question.error)
    return questions
