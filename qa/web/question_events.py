"""Asking, stopping, asking again, clearing, and the links of the cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from qa.language import Language
from qa.web import scripts, waiting
from qa.web.events import DIRECT, IN_BROWSER, QUEUED, current, detail, end_with, notice, run
from qa.web.handlers import Handlers
from qa.web.layout import Layout
from qa.web.session import Session, Turn
from qa.web.sessions import Sessions
from qa.web.stopping import LateError, StoppedError
from qa.web.strings import say

Work = Callable[[Session], tuple[Session, int]]
NOTHING = tuple(gr.skip() for _ in range(5))
"""What a stopped question leaves on the page: whoever stopped it says what is shown instead."""


def _failed(session: Session, asked: str, language: Language, error: str) -> Session:
    """The session with one more turn, which says why there is no answer."""
    return session.add_turn(Turn(asked, asked, language, max(0, session.chosen), None, error))


class QuestionEvents:
    """What asking does. Every outcome is the chat, the pane, the suggestions, the session and a notice."""

    def __init__(self, do: Handlers, sessions: Sessions) -> None:
        self._do = do
        self._sessions = sessions

    def _turn(
        self, request: gr.Request, asked: str, session: Session | None, language: Language, work: Work
    ) -> tuple[Any, ...]:
        """What the page shows after a turn's work; nothing new where it was stopped."""
        self._sessions.drop_unfetched(request)
        if session is None:
            ended = _failed(Session(), asked, language, say(language, "ended"))
            return self._do.messages(ended), gr.skip(), "", gr.skip(), ""
        try:
            after, number = run(self._do.stops, request, lambda: work(session))
        except StoppedError:
            return NOTHING
        except LateError as error:
            after = _failed(session, asked, language, say(language, "late", n=round(error.seconds)))
            number = len(session.turns)
        return self._do.messages(after), self._do.pane(after, language, number), "", after, ""

    def respond(
        self,
        question: str,
        session: Session | None,
        language: Language,
        threshold: float,
        follow_ups: bool,
        request: gr.Request,
    ) -> Any:
        """Ask what was typed."""

        def work(before: Session) -> tuple[Session, int]:
            return self._do.respond(question, before, language, threshold, follow_ups)

        return self._turn(request, question, session, language, work)

    def suggested(
        self,
        event: gr.EventData,
        session: Session | None,
        language: Language,
        threshold: float,
        follow_ups: bool,
        request: gr.Request,
    ) -> Any:
        """Ask a suggestion."""
        return self.respond(str(detail(event)[1]), session, language, threshold, follow_ups, request)

    def retry(
        self,
        event: gr.EventData,
        session: Session | None,
        language: Language,
        threshold: float,
        follow_ups: bool,
        request: gr.Request,
    ) -> Any:
        """Ask a card's question again."""
        number, turns = int(detail(event)[0][0]), current(session).turns
        asked = turns[number].asked if 0 <= number < len(turns) else ""

        def work(before: Session) -> tuple[Session, int]:
            return self._do.retry(number, before, language, threshold, follow_ups)

        return self._turn(request, asked, session, language, work)

    def stop(self, session: Session | None, language: Language, request: gr.Request) -> tuple[Any, ...]:
        """End what the session waits for; the page's script has taken the question back by now."""
        if not self._do.stops.stop(str(request.session_hash)):
            return gr.skip(), gr.skip()
        return self._do.suggestions(current(session), language), notice(language, "stopped")

    def clear(self, session: Session | None, language: Language, request: gr.Request) -> Any:
        """Forget the conversation, and a question in waiting with it."""
        self._do.stops.stop(str(request.session_hash))
        kept = current(session).keep_turns(0)
        return [], self._do.pane(kept, language), self._do.suggestions(kept, language), kept, ""


def wire_questions(page: Layout, do: Handlers, sessions: Sessions) -> None:
    """Connect the box, the suggestions, the cards' "ask again", Stop and Clear."""
    events = QuestionEvents(do, sessions)
    turn = [page.chat, page.pane, page.suggestions, page.session, page.notice]
    settings = [page.session, page.language, page.threshold, page.follow_ups]
    draft = [page.box, page.asked, page.chat]
    progress: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": [page.chat], **QUEUED}

    typed = gr.on([page.box.submit, page.send.click], None, draft, draft, js=waiting.ASK, **IN_BROWSER)
    answered = typed.then(events.respond, [page.asked, *settings], turn, **progress)
    answered.then(None, None, page.asked, js=waiting.END, **IN_BROWSER)
    answered.failure(None, draft, [*draft, page.notice], js=waiting.REFUSED, **IN_BROWSER)
    end_with(page, page.suggestions.select(events.suggested, settings, turn, js=waiting.BEGIN, **progress))
    end_with(page, page.pane.retry(events.retry, settings, turn, js=waiting.BEGIN, **progress))

    state = [page.session, page.language]
    taken = page.stop.click(None, draft, draft, js=waiting.TAKE_BACK, **IN_BROWSER)
    stopped = taken.then(events.stop, state, [page.suggestions, page.notice], **DIRECT)
    cleared = page.clear.click(events.clear, state, turn, js=waiting.STOP, **DIRECT)
    for event in (stopped, cleared):
        for ended in (event.then, event.failure):
            ended(None, None, None, js=waiting.STOPPED, **IN_BROWSER)


def wire_cards(page: Layout, do: Handlers) -> None:
    """Connect the links that show a place and that bring a question back."""

    def show(event: gr.EventData, session: Session | None, language: Language) -> str:
        number, choice = detail(event)[0]
        return do.pane(current(session), language, int(number), int(choice))

    def edit(event: gr.EventData, session: Session | None) -> Any:
        number, turns = int(detail(event)[0][0]), current(session).turns
        return turns[number].asked if 0 <= number < len(turns) else gr.skip()

    page.pane.select(show, [page.session, page.language], page.pane, **DIRECT)
    edited = page.pane.edit(edit, page.session, page.box, **DIRECT)
    edited.then(None, None, None, js=scripts.FOCUS_BOX, **IN_BROWSER)
