"""`python -m qa.bench`: page, questions, many and cold, each a Markdown table for the machine it runs on."""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from qa.errors import DispatchError

_SYSTEMS = ("auto", "fp32", "transformers", "haystack", "txtai", "plain")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa.bench", description="How fast it is.")
    commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    page = commands.add_parser("page", help="from a question to its painted answer, in a browser")
    page.add_argument("--questions", type=int, default=20, metavar="N", help="at least 2 (default: 20)")
    page.add_argument("--chromium", default=shutil.which("chromium"), metavar="FILE", help="default: on the path")
    for name, help_ in (("questions", "one question at a time"), ("many", "questions a second")):
        command = commands.add_parser(name, help=f"{help_}, beside the peers")
        command.add_argument("--systems", nargs="+", choices=_SYSTEMS, default=_SYSTEMS, help="the first is compared")
        command.add_argument("--questions", type=int, default=20, metavar="N", help="at least 2 (default: 20)")
        command.add_argument(
            "--characters", type=int, default=0, metavar="N", help="of the article (default: 0, the seed)"
        )
        command.add_argument("--plot", type=Path, metavar="FILE", help="also draw the medians as SVG")
    cold = commands.add_parser("cold", help="from a process's start to its first answer")
    cold.add_argument("--runs", type=int, default=5, metavar="N", help="of each program (default: 5)")
    cold.add_argument("--plot", type=Path, metavar="FILE", help="also draw the medians as SVG")
    return parser


def _measure(args: argparse.Namespace) -> str:
    if args.what == "page":
        from qa.bench import page

        return page.measure(args.questions, args.chromium)
    from qa.bench.machine import describe

    table = _measure_cold(args) if args.what == "cold" else _measure_asking(args)
    return f"{describe()}\n\n{table}"


def _measure_cold(args: argparse.Namespace) -> str:
    from qa.bench.cold import format_cold, time_cold

    found = time_cold(args.runs)
    _draw(args, "Process start to first answer", "seconds", [(e.program, statistics.median(e.seconds)) for e in found])
    return format_cold(found)


def _measure_asking(args: argparse.Namespace) -> str:
    from qa.bench import asking

    article = asking.make_article(args.characters)
    title = f"{args.questions} public questions on {len(article.text):,} characters"
    if args.what == "many":
        rates = asking.time_many(args.systems, article, max(2, args.questions))
        _draw(args, title, "questions a second", rates)
        return f"{title}\n\n{asking.format_many(rates)}"
    limit = asking.find_limit(article)
    found = asking.time_questions(args.systems, article, max(2, args.questions))
    _draw(args, title, "ms (median)", [(each.system, statistics.median(each.times)) for each in found])
    return f"{title}\n\n{asking.format_asked(found, limit)}"


def _draw(args: argparse.Namespace, title: str, unit: str, bars: Sequence[tuple[str, float]]) -> None:
    if args.plot is not None:
        from qa.bench.plots import draw_bars

        draw_bars(title, unit, bars, args.plot)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 2, with one line on standard error, when that cannot begin."""
    args = _parser().parse_args(argv)
    from qa.logs import quiet_libraries

    quiet_libraries()
    try:
        print(_measure(args))
    except (DispatchError, ModuleNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
