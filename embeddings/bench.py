"""How an index grows: `python -m embeddings.bench` builds indexes of made-up passages and searches them.

The vectors are mixtures of two real passages' and noise, from a fixed seed; the queries are real questions'.
Each index is built, saved, mapped into memory again and searched in a process of its own, question by question;
recall@10 is the share of the exact ten nearest that it finds.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, get_args

import numpy as np

from embeddings.types import FloatArray
from embeddings.vectors import CHUNK, Kind, build_vectors, choose_kind, open_vectors

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
N_QUERIES = 200
K = 10
_CORPUS = Path(__file__).parents[1] / "seeds" / "dispatches" / "dev.json"
_SHARES = (0.8, 0.35, 0.45)
"""Of the first passage, the second, and the noise in a made-up one."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One index. Times in seconds, but `p50` and `p95` of a search in milliseconds; sizes in megabytes."""

    kind: Kind
    n: int
    build: float
    load: float
    p50: float
    p95: float
    recall: float
    megabytes: float
    peak: float


class MadeUp:
    """Rows [n, dimension] by number: the same number gives the same row, whatever else is asked for."""

    def __init__(self, real: FloatArray) -> None:
        self._real = real

    def rows(self, numbers: Sequence[int]) -> FloatArray:
        """Unit rows [len(numbers), dimension], a block's noise at a time."""
        wanted = np.asarray(numbers, dtype=np.int64)
        found = np.empty((len(wanted), self._real.shape[1]), dtype=np.float32)
        for block in np.unique(wanted // CHUNK):
            inside = wanted // CHUNK == block
            found[inside] = self._block(int(block))[wanted[inside] % CHUNK]
        return found

    def _block(self, block: int) -> FloatArray:
        random = np.random.default_rng(block)
        noise = random.standard_normal((CHUNK, self._real.shape[1]), dtype=np.float32)
        first, second = random.integers(len(self._real), size=(2, CHUNK))
        noise *= np.float32(_SHARES[2] / self._real.shape[1] ** 0.5)
        mixed = np.float32(_SHARES[0]) * self._real[first] + np.float32(_SHARES[1]) * self._real[second] + noise
        unit: FloatArray = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return unit


def encode_corpus(n_passages: int = 1_000) -> tuple[FloatArray, FloatArray]:
    """Real rows: of passages and of questions of the fictional dispatches."""
    from embeddings.encoder import load_encoder
    from embeddings.passages import split_passages
    from embeddings.types import PassageSettings

    encoder = load_encoder()
    articles = json.loads(_CORPUS.read_text(encoding="utf-8"))["data"]
    contexts = [paragraph for article in articles for paragraph in article["paragraphs"]]
    texts = [c["context"] for c in contexts]
    passages = [p.text for text in texts for p in split_passages(text, encoder.token_starts, PassageSettings())]
    questions = [qa["question"] for c in contexts for qa in c["qas"]]
    chosen = questions[:: max(1, len(questions) // N_QUERIES)][:N_QUERIES]
    return encoder.encode_passages(passages[:n_passages]), encoder.encode_queries(chosen)


def find_exactly(made_up: MadeUp, n: int, queries: FloatArray) -> list[set[int]]:
    """Numbers of the ten nearest of n rows, for each query, a chunk of rows at a time."""
    best = np.full((len(queries), K), -2, dtype=np.float32)
    ids = np.zeros((len(queries), K), dtype=np.int64)
    for first in range(0, n, CHUNK):
        scores = queries @ made_up.rows(range(first, min(n, first + CHUNK))).T
        both = np.concatenate([best, scores], axis=1)
        numbers = np.concatenate([ids, np.broadcast_to(np.arange(scores.shape[1]) + first, scores.shape)], axis=1)
        top = np.argpartition(-both, K - 1, axis=1)[:, :K]
        best, ids = np.take_along_axis(both, top, 1), np.take_along_axis(numbers, top, 1)
    return [set(row.tolist()) for row in ids]


def measure(kind: Kind, n: int, real: FloatArray, queries: FloatArray) -> Measured:
    """Build, save, map and search one index. Call it in a fresh process, whose peak memory is then its own."""
    made_up = MadeUp(real)
    started = time.perf_counter()
    vectors = build_vectors(n, real.shape[1], made_up.rows, kind)
    build = time.perf_counter() - started
    peak = _peak_megabytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.faiss"
        _save(vectors, path)
        del vectors
        started = time.perf_counter()
        opened = open_vectors(path)
        load = time.perf_counter() - started
        found, times = _search(opened, queries)
        megabytes = path.stat().st_size / 1e6
    exact = find_exactly(made_up, n, queries)
    recall = float(np.mean([len(row & right) / min(K, n) for row, right in zip(found, exact, strict=True)]))
    p50, p95 = (float(np.quantile(times, share)) for share in (0.5, 0.95))
    return Measured(kind, n, build, load, p50, p95, recall, megabytes, peak)


def _save(vectors: Any, path: Path) -> None:
    import faiss

    faiss.write_index(vectors, str(path))


def _search(vectors: Any, queries: FloatArray) -> tuple[list[set[int]], list[float]]:
    """Numbers found for each query, and milliseconds; the first few searches, which read the file, are repeated."""
    found, times = [], []
    for row in (*queries[:5], *queries):
        started = time.perf_counter()
        ids = vectors.search(row[None], K)[1][0]
        times.append((time.perf_counter() - started) * 1e3)
        found.append({int(i) for i in ids if i >= 0})
    return found[5:], times[5:]


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def format_table(found: Sequence[Measured]) -> str:
    """A Markdown table, one line an index."""
    lines = [
        "| passages | index | build s | load ms | search p50 / p95 ms | recall@10 | file MB | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for m in found:
        own = " (default)" if m.kind == choose_kind(m.n) else ""
        lines.append(
            f"| {m.n:,} | {m.kind}{own} | {m.build:.2f} | {m.load * 1e3:.1f} | {m.p50:.2f} / {m.p95:.2f} "
            f"| {m.recall:.3f} | {m.megabytes:.1f} | {m.peak:.0f} |"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m embeddings.bench", description="How an index grows.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="passages")
    parser.add_argument("--kinds", nargs="+", choices=get_args(Kind), default=get_args(Kind), help="default: all")
    parser.add_argument(
        "--largest-graph", type=int, default=100_000, metavar="N", help="a larger graph takes too long (100,000)"
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="also write the table and its plots there")
    args = parser.parse_args(argv)
    real, queries = encode_corpus()
    wanted = [(kind, n) for n in args.sizes for kind in args.kinds if kind != "graph" or n <= args.largest_graph]
    found = []
    for kind, n in wanted:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            found.append(pool.submit(measure, kind, n, real, queries).result())
        print(f"{kind} {n:,}: {found[-1].p50:.2f} ms", file=sys.stderr)
    print(format_table(found))
    if args.output is not None:
        _write(found, args.output)
    return 0


def _write(found: Sequence[Measured], folder: Path) -> None:
    """The table, and what a search and an index's file take as lines."""
    from embeddings.plots import draw_lines

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.md").write_text(f"{format_table(found)}\n", encoding="utf-8")
    kinds = dict.fromkeys(m.kind for m in found)
    searched = {str(kind): [(float(m.n), m.p50) for m in found if m.kind == kind] for kind in kinds}
    held = {str(kind): [(float(m.n), m.megabytes) for m in found if m.kind == kind] for kind in kinds}
    draw_lines("One search", ("passages", "ms (median)"), searched, folder / "search.svg")
    draw_lines("The index on disk", ("passages", "MB"), held, folder / "size.svg")


if __name__ == "__main__":
    sys.exit(main())
