"""What every request passes: the limit on its body, closed paths, headers; and what a server refuses to begin."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient
from web_fakes import PlannedArticle

from qa.article import load_article
from qa.errors import DispatchError
from qa.types import Answer
from qa.web.access import Access
from qa.web.guard import OPEN_PATHS, Guard
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
    (start,) = _call({"path": "/assets/a.js"}, [b"12345", b"67890"])
    assert start["status"] == 200
    assert b"content-security-policy" in dict(start["headers"])


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({"path": "/gradio_api/upload"}, 403),
        ({"path": "/gradio_api/upload/x"}, 403),
        ({"path": "/upload"}, 403),
        ({"path": "/config", "headers": [(b"content-length", b"11")]}, 413),
        ({"path": "/config", "headers": [(b"content-length", b"-1")]}, 413),
    ],
)
def test_guard_refuses(scope: dict[str, Any], status: int) -> None:
    assert _call(scope, [b""])[0]["status"] == status


def test_guard_cuts_a_body_that_did_not_tell_its_length() -> None:
    assert _call({"path": "/config"}, [b"123456", b"78901", b""]) == []


def test_mcp_without_its_package_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DispatchError, match=r"needs the package mcp.*pip install 'dispatch-qa\[mcp\]'"):
        build_app(PlannedArticle(load_article()), Access(), mcp=True)


class Waiting(PlannedArticle):
    """Answers once it is let."""

    gate = threading.Event()

    def ask(self, question: str, threshold: float | None = None) -> Answer:
        assert self.gate.wait(5)
        return super().ask(question, threshold)


def test_the_server_is_ready_once_the_models_answer_and_offers_no_tool_unasked() -> None:
    with TestClient(build_app(Waiting(load_article()), Access(("testserver",)))) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").status_code == 503
        Waiting.gate.set()
        for _ in range(100):
            if client.get("/readyz").status_code == 200:
                break
            time.sleep(0.05)
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.post("/gradio_api/mcp/", json={}).status_code in (404, 405)


def _paths(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """Every path that an application and what is mounted in it answer to, its {places} filled."""
    for route in routes:
        if isinstance(route, Mount):
            yield from _paths(route.routes, prefix + route.path)
        elif hasattr(route, "original_router"):  # FastAPI includes a router as a whole
            yield from _paths(route.original_router.routes, prefix)
        else:
            yield prefix + re.sub(r"{[^}]*}", "x", route.path)


def test_of_all_that_gradio_answers_to_only_what_the_page_and_programs_need_is_open() -> None:
    app = build_app(PlannedArticle(load_article()), Access(("testserver",)))
    paths = {path.rstrip("/") or "/" for path in _paths(app.routes)}
    assert len(paths) > 50
    assert {path for path in paths if OPEN_PATHS.fullmatch(path)} == {
        *("/", "/healthz", "/readyz", "/config", "/theme.css", "/favicon.ico", "/assets/x", "/static/x"),
        *(f"/gradio_api/{name}" for name in ("info", "app_id", "heartbeat/x", "run/x", "queue/join", "queue/data")),
    }


def test_what_goes_round_the_limits_is_closed_and_the_way_of_programs_is_open() -> None:
    with TestClient(build_app(PlannedArticle(load_article()), Access(("testserver",)))) as client:
        blocks = client.get("/config").json()["dependencies"]
        for prefix in ("", "/gradio_api"):
            for path in (
                "/api/ask",
                "/upload",
                "/call/respond",
                "/call/v2/ask",
                "/component_server",
                "/login",
                "/x/../upload",
            ):
                assert client.post(prefix + path, json={"data": ["Qui ?", None]}).status_code == 403, path
            for path in ("/openapi.json", "/docs", "/redoc", "/monitoring", "/monitoring/summary", "/file=/etc/passwd"):
                assert client.get(prefix + path).status_code == 403, path
        queued = [block["id"] for block in blocks if block["queue"] and block["backend_fn"]]
        assert len(queued) >= 6
        for number in queued:  # whatever asks the models, under its own name or another's
            for name in ("predict", "ask", "show"):
                body = {"data": [], "fn_index": number, "session_hash": "a"}
                assert client.post(f"/gradio_api/run/{name}", json=body).status_code == 404
        assert client.get("/").status_code == 200
        assert client.get("/gradio_api/info").status_code == 200
        assert client.post("/gradio_api/call/ask", json={"data": ["Qui ?", None]}).status_code == 200


def test_the_server_answers_to_its_own_names_alone() -> None:
    with TestClient(build_app(PlannedArticle(load_article()), Access(("testserver",)))) as client:
        assert client.get("/healthz", headers={"host": "other.example"}).status_code == 400
        for header in ("x-forwarded-host", "x-gradio-server"):
            assert "other.example" not in client.get("/config", headers={header: "http://other.example"}).text
