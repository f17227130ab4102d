"""`python tests/web_recorded.py FOLDER`: the page with planned answers, and what it leaves behind: in FOLDER
thumbs.sqlite, opened.txt (a line for each file opened to be written) and said.txt (its standard error)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from web_fakes import SEED_PLAN, PlannedArticle

from qa.article import load_article

_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND


def record_writes(path: Path) -> None:
    """From now on write to `path`, a line each, the files that Python opens to write."""
    record = path.open("w", encoding="utf-8", buffering=1)

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(details[2], int) and details[2] & _TO_WRITE:
            record.write(f"{details[0]}\n")

    sys.addaudithook(hook)


def main() -> None:
    folder = Path(sys.argv[1])
    os.dup2(os.open(folder / "said.txt", os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    record_writes(folder / "opened.txt")
    from qa.web.server import serve

    serve(PlannedArticle(load_article(), SEED_PLAN), port=0, feedback=folder / "thumbs.sqlite", mcp=True)


if __name__ == "__main__":
    main()
