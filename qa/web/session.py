"""One browser session: its own articles and its turns. Records are replaced, never changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qa.language import Language
from qa.types import Answer
from qa.web.opened import Opened

ALL = -1
"""The number that stands for all articles together."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A question and what came of it. `understood` is what was asked in the end; `article` the number of
    the one that answered; `answer` None, and `error` set, where it could not be asked."""

    asked: str
    understood: str
    language: Language
    article: int
    answer: Answer | None
    error: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """`own` are the articles opened here, numbered from 1 as 0 is the page's own; `chosen` is the one
    asked, or ALL. Compared by identity, as articles hold models."""

    own: tuple[Opened, ...] = ()
    chosen: int = 0
    turns: tuple[Turn, ...] = ()

    def add_turn(self, turn: Turn) -> Session:
        """With one more turn."""
        return replace(self, turns=(*self.turns, turn))

    def keep_turns(self, n: int) -> Session:
        """With the first n turns only."""
        return replace(self, turns=self.turns[: max(0, n)])

    def add_article(self, opened: Opened) -> Session:
        """With one more article, which is the one asked from now on."""
        return replace(self, own=(*self.own, opened), chosen=len(self.own) + 1)

    def choose(self, number: int) -> Session:
        """With another article to ask; a number that is not there is the page's own."""
        known = number == ALL or 0 <= number <= len(self.own)
        return replace(self, chosen=number if known else 0)

    def article(self, number: int, first: Opened) -> Opened:
        """An opened article by number; `first` is the page's own, also for ALL."""
        return first if number <= 0 else self.own[number - 1]
