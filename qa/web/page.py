"""The page: which event of `qa.web.layout` does what of `qa.web.handlers`.

Only what asks the models at a user's wish waits in the queue. Everything else answers directly: when two
queued events of one session overlap, Gradio 6.31 can close the stream of results with the second still to
come, and that one, often the question, is then lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict, cast

import gradio as gr
from gradio.events import api

from qa.errors import DispatchError
from qa.language import Language
from qa.web import scripts
from qa.web.escape import escape_html
from qa.web.handlers import Handlers
from qa.web.layout import Layout
from qa.web.session import Session
from qa.web.strings import say

QUEUED: dict[str, Any] = {"api_visibility": "private", "concurrency_id": "models", "concurrency_limit": 1}
DIRECT: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
PROGRESS = gr.Progress(track_tqdm=True)
"""As a default argument: gradio shows the bars of the encoder's own loops."""


class AskRecord(TypedDict, total=False):
    """The fields of an answer, as `python -m qa ask --json` prints them."""

    question: str
    text: str
    start: int
    end: int
    answered: bool
    confidence: float
    reason: str
    evidence: dict[str, Any] | None
    speaker: dict[str, Any] | None
    dates: list[dict[str, Any]]
    alternatives: list[dict[str, Any]]


def _current(session: Session | None) -> Session:
    """The session, a new one at its first event."""
    return Session() if session is None else session


def _detail(event: gr.EventData) -> tuple[list[Any], Any]:
    """What the page's scripts send with an event: numbers, and a value."""
    index = event._data.get("index")
    return (index if isinstance(index, list) else [index]), event._data.get("value")


def _notice(language: Language, key: str) -> str:
    return f'<p role="status">{escape_html(say(language, key))}</p>'


def _wire_questions(page: Layout, do: Handlers) -> None:
    turn = [page.box, page.chat, page.pane, page.suggestions, page.session, page.notice]
    asked = [page.session, page.language, page.threshold, page.follow_ups]

    def shown(after: tuple[Session, int], language: Language) -> tuple[Any, ...]:
        session, number = after
        return "", do.messages(session), do.pane(session, language, number), "", session, ""

    def respond(question: str, session: Session | None, language: Language, *settings: Any) -> Any:
        return shown(do.respond(question, _current(session), language, *settings), language)

    def suggested(event: gr.EventData, session: Session | None, language: Language, *settings: Any) -> Any:
        return respond(str(_detail(event)[1]), session, language, *settings)

    def retry(event: gr.EventData, session: Session | None, language: Language, *settings: Any) -> Any:
        number = int(_detail(event)[0][0])
        return shown(do.retry(number, _current(session), language, *settings), language)

    def clear(session: Session | None, language: Language) -> Any:
        kept = _current(session).keep_turns(0)
        return "", [], do.pane(kept, language), do.suggestions(kept, language), kept, ""

    progress: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": [page.chat], **QUEUED}
    running = [
        gr.on([page.box.submit, page.send.click], respond, [page.box, *asked], turn, **progress),
        page.suggestions.select(suggested, asked, turn, **progress),
        page.pane.retry(retry, asked, turn, **progress),
    ]
    page.stop.click(None, cancels=running, api_visibility="private")
    page.clear.click(clear, [page.session, page.language], turn, **DIRECT)


def _wire_cards(page: Layout, do: Handlers) -> None:
    def show(event: gr.EventData, session: Session | None, language: Language) -> str:
        number, choice = _detail(event)[0]
        return do.pane(_current(session), language, int(number), int(choice))

    def edit(event: gr.EventData, session: Session | None) -> Any:
        number, turns = int(_detail(event)[0][0]), _current(session).turns
        return turns[number].asked if 0 <= number < len(turns) else gr.skip()

    page.pane.select(show, [page.session, page.language], page.pane, **DIRECT)
    edited = page.pane.edit(edit, page.session, page.box, **DIRECT)
    edited.then(None, None, None, js=scripts.FOCUS_BOX, api_visibility="private")


def _wire_language(page: Layout, do: Handlers, blocks: gr.Blocks) -> None:
    labelled = page.labelled

    def speak(preference: str, session: Session | None) -> list[Any]:
        language: Language = "fr" if preference == "fr" else "en"
        current = _current(session)
        updates = [relabel(language) for _, relabel in labelled]
        articles = gr.update(label=say(language, "articles"), choices=do.choices(current, language))
        return [*updates, do.pane(current, language, len(current.turns) - 1), articles, language]

    def suggest(session: Session | None, language: Language) -> str:
        return do.suggestions(_current(session), language)

    inputs = [page.preference, page.session]
    outputs = [*(component for component, _ in labelled), page.pane, page.articles, page.language]
    suggestions = (suggest, [page.session, page.language], page.suggestions)
    blocks.load(speak, inputs, outputs, js=scripts.ON_LOAD, **DIRECT).then(*suggestions, **DIRECT)
    page.switch.click(speak, inputs, outputs, js=scripts.TOGGLE_LANGUAGE, **DIRECT).then(*suggestions, **DIRECT)
    page.theme.click(None, None, None, js=scripts.TOGGLE_THEME, api_visibility="private")


def _wire_articles(page: Layout, do: Handlers) -> None:
    chosen = [page.pane, page.suggestions, page.session]

    def opened(open_it: Callable[[Session], Session], session: Session | None, language: Language) -> Any:
        try:
            after = open_it(_current(session))
        except DispatchError as error:
            reason = f'<p role="alert">{escape_html(say(language, "sorry", reason=error))}</p>'
            return reason, *(gr.skip() for _ in range(4)), session
        article = after.own[-1].article
        said = escape_html(say(language, "opened", name=article.name, n=len(article.text.split())))
        choice = gr.update(choices=do.choices(after, language), value=after.chosen, visible=True)
        shown = do.pane(after, language), do.suggestions(after, language)
        return f'<p role="status">{said}</p>', choice, "", *shown, after

    def open_file(
        event: gr.EventData, session: Session | None, language: Language, progress: gr.Progress = PROGRESS
    ) -> Any:
        name, encoded = _detail(event)[1]
        return opened(lambda s: do.open_file(str(name), str(encoded), s, language), session, language)

    def open_text(text: str, session: Session | None, language: Language, progress: gr.Progress = PROGRESS) -> Any:
        return opened(lambda s: do.open_text(text, s, language), session, language)

    def choose(number: int | None, session: Session | None, language: Language) -> Any:
        after = _current(session).choose(0 if number is None else int(number))
        return do.pane(after, language), do.suggestions(after, language), after

    state = [page.session, page.language]
    outputs = [page.opened, page.articles, page.pasted, *chosen]
    progress: dict[str, Any] = {"show_progress": "full", "show_progress_on": [page.opened], **QUEUED}
    page.opener.select(open_file, state, outputs, **progress)
    page.read.click(open_text, [page.pasted, *state], outputs, **progress)
    page.articles.input(choose, [page.articles, *state], chosen, **DIRECT)


def _wire_extras(page: Layout, do: Handlers) -> None:
    def measure(threshold: float, language: Language) -> str:
        return do.describe_threshold(threshold, language, ask_now=True)

    def move(threshold: float, language: Language) -> str:
        return do.describe_threshold(threshold, language, ask_now=False)

    def exporter(kind: str) -> Callable[..., tuple[str, str]]:
        def export(session: Session | None, language: Language) -> tuple[str, str]:
            payload = do.export(kind, _current(session), language)
            return payload, "" if payload else _notice(language, "nothing_to_export")

        return export

    def judge(event: gr.LikeData, session: Session | None, language: Language) -> str:
        index = event.index if isinstance(event.index, int) else event.index[0]
        kept = do.judge(index, bool(event.liked), _current(session))
        return _notice(language, "thanks" if kept else "not_kept")

    inputs = [page.threshold, page.language]
    page.measure.click(measure, inputs, page.measured, show_progress="minimal", **QUEUED)
    page.threshold.release(move, inputs, page.measured, **DIRECT)
    state = [page.session, page.language]
    for button, kind in ((page.markdown, "markdown"), (page.json, "json")):
        exported = button.click(exporter(kind), state, [page.payload, page.notice], **DIRECT)
        exported.then(None, page.payload, None, js=scripts.DOWNLOAD, api_visibility="private")
    if do.feedback is not None:
        page.chat.like(judge, state, page.notice, **DIRECT)


def build_page(do: Handlers) -> gr.Blocks:
    """The page around an opened article. Serve it with `qa.web.server`."""

    def ask(question: str, threshold: float | None = None) -> AskRecord:
        """Answer a question about the article; the whole record, as `python -m qa ask --json` prints it.

        Args:
            question: A question in English or French.
            threshold: How sure it must be to answer, from 0 (always answer) to 1; the default is calibrated.
        """
        try:
            answer = do.first.ask(question, threshold=threshold)
        except DispatchError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return cast(AskRecord, answer.to_dict())

    blocks: gr.Blocks
    with gr.Blocks(title="Dispatch QA", analytics_enabled=False) as blocks:
        page = Layout(do)
        _wire_questions(page, do)
        _wire_cards(page, do)
        _wire_language(page, do, blocks)
        _wire_articles(page, do)
        _wire_extras(page, do)
        api(ask, api_name="ask")
    return blocks
