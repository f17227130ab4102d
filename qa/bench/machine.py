"""The machine a figure was measured on, and the least time that its matrix products take."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

WIDTH, INNER, N_LAYERS = 384, 1536, 6
_PRODUCTS = ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, INNER), (INNER, WIDTH))
_PACKAGES = ("openvino", "torch", "transformers", "sentence-transformers", "numpy")


def count_flops(lengths: Sequence[int]) -> int:
    """Floating point operations of the reader's products on rows of these lengths, attention included."""
    linear = sum(2 * a * b for a, b in _PRODUCTS)
    return N_LAYERS * sum(n * linear + 4 * n * n * WIDTH for n in lengths)


def time_products(n_tokens: int, n_runs: int = 7) -> float:
    """Median milliseconds of nothing but the reader's products of weights, in fp32, by NumPy's own library."""
    random = np.random.default_rng(0)
    weights = [random.standard_normal(shape, dtype=np.float32) for shape in _PRODUCTS]
    rows = {n: random.standard_normal((n_tokens, n), dtype=np.float32) for n in (WIDTH, INNER)}
    times = []
    for _ in range(n_runs):
        started = time.perf_counter()
        for _ in range(N_LAYERS):
            for weight in weights:
                rows[weight.shape[0]] @ weight
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


def describe() -> str:
    """Processor, cores and versions, in one line."""
    names = [line.split(":", 1)[1].strip() for line in _read_cpu() if line.startswith("model name")]
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    cpu = names[0] if names else platform.processor()
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def _read_cpu() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
