"""Clients that ask at once, each in a session of its own, and what became of each question."""

from __future__ import annotations

import asyncio
import itertools
import random
import ssl
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from qa.stress.asking import BrokenError, BusyError, Reply, ask
from qa.stress.memory import Sample, read_megabytes

if TYPE_CHECKING:
    import httpx

Outcome = Literal["right", "wrong", "crossed", "busy", "failed"]
TIMEOUT_SECONDS = 120.0
PAUSE_SECONDS = (0.1, 0.5)
"""A client that was refused waits so long, at random, before it asks again."""
SAMPLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question: `seconds` until it was settled, and why it was not right.

    `crossed` is the answer to another question, `wrong` another answer than to the question asked alone, `busy` a
    refusal because the queue was full.
    """

    outcome: Outcome
    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Alone:
    """The answers to each question when nobody else asks, and the seconds they took."""

    expected: Mapping[str, Reply]
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pressed:
    """What the clients met within `seconds`; `processor` are the seconds of processor that they took themselves,
    `late` is by how many seconds their own clock was late, each second."""

    n_clients: int
    seconds: float
    asked: tuple[Asked, ...]
    memory: tuple[Sample, ...]
    processor: float
    late: tuple[float, ...]


@dataclass(slots=True)
class _Kept:
    asked: list[Asked] = field(default_factory=list)
    memory: list[Sample] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


def _open(address: str, context: ssl.SSLContext) -> httpx.AsyncClient:
    import httpx

    return httpx.AsyncClient(base_url=address, verify=context, timeout=TIMEOUT_SECONDS, trust_env=False)


async def ask_alone(address: str, questions: Sequence[str]) -> Alone:
    """Each question once, one after the other, after the first was asked to warm the server up. Raises BusyError,
    BrokenError and httpx.HTTPError."""
    expected: dict[str, Reply] = {}
    seconds: list[float] = []
    async with _open(address, ssl.create_default_context()) as client:
        await ask(client, questions[0], uuid.uuid4().hex)
        for question in questions:
            began = time.perf_counter()
            expected[question] = await ask(client, question, uuid.uuid4().hex)
            seconds.append(time.perf_counter() - began)
    return Alone(expected, tuple(seconds))


def compare(reply: Reply, expected: Reply) -> Outcome:
    """Whether a reply is the one that the same question got alone."""
    if reply.question != expected.question:
        return "crossed"
    return "right" if reply == expected else "wrong"


async def settle(client: httpx.AsyncClient, session: str, question: str, expected: Reply) -> Asked:
    """Ask, and say what became of it, whatever that is."""
    import httpx

    outcome: Outcome
    why = ""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            reply = await ask(client, question, session)
    except BusyError:
        outcome = "busy"
    except BrokenError as error:
        outcome, why = "failed", str(error)
    except (httpx.HTTPError, KeyError, ValueError, TimeoutError) as error:
        outcome, why = "failed", type(error).__name__
    else:
        outcome = compare(reply, expected)
        why = "" if outcome == "right" else f"{question!r} got {reply.text!r}"
    return Asked(outcome, time.perf_counter() - began, why)


async def _keep_asking(client: httpx.AsyncClient, alone: Alone, until: float, asked: list[Asked]) -> None:
    """One client, until `time.perf_counter` says so; its last question is waited for."""
    session, questions = uuid.uuid4().hex, list(alone.expected)
    async with client:
        while time.perf_counter() < until:
            question = random.choice(questions)
            asked.append(await settle(client, session, question, alone.expected[question]))
            if asked[-1].outcome in ("busy", "failed"):
                await asyncio.sleep(random.uniform(*PAUSE_SECONDS))


async def _watch(process: int | None, began: float, kept: _Kept) -> None:
    """Each second the server's memory, and how late this very line was reached."""
    for n in itertools.count(1):
        due = began + n * SAMPLE_SECONDS
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        now = time.perf_counter()
        kept.late.append(now - due)
        megabytes = None if process is None else read_megabytes(process)
        if megabytes is not None:
            kept.memory.append(Sample(now - began, megabytes))


async def press(address: str, process: int | None, alone: Alone, n_clients: int, seconds: float) -> Pressed:
    """Ask questions that were asked alone before, at random, from `n_clients` sessions for `seconds`."""
    kept, context = _Kept(), ssl.create_default_context()
    clients = [_open(address, context) for _ in range(n_clients)]
    began, used = time.perf_counter(), time.process_time()
    watching = asyncio.create_task(_watch(process, began, kept))
    await asyncio.gather(*(_keep_asking(client, alone, began + seconds, kept.asked) for client in clients))
    watching.cancel()
    took, processor = time.perf_counter() - began, time.process_time() - used
    return Pressed(n_clients, took, tuple(kept.asked), tuple(kept.memory), processor, tuple(kept.late))
