"""What the page needs of an opened article, so that a test can stand in for the models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qa.article import Article
from qa.types import Answer


class Opened(Protocol):
    """An article that can be asked; `qa.pipeline.ArticleQA` is one."""

    article: Article

    @property
    def threshold(self) -> float:
        """Probability in [0, 1] from which an answer is given, where nothing else is asked for."""
        ...

    @property
    def identity(self) -> dict[str, str]:
        """Hashes of all that decides its answers: article, models, calibration, settings."""
        ...

    def ask(self, question: str, threshold: float | None = None) -> Answer:
        """Answer one question."""
        ...

    def ask_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer questions in order."""
        ...

    def reopen(self, article: Article, progress: bool = False) -> Opened:
        """Another article, asked with the same models."""
        ...
