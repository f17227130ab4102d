"""An opened article that is asked by one thread at a time: tokenizers and models are shared by all sessions."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from qa.article import Article
from qa.types import Answer
from qa.web.opened import Opened


class Locked:
    """An `Opened` behind a lock, which the articles opened from it share."""

    def __init__(self, opened: Opened, lock: threading.Lock | None = None) -> None:
        self.article = opened.article
        self._opened = opened
        self._lock = threading.Lock() if lock is None else lock

    @property
    def threshold(self) -> float:
        """As `Opened.threshold`."""
        return self._opened.threshold

    def ask(self, question: str, threshold: float | None = None) -> Answer:
        """As `Opened.ask`."""
        with self._lock:
            return self._opened.ask(question, threshold=threshold)

    def ask_many(self, questions: Sequence[str]) -> list[Answer]:
        """As `Opened.ask_many`."""
        with self._lock:
            return self._opened.ask_many(questions)

    def reopen(self, article: Article, progress: bool = False) -> Locked:
        """As `Opened.reopen`."""
        with self._lock:
            return Locked(self._opened.reopen(article, progress), self._lock)
