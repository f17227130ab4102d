"""One password for the whole server, as HTTP's Basic authentication: browsers and programs know it, and no route
can be forgotten. Only TLS, of a proxy before this server, hides it on its way."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from qa.web.rate import Rate, answer_too_many, client_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

OPEN_PATHS = ("/healthz", "/readyz")
FAILURES_A_MINUTE = 10
_ASK = {"WWW-Authenticate": 'Basic realm="Dispatch QA", charset="UTF-8"'}


class Password:
    """ASGI middleware; answers 401 without the password, whatever the user name, and 429 to a client that
    guessed too often, right or wrong."""

    def __init__(self, app: ASGIApp, password: str) -> None:
        self._app = app
        self._password = password.encode()
        self._failures = Rate(FAILURES_A_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        header = Headers(scope=scope).get("authorization")
        client = client_of(scope)
        wait = 0.0 if header is None else self._failures.wait(client)
        if wait:
            await answer_too_many(wait, scope, receive, send)
        elif header is not None and hmac.compare_digest(_given(header), self._password):
            await self._app(scope, receive, send)
        else:
            if header is not None:
                self._failures.spend(client)
            await JSONResponse({"detail": "the password is missing or wrong"}, 401, _ASK)(scope, receive, send)


def _given(header: str) -> bytes:
    """The password of an Authorization header; b"" where there is none."""
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
