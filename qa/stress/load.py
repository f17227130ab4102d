"""Many clients ask at once for minutes: answers, refusals, waiting times and memory of the page's server."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from qa.bench.served import Served, serve, wait_until_ready
from qa.errors import DispatchError
from qa.stress.asking import BrokenError, BusyError

N_ASKED = 1
"""Questions of programs that the server answers at once; the others wait in its queue."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--clients", type=int, default=128, metavar="N", help="that ask at once (default: 128)")
    parser.add_argument("--seconds", type=float, default=300.0, metavar="S", help="how long they ask (default: 300)")
    parser.add_argument("--server", metavar="ADDRESS", help="one that runs already (default: python app.py is started)")


@contextmanager
def _find_server(address: str | None) -> Iterator[Served]:
    if address is None:
        with serve() as served:
            yield served
    else:
        wait_until_ready(address)
        yield Served(address, None)


def measure(served: Served, questions: list[str], n_clients: int, seconds: float) -> tuple[str, bool]:
    """The table of what was measured, and whether all that could be measured held.

    Raises DispatchError when a question asked alone gets no answer.
    """
    import httpx

    from qa.stress.clients import ask_alone, press
    from qa.stress.verdict import format_claims, judge
    from qa.web.server import QUEUE_LENGTH

    try:
        alone = asyncio.run(ask_alone(served.address, questions))
    except (BusyError, BrokenError, httpx.HTTPError) as error:
        reason = str(error) or type(error).__name__
        raise DispatchError(f"a question asked alone got no answer ({reason}); does anybody else ask?") from error
    pressed = asyncio.run(press(served.address, served.process, alone, n_clients, seconds))
    claims = judge(pressed, alone, QUEUE_LENGTH + N_ASKED)
    return format_claims(claims, pressed), all(claim.held is not False for claim in claims)


def run(args: argparse.Namespace) -> int:
    """Ask and judge; 1 when a claim does not hold."""
    from qa.bench.machine import describe
    from qa.evaluation.questions import read_questions
    from qa.web.threshold import PUBLIC_QUESTIONS

    questions = [question.question for question in read_questions(PUBLIC_QUESTIONS)]
    with _find_server(args.server) as served:
        table, held = measure(served, questions, args.clients, args.seconds)
    print(f"{describe()}\n\n{table}")
    return 0 if held else 1
