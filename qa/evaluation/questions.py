"""Read question files: SQuAD 1.1 and 2.0 JSON, with the extra keys `lang` and `type`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """A right answer; `start` is its first character in the article, None where the file has none."""

    text: str
    start: int | None


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A question to ask. `context` None is the article of the command line; `gold` empty means that the
    article does not answer; `language` and `type` are "?" where the file does not say."""

    id: str
    question: str
    context: str | None
    title: str
    gold: tuple[GoldAnswer, ...]
    language: str
    type: str


def _take(record: Any, key: str, kind: type, place: str) -> Any:
    if not isinstance(record, dict) or not isinstance(record.get(key), kind):
        raise EvaluationError(f"{place}: no {key!r} of type {kind.__name__}; expected SQuAD JSON")
    return record[key]


def _gold(entry: dict[str, Any], place: str) -> tuple[GoldAnswer, ...]:
    if entry.get("is_impossible"):
        return ()
    answers = entry.get("answers", [])
    if not isinstance(answers, list):
        raise EvaluationError(f"{place}: 'answers' is not a list; expected SQuAD JSON")
    found = []
    for i, answer in enumerate(answers):
        text = _take(answer, "text", str, f"{place}.answers[{i}]")
        start = answer.get("answer_start")
        found.append(GoldAnswer(text, start if isinstance(start, int) and start >= 0 else None))
    return tuple(found)


def _walk(document: Any, name: str) -> Iterator[EvaluationQuestion]:
    for i, article in enumerate(_take(document, "data", list, name)):
        place = f"{name}: data[{i}]"
        for j, paragraph in enumerate(_take(article, "paragraphs", list, place)):
            inner = f"{place}.paragraphs[{j}]"
            if isinstance(paragraph, dict) and not isinstance(paragraph.get("context", ""), str):
                raise EvaluationError(f"{inner}: 'context' is not text; expected SQuAD JSON")
            for k, entry in enumerate(_take(paragraph, "qas", list, inner)):
                here = f"{inner}.qas[{k}]"
                question = _take(entry, "question", str, here)
                yield EvaluationQuestion(
                    id=str(entry.get("id", f"{i}-{j}-{k}")),
                    question=question,
                    context=paragraph.get("context"),
                    title=str(article.get("title", "?")),
                    gold=_gold(entry, here),
                    language=str(entry.get("lang", "?")),
                    type=str(entry.get("type", "?")),
                )


def read_questions(path: Path) -> list[EvaluationQuestion]:
    """All questions of a SQuAD 1.1 or 2.0 file. Raises EvaluationError naming the file, place and reason."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path}: byte {error.start} is not UTF-8; expected SQuAD JSON") from None
    except json.JSONDecodeError as error:
        raise EvaluationError(f"{path}: line {error.lineno}: {error.msg}; expected SQuAD JSON") from None
    except RecursionError:
        raise EvaluationError(f"{path}: nested too deeply; expected SQuAD JSON") from None
    questions = list(_walk(document, str(path)))
    if not questions:
        raise EvaluationError(f"{path}: holds no question; expected SQuAD JSON")
    ids = {question.id for question in questions}
    if len(ids) < len(questions):
        raise EvaluationError(f"{path}: {len(questions) - len(ids)} question ids occur twice; make them unique")
    return questions
