"""A session's name is worth nothing without the cookie of the browser that made it up."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from qa.web.owner import COOKIE, Owned

MINE = (b"cookie", f"{COOKIE}=mine".encode())
YOURS = (b"cookie", f"other[1]=x; {COOKIE}=yours".encode())


def _call(scope: dict[str, Any], *bodies: bytes) -> tuple[dict[str, Any], bytes, dict[bytes, bytes]]:
    """What the application behind is asked, the body it reads, and the headers of the answer."""
    asked: list[Any] = []
    headers: list[tuple[bytes, bytes]] = []
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in bodies]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.extend([scope, (await receive())["body"] if scope["method"] == "POST" else b""])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        headers.extend(message["headers"])

    basic = {"type": "http", "scheme": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": []}
    asyncio.run(Owned(app)({**basic, **scope}, receive, send))
    return asked[0], asked[1], dict(headers)


def _named(body: bytes, *headers: tuple[bytes, bytes]) -> Any:
    """The session that a posted body is about in the end."""
    return json.loads(_call({"method": "POST", "headers": headers}, body)[1])["session_hash"]


def test_a_name_is_the_same_everywhere_for_one_browser_and_another_for_the_next() -> None:
    posted = _named(b'{"session_hash": "abc", "data": []}', MINE)
    listened, _, _ = _call({"query_string": b"a=1&session%5Fhash=abc", "headers": [MINE]})
    alive, _, _ = _call({"path": "/gradio_api/heartbeat/abc", "headers": [MINE]})
    assert parse_qs(listened["query_string"].decode()) == {"a": ["1"], "session_hash": [posted]}
    assert alive["path"] == f"/gradio_api/heartbeat/{posted}"
    assert len({"abc", posted, _named(b'{"session_hash": "abc"}', YOURS), _named(b'{"session_hash": "abc"}')}) == 4


@pytest.mark.parametrize(
    "body",
    [
        b'{"session_hash": "x", "session_hash": "abc"}',
        b'{"session_ha\\u0073h": "abc"}',
        '{"session_hash": "abc"}'.encode("utf-16"),
        b' \r\n{"data": ["\\ud800"], "session_hash": "abc"}',
    ],
)
def test_a_name_is_found_however_it_is_written(body: bytes) -> None:
    assert _named(body, MINE) == _named(b'{"session_hash": "abc"}', MINE)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\xff", b"{", b'["session_hash"]', b'{"session_hash": 1}', b'{"a": "b"}']
)
def test_a_body_that_names_no_session_passes_as_it_is(body: bytes) -> None:
    assert _call({"method": "POST"}, body[:1], body[1:])[1] == body


def test_a_body_too_deep_to_be_read_does_not_pass() -> None:
    assert _call({"method": "POST"}, b'{"session_hash": "abc", "data": ' + b"[" * 200_000)[1] == b""


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_page_alone_gives_a_secret_and_one_that_is_there_stays(scheme: str, secure: bool) -> None:
    given = [_call({"path": "/", "scheme": scheme})[2][b"set-cookie"].decode() for _ in range(2)]
    assert given[0] != given[1]
    assert given[0].startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given[0].split("; "))
    assert ("Secure" in given[0].split("; ")) == secure
    assert _call({"path": "/", "headers": [MINE]})[2] == {}
    assert _call({"path": "/config"})[2] == {}
