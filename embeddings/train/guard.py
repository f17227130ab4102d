"""Refuse to train on the article the models are judged by, or on questions about it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SHINGLE_WORDS = 8


class HeldOutTextError(ValueError):
    """Training text repeats the held-out article or one of its questions."""


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.lower())
    return re.findall(r"[a-z0-9]+", "".join(c for c in folded if not unicodedata.combining(c)))


def _shingles(text: str) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    return zip(*(words[i:] for i in range(SHINGLE_WORDS)), strict=False)


@cache
def _held_out() -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
    """Word shingles of the article, and whole questions, as word tuples."""
    article = (SEEDS / "dispatch.txt").read_text(encoding="utf-8")
    document = json.loads((SEEDS / "dev_article.json").read_text(encoding="utf-8"))
    questions = {
        tuple(_words(question["question"]))
        for entry in document["data"]
        for paragraph in entry["paragraphs"]
        for question in paragraph["qas"]
    }
    return frozenset(_shingles(article)), frozenset(questions)


def refuse_held_out(texts: Iterable[str], source: str) -> None:
    """Raise `HeldOutTextError` if a text shares eight words in a row with the held-out article
    or is one of the public questions on it; `source` names the file in the message."""
    shingles, questions = _held_out()
    for text in texts:
        found = next((s for s in _shingles(text) if s in shingles), None)
        if found is None and tuple(_words(text)) in questions:
            found = tuple(_words(text))
        if found is not None:
            raise HeldOutTextError(
                f"{source}: held-out text must not be trained on, found {' '.join(found)!r}; remove it"
            )
