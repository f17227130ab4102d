"""The server as a process: nothing of what was asked is logged, and it ends well when it is told to."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
SECRET = "Xyzzyphare"
SOON = 20.0


class Served:
    """The page with planned answers, as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.feedback = folder / "thumbs.sqlite"
        command = [sys.executable, str(HERE / "web_fakes.py"), str(self.feedback), str(folder / "hosts.txt")]
        path = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self.process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", self.process.stdout.readline())
        assert found is not None
        single = httpx.Limits(max_keepalive_connections=0)  # the server closes a connection after an error
        self.client = httpx.Client(base_url=found[0], timeout=SOON, limits=single)
        self.blocks = {b["api_name"]: b["id"] for b in self.client.get("/config").json()["dependencies"]}

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.client.post(f"/gradio_api/{path}", json=body)

    def begin(self, session: str) -> None:
        self.post("run/predict", data=[], fn_index=self.blocks["begin"], session_hash=session)

    def join(self, session: str, event: str, *data: Any, **more: Any) -> None:
        self.post("queue/join", data=data, fn_index=self.blocks[event], session_hash=session, **more)

    def outcome(self, session: str) -> dict[str, Any]:
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
            for line in stream.iter_lines():
                if '"process_completed"' in line:
                    found: dict[str, Any] = json.loads(line.removeprefix("data:"))
                    return found
        raise AssertionError("no outcome")

    def end(self) -> tuple[int, str, float]:
        """Exit status, all that was printed since it was ready, and the seconds from SIGTERM to its end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        printed = "".join(self.process.communicate(timeout=SOON))
        return self.process.returncode, printed, time.monotonic() - began


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    started = Served(tmp_path)
    yield started
    started.client.close()
    started.process.kill()
    started.process.wait()


def test_nothing_that_was_asked_or_opened_is_logged(served: Served) -> None:
    for session in "abc":
        served.begin(session)
    served.join("a", "open_text", f"{SECRET} brille à Lannoz.", None, None)
    assert SECRET in str(served.outcome("a"))
    served.join("a", "respond", f"Où est {SECRET} ?", None, None, 0.5, True)
    assert served.outcome("a")["success"]
    served.post("call/ask", data=[f"Où est {SECRET} ?", None])
    for number in (1, 5):
        served.join("b", "respond", *[{SECRET: 1}] * number)
        assert not served.outcome("b")["success"]
    served.join("c", "retry", None, None, SECRET, SECRET, event_data={"index": SECRET})
    assert not served.outcome("c")["success"]
    served.post("run/predict", data=[SECRET], fn_index=served.blocks["show"], session_hash="d", event_data=SECRET)
    served.post("run/predict", data=[SECRET], fn_index=SECRET)
    served.post("run/predict", data=[SECRET], fn_index=9999, session_hash=SECRET)
    served.post(f"run/{SECRET}", data=[SECRET])
    malformed: list[Any] = [[SECRET], [{SECRET: 1}, SECRET], [SECRET, SECRET, SECRET], SECRET]
    for data in malformed:
        event = served.post("call/ask", data=data).json().get("event_id", SECRET)
        with suppress(httpx.RemoteProtocolError):  # gradio's way to say that there is no such event
            assert "complete" not in served.client.get(f"/gradio_api/call/ask/{event}").text
    call = {"name": "ask", "arguments": {SECRET: SECRET}}
    for said in (
        {SECRET: SECRET},
        {"jsonrpc": "2.0", "id": 1, "method": SECRET, "params": {SECRET: 1}},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ):
        served.client.post("/gradio_api/mcp/", json=said, headers={"accept": "application/json, text/event-stream"})
    served.client.post("/gradio_api/call/ask", content=SECRET)
    paragraphs = "\n\n".join(f"Phrase {n} de {SECRET}." for n in range(1_000))  # ten seconds to open
    served.join("a", "open_text", paragraphs, None, None)
    time.sleep(0.5)
    status, printed, seconds = served.end()
    assert status == 0
    assert seconds < 6  # it does not wait for what takes too long
    assert SECRET.lower() not in printed.lower()
    assert "an event failed" in printed  # it is told that, and where


def test_an_answer_under_way_is_given_and_then_the_process_ends_without_a_word(served: Served) -> None:
    def live() -> None:
        with served.client.stream("GET", "/gradio_api/heartbeat/a") as stream:
            for _ in stream.iter_lines():
                alive.set()

    alive = threading.Event()
    page = threading.Thread(target=live)
    page.start()
    assert alive.wait(SOON)
    served.begin("a")
    served.join("a", "respond", "who spoke slowly?", None, None, 0.5, True)
    found: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: found.append(served.outcome("a")))
    waiting.start()
    time.sleep(3.2)  # of the four seconds that it takes
    status, printed, seconds = served.end()
    waiting.join(SOON)
    page.join(SOON)
    assert "Stoltenberg" in str(found)
    assert (status, printed) == (0, "")
    assert seconds < 6
    with sqlite3.connect(served.feedback) as kept:
        assert kept.execute("pragma integrity_check").fetchone() == ("ok",)
    assert [path.name for path in served.feedback.parent.glob("thumbs*")] == ["thumbs.sqlite"]
