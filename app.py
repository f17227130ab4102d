"""`python app.py`: serve the chat for the dispatch in seeds/, or for another article."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="A chat that questions one news article.")
    parser.add_argument("--port", type=int, default=7860, help="default: 7860; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="default: this machine only")
    parser.add_argument("--public", action="store_true", help="let other machines reach the page, as --host says")
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host name of the public page; may be repeated",
    )
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="ask for its password (default: that of DISPATCH_QA_PASSWORD)",
    )
    parser.add_argument(
        "--rate",
        type=_count,
        metavar="N",
        help="questions a minute from each client; default: 60 if public; 0: no limit",
    )
    parser.add_argument("--deadline", type=_seconds, default=30, metavar="SECONDS", help="for an answer; default: 30")
    parser.add_argument("--article", type=Path, metavar="FILE", help="default: the dispatch in seeds/")
    parser.add_argument("--models", default="compact", metavar="PROFILE", help="compact (default) or hub")
    parser.add_argument(
        "--feedback", type=Path, metavar="FILE", help="keep thumbs up and down in this SQLite file (default: keep none)"
    )
    parser.add_argument("--mcp", action="store_true", help="offer /ask as an MCP tool too (needs the extra mcp)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 2, with one line on standard error, when that cannot begin."""
    args = _parser().parse_args(argv)
    from qa.logs import quiet_libraries

    quiet_libraries()
    from qa.errors import DispatchError
    from qa.pipeline import ArticleQA, Models
    from qa.web.access import decide_access, read_password
    from qa.web.server import serve
    from qa.web.stopping import make_stoppable

    try:
        password = read_password(args.password_file)
        access = decide_access(args.host, args.public, args.allowed_host, password, args.rate)
        opened = ArticleQA.load(args.article, make_stoppable(Models.load(args.models)))
        serve(opened, args.host, args.port, args.feedback, args.mcp, access, args.deadline)
    except DispatchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
