"""An opened article that is asked by one thread at a time: tokenizers and models are shared by all sessions."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qa.article import Article
from qa.types import Answer
from qa.web.opened import Opened
from qa.web.stopping import check

BATCH_QUESTIONS = 8
_LOOK_SECONDS = 0.05
_GIVE_WAY_SECONDS = 0.001


class Locked:
    """An `Opened` behind a lock, which the articles opened from it share. Who was stopped stops waiting for
    it; many questions are asked a few at a time, so that others get their turn between."""

    def __init__(self, opened: Opened, lock: threading.Lock | None = None) -> None:
        self.article = opened.article
        self._opened = opened
        self._lock = threading.Lock() if lock is None else lock

    @contextmanager
    def _turn(self) -> Iterator[None]:
        while not self._lock.acquire(timeout=_LOOK_SECONDS):
            check()
        try:
            check()
            yield
        finally:
            self._lock.release()

    @property
    def threshold(self) -> float:
        """As `Opened.threshold`."""
        return self._opened.threshold

    @property
    def identity(self) -> dict[str, str]:
        """As `Opened.identity`."""
        return self._opened.identity

    def ask(self, question: str, threshold: float | None = None) -> Answer:
        """As `Opened.ask`."""
        with self._turn():
            return self._opened.ask(question, threshold=threshold)

    def ask_many(self, questions: Sequence[str]) -> list[Answer]:
        """As `Opened.ask_many`."""
        answers: list[Answer] = []
        for start in range(0, len(questions), BATCH_QUESTIONS):
            with self._turn():
                answers += self._opened.ask_many(questions[start : start + BATCH_QUESTIONS])
            time.sleep(_GIVE_WAY_SECONDS)  # else this thread takes the lock again before one that waits
        return answers

    def reopen(self, article: Article, progress: bool = False) -> Locked:
        """As `Opened.reopen`."""
        with self._turn():
            return Locked(self._opened.reopen(article, progress), self._lock)
