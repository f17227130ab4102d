"""When sessions end: with their tab, with a program's answer, and the longest unused first where own articles take
more room than there is.

By itself gradio keeps what it knows of a session for an hour after its page is closed, and for good where no page
was open. Its tables are changed on its event loop only.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from anyio.from_thread import run_sync

from qa.web.session import Session
from qa.web.stopping import Stops

MAX_CHARACTERS = 50_000_000
"""Of all own articles together. One session's eight of 5 MB fit."""
MAX_SESSIONS = 1_000
"""What gradio keeps of a session beside its articles is about 70 kB."""
MAX_UNFETCHED = 16
"""Messages that wait for a session to fetch them: an outcome may hold a whole article, and a page fetches at once."""


class Sessions:
    """What gradio keeps for each session: the `Session` in `state`, copies of what the page shows, and what was not
    fetched yet."""

    def __init__(self, blocks: gr.Blocks, state: gr.State, stops: Stops) -> None:
        self._blocks = blocks
        self._state = state
        self._stops = stops
        blocks.state_session_capacity = MAX_SESSIONS  # beyond it gradio drops those used longest ago

    @staticmethod
    def begin() -> Session:
        """A page's session. An event that comes without one is of a page whose session has ended."""
        return Session()

    async def end(self, request: gr.Request) -> None:
        """Its page is closed: stop what it waits for, and keep nothing of it."""
        self._end(str(request.session_hash))

    def forget_call(self, request: gr.Request) -> None:
        """A program has its answer, and nothing else to come back to. From a thread of gradio's."""
        run_sync(self._forget, str(request.session_hash))

    def drop_unfetched(self, request: gr.Request) -> None:
        """Before more comes: of what the session did not fetch, keep the latest. From a thread of gradio's."""
        run_sync(self._drop_unfetched, str(request.session_hash), MAX_UNFETCHED)

    def make_room(self, request: gr.Request) -> None:
        """A session opened an article: end others until all fit. From a thread of gradio's."""
        run_sync(self._make_room, str(request.session_hash))

    def _end(self, who: str) -> None:
        self._stops.stop(who)
        self._forget(who)
        self._drop_unfetched(who, 0)

    def _forget(self, who: str) -> None:
        self._holder.session_data.pop(who, None)
        self._holder.time_last_used.pop(who, None)
        pending = self._blocks._queue.pending_event_ids_session
        for other in [other for other, events in pending.items() if not events]:
            del pending[other]

    def _drop_unfetched(self, who: str, n_kept: int) -> None:
        unfetched = self._blocks._queue.pending_messages_per_session.get(who)
        while unfetched is not None and unfetched.qsize() > n_kept:
            unfetched.get_nowait()

    def _make_room(self, who: str) -> None:
        sizes = {other: self._size(data) for other, data in self._holder.session_data.items()}
        excess = sum(sizes.values()) - MAX_CHARACTERS
        for other, size in sizes.items():  # gradio has those used last at the end
            if excess > 0 and size and other != who:
                self._end(other)
                excess -= size

    @property
    def _holder(self) -> Any:
        return self._blocks.state_holder

    def _size(self, data: Any) -> int:
        session: Session | None = data.state_data.get(self._state._id)
        return 0 if session is None else sum(len(opened.article.text) for opened in session.own)
