"""The terms of an article's passages, weighed by BM25 (Robertson & Zaragoza 2009), in memory and on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.types import FloatArray, IntArray
from embeddings.words import split_words, stem

K1, B = 1.5, 0.75
"""BM25: how soon a term's repetitions stop to count, and how much a long passage's are worth less."""


@dataclass(frozen=True, slots=True, eq=False)
class TermWeights:
    """What each term weighs in the passages that hold it, term by term.

    Term number i of `terms` is in the passages `places[starts[i]:starts[i + 1]]`, where it weighs as much as
    `weights` of the same range says. starts: int64 [n_terms + 1]; places: int32 [n_pairs]; weights: float32
    [n_pairs].
    """

    terms: dict[str, int]
    starts: IntArray
    places: NDArray[np.int32]
    weights: FloatArray
    n_passages: int

    @classmethod
    def build(cls, passages: Sequence[str]) -> TermWeights:
        """Count the stems of the passages' words."""
        terms: dict[str, int] = {}
        rows = [[terms.setdefault(stem(word), len(terms)) for word in split_words(text)] for text in passages]
        n, lengths = max(len(rows), 1), np.array([len(row) for row in rows], dtype=np.int64)
        numbers = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=int(lengths.sum()))
        pairs, counts = np.unique(numbers * n + np.repeat(np.arange(len(rows)), lengths), return_counts=True)
        owners, places = np.divmod(pairs, n)
        starts: IntArray = np.searchsorted(owners, np.arange(len(terms) + 1))
        relative = lengths[places] / (lengths.sum() / n)
        weights = _weigh(counts, relative, np.diff(starts)[owners], len(rows))
        return cls(terms, starts, places.astype(np.int32), weights, len(rows))

    def column(self, term: int) -> tuple[NDArray[np.int32], FloatArray]:
        """The passages that hold a term, and its weight in each."""
        held = slice(self.starts[term], self.starts[term + 1])
        return self.places[held], self.weights[held]

    def save(self, path: Path) -> None:
        """Write one file of plain arrays. Raises OSError."""
        letters = np.frombuffer("\n".join(self.terms).encode(), dtype=np.uint8)
        n = np.int64(self.n_passages)
        np.savez(path, letters=letters, starts=self.starts, places=self.places, weights=self.weights, n_passages=n)

    @classmethod
    def load(cls, path: Path) -> TermWeights:
        """Read what `save` wrote, which the caller has made sure of. Raises OSError."""
        with np.load(path, allow_pickle=False) as file:
            terms = file["letters"].tobytes().decode().split("\n") if len(file["starts"]) > 1 else []
            numbered = {term: i for i, term in enumerate(terms)}
            return cls(numbered, file["starts"], file["places"], file["weights"], int(file["n_passages"]))


def _weigh(counts: IntArray, lengths: NDArray[np.float64], n_with: IntArray, n_passages: int) -> FloatArray:
    """BM25's weight of a term that a passage holds `counts` times: `lengths` are the passages' own over the mean,
    `n_with` of `n_passages` passages hold it. The formula is Lucene's, whose rarity is never negative."""
    rarity = np.log1p((n_passages - n_with + 0.5) / (n_with + 0.5))
    return (rarity * counts / (counts + K1 * (1 - B + B * lengths))).astype(np.float32)
