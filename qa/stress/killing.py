"""Processes that are killed at a moment drawn from their own length, and what must be there afterwards."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from threadpoolctl import threadpool_limits

from embeddings.storage import UNFINISHED
from qa.errors import DispatchError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

LONGEST = 120
"""Seconds in which work that is not killed must end."""
_STEP = 0.001
_TRIES = 20
"""For each kill: where the work is over every time before its moment, something else is wrong."""


class BrokenStateError(AssertionError):
    """What a killed process left cannot be read, or is not what it was; the message says what."""


class Work(Protocol):
    """Work that writes into a folder, and can be killed."""

    name: str
    folder: Path

    def begin(self) -> None:
        """Make ready for a process, before it starts."""
        ...

    def do(self) -> None:
        """The work, in the process; it ends by itself."""
        ...

    def check(self) -> None:
        """Open what the process left, and go on from there. Raises BrokenStateError."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of `n_kills` kills, `n_writing` of which left a file unfinished: `failure` says what was broken
    by the last of them, None where nothing was. `length` is the seconds of the work that is left alone."""

    name: str
    n_kills: int
    n_writing: int
    length: float
    failure: str | None


def require(holds: bool, claim: str) -> None:
    """Raise BrokenStateError unless it holds."""
    if not holds:
        raise BrokenStateError(claim)


def kill_often(work: Work, n: int, moments: random.Random) -> Outcome:
    """Kill the work n times, each at a moment spread evenly over its length, and check what is left each time.
    Raises DispatchError when the work fails by itself.

    All on one thread: OpenMP's others are not there in a process that was forked, which waits for them for ever.
    """
    with threadpool_limits(1):
        return _kill_often(work, n, moments)


def _kill_often(work: Work, n: int, moments: random.Random) -> Outcome:
    length = _measure(work)
    n_kills = n_writing = 0
    for _ in range(_TRIES * n):
        if n_kills == n:
            break
        work.begin()
        moment = moments.uniform(0, length)
        quicker = _kill(work, moment)
        if quicker is not None:
            length = quicker
            continue
        n_kills += 1
        n_writing += _is_unfinished(work.folder)
        try:
            work.check()
        except Exception as error:  # whatever opening what is left comes upon is what is looked for
            reason = f"killed after {moment:.3f} s of {length:.3f}: {type(error).__name__}: {error}"
            return Outcome(work.name, n_kills, n_writing, length, reason)
    if n_kills < n:
        raise DispatchError(f"{work.name}: was over before it could be killed, {n - n_kills} of {n} times")
    return Outcome(work.name, n_kills, n_writing, length, None)


def _start(work: Work) -> BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=work.do)
    process.start()
    return process


def _measure(work: Work) -> float:
    """Seconds of the work that is left alone, the second time."""
    seconds = 0.0
    for _ in range(2):
        work.begin()
        process = _start(work)
        seconds = _wait(process, LONGEST)
        if process.exitcode != 0:
            process.kill()
            raise DispatchError(f"{work.name}: ended with {process.exitcode} without being killed")
    return seconds


def _kill(work: Work, moment: float) -> float | None:
    """Start the work and kill it; where it had ended before that moment, the seconds it took. Raises
    DispatchError where it had failed."""
    process = _start(work)
    seconds = _wait(process, moment)
    if process.pid is not None and process.exitcode is None:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise DispatchError(f"{work.name}: ended with {process.exitcode} before it was killed")
    return None if process.exitcode else seconds


def _wait(process: BaseProcess, seconds: float) -> float:
    """Wait for a process's end, at most so long; the seconds that went by. Not by `join`, which waits for ever
    for one that has become another program."""
    began = time.perf_counter()
    while process.exitcode is None and (left := began + seconds - time.perf_counter()) > 0:
        time.sleep(min(left, _STEP))
    return time.perf_counter() - began


def _is_unfinished(folder: Path) -> bool:
    """Whether something lies there that a finished write would have taken away."""
    names = [path.name for path in folder.rglob("*")]
    return any(name.startswith(".") or name.endswith((UNFINISHED, "-journal")) for name in names)
