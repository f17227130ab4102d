"""What a run takes: time and memory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qa.evaluation.abstention import FloatVector


def peak_memory_mb() -> float | None:
    """Most memory that this process, or one of its own, has held, in MiB; None where nobody says."""
    try:
        import resource
    except ImportError:
        return None
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    most = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return most / (1024**2 if sys.platform == "darwin" else 1024)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run took: `seconds` from the first question to the last, models not loaded, for `n_asked`;
    most memory held, in MiB; milliseconds of a few questions asked one at a time."""

    n_asked: int
    seconds: float
    peak_mb: float | None
    alone_ms: tuple[float, ...]


def latency(milliseconds: FloatVector, usage: Usage) -> dict[str, Any]:
    """`milliseconds` [n] is each question's share of its batch, and `p50_ms` and `p95_ms` are of that;
    `alone_...` is what somebody waits for one question, on an open article."""

    def quantiles(prefix: str, times: FloatVector | Sequence[float]) -> dict[str, float | None]:
        found = np.percentile(times, (50, 95)) if len(times) else (None, None)
        names = (f"{prefix}p50_ms", f"{prefix}p95_ms")
        return {n: None if value is None else round(float(value), 2) for n, value in zip(names, found, strict=True)}

    return {
        "seconds": round(usage.seconds, 2),
        "questions_per_second": round(usage.n_asked / max(usage.seconds, 1e-9), 2),
        **quantiles("", milliseconds),
        **quantiles("alone_", usage.alone_ms),
        "alone_n": len(usage.alone_ms),
        "peak_memory_mb": None if usage.peak_mb is None else round(usage.peak_mb, 1),
    }
