"""Many clients ask at once for minutes: answers, refusals, waiting times and memory of the page's server."""

from __future__ import annotations

import argparse

from qa.errors import DispatchError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--clients", type=int, default=128, metavar="N", help="that ask at once (default: 128)")
    parser.add_argument("--seconds", type=float, default=300.0, metavar="S", help="how long they ask (default: 300)")
    parser.add_argument("--server", metavar="ADDRESS", help="one that runs already (default: python app.py is started)")


def run(args: argparse.Namespace) -> int:
    """Ask and judge; 1 when a claim does not hold."""
    raise DispatchError("load cannot be run yet")
