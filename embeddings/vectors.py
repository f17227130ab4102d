"""Unit rows to a FAISS index: every row compared while they are few, a part of them when they are many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from embeddings.types import FloatArray

Kind = Literal["flat", "cells", "graph"]
Encode = Callable[[Sequence[int]], FloatArray]
"""Unit rows [n, dimension] of the passages with these numbers."""

FLAT_LIMIT = 50_000
"""Above this many passages the rows lie in cells, of which a search opens the nearest few."""
CHUNK = 16_384
"""Rows that are in memory at once, beside the index, while a large one is built."""
_SEARCHED_CELLS = 32
_ROWS_A_CELL = 64
_LINKS, _BUILD, _SEARCH = 32, 100, 128


def choose_kind(n: int) -> Kind:
    """How n rows are best kept."""
    return "flat" if n <= FLAT_LIMIT else "cells"


def build_vectors(n: int, dimension: int, encode: Encode, kind: Kind | None = None) -> Any:
    """An index of rows 0 to n - 1, which are asked for in their order, a chunk at a time."""
    chosen = choose_kind(n) if kind is None else kind
    vectors = _new(chosen, n, dimension)
    if chosen == "cells":
        vectors.train(np.concatenate([encode(part) for part in _chunks(_sample(n, vectors.nlist * _ROWS_A_CELL))]))
    for part in _chunks(range(n)):
        vectors.add(encode(part))
    return _prepare(vectors)


def open_vectors(path: Path) -> Any:
    """A saved index, mapped into memory: only what a search touches is read."""
    import faiss

    return _prepare(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))


def _new(kind: Kind, n: int, dimension: int) -> Any:
    import faiss

    flat = faiss.IndexFlatIP(dimension)
    if kind == "flat":
        return flat
    if kind == "graph":
        graph = faiss.IndexHNSWFlat(dimension, _LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = _BUILD, _SEARCH
        return graph
    n_cells = max(1, round(2 * n**0.5))
    rounded = faiss.ScalarQuantizer.QT_8bit  # a quarter of the memory; the order of near neighbours hardly changes
    cells = faiss.IndexIVFScalarQuantizer(flat, dimension, n_cells, rounded, faiss.METRIC_INNER_PRODUCT, False)
    cells.cp.max_points_per_centroid = _ROWS_A_CELL
    cells.nprobe = min(_SEARCHED_CELLS, n_cells)
    return cells


def _prepare(vectors: Any) -> Any:
    """Rows can be asked for by number, and one question is looked up on all cores."""
    import faiss

    library: Any = faiss
    if isinstance(vectors, library.IndexIVF):
        vectors.parallel_mode = 1
        vectors.set_direct_map_type(library.DirectMap.Array)
    return vectors


def _sample(n: int, n_wanted: int) -> Sequence[int]:
    """Numbers spread evenly over all n."""
    numbers: list[int] = np.unique(np.linspace(0, n - 1, min(n, n_wanted)).astype(np.int64)).tolist()
    return numbers


def _chunks(numbers: Sequence[int]) -> list[list[int]]:
    return [list(numbers[first : first + CHUNK]) for first in range(0, len(numbers), CHUNK)]
