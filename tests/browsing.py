"""What the browser tests share: a browser, and a server that says on one line when it is ready."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no chromium on the path: apt-get install chromium"
)


@contextmanager
def serve(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address that a server prints on its first line; the server is asked to end, and does."""
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/", env=environment
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    if found is None:
        server.kill()
        pytest.fail(f"the server did not start: {line} {server.communicate()[1]}")
    yield found[0]
    server.terminate()
    assert server.wait(20) in (0, -15)
