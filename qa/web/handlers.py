"""What the page's events do. Each takes and gives back plain values; the layout is in `qa.web.page`."""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import logging
from typing import Any
from weakref import WeakKeyDictionary

from qa.article import MAX_BYTES, Article, article_from_bytes
from qa.errors import ArticleError, DispatchError
from qa.language import Language
from qa.suggestions import suggest
from qa.web.article_pane import render_article
from qa.web.asking import ask
from qa.web.cards import render_turn
from qa.web.escape import escape_html, escape_markdown
from qa.web.export import export_json, export_markdown
from qa.web.feedback import FeedbackStore
from qa.web.opened import Opened
from qa.web.prepared import Suggestions, load_prepared
from qa.web.session import ALL, Session
from qa.web.stopping import Stops
from qa.web.strings import say
from qa.web.threshold import Outcome, describe, measure
from qa.web.wording import first_words

logger = logging.getLogger(__name__)
Message = dict[str, Any]
MAX_ARTICLES = 8
MAX_FILE_BYTES = min(5_000_000, MAX_BYTES)


class Handlers:
    """The page's behaviour around one opened article, the first of every session."""

    def __init__(self, first: Opened, feedback: FeedbackStore | None = None, stops: Stops | None = None) -> None:
        self.first = first
        self.feedback = feedback
        self.stops = Stops() if stops is None else stops
        self._nonces = itertools.count(1)
        self._suggested: WeakKeyDictionary[Opened, Suggestions] = WeakKeyDictionary()
        prepared = load_prepared(first.identity)
        self._suggested[first] = dict(prepared.suggestions)
        self._outcomes: tuple[Outcome, ...] | None = prepared.outcomes or None

    @property
    def threshold(self) -> float:
        """The threshold as the slider shows it, on two decimals."""
        return round(self.first.threshold, 2)

    def _exact(self, threshold: float) -> float:
        """The slider's value; where nobody moved it, the threshold that programs get too."""
        return self.first.threshold if threshold == self.threshold else threshold

    # what is shown

    def pane(self, session: Session, language: Language, number: int | None = None, choice: int = 0) -> str:
        """The article pane: for a turn's answer, or, with None, the chosen article without marks."""
        turn = None if number is None or not 0 <= number < len(session.turns) else session.turns[number]
        article = session.article(session.chosen if turn is None else turn.article, self.first).article
        return render_article(article, None if turn is None else turn.answer, language, next(self._nonces), choice)

    def messages(self, session: Session) -> list[Message]:
        """The whole conversation, two messages a turn."""
        found: list[Message] = []
        for number, turn in enumerate(session.turns):
            article = session.article(turn.article, self.first).article
            found.append({"role": "user", "content": escape_markdown(turn.asked)})
            found.append({"role": "assistant", "content": render_turn(number, turn, article, bool(session.own))})
        return found

    def suggestions(self, session: Session, language: Language) -> str:
        """Questions to start with, as buttons; nothing once something was asked."""
        if session.turns or session.chosen == ALL:
            return ""
        questions = self.suggested(session.article(session.chosen, self.first), language)
        buttons = (
            f'<li><button type="button" data-question="{escape_html(q)}">{escape_html(q)}</button></li>'
            for q in questions
        )
        return f"<p>{say(language, 'suggested')}</p><ul>{''.join(buttons)}</ul>" if questions else ""

    def suggested(self, opened: Opened, language: Language) -> list[str]:
        """An article's suggestions: the seed's from the build, any other's found when first asked for."""
        known = self._suggested.setdefault(opened, {})
        if language not in known:
            try:
                known[language] = suggest(opened.article.text, language, opened)
            except DispatchError:
                logger.exception("no suggestions for an article")  # its name is its reader's own
                known[language] = []
        return known[language]

    def choices(self, session: Session, language: Language) -> list[tuple[str, int]]:
        """The articles that can be asked; "all" where there are several."""
        names = [o.article.name for o in (self.first, *session.own)]
        numbered = [(name if names.count(name) == 1 else f"{name} ({i + 1})", i) for i, name in enumerate(names)]
        return [*numbered, (say(language, "all_articles"), ALL)] if session.own else numbered

    # what events do

    def respond(
        self, question: str, session: Session, language: Language, threshold: float, follow_ups: bool
    ) -> tuple[Session, int]:
        """Ask; the session with the new turn, and the turn's number."""
        turn = ask(question, session, self.first, language, self._exact(threshold), follow_ups)
        return session.add_turn(turn), len(session.turns)

    def retry(
        self, number: int, session: Session, language: Language, threshold: float, follow_ups: bool
    ) -> tuple[Session, int]:
        """Ask a turn's question again: in its place when it is the last one, else as a new turn."""
        if not 0 <= number < len(session.turns):
            return session, len(session.turns) - 1
        before = session.keep_turns(number) if number == len(session.turns) - 1 else session
        return self.respond(session.turns[number].asked, before, language, threshold, follow_ups)

    def open_file(self, name: str, encoded: str, session: Session) -> Session:
        """Open a file that came as base64. Raises ArticleError when it is too large or cannot be read."""
        if not encoded or len(encoded) > MAX_FILE_BYTES * 4 // 3 + 4:
            limit = MAX_FILE_BYTES // 1_000_000
            raise ArticleError(
                f"{name}: empty, or over {limit} MB; choose another file", "upload", name=name, limit=limit
            )
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise ArticleError(f"{name}: did not arrive whole; open it again", "cut", name=name) from None
        return self._open(article_from_bytes(raw, name), session)

    def open_text(self, text: str, session: Session, language: Language) -> Session:
        """Open pasted text. Raises ArticleError when it holds no word."""
        name = first_words(text) or say(language, "pasted", n=len(session.own) + 1)
        return self._open(Article.from_text(text, name), session)

    def _open(self, article: Article, session: Session) -> Session:
        if len(session.own) >= MAX_ARTICLES:
            message = f"at most {MAX_ARTICLES} articles can be open; reload the page to begin again"
            raise ArticleError(message, "too_many", n=MAX_ARTICLES)
        return session.add_article(self.first.reopen(article, progress=True))

    @property
    def is_measured(self) -> bool:
        """Whether the outcomes of the public questions are known."""
        return self._outcomes is not None

    def describe_threshold(self, threshold: float, language: Language, ask_now: bool) -> str:
        """What a threshold gives on the public questions; asks them, once, when `ask_now`."""
        if self._outcomes is None:
            if not ask_now:
                return ""
            self._outcomes = measure(self.first)
        return f"<p>{escape_html(describe(self._outcomes, self._exact(threshold), language))}</p>"

    def export(self, kind: str, session: Session, language: Language) -> str:
        """A file for the browser to save, as JSON of its name, type and text; "" where there is nothing."""
        if not session.turns:
            return ""
        if kind == "json":
            return json.dumps(["dispatch-qa.json", "application/json", export_json(session, self.first)])
        return json.dumps(["dispatch-qa.md", "text/markdown", export_markdown(session, self.first, language)])

    def judge(self, index: int, liked: bool, session: Session) -> bool:
        """Keep a thumb up or down on a message, where the operator wants them and the article is the
        page's own; whether it was kept."""
        number = index // 2
        if self.feedback is None or not 0 <= number < len(session.turns):
            return False
        turn = session.turns[number]
        if turn.answer is None or turn.article != 0:
            return False
        self.feedback.add(self.first.article, turn.answer, liked)
        return True
