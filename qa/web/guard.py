"""What every request passes: a limit on its body, no uploads to disk, safe headers on the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 8_000_000
CLOSED_PATHS = tuple(f"{prefix}/{name}" for prefix in ("", "/gradio_api") for name in ("upload", "openapi.json"))
"""Gradio answers under both prefixes. The page reads files in the browser and has no component that uploads, so
nothing may be left on disk; and the description of all routes is nobody's business."""
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
    """ASGI middleware; answers 403 for closed paths and 413 for bodies over the limit."""

    def __init__(self, app: ASGIApp, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is not None:
            await _answer(_with_headers(send), refusal)
            return
        body = _CountedBody(receive, self._limit)
        await self._app(scope, body.receive, _with_headers(send))

    def _refuse(self, scope: Scope) -> int | None:
        path = scope["path"].rstrip("/")
        if any(path == closed or path.startswith(f"{closed}/") for closed in CLOSED_PATHS):
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


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
