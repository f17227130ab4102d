"""Cards and the article pane: what comes from outside is text there, never an element, an attribute or a link."""

from __future__ import annotations

from html.parser import HTMLParser

from qa.article import Article
from qa.language import Language
from qa.stress.fuzzing.claims import require
from qa.types import Answer
from qa.web.article_pane import render_article
from qa.web.cards import render_turn
from qa.web.session import Turn

_ELEMENTS = frozenset("a blockquote div em h2 header li mark p q small span strong ul".split())
_ATTRIBUTES = frozenset("aria-label class data-nonce data-number href id lang role tabindex".split())


class _Page(HTMLParser):
    """Takes HTML apart: the text of each paragraph of the article, and that nothing strange is in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self._open: list[str] = []
        self._in_pane = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        require(tag in _ELEMENTS, f"<{tag}> is no element of ours")
        for name, value in attrs:
            require(name in _ATTRIBUTES, f"{name} is no attribute of ours")
            require(name != "href" or (value or "").startswith("#"), f"{value!r} is a link that leaves the page")
        self._open.append(tag)
        self._in_pane |= ("class", "article-pane") in attrs
        if tag == "p" and self._in_pane:
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        require(bool(self._open) and self._open.pop() == tag, f"</{tag}> closes what was opened")

    def handle_data(self, data: str) -> None:
        if self._in_pane:
            self.paragraphs[-1] += data

    def handle_comment(self, data: str) -> None:
        require(False, f"{data!r} is a comment")

    def handle_decl(self, decl: str) -> None:
        require(False, f"{decl!r} is a declaration")

    def handle_pi(self, data: str) -> None:
        require(False, f"{data!r} is an instruction")

    def unknown_decl(self, data: str) -> None:
        require(False, f"{data!r} is a declaration")

    def finish(self) -> None:
        """Everything is closed."""
        self.close()
        require(not self._open, f"{self._open} stay open")


def _take_apart(source: str) -> _Page:
    page = _Page()
    page.feed(source)
    page.finish()
    return page


def check_card(turn: Turn, article: Article) -> None:
    """A turn's card."""
    _take_apart(render_turn(1, turn, article, several=True))


def check_pane(article: Article, answer: Answer, language: Language, choice: int) -> None:
    """The article's pane: its paragraphs read as they stand in the article, marks or not."""
    page = _take_apart(render_article(article, answer, language, 1, choice))
    written = [article.text[start:end] for start, end in article.paragraphs]
    require(page.paragraphs == written, "the pane's paragraphs are the article's")
