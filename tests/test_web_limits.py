"""A question has its time, the queue its length, and a session its end."""

from __future__ import annotations

import gc
import json
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.routing import Mount
from starlette.testclient import TestClient
from web_fakes import Planned, PlannedArticle

from qa.article import Article, load_article
from qa.web import sessions
from qa.web.access import Access
from qa.web.server import QUEUE_LENGTH, build_app
from qa.web.stopping import N_THREADS, LateError, Stops, check

SOON = 10.0
OWN = "Le phare brille à Lannoz."


class Told(PlannedArticle):
    """Remembers, without holding them, the articles opened from it."""

    def __init__(self) -> None:
        super().__init__(load_article(), {"où brille le phare ?": Planned(("à Lannoz",))})
        self.opened: list[weakref.ref[PlannedArticle]] = []

    def reopen(self, article: Article, progress: bool = False) -> PlannedArticle:
        found = PlannedArticle(article, self.plan, self.threshold)
        self.opened.append(weakref.ref(found))
        return found


@contextmanager
def _serve(article: PlannedArticle, deadline: float = 30.0, access: Access | None = None) -> Iterator[httpx.Client]:
    """A client of the page's server, which runs on a thread."""
    app = build_app(article, Access() if access is None else access, deadline=deadline)
    config = uvicorn.Config(app, port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SOON) as client:
        yield client
    server.should_exit = server.force_exit = True
    thread.join()


class Visitor:
    """A session of the page, as its scripts speak with the server."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name
        found = client.get("/config").json()["dependencies"]
        self._numbers = {block["api_name"]: block["id"] for block in found}
        self.direct("begin")

    def _body(self, event: str, data: list[Any]) -> dict[str, Any]:
        return {"data": data, "fn_index": self._numbers[event], "session_hash": self._name}

    def direct(self, event: str, *data: Any) -> Any:
        """What an event that does not wait gives back."""
        return self._client.post("/gradio_api/run/predict", json=self._body(event, list(data))).json()["data"]

    def join(self, event: str, *data: Any) -> int:
        """The status that an event gets which waits in the queue."""
        return int(self._client.post("/gradio_api/queue/join", json=self._body(event, list(data))).status_code)

    def queued(self, event: str, *data: Any) -> str:
        """All that such an event gives back."""
        assert self.join(event, *data) == 200
        with self._client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self._name}) as stream:
            for line in stream.iter_lines():
                if '"process_completed"' in line:
                    return str(json.loads(line.removeprefix("data:"))["output"])
        raise AssertionError("no outcome")

    def ask(self, question: str) -> str:
        """What the page shows after a question."""
        return self.queued("respond", question, None, None, 0.5, True)

    def open(self, text: str) -> str:
        """What the page shows after an article was pasted."""
        return self.queued("open_text", text, None, None)


def _ask_by_program(client: Any, question: str) -> str:
    event = client.post("/gradio_api/call/ask", json={"data": [question, None]}).json()["event_id"]
    return str(client.get(f"/gradio_api/call/ask/{event}").text)


def _wait_until(done: Any) -> None:
    until = time.monotonic() + SOON
    while not done():
        assert time.monotonic() < until
        gc.collect()
        time.sleep(0.1)


def test_who_waits_too_long_is_free_and_the_work_ends_at_its_next_look() -> None:
    stops, looked = Stops(0.2), threading.Event()

    def work() -> None:
        try:
            while True:
                check()
                time.sleep(0.01)
        finally:
            looked.set()

    began = time.monotonic()
    with pytest.raises(LateError, match=r"within 0.2 s"):
        stops.run("me", work)
    assert looked.wait(SOON)
    with pytest.raises(LateError, match=r"within 2 s"):  # it came ten seconds ago, and waited in a queue
        stops.run("me", lambda: time.sleep(1), since=began - 10, patience=10)
    assert not stops.is_busy
    assert stops.run("me", lambda: 1) == 1


def test_an_error_of_time_that_is_the_works_own_is_not_the_deadlines() -> None:
    def work() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        Stops().run("me", work)


def test_a_late_answer_is_told_to_programs_and_in_the_pages_language() -> None:
    slow = PlannedArticle(load_article(), {"qui ?": Planned(("Otan",), seconds=3.0)})
    with _serve(slow, deadline=0.5) as client:
        began = time.monotonic()
        assert "not done within 0.5 s" in _ask_by_program(client, "Qui ?")
        visitor = Visitor(client, "visitor")
        visitor.direct("speak", "fr", None, 0.5)
        card = visitor.ask("Qui ?")
        assert "Pas de réponse en" in card
        assert "Qui ?" in card
        assert time.monotonic() - began < 3.0
        _wait_until(lambda: "ne le dit pas" in visitor.ask("Quoi ?"))  # once the late one has ended


def test_a_full_queue_is_told_at_once() -> None:
    slow = PlannedArticle(load_article(), {"qui ?": Planned(("Otan",), seconds=0.3)})
    with _serve(slow, deadline=2.0) as client:
        visitor = Visitor(client, "visitor")
        began = time.monotonic()
        codes = [visitor.join("respond", "Qui ?", None, None, 0.5, True) for _ in range(QUEUE_LENGTH + N_THREADS + 8)]
        assert set(codes) == {200, 503}
        assert codes.count(200) <= QUEUE_LENGTH + N_THREADS + 7
        refused = client.post("/gradio_api/call/ask", json={"data": ["Quoi ?", None]})
        assert refused.status_code == 503
        assert refused.json()["detail"].startswith("the queue is full")
        assert time.monotonic() - began < SOON


def test_gradios_own_client_gives_the_password_and_is_told_when_it_asks_too_often() -> None:
    from gradio_client import Client

    with _serve(PlannedArticle(load_article()), access=Access(password="élan vital", rate=2)) as served:
        told = {"auth": ("", "élan vital".encode())}
        client = Client(str(served.base_url), httpx_kwargs=told, verbose=False, analytics_enabled=False)
        assert client.predict("Qui ?", api_name="/ask")["question"] == "Qui ?"
        client.predict("Qui ?", api_name="/ask")
        with pytest.raises(httpx.HTTPStatusError, match="429"):
            client.predict("Qui ?", api_name="/ask")


def test_an_article_is_gone_with_its_page_and_the_session_does_not_come_back() -> None:
    first = Told()
    with _serve(first) as client:
        visitor = Visitor(client, "visitor")
        with client.stream("GET", "/gradio_api/heartbeat/visitor"):
            assert "is open" in visitor.open(OWN)
            assert "à Lannoz" in visitor.ask("Où brille le phare ?")
            gc.collect()
            assert first.opened[0]() is not None
        _wait_until(lambda: first.opened[0]() is None)
        assert "This session has ended" in visitor.ask("Où brille le phare ?")
        assert "This session has ended" in visitor.open(OWN)
        assert "Lannoz" not in Visitor(client, "another").ask("Où brille le phare ?")


def test_articles_used_longest_ago_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_CHARACTERS", 2 * len(OWN) + 5)
    first = Told()
    with _serve(first) as client:
        early, used, late, last = (Visitor(client, name) for name in ("early", "used", "late", "last"))
        for visitor in (used, early):
            visitor.open(OWN)
        used.ask("Où brille le phare ?")
        for visitor in (late, last):
            visitor.open(OWN)
        _wait_until(lambda: first.opened[1]() is None)
        assert first.opened[0]() is not None
        assert "This session has ended" in early.ask("Où brille le phare ?")
        assert "à Lannoz" in used.ask("Où brille le phare ?")


def test_what_a_session_never_fetches_does_not_pile_up() -> None:
    app = build_app(PlannedArticle(load_article()), Access(("testserver",)))
    gradio: Any = next(route.app for route in app.routes if isinstance(route, Mount))
    with TestClient(app) as client:
        visitor = Visitor(client, "visitor")
        queue = gradio.get_blocks()._queue
        for _ in range(sessions.MAX_UNFETCHED):  # each gives several messages
            assert visitor.join("respond", "Qui ?", None, None, 0.5, True) == 200
            while queue.event_ids_to_events:
                time.sleep(0.01)
        (unfetched,) = queue.pending_messages_per_session.values()
        assert 0 < unfetched.qsize() <= sessions.MAX_UNFETCHED + 5


def test_a_programs_question_leaves_nothing_behind() -> None:
    app = build_app(PlannedArticle(load_article()), Access(("testserver",)))
    gradio: Any = next(route.app for route in app.routes if isinstance(route, Mount))
    with TestClient(app) as client:
        for number in range(5):
            assert "event: complete" in _ask_by_program(client, f"Qui a dit {number} ?")
        assert not gradio.state_holder.session_data
        assert len(gradio.get_blocks()._queue.pending_event_ids_session) <= 1
