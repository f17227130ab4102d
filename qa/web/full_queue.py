"""A full queue says so at once: gradio would begin a session and take milliseconds for each request it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_QUEUED = re.compile(r"/gradio_api/(queue/join|call/)")


class FullQueue:
    """ASGI middleware; answers 503 to whatever would wait in the queue while `is_full` holds."""

    def __init__(self, app: ASGIApp, is_full: Callable[[], bool]) -> None:
        self._app = app
        self._is_full = is_full

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        waits = scope["type"] == "http" and scope["method"] == "POST" and _QUEUED.match(scope["path"])
        if waits and self._is_full():
            await JSONResponse({"detail": "the queue is full; try again in a moment"}, 503)(scope, receive, send)
            return
        await self._app(scope, receive, send)
