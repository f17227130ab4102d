"""Stop, and the deadline: who waits is free at once, and the work behind it ends between two batches.

A model's call cannot be interrupted. So the work runs on a thread of its own: stopping it frees whoever
waits for it, its outcome is thrown away, and at its next `check` the abandoned work ends.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from qa.pipeline import Models
    from qa.types import FloatArray

T = TypeVar("T")
N_THREADS = 16
BATCH_PASSAGES = 64
DEADLINE_SECONDS = 30.0
_flag: contextvars.ContextVar[threading.Event | None] = contextvars.ContextVar("stop", default=None)


class StoppedError(Exception):
    """Nobody waits for this work any longer."""


class LateError(Exception):
    """It was not done in time; `seconds` is how long it had."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not done within {seconds:g} s")
        self.seconds = seconds


def check() -> None:
    """Raises StoppedError where the work at hand was stopped."""
    flag = _flag.get()
    if flag is not None and flag.is_set():
        raise StoppedError


class Work:
    """One piece of work that can be stopped."""

    def __init__(self) -> None:
        self.flag = threading.Event()
        self.outcome: Future[Any] = Future()

    def stop(self) -> None:
        """Free whoever waits, and tell the work."""
        self.flag.set()
        self.outcome.cancel()

    def do(self, work: Callable[[], Any]) -> None:
        """Do it on this thread; the outcome goes to whoever waits, if anybody still does."""
        _flag.set(self.flag)
        try:
            check()
            found = work()
        except BaseException as error:
            self._settle(self.outcome.set_exception, error)
        else:
            self._settle(self.outcome.set_result, found)

    @staticmethod
    def _settle(settle: Callable[[Any], None], value: Any) -> None:
        with suppress(InvalidStateError):  # stopped a moment ago
            settle(value)


class Stops:
    """The work under way, by the session that waits for it."""

    def __init__(self, seconds: float = DEADLINE_SECONDS) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._running: dict[str, list[Work]] = {}
        self._pool = ThreadPoolExecutor(N_THREADS, "asked")

    def run(self, who: str, work: Callable[[], T], since: float | None = None, patience: float = 1.0) -> T:
        """The work's own outcome. Raises StoppedError as soon as `stop(who)` is called, and LateError when
        `patience` times the deadline has passed `since` then, on `time.monotonic` (None: now)."""
        seconds = patience * self.seconds
        until = (time.monotonic() if since is None else since) + seconds
        with self._begun(who) as begun:
            # A copied context carries gradio's progress to the other thread.
            self._pool.submit(contextvars.copy_context().run, begun.do, work)
            try:
                return cast(T, begun.outcome.result(max(0.0, until - time.monotonic())))
            except CancelledError:
                raise StoppedError from None
            except TimeoutError:
                if begun.outcome.done():  # a moment ago, or the error is the work's own
                    return cast(T, begun.outcome.result())
                begun.stop()
                raise LateError(seconds) from None

    def stop(self, who: str) -> bool:
        """Stop all that a session waits for; whether there was anything."""
        with self._lock:
            running = list(self._running.get(who, ()))
        for work in running:
            work.stop()
        return bool(running)

    @property
    def is_busy(self) -> bool:
        """Whether anybody waits for anything."""
        return bool(self._running)

    def stop_all(self) -> None:
        """Stop whatever anybody waits for."""
        for who in list(self._running):
            self.stop(who)

    @contextmanager
    def _begun(self, who: str) -> Iterator[Work]:
        work = Work()
        with self._lock:
            self._running.setdefault(who, []).append(work)
        try:
            yield work
        finally:
            with self._lock:
                self._running[who].remove(work)
                if not self._running[who]:
                    del self._running[who]


class StoppableEncoder:
    """An encoder that looks, every few passages, whether somebody still waits for them."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> FloatArray:
        """As `Encoder.encode_passages`."""
        from tqdm.auto import tqdm

        rows: list[FloatArray] = []
        for start in tqdm(range(0, len(texts), BATCH_PASSAGES), unit="batch", disable=not progress):
            check()
            rows.append(self._encoder.encode_passages(texts[start : start + BATCH_PASSAGES]))
        return np.concatenate(rows or [self._encoder.encode_passages(texts)])


def make_stoppable(models: Models) -> Models:
    """The same models, whose encoder can be stopped while it reads an article."""
    return replace(models, encoder=cast(Any, StoppableEncoder(models.encoder)))
