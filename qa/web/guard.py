"""What every request passes: a list of what is open, a limit on its body, safe headers on the way out."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 8_000_000
OPEN_PATHS = re.compile(
    r"/|/healthz|/readyz|/config|/theme\.css|/favicon\.ico|/(assets|static)/.+"
    r"|/gradio_api/(info|app_id|heartbeat/[\w-]+|run/\w+|queue/(join|data)|call/ask(/\w+)?)"
    r"|/gradio_api/mcp(/.*)?"
)
"""What the page and programs need of gradio, which answers to much more: files, uploads, proxies, monitoring, log-in,
a code editor. Whether `run` and `queue/join` take a function, gradio decides: of those that ask the models only the
queue; and only --mcp has anything behind the last."""
FORGED = (b"x-forwarded-host", b"x-gradio-server")
"""Headers that would tell gradio, round the list of host names, under which address it is reached."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'; frame-src 'none'; base-uri 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """ASGI middleware; answers 403 for closed paths and 413 for bodies over the limit. When a request came is
    `arrived` of its state, in seconds of `time.monotonic`."""

    def __init__(self, app: ASGIApp, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is not None:
            await Response(status_code=refusal)(scope, receive, _with_headers(send))
            return
        kept = [pair for pair in scope["headers"] if pair[0] not in FORGED]
        state = {**scope.get("state", {}), "arrived": time.monotonic()}
        body = _CountedBody(receive, self._limit)
        await self._app({**scope, "headers": kept, "state": state}, body.receive, _with_headers(send))

    def _refuse(self, scope: Scope) -> int | None:
        path = scope["path"]
        if not OPEN_PATHS.fullmatch(path.rstrip("/") or "/"):
            return 403
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        too_large = any(not value.isdigit() or int(value) > self._limit for value in lengths)
        return 413 if too_large else None


class _CountedBody:
    """A body without a declared length: cut off, as if the client had gone, once it is over the limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self._left < 0 else message


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
            message = {**message, "headers": [*kept, *ours.items()]}
        await send(message)

    return send_with_headers
