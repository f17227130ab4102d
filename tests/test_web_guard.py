"""What every request passes: the limit on its body, closed paths, headers; and what a server refuses to begin."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_fakes import PlannedArticle

from qa.article import load_article
from qa.errors import DispatchError
from qa.types import Answer
from qa.web.guard import Guard
from qa.web.server import build_app


def _call(scope: dict[str, Any], bodies: list[bytes]) -> list[Any]:
    """What the guard sends for a request; the application behind it reads the whole body."""
    sent: list[Any] = []

    async def app(_: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": bodies.pop(0), "more_body": bool(bodies)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Guard(app, max_body_bytes=10)({"type": "http", "headers": [], **scope}, receive, send))
    return sent


def test_guard_lets_small_bodies_pass_with_headers() -> None:
    (start,) = _call({"path": "/a"}, [b"12345", b"67890"])
    assert start["status"] == 200
    assert b"content-security-policy" in dict(start["headers"])


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({"path": "/gradio_api/upload"}, 403),
        ({"path": "/gradio_api/upload/x"}, 403),
        ({"path": "/upload"}, 403),
        ({"path": "/openapi.json"}, 403),
        ({"path": "/a", "headers": [(b"content-length", b"11")]}, 413),
        ({"path": "/a", "headers": [(b"content-length", b"-1")]}, 413),
    ],
)
def test_guard_refuses(scope: dict[str, Any], status: int) -> None:
    assert _call(scope, [b""])[0]["status"] == status


def test_guard_cuts_a_body_that_did_not_tell_its_length() -> None:
    assert _call({"path": "/a"}, [b"123456", b"78901", b""]) == []


def test_mcp_without_its_package_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DispatchError, match=r"needs the package mcp.*pip install 'dispatch-qa\[mcp\]'"):
        build_app(PlannedArticle(load_article()), ["localhost"], mcp=True)


class Waiting(PlannedArticle):
    """Answers once it is let."""

    gate = threading.Event()

    def ask(self, question: str, threshold: float | None = None) -> Answer:
        assert self.gate.wait(5)
        return super().ask(question, threshold)


def test_the_server_is_ready_once_the_models_answer_and_offers_no_tool_unasked() -> None:
    with TestClient(build_app(Waiting(load_article()), ["testserver"])) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").status_code == 503
        Waiting.gate.set()
        for _ in range(100):
            if client.get("/readyz").status_code == 200:
                break
            time.sleep(0.05)
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.post("/gradio_api/mcp/", json={}).status_code in (404, 405)


def test_what_goes_round_the_limits_is_closed_and_the_way_of_programs_is_open() -> None:
    with TestClient(build_app(PlannedArticle(load_article()), ["testserver"])) as client:
        for prefix in ("", "/gradio_api"):
            for path in ("/run/ask", "/api/ask", "/upload"):
                assert client.post(prefix + path, json={"data": ["Qui ?", None]}).status_code in (403, 404, 405), path
            for path in ("/openapi.json", "/docs", "/redoc", "/monitoring", "/monitoring/summary"):
                assert client.get(prefix + path).status_code in (403, 404), path
            assert client.get(f"{prefix}/file=/etc/passwd").status_code in (403, 404)
        assert client.get("/").status_code == 200
        assert client.get("/gradio_api/info").status_code == 200
        assert client.post("/gradio_api/call/ask", json={"data": ["Qui ?", None]}).status_code == 200
        assert client.get("/healthz", headers={"host": "other.example"}).status_code == 400
