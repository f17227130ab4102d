"""How much memory a process holds, and by how much that grew."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WARM_UP_SECONDS = 20.0
SHARE = 0.2
"""Of the time: the warm-up, unless that is too short, and each of the two stretches that are compared."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident megabytes of a process, `at` seconds after the clients began."""

    at: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Median megabytes just after the warm-up, and at the end."""

    before: float
    after: float

    @property
    def share(self) -> float:
        """0.05 for 5% more."""
        return self.after / self.before - 1


def read_megabytes(process: int) -> float | None:
    """Resident memory as Linux tells it; None for a process that has ended, and on other systems."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return None if found is None else int(found[1]) / 1e3


def find_growth(samples: Sequence[Sample], seconds: float) -> Growth | None:
    """From the fifth of `seconds` that follows the warm-up to the last fifth; None when the two are not apart."""
    warm = max(WARM_UP_SECONDS, SHARE * seconds)
    last = (1 - SHARE) * seconds
    before = [sample.megabytes for sample in samples if warm <= sample.at < warm + SHARE * seconds]
    after = [sample.megabytes for sample in samples if last <= sample.at]
    if warm + SHARE * seconds > last or not before or not after:
        return None
    return Growth(statistics.median(before), statistics.median(after))
