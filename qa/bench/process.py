"""A system in a process of its own: its memory is its own, and none of its threads holds up another system."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from qa.article import Article
from qa.bench.systems import open_system
from qa.errors import DispatchError


class SystemProcess:
    """A system that has read an article. `opening` is the seconds that took, models included; what runs before,
    such as Python's own start, is not counted."""

    def __init__(self, name: str, article: Article, passages: Sequence[str]) -> None:
        context = get_context("spawn")
        self.name = name
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, name, article, passages), daemon=True)
        self._process.start()
        theirs.close()
        self.opening = self._receive()

    def ask(self, questions: Sequence[str]) -> float:
        """Seconds for all of the questions. Raises DispatchError where the system fails."""
        return self._exchange(list(questions))

    def peak(self) -> float:
        """The largest memory of the process so far, in megabytes."""
        return self._exchange(None)

    def _exchange(self, message: list[str] | None) -> float:
        with suppress(BrokenPipeError):  # receiving says so in its own words
            self._pipe.send(message)
        return self._receive()

    def _receive(self) -> float:
        try:
            found: float | str = self._pipe.recv()
        except (EOFError, ConnectionError):
            raise DispatchError(f"{self.name}: its process ended; the machine may lack the memory") from None
        if isinstance(found, str):
            raise DispatchError(found)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pipe.close()
        self._process.join(20)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(pipe: Connection, name: str, article: Article, passages: Sequence[str]) -> None:
    """Open the system, then answer until the other end is closed. A failure is sent as its sentence."""
    from qa.logs import quiet_libraries

    quiet_libraries()
    try:
        started = time.perf_counter()
        ask = open_system(name, article, passages)
        pipe.send(time.perf_counter() - started)
        while True:
            questions = pipe.recv()
            if questions is None:
                pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
            else:
                started = time.perf_counter()
                ask(questions)
                pipe.send(time.perf_counter() - started)
    except EOFError:
        return
    except Exception as error:  # whatever a peer raises: it is told there, where it can be shown
        pipe.send(f"{name}: {error}")
