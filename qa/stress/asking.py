"""One program that asks over the page's address, as gradio_client does: a request that puts the question into the
queue, and one for its events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

ASK = "/gradio_api/call/ask"
BUSY = 503


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer may not owe to who else asks. Its confidence may: whole numbers round otherwise in a batch."""

    question: str
    text: str
    start: int
    end: int
    answered: bool

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Reply:
        """Of the record that /ask returns. Raises KeyError where a field is missing."""
        return cls(record["question"], record["text"], record["start"], record["end"], record["answered"])


class BusyError(Exception):
    """The queue was full, and the server said so."""


class BrokenError(Exception):
    """The server answered with something that is neither an answer nor a refusal; the message says what."""


async def ask(client: httpx.AsyncClient, question: str, session: str) -> Reply:
    """Ask and wait. Raises BusyError, BrokenError, and httpx.HTTPError where the connection failed."""
    queued = await client.post(ASK, json={"data": [question, None], "session_hash": session})
    if queued.status_code == BUSY:
        raise BusyError
    if queued.status_code != 200:
        raise BrokenError(f"status {queued.status_code}")
    async with client.stream("GET", f"{ASK}/{queued.json()['event_id']}") as events:
        if events.status_code != 200:
            raise BrokenError(f"status {events.status_code} for the events")
        return _read_reply([line async for line in events.aiter_lines()])


def _read_reply(lines: list[str]) -> Reply:
    """The answer in a whole stream of events. Raises BrokenError where there is none."""
    event = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            event = value
        elif field == "data" and event == "error":
            raise BrokenError(f"error event {value[:100]}")
        elif field == "data" and event == "complete":
            return Reply.from_record(json.loads(value)[0])
    raise BrokenError("events without an answer")
