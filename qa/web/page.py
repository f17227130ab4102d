"""The page: which event of `qa.web.layout` does what of `qa.web.handlers`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr
from gradio.events import Dependency, api

from qa.errors import DispatchError
from qa.language import Language
from qa.web import scripts, waiting
from qa.web.article_events import wire_articles
from qa.web.events import DIRECT, IN_BROWSER, QUEUED, current, end_with, notice, run
from qa.web.handlers import Handlers
from qa.web.layout import Layout
from qa.web.program import make_ask
from qa.web.question_events import wire_cards, wire_questions
from qa.web.session import Session
from qa.web.sessions import Sessions
from qa.web.stopping import LateError, StoppedError
from qa.web.strings import say

logger = logging.getLogger(__name__)
MEASURE_PATIENCE = 10.0
"""How many times longer than one answer all the public questions may take."""


class Page(gr.Blocks):
    """Gradio's blocks, which print of an event that fails what was sent, and whose errors for programs are mute."""

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As gradio's. Whoever sent what cannot be read is told so; the log has the place, and no value."""
        try:
            return await super().process_api(*args, **kwargs)
        except gr.Error:
            raise
        except Exception:
            logger.exception("an event failed")
            raise gr.Error(
                "this call failed; its arguments are at /gradio_api/info", visible=False, print_exception=False
            ) from None


def _wire_language(page: Layout, do: Handlers, begun: Dependency) -> None:
    labelled = page.labelled

    def speak(preference: str, session: Session | None, threshold: float) -> list[Any]:
        language: Language = "fr" if preference == "fr" else "en"
        kept = current(session)
        updates = [relabel(language) for _, relabel in labelled]
        articles = gr.update(label=say(language, "articles"), choices=do.choices(kept, language))
        shown = do.pane(kept, language, len(kept.turns) - 1)
        return [*updates, shown, articles, language, do.describe_threshold(threshold, language, ask_now=False)]

    def suggest(session: Session | None, language: Language) -> str:
        return do.suggestions(current(session), language)

    inputs = [page.preference, page.session, page.threshold]
    outputs = [*(component for component, _ in labelled), page.pane, page.articles, page.language, page.measured]
    suggestions = (suggest, [page.session, page.language], page.suggestions)
    begun.then(speak, inputs, outputs, js=scripts.ON_LOAD, **DIRECT).then(*suggestions, js=scripts.SPOKEN, **DIRECT)
    page.switch.click(speak, inputs, outputs, js=scripts.TOGGLE_LANGUAGE, **DIRECT).then(*suggestions, **DIRECT)
    page.theme.click(None, None, None, js=scripts.TOGGLE_THEME, **IN_BROWSER)


def _wire_threshold(page: Layout, do: Handlers) -> None:
    def measure(threshold: float, language: Language, request: gr.Request) -> str:
        try:
            describe = partial(do.describe_threshold, threshold, language, ask_now=True)
            return run(do.stops, request, describe, MEASURE_PATIENCE)
        except StoppedError:
            return notice(language, "stopped")
        except LateError as error:
            return notice(language, "late", n=round(error.seconds))

    def move(threshold: float, language: Language) -> str:
        return do.describe_threshold(threshold, language, ask_now=False)

    inputs = [page.threshold, page.language]
    measured = page.measure.click(measure, inputs, page.measured, js=waiting.BEGIN, show_progress="minimal", **QUEUED)
    end_with(page, measured)
    page.threshold.change(move, inputs, page.measured, **DIRECT)


def _wire_keeping(page: Layout, do: Handlers) -> None:
    def exporter(kind: str) -> Callable[..., tuple[str, str]]:
        def export(session: Session | None, language: Language) -> tuple[str, str]:
            payload = do.export(kind, current(session), language)
            return payload, "" if payload else notice(language, "nothing_to_export")

        return export

    def judge(event: gr.LikeData, session: Session | None, language: Language) -> str:
        index = event.index if isinstance(event.index, int) else event.index[0]
        try:
            kept = do.judge(index, bool(event.liked), current(session))
        except DispatchError as error:
            logger.warning("%s", error)
            return notice(language, "not_written")
        return notice(language, "thanks" if kept else "not_kept")

    state = [page.session, page.language]
    for button, kind in ((page.markdown, "markdown"), (page.json, "json")):
        exported = button.click(exporter(kind), state, [page.payload, page.notice], **DIRECT)
        exported.then(None, page.payload, None, js=scripts.DOWNLOAD, **IN_BROWSER)
    if do.feedback is not None:
        page.chat.like(judge, state, page.notice, **DIRECT)


def build_page(do: Handlers) -> gr.Blocks:
    """The page around an opened article. Serve it with `qa.web.server`."""
    blocks: gr.Blocks
    with Page(title="Dispatch QA", analytics_enabled=False) as blocks:
        page = Layout(do)
        sessions = Sessions(blocks, page.session, do.stops)
        blocks.unload(sessions.end)
        wire_questions(page, do, sessions)
        wire_cards(page, do)
        _wire_language(page, do, blocks.load(sessions.begin, None, page.session, **DIRECT))
        wire_articles(page, do, sessions)
        _wire_threshold(page, do)
        _wire_keeping(page, do)
        api(make_ask(do.first, do.stops, sessions), api_name="ask")
    return blocks
