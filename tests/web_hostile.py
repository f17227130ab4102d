"""`python tests/web_hostile.py FEEDBACK_FILE`: the page on an article made of hostile strings, each of which answers
the question that it is."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

from injection_strings import STRINGS
from web_fakes import Planned, PlannedArticle

from qa.article import Article

HARMLESS = "harmless"
TITLE = "Strings that want to be more than text"
TEXT = "\n\n".join([TITLE, *STRINGS, "This is harmless."])


def plan() -> dict[str, Planned]:
    """Every string is answered by itself, and the next one is the other candidate."""
    answered = {a.strip().lower(): Planned((a.strip(), b.strip())) for a, b in pairwise([*STRINGS, TITLE])}
    typed = {question.replace("\r\n", "\n"): planned for question, planned in answered.items()}
    return {**answered, **typed, HARMLESS: Planned((HARMLESS, TITLE))}


def hostile_article() -> PlannedArticle:
    """The article of the strings, opened."""
    return PlannedArticle(Article.from_text(TEXT, "strings"), plan())


def main() -> None:
    from qa.web import handlers, server

    handlers.MAX_ARTICLES = 2 * len(STRINGS)
    server.serve(hostile_article(), port=0, feedback=Path(sys.argv[1]))


if __name__ == "__main__":
    main()
