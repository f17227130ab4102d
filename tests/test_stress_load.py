"""The load script: what it asks for, what it takes for wrong, and that a bad server does not pass."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import needs_browser

from qa.stress.asking import Reply
from qa.stress.clients import Alone, Asked, Outcome, Pressed, settle
from qa.stress.memory import Sample, find_growth, read_megabytes
from qa.stress.verdict import Claim, format_claims, judge

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "Où aura lieu le sommet ?"
RECORD: dict[str, Any] = {"question": QUESTION, "text": "Bruxelles", "start": 1200, "end": 1209, "answered": True}
EXPECTED = Reply.from_record(RECORD)
SECONDS = 300.0
ALONE = Alone({QUESTION: EXPECTED}, tuple(n / 1000 for n in range(50, 151)))
PLACES = 33


def run(
    asked: Sequence[Asked] = (Asked("right", 2.0), Asked("busy", 0.02)), memory: Sequence[float] = (800.0,) * 300
) -> tuple[Claim, ...]:
    """What is said of a run of 300 seconds, whose memory was looked at each second."""
    samples = tuple(Sample(at, megabytes) for at, megabytes in enumerate(memory, 1))
    return judge(Pressed(128, SECONDS, tuple(asked), samples, 60.0, ()), ALONE, PLACES)


def find_failed(claims: Sequence[Claim]) -> list[str]:
    return [claim.sentence for claim in claims if claim.held is False]


def test_a_good_run_holds_every_claim() -> None:
    claims = run()
    assert [claim.held for claim in claims] == [True] * 5
    table = format_claims(claims, Pressed(128, SECONDS, (Asked("right", 2.0),) * 600, (), 60.0, (0.01,)))
    assert table.count("| PASS |") == 5
    assert "2.0 answers a second; the clients took 0.20 of a core and were late by p50 0.010 s" in table


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (Asked("wrong", 2.0, "who got what"), "No wrong"),
        (Asked("crossed", 2.0, "who got what"), "No wrong"),
        (Asked("failed", 2.0, "status 500"), "No error"),
    ],
)
def test_one_bad_answer_among_thousands_fails_and_is_shown(bad: Asked, sentence: str) -> None:
    claims = run([*[Asked("right", 2.0)] * 5000, Asked("busy", 0.02), bad])
    (failed,) = [claim for claim in claims if claim.held is False]
    assert failed.sentence.startswith(sentence)
    assert bad.why in failed.measured


def test_the_bound_is_what_the_queue_lets_in_times_the_slowest_question_alone() -> None:
    bound = PLACES * 0.149
    busy = Asked("busy", 0.02)
    assert find_failed(run([Asked("right", bound - 0.001), busy])) == []
    assert find_failed(run([Asked("right", bound + 0.001), busy])) == ["p99 bounded by the queue"]


def test_slow_refusals_fail_and_a_queue_that_was_never_full_is_not_judged() -> None:
    right = Asked("right", 2.0)
    assert [s[:12] for s in find_failed(run([right, Asked("busy", 1.5)]))] == ["A full queue"]
    assert [claim.held for claim in run([right])] == [True, True, True, None, True]


def test_a_run_without_an_answer_fails() -> None:
    assert [s[:8] for s in find_failed(run([Asked("busy", 0.02)]))] == ["No wrong", "p99 boun"]


@pytest.mark.parametrize(("per_second", "held"), [(0.0, True), (0.1, True), (0.4, False)])
def test_memory_that_grows_fails(per_second: float, held: bool) -> None:
    memory = [min(800.0, 400.0 + 20 * at) + per_second * at for at in range(1, 301)]
    assert run(memory=memory)[-1].held is held


def test_growth_compares_the_stretch_after_the_warm_up_with_the_last() -> None:
    samples = [Sample(at, 100.0 if at < 60 else 200.0 if at < 240 else 230.0) for at in range(300)]
    growth = find_growth(samples, 300)
    assert growth is not None
    assert (growth.before, growth.after) == (200.0, 230.0)
    assert growth.share == pytest.approx(0.15)
    assert find_growth(samples, 30) is None
    assert find_growth([], 300) is None


def test_memory_is_read_of_a_process_that_runs() -> None:
    held = bytearray(50_000_000)
    megabytes = read_megabytes(os.getpid())
    assert megabytes is not None
    assert megabytes > len(held) / 1e6
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert read_megabytes(ended.pid) is None


def settle_with(status: int, events: str) -> Asked:
    """What becomes of a question whose request gets `status`, and then these events."""

    def respond(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            assert json.loads(request.content) == {"data": [QUESTION, None], "session_hash": "mine"}
            return httpx.Response(status, json={"event_id": "e1", "detail": "Queue is full."})
        assert request.url.path == "/gradio_api/call/ask/e1"
        return httpx.Response(200, text=events)

    async def ask() -> Asked:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond), base_url="http://served") as client:
            return await settle(client, "mine", QUESTION, EXPECTED)

    with ThreadPoolExecutor(1) as other:  # Playwright's loop may run on this thread
        return other.submit(asyncio.run, ask()).result()


def complete(**changes: Any) -> str:
    return f"event: heartbeat\ndata: null\n\nevent: complete\ndata: {json.dumps([{**RECORD, **changes}])}\n\n"


@pytest.mark.parametrize(
    ("status", "events", "outcome", "why"),
    [
        (200, complete(), "right", ""),
        (200, complete(confidence=0.5), "right", ""),
        (200, complete(start=1201), "wrong", "got 'Bruxelles'"),
        (200, complete(text="", answered=False), "wrong", "got ''"),
        (200, complete(question="Qui ?"), "crossed", "got 'Bruxelles'"),
        (503, "", "busy", ""),
        (500, "", "failed", "status 500"),
        (429, "", "failed", "status 429"),
        (200, 'event: error\ndata: {"error": null}\n\n', "failed", "error event"),
        (200, "event: heartbeat\ndata: null\n\n", "failed", "without an answer"),
        (200, "event: complete\ndata: [{}]\n\n", "failed", "KeyError"),
    ],
)
def test_each_kind_of_response_is_told_apart(status: int, events: str, outcome: Outcome, why: str) -> None:
    asked = settle_with(status, events)
    assert asked.outcome == outcome
    assert why in asked.why
    assert replace(asked, seconds=0.0, why="") == Asked(outcome, 0.0)


def press_on(address: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qa.stress", "load", "--server", address, *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)


@needs_browser
def test_the_page_keeps_its_answers_apart_and_refuses_what_does_not_fit_its_queue(address: str) -> None:
    ran = press_on(address, "--clients", "64", "--seconds", "3")
    assert ran.stderr == ""
    assert re.search(r"0 wrong, 0 crossed, [1-9]\d* right \| PASS", ran.stdout)
    assert "| No error and no lost question | none | PASS |" in ran.stdout
    assert re.search(r"[1-9]\d* refusals, p50 [\d.]+ s, p99 [\d.]+ s", ran.stdout)
    assert ran.returncode == int("FAIL" in ran.stdout)  # how fast it was depends on who else uses this machine


def test_a_server_that_is_not_there_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from qa.bench import served
    from qa.stress.__main__ import main

    monkeypatch.setattr(served, "READY_SECONDS", 0.2)
    assert main(["load", "--server", "http://127.0.0.1:9"]) == 2
    assert capsys.readouterr().err.startswith("error: http://127.0.0.1:9 was not ready")
