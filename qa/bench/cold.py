"""From a process's start to its first answer, and its peak memory; file cache warm, the programs by turns."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import DispatchError

QUESTION = "why did NTM-I end?"
_PLAIN = Path(__file__).with_name("plain.py")
PROGRAMS: dict[str, tuple[str, ...]] = {
    "python -m qa ask": ("-m", "qa", "ask", QUESTION),
    "the same, backend transformers": ("-m", "qa", "ask", QUESTION, "--backend", "transformers"),
    "plain script": (str(_PLAIN), QUESTION),
}


@dataclass(frozen=True, slots=True)
class Started:
    """A program's runs: seconds on the clock, seconds of processor, and the largest peak in megabytes."""

    program: str
    seconds: tuple[float, ...]
    processor: tuple[float, ...]
    peak: float


def time_cold(n_runs: int) -> list[Started]:
    """Every program once without counting it, then all of them `n_runs` times in turn."""
    runs: dict[str, list[_Run]] = {name: [] for name in PROGRAMS}
    for _ in range(n_runs + 1):
        for name, arguments in PROGRAMS.items():
            runs[name].append(_run(arguments))
    return [
        Started(
            name,
            tuple(run.seconds for run in found[1:]),
            tuple(run.processor for run in found[1:]),
            max(run.peak for run in found),
        )
        for name, found in runs.items()
    ]


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    processor: float
    peak: float


def _run(arguments: Sequence[str]) -> _Run:
    """One Python process. Raises DispatchError when it fails."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    started = time.perf_counter()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        actions = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1), (os.POSIX_SPAWN_DUP2, nowhere.fileno(), 2)]
        number = os.posix_spawn(sys.executable, [sys.executable, *arguments], environment, file_actions=actions)
        _, status, usage = os.wait4(number, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        raise DispatchError(f"{' '.join(arguments)} failed")
    return _Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3)


def format_cold(found: Sequence[Started]) -> str:
    """A Markdown table; medians; shares are of the last program, the plain script."""
    lines = [
        "| program | seconds (median) | of processor | share of the plain script | peak MB |",
        "|---|---|---|---|---|",
    ]
    for each in found:
        share = statistics.median(a / b for a, b in zip(each.seconds, found[-1].seconds, strict=True))
        seconds, processor = statistics.median(each.seconds), statistics.median(each.processor)
        lines.append(f"| {each.program} | {seconds:.2f} | {processor:.2f} | {share:.0%} | {each.peak:.0f} |")
    return "\n".join(lines)
