"""BM25 over an article's passages, in which a question's words also find their translations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from embeddings.types import Encoder, FloatArray, IntArray, Neighbours
from embeddings.words import split_words, stem

N_TERMS = 5
"""At most so many terms of the article stand for a word, its own among them."""
SYNONYM_WEIGHT = 0.9
K1, B = 1.5, 0.75
"""BM25: how soon a term's repetitions stop to count, and how much a long passage's are worth less."""
DENSE_SHARE = 0.75
"""Part of a passage's relevance that is its similarity's; the rest is BM25's."""


def fuse(similarities: FloatArray, shared: FloatArray, dense_share: float = DENSE_SHARE) -> FloatArray:
    """Relevance [n] in [0, 1] of passages with these cosines [n] and BM25 scores [n], each spread over [0, 1]."""
    return dense_share * _spread(similarities) + (1 - dense_share) * _spread(shared)


def _spread(values: FloatArray) -> FloatArray:
    """The least moved to 0 and the greatest to 1; all 0 where they are the same."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def _weigh(counts: IntArray, lengths: NDArray[np.float64], n_with: IntArray, n_passages: int) -> FloatArray:
    """BM25's weight of a term that a passage holds `counts` times: `lengths` are the passages' own over the mean,
    `n_with` of `n_passages` passages hold it. The formula is Lucene's, whose rarity is never negative."""
    rarity = np.log1p((n_passages - n_with + 0.5) / (n_with + 0.5))
    return (rarity * counts / (counts + K1 * (1 - B + B * lengths))).astype(np.float32)


class LexicalIndex:
    """The words of some passages, weighed by BM25 (Robertson & Zaragoza 2009)."""

    def __init__(self, passages: Sequence[str], encoder: Encoder) -> None:
        self._n_passages = len(passages)
        self._encoder = encoder
        self._terms: dict[str, int] = {}
        rows = [[self._terms.setdefault(stem(w), len(self._terms)) for w in split_words(text)] for text in passages]
        n, lengths = max(len(rows), 1), np.array([len(row) for row in rows], dtype=np.int64)
        terms = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=int(lengths.sum()))
        pairs, counts = np.unique(terms * n + np.repeat(np.arange(len(rows)), lengths), return_counts=True)
        owners, self._places = np.divmod(pairs, n)
        self._starts: IntArray = np.searchsorted(owners, np.arange(len(self._terms) + 1))
        relative = lengths[self._places] / (lengths.sum() / n)
        self._weights = _weigh(counts, relative, np.diff(self._starts)[owners], len(rows))

    def score(self, question: str) -> FloatArray:
        """BM25 [n_passages] of the question, 0 for a passage that shares nothing with it.

        A word of the question counts once, through the best of its own term and its synonyms there.
        """
        words = list(dict.fromkeys(split_words(question)))
        total = np.zeros(self._n_passages, dtype=np.float32)
        for word, near in zip(words, self._encoder.similar_words(words), strict=True):
            best = np.zeros(self._n_passages, dtype=np.float32)
            for term, weight in self._choose_terms(word, near):
                column = slice(self._starts[term], self._starts[term + 1])
                places = self._places[column]
                best[places] = np.maximum(best[places], weight * self._weights[column])
            total += best
        return total

    def _choose_terms(self, word: str, near: Neighbours) -> list[tuple[int, float]]:
        own = self._terms.get(stem(word))
        chosen: dict[int, float] = {} if own is None else {own: 1.0}
        for other, cosine in near:
            term = self._terms.get(stem(other))
            if term is not None and len(chosen) < N_TERMS:
                chosen.setdefault(term, SYNONYM_WEIGHT * cosine**2)
        return list(chosen.items())
