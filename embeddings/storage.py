"""Files that take their place whole: whoever reads one finds the old content or the new, never a part."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

UNFINISHED = ".part"
"""How the name ends of a file that is being written; a program that is killed may leave one behind."""


@contextmanager
def write_whole(path: Path) -> Iterator[TextIO]:
    """A text file that takes its place when it is finished and the disk has it. What is no Unicode text is
    written as an escape. Where that fails the old file stays and nothing else; raises OSError."""
    staging = path.with_name(f".{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with staging.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(staging, path)
    except BaseException:
        staging.unlink(missing_ok=True)
        raise


def sync_file(path: Path) -> None:
    """Wait until the disk has a file that a library wrote."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
