"""BM25 over an article's passages, in which a question's words also find their translations."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from embeddings.terms import TermWeights
from embeddings.types import Encoder, FindWords, FloatArray, Neighbours
from embeddings.words import split_words, stem

N_TERMS = 5
"""At most so many terms of the article stand for a word, its own among them."""
SYNONYM_WEIGHT = 0.9
DENSE_SHARE = 0.75
"""Part of a passage's relevance that is its similarity's; the rest is BM25's."""


def fuse(similarities: FloatArray, shared: FloatArray, dense_share: float = DENSE_SHARE) -> FloatArray:
    """Relevance [n] in [0, 1] of passages with these cosines [n] and BM25 scores [n], each spread over [0, 1]."""
    return dense_share * _spread(similarities) + (1 - dense_share) * _spread(shared)


def _spread(values: FloatArray) -> FloatArray:
    """The least moved to 0 and the greatest to 1; all 0 where they are the same."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


class LexicalIndex:
    """The terms of some passages, and the words that an encoder takes for translations of them."""

    def __init__(self, terms: TermWeights, encoder: Encoder) -> None:
        self._terms = terms
        self._encoder = encoder

    def score(self, question: str) -> FloatArray:
        """BM25 [n_passages] of the question, 0 for a passage that shares nothing with it.

        A word of the question counts once, through the best of its own term and its synonyms there.
        """
        words = list(dict.fromkeys(split_words(question)))
        total = np.zeros(self._terms.n_passages, dtype=np.float32)
        for word, near in zip(words, self._find(words), strict=True):
            best = np.zeros_like(total)
            for term, weight in self._choose_terms(word, near):
                places, weights = self._terms.column(term)
                best[places] = np.maximum(best[places], weight * weights)
            total += best
        return total

    @cached_property
    def _find(self) -> FindWords:
        """Opened at the first question: a word is looked for among those of the article alone."""
        return self._encoder.word_finder(self._terms.terms)

    def _choose_terms(self, word: str, near: Neighbours) -> list[tuple[int, float]]:
        terms = self._terms.terms
        own = terms.get(stem(word))
        chosen: dict[int, float] = {} if own is None else {own: 1.0}
        for other, cosine in near:
            if len(chosen) < N_TERMS:
                chosen.setdefault(terms[stem(other)], SYNONYM_WEIGHT * cosine**2)
        return list(chosen.items())
