"""Kills at random moments of building an index, saving feedback, evaluating; all is read again afterwards."""

from __future__ import annotations

import argparse
import logging
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qa.logs import quiet_libraries

if TYPE_CHECKING:
    from qa.stress.killing import Outcome, Work

_N_SHIPPED = 3
"""Kills of each command that opens the models that ship, in which most of the time goes by before it writes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--n", type=int, default=200, metavar="N", help="kills in all (default: 200)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another one, other moments (default: 0)")


def run(args: argparse.Namespace) -> int:
    """Kill and look; 1 when something cannot be read or is not what it was."""
    quiet_libraries()
    logging.disable(logging.WARNING)  # an index that is rebuilt says so
    from qa.stress.killed_commands import evaluate_command, index_command
    from qa.stress.killed_work import EvaluationWork, FeedbackWork, IndexWork
    from qa.stress.killing import kill_often

    kinds: tuple[Callable[[Path], Work], ...] = (IndexWork, FeedbackWork, EvaluationWork)
    commands: tuple[Callable[[Path], Work], ...] = (index_command, evaluate_command)
    n_shipped = min(_N_SHIPPED, args.n // 10)
    n_left = args.n - n_shipped * len(commands)
    shares = [(n_left + i) // len(kinds) for i in range(len(kinds))] + [n_shipped] * len(commands)
    print("| work | seconds | kills | in a write | |\n|---|---|---|---|---|", flush=True)
    found = []
    for number, (make, n) in enumerate(zip((*kinds, *commands), shares, strict=True)):
        if n > 0:
            with tempfile.TemporaryDirectory(prefix="dispatch-qa-kill-") as folder:
                found.append(kill_often(make(Path(folder)), n, random.Random(f"{args.seed} {number}")))
            print(format_row(found[-1]), flush=True)
    failed = [f"\n{outcome.name}: {outcome.failure}" for outcome in found if outcome.failure is not None]
    n_kills, n_writing = sum(o.n_kills for o in found), sum(o.n_writing for o in found)
    print(*failed, f"{'FAIL' if failed else 'PASS'}: {n_kills} kills, {n_writing} of them in a write", sep="\n")
    return int(bool(failed))


def format_row(outcome: Outcome) -> str:
    """A row of the table."""
    verdict = "PASS" if outcome.failure is None else "FAIL"
    return f"| {outcome.name} | {outcome.length:.2f} | {outcome.n_kills} | {outcome.n_writing} | {verdict} |"
