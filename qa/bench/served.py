"""The page's server as a process of its own, for as long as a script asks it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from qa.errors import DispatchError

COMMAND = (sys.executable, "-m", "app", "--port", "0")
READY_SECONDS = 120.0
END_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready; `process` is its number, None for one that somebody else started."""

    address: str
    process: int | None


def wait_until_ready(address: str) -> None:
    """Return once the models have answered a first question. Raises DispatchError when that takes too long."""
    import httpx

    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise DispatchError(f"{address} was not ready within {READY_SECONDS:.0f} seconds; try python app.py")


@contextmanager
def serve(command: Sequence[str] = COMMAND) -> Iterator[Served]:
    """Start a server that prints its address on its first line, and end it. What it logs stays on standard error.

    Raises DispatchError when it does not start.
    """
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        if found is None:
            raise DispatchError("the page did not start; try python app.py")
        wait_until_ready(found[0])
        yield Served(found[0], server.pid)
    finally:
        server.terminate()
        try:
            server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
