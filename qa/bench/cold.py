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
    """A program's runs: seconds each, and the largest peak in megabytes."""

    program: str
    seconds: tuple[float, ...]
    peak: float


def time_cold(n_runs: int) -> list[Started]:
    """Every program once without counting it, then all of them `n_runs` times in turn."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    peaks = dict.fromkeys(PROGRAMS, 0.0)
    for turn in range(n_runs + 1):
        for name, arguments in PROGRAMS.items():
            seconds, peak = _run(arguments)
            peaks[name] = max(peaks[name], peak)
            if turn:
                times[name].append(seconds)
    return [Started(name, tuple(times[name]), peaks[name]) for name in PROGRAMS]


def _run(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one Python process. Raises DispatchError when it fails."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    started = time.perf_counter()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        actions = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1), (os.POSIX_SPAWN_DUP2, nowhere.fileno(), 2)]
        number = os.posix_spawn(sys.executable, [sys.executable, *arguments], environment, file_actions=actions)
        _, status, usage = os.wait4(number, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        raise DispatchError(f"{' '.join(arguments)} failed")
    return seconds, usage.ru_maxrss / 1e3


def format_cold(found: Sequence[Started]) -> str:
    """A Markdown table; shares are of the last program, the plain script."""
    shares = [statistics.median(a / b for a, b in zip(e.seconds, found[-1].seconds, strict=True)) for e in found]
    lines = ["| program | seconds (median) | share of the plain script | peak MB |", "|---|---|---|---|"]
    for each, share in zip(found, shares, strict=True):
        lines.append(f"| {each.program} | {statistics.median(each.seconds):.2f} | {share:.0%} | {each.peak:.0f} |")
    return "\n".join(lines)
