"""Inputs made to break it: articles, passages, spans, answers, question files; no crash, no offset error."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.errors import DispatchError
from qa.logs import quiet_libraries

if TYPE_CHECKING:
    from qa.stress.fuzzing.trial import Outcome

_ENGINES = ("hypothesis", "atheris")
_SHOWN = 400
"""Characters of each end of an example that is long even when it is the smallest."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--n", type=int, default=200_000, metavar="N", help="inputs in all (default: 200,000)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another one, other inputs (default: 0)")
    parser.add_argument(
        "--engine", choices=_ENGINES, default="hypothesis", help="at random, or guided by coverage (default: the first)"
    )


def run(args: argparse.Namespace) -> int:
    """Try every property; 1 when one fails, with its smallest example."""
    try:
        from qa.stress.fuzzing.properties import PROPERTIES

        engine = _open_engine(args.engine)
    except ModuleNotFoundError as error:
        raise DispatchError(f"fuzz needs {error.name}: pip install 'dispatch-qa[stress]'") from None
    quiet_libraries()
    print("| inputs | n | accepted | refused | a second | slowest, ms | |\n|---|---|---|---|---|---|---|")
    found = []
    for tried in PROPERTIES:
        outcome = engine(tried, max(1, round(tried.share * args.n)), args.seed)
        print(format_row(outcome), flush=True)
        found.append(outcome)
    failed = [outcome for outcome in found if outcome.failure is not None]
    for outcome in failed:
        print(format_failure(outcome))
    n, seconds = sum(o.n for o in found), sum(o.seconds for o in found)
    print(f"{'FAIL' if failed else 'PASS'}: {n:,} inputs in {seconds:.0f} s, {n / seconds:.0f} a second")
    return int(bool(failed))


def _open_engine(name: str) -> Callable[..., Outcome]:
    if name == "hypothesis":
        from qa.stress.fuzzing.trial import try_hypothesis

        return try_hypothesis
    import atheris  # noqa: F401  # said now if it is missing, and not by each process

    from qa.stress.fuzzing.guided import try_atheris

    return try_atheris


def format_row(outcome: Outcome) -> str:
    """A row of the table."""
    share = outcome.n_accepted / max(outcome.n, 1)
    rate, slowest = outcome.n / max(outcome.seconds, 1e-9), 1000 * outcome.slowest
    verdict = "PASS" if outcome.failure is None else "FAIL"
    return (
        f"| {outcome.name} | {outcome.n:,} | {share:.0%} | {1 - share:.0%} | {rate:.0f} | {slowest:.0f} | {verdict} |"
    )


def format_failure(outcome: Outcome) -> str:
    """The smallest input that fails, and how."""
    assert outcome.failure is not None
    reason, example = (shorten(text) for text in (outcome.failure.reason, outcome.failure.example))
    return f"\n{outcome.name}: {reason}\nwith {example}"


def shorten(text: str) -> str:
    """A long text without its middle."""
    left_out = len(text) - 2 * _SHOWN
    return text if left_out <= 0 else f"{text[:_SHOWN]} [{left_out:,} characters] {text[-_SHOWN:]}"
