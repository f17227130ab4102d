"""`python -m qa.stress`: each script presses on one thing, says what held, and exits with 1 when something did not."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from types import ModuleType

from qa.errors import DispatchError
from qa.stress import fuzz, kill, load

SCRIPTS: dict[str, ModuleType] = {"load": load, "fuzz": fuzz, "kill": kill}
"""Each module has `add_arguments(parser)` and `run(args) -> int`; its docstring's first line is the script's help."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa.stress", description="Whether it keeps working.")
    scripts = parser.add_subparsers(dest="script", required=True, metavar="SCRIPT")
    for name, module in SCRIPTS.items():
        help_ = (module.__doc__ or "").splitlines()[0]
        module.add_arguments(scripts.add_parser(name, help=help_, description=help_))
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """The script's exit status: 0 when all held, 1 when something did not; 2, in one line, when it cannot begin."""
    args = _parser().parse_args(argv)
    try:
        status: int = SCRIPTS[args.script].run(args)
    except DispatchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
