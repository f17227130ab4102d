"""What the page's events share: how they wait, what they are told, how a piece of work is stopped.

Only what asks the models at a user's wish waits in the queue. Everything else answers directly: when two
queued events of one session overlap, Gradio 6.31 can close the stream of results with the second still to
come, and that one, often the question, is then lost. For the same reason the page begins nothing new
while a piece of work is under way (`qa.web.waiting`). The queue lets many in at once: they wait for
the models in `qa.web.locked`, where they can be stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.events import Dependency

from qa.language import Language
from qa.web import waiting
from qa.web.escape import escape_html
from qa.web.layout import Layout
from qa.web.session import Session
from qa.web.stopping import N_THREADS, Stops
from qa.web.strings import say

T = TypeVar("T")
QUEUED: dict[str, Any] = {"api_visibility": "private", "concurrency_id": "models", "concurrency_limit": N_THREADS}
DIRECT: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
IN_BROWSER: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}


def current(session: Session | None) -> Session:
    """The session, a new one at its first event."""
    return Session() if session is None else session


def detail(event: gr.EventData) -> tuple[list[Any], Any]:
    """What the page's scripts send with an event: numbers, and a value."""
    index = event._data.get("index")
    return (index if isinstance(index, list) else [index]), event._data.get("value")


def notice(language: Language, key: str, role: str = "status", **values: object) -> str:
    """A line that a screen reader says too."""
    return f'<p role="{role}">{escape_html(say(language, key, **values))}</p>'


def run(stops: Stops, request: gr.Request, work: Callable[[], T], patience: float = 1.0) -> T:
    """Work that the session's Stop ends, and the deadline, which counts from when the request came: time in the
    queue is waiting too. Raises StoppedError, or LateError, then."""
    return stops.run(str(request.session_hash), work, request.state.arrived, patience)


def end_with(page: Layout, event: Dependency) -> None:
    """The work that an event began ends with it; gradio's `then` does not run after a failure."""
    event.then(None, None, page.asked, js=waiting.END, **IN_BROWSER)
    event.failure(None, None, [page.asked, page.notice], js=waiting.FAILED, **IN_BROWSER)
