"""The machine a figure was measured on, and what its matrix products alone can do."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.bert import COMPILE_OPTIONS
from embeddings.openvino_runtime import import_openvino
from embeddings.types import FloatArray

WIDTH, INNER, N_LAYERS = 384, 1536, 6
_PRODUCTS = ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, INNER), (INNER, WIDTH))
_CHAIN = (((WIDTH, INNER), (INNER, WIDTH)),) * N_LAYERS
_PACKAGES = ("openvino", "torch", "transformers", "sentence-transformers", "numpy", "haystack-ai", "txtai")
_N_RUNS = 9


@dataclass(frozen=True, slots=True)
class Rates:
    """GFLOP/s of products of the reader's size and nothing else: in fp32, and of whole numbers as OpenVINO has them."""

    fp32: float
    int8: float


def count_flops(lengths: Sequence[int]) -> int:
    """Floating point operations of the reader's products on rows of these lengths, attention included."""
    linear = sum(2 * a * b for a, b in _PRODUCTS)
    return N_LAYERS * sum(n * linear + 4 * n * n * WIDTH for n in lengths)


def measure_rates(n_tokens: int) -> Rates:
    """The best of a few runs of the two largest products of each layer, one after the other, on `n_tokens` rows."""
    random = np.random.default_rng(0)
    rows = random.standard_normal((n_tokens, WIDTH), dtype=np.float32)
    weights = [random.standard_normal(shape, dtype=np.float32) / shape[0] ** 0.5 for pair in _CHAIN for shape in pair]
    whole = _compile_whole_numbers(weights)
    flops = sum(2 * n_tokens * weight.size for weight in weights)
    plain, quick = _least_seconds(lambda: _multiply(rows, weights)), _least_seconds(lambda: whole([rows]))
    return Rates(flops / plain / 1e9, flops / quick / 1e9)


def _multiply(rows: FloatArray, weights: Sequence[FloatArray]) -> FloatArray:
    for weight in weights:
        rows = rows @ weight
    return rows


def _compile_whole_numbers(weights: Sequence[FloatArray]) -> Any:
    """The same products of whole numbers, of a scale a column, as the graph of the models has them."""
    runtime = import_openvino()
    op: Any = runtime.opset13
    values = rows = op.parameter([-1, WIDTH], np.float32)
    for weight in weights:
        scale = np.abs(weight).max(axis=0, keepdims=True).T / np.float32(127)
        whole = op.constant(np.rint(weight.T / scale).astype(np.int8))
        values = op.matmul(values, op.multiply(op.convert(whole, "f32"), op.constant(scale)), False, True)
    return runtime.Core().compile_model(runtime.Model([values], [rows], "products"), "CPU", COMPILE_OPTIONS)


def _least_seconds(run: Callable[[], object]) -> float:
    """Of several runs; what else the machine does only ever makes one longer."""
    times = []
    for _ in range(_N_RUNS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def describe() -> str:
    """Processor, cores and versions, in one line."""
    names = [line.split(":", 1)[1].strip() for line in _read_cpu() if line.startswith("model name")]
    packages = ", ".join(f"{name} {found}" for name in _PACKAGES if (found := _find_version(name)) is not None)
    cpu = names[0] if names else platform.processor()
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def _find_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _read_cpu() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
