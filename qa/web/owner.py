"""Whose session it is: a session is known by the name its page made up and by its browser's cookie together.

Gradio gives a session to whoever says its name, and the name stands in addresses, which proxies log. So every name
is joined, on its way in, to what only its browser has: a stranger who says it gets an empty session of his own.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "dispatch-qa"
FIELD = "session_hash"
_SECRET_BYTES = 16
_HEARTBEAT = re.compile(r"(.*/heartbeat/[^/]+)/?")


class Owned:
    """ASGI middleware that joins session names to the cookie. Programs, which keep none, share its absence.

    It reads posted bodies whole, so it stands behind whatever limits them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secret = Request(scope).cookies.get(COOKIE, "")
        owner = hashlib.sha256(secret.encode()).hexdigest()[: 2 * _SECRET_BYTES]
        if scope["method"] == "POST":
            receive = _replay(await _read_body(receive, owner), receive)
        elif scope["path"] == "/" and not secret:
            send = _with_cookie(send, scope["scheme"])
        await self._app(_own_address(scope, owner), receive, send)


def _own(name: str, owner: str) -> str:
    return f"{name}.{owner}"


def _own_address(scope: Scope, owner: str) -> Scope:
    """The request with its session's name, in the query or of a heartbeat, made its owner's."""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)  # as starlette reads it
    if any(name == FIELD for name, _ in query):
        owned = urlencode([(name, _own(value, owner) if name == FIELD else value) for name, value in query])
        scope = {**scope, "query_string": owned.encode()}
    heartbeat = _HEARTBEAT.fullmatch(scope["path"])
    return scope if heartbeat is None else {**scope, "path": _own(heartbeat[1], owner)}


async def _read_body(receive: Receive, owner: str) -> Message:
    """The whole body as one message, its session's name made its owner's; or the client's leaving."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return message
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return {"type": "http.request", "body": _own_body(b"".join(parts), owner)}


def _own_body(body: bytes, owner: str) -> bytes:
    """What is no JSON here is none to gradio either: both read it alike, whatever type it says it has."""
    try:
        said: Any = json.loads(body)
    except ValueError:  # so are undecodable bytes
        return body
    except RecursionError:  # whether gradio's own call would end is not to be tried
        return b""
    if not isinstance(said, dict) or not isinstance(said.get(FIELD), str):
        return body
    return json.dumps({**said, FIELD: _own(said[FIELD], owner)}).encode()


def _replay(first: Message, receive: Receive) -> Receive:
    messages = [first]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def _with_cookie(send: Send, scheme: str) -> Send:
    """Gives the page's browser its secret, which no script can read and no other site can send for it."""
    cookie = f"{COOKIE}={secrets.token_urlsafe(_SECRET_BYTES)}; Path=/; HttpOnly; SameSite=Lax"

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("set-cookie", f"{cookie}; Secure" if scheme == "https" else cookie)
        await send(message)

    return send_with_cookie
