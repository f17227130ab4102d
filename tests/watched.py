"""`python tests/watched.py HOSTS_FILE [app.py's options]`: the page, and a record of every host it calls."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def watch(path: Path) -> None:
    """From now on write to `path`, a line each, the hosts that this process looks up or connects to."""
    record = path.open("w", encoding="utf-8", buffering=1)

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if event in ("socket.getaddrinfo", "socket.gethostbyname"):
            record.write(f"{details[0]}\n")
        elif event == "socket.connect" and isinstance(details[1], tuple):  # a Unix socket's address is a path
            record.write(f"{details[1][0]}\n")

    sys.addaudithook(hook)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from app import main

    sys.exit(main(sys.argv[2:]))
