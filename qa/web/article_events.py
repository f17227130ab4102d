"""Opening a user's own article, and choosing which of the open ones is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from qa.errors import DispatchError
from qa.language import Language
from qa.web import waiting
from qa.web.escape import escape_html
from qa.web.events import DIRECT, QUEUED, current, detail, end_with, notice, run
from qa.web.handlers import Handlers
from qa.web.layout import Layout
from qa.web.reasons import explain
from qa.web.session import Session
from qa.web.sessions import Sessions
from qa.web.stopping import LateError, StoppedError
from qa.web.strings import say

PROGRESS = gr.Progress(track_tqdm=True)
"""As a default argument: gradio shows the bars of the encoder's own loops."""
Open = Callable[[Session], Session]
PATIENCE = 10.0
"""How many times longer than for an answer it may take to read an article."""


class ArticleEvents:
    """What opening does. Every outcome is a notice, the panel, the choice of articles, the pasted text, the
    pane, the suggestions and the session; where nothing was opened, only the notice changes."""

    def __init__(self, do: Handlers, sessions: Sessions) -> None:
        self._do = do
        self._sessions = sessions

    def _notice_only(self, said: str) -> tuple[Any, ...]:
        return said, *(gr.skip() for _ in range(6))

    def _opened(self, open_it: Open, before: Session, language: Language) -> tuple[Any, ...]:
        try:
            after = open_it(before)
        except DispatchError as error:
            reason = escape_html(say(language, "sorry", reason=explain(error, language)))
            return self._notice_only(f'<p role="alert">{reason}</p>')
        article = after.own[-1].article
        said = escape_html(say(language, "opened", name=article.name, n=len(article.text.split())))
        choice = gr.update(choices=self._do.choices(after, language), value=after.chosen, visible=True)
        shown = self._do.pane(after, language), self._do.suggestions(after, language)
        return f'<p role="status">{said}</p>', gr.update(open=False), choice, "", *shown, after

    def _run(
        self, open_it: Open, session: Session | None, language: Language, request: gr.Request, progress: gr.Progress
    ) -> tuple[Any, ...]:
        self._sessions.drop_unfetched(request)
        if session is None:
            return self._notice_only(notice(language, "ended", "alert"))
        progress(0, desc=say(language, "reading"))
        try:
            opened = run(self._do.stops, request, lambda: self._opened(open_it, session, language), PATIENCE)
        except StoppedError:
            return self._notice_only(notice(language, "stopped"))
        except LateError as error:
            return self._notice_only(notice(language, "late_article", "alert", n=round(error.seconds)))
        self._sessions.make_room(request)
        return opened

    def open_file(
        self,
        event: gr.EventData,
        session: Session | None,
        language: Language,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
    ) -> Any:
        """Open what the page's script read of a file."""
        name, encoded = detail(event)[1]
        return self._run(lambda s: self._do.open_file(str(name), str(encoded), s), session, language, request, progress)

    def open_text(
        self,
        text: str,
        session: Session | None,
        language: Language,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
    ) -> Any:
        """Open what was pasted."""
        return self._run(lambda s: self._do.open_text(text, s, language), session, language, request, progress)

    def choose(self, number: int | None, session: Session | None, language: Language) -> Any:
        """Ask another of the open articles from now on, or all of them."""
        after = current(session).choose(0 if number is None else int(number))
        return self._do.pane(after, language), self._do.suggestions(after, language), after


def wire_articles(page: Layout, do: Handlers, sessions: Sessions) -> None:
    """Connect the file input, the pasted text and the choice of articles."""
    events = ArticleEvents(do, sessions)
    state, chosen = [page.session, page.language], [page.pane, page.suggestions, page.session]
    outputs = [page.opened, page.open, page.articles, page.pasted, *chosen]
    progress: dict[str, Any] = {"show_progress": "full", "show_progress_on": [page.opened], **QUEUED}
    end_with(page, page.opener.select(events.open_file, state, outputs, js=waiting.BEGIN, **progress))
    end_with(page, page.read.click(events.open_text, [page.pasted, *state], outputs, js=waiting.BEGIN, **progress))
    page.articles.input(events.choose, [page.articles, *state], chosen, **DIRECT)
