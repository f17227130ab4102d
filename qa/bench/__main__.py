"""`python -m qa.bench`: page, questions and cold, each a Markdown table for the machine it runs on."""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import DispatchError

if TYPE_CHECKING:
    from qa.bench.asking import Measured

_SYSTEMS = ("auto", "fp32", "transformers", "haystack", "txtai", "plain")
_LENGTHS = (0, 1_000, 10_000, 100_000, 1_000_000)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa.bench", description="How fast it is.")
    commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    page = commands.add_parser("page", help="from a question to its painted answer, in a browser")
    page.add_argument("--questions", type=int, default=20, metavar="N", help="at least 2 (default: 20)")
    page.add_argument("--chromium", default=shutil.which("chromium"), metavar="FILE", help="default: on the path")
    asking = commands.add_parser("questions", help="one question, and many at once, beside the peers")
    asking.add_argument("--systems", nargs="+", choices=_SYSTEMS, default=_SYSTEMS, help="the first is compared")
    asking.add_argument("--questions", type=int, default=20, metavar="N", help="at least 2 (default: 20)")
    asking.add_argument(
        "--characters",
        type=int,
        nargs="+",
        default=_LENGTHS,
        metavar="N",
        help="lengths of the articles, 0 for the seed (default: the seed, and 1,000 to 1,000,000)",
    )
    cold = commands.add_parser("cold", help="from a process's start to its first answer")
    cold.add_argument("--runs", type=int, default=5, metavar="N", help="of each program (default: 5)")
    for command in (asking, cold):
        command.add_argument("--output", type=Path, metavar="DIR", help="also write the table and its plots there")
    return parser


def _measure(args: argparse.Namespace) -> str:
    if args.what == "page":
        from qa.bench import page

        return page.measure(args.questions, args.chromium)
    from qa.bench.machine import describe

    if args.output is not None:
        args.output.mkdir(parents=True, exist_ok=True)
    table = _measure_cold(args) if args.what == "cold" else _measure_asking(args)
    report = f"{describe()}\n\n{table}"
    if args.output is not None:
        (args.output / f"{args.what}.md").write_text(f"{report}\n", encoding="utf-8")
    return report


def _measure_cold(args: argparse.Namespace) -> str:
    from qa.bench.cold import format_cold, time_cold

    found = time_cold(args.runs)
    if args.output is not None:
        from embeddings.plots import draw_bars

        bars = [(each.program, statistics.median(each.seconds)) for each in found]
        draw_bars("Process start to first answer", "seconds (median)", bars, args.output / "cold.svg")
    return format_cold(found)


def _measure_asking(args: argparse.Namespace) -> str:
    from qa.bench import asking

    found = []
    for n in args.characters:
        found.append(asking.measure(args.systems, asking.make_article(n), max(2, args.questions)))
        print(asking.format_measured(found[-1:]), file=sys.stderr)
    if args.output is not None:
        _draw_asking(found, args.output)
    return f"{args.questions} public questions\n\n{asking.format_measured(found)}"


def _draw_asking(found: Sequence[Measured], folder: Path) -> None:
    """The first article's figures as bars; a question's time over the articles' lengths as lines."""
    from embeddings.plots import draw_bars, draw_lines

    title, systems = f"{found[0].n_characters:,} characters", found[0].systems
    draw_bars(title, "questions a second", [(each.system, each.rate) for each in systems], folder / "throughput.svg")
    draw_bars(title, "MB at most", [(each.system, each.peak) for each in systems], folder / "memory.svg")
    lengths = sorted(found, key=lambda measured: measured.n_characters)
    lines = {
        each.system: [(m.n_characters, statistics.median(m.systems[i].times)) for m in lengths]
        for i, each in enumerate(systems)
    }
    draw_lines("One question", ("characters of the article", "ms (median)"), lines, folder / "latency.svg")


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
