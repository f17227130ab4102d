"""Words that mean nearly the same, in either language: neighbours in an encoder's own word table."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from embeddings.types import FloatArray, Neighbours
from embeddings.words import stem

N_NEIGHBOURS = 40
LEAST_COSINE = 0.4
LARGEST_TABLE = 100_000
"""A larger word table is a hub model's, which needs no help across languages; searching it would be slow."""


class WordTable:
    """Whole words of a word table [n_words, width] in any precision, and their vectors, its mean taken off.

    A bilingual table trained on parallel text puts `strike` beside `grève`: it is the translation lexicon.
    """

    def __init__(self, vocabulary: Mapping[str, int], table: Any) -> None:
        small = len(table) <= LARGEST_TABLE
        self._numbers = {token: i for token, i in vocabulary.items() if token.isalpha()} if small else {}
        self._table = table

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def choose(self, stems: Container[str] | None) -> list[str]:
        """The words with one of `stems`, or all where it is None, in the table's order."""
        kept = [word for word in self._numbers if stems is None or stem(word) in stems]
        return sorted(kept, key=self._numbers.__getitem__)

    def rows(self, words: Sequence[str]) -> FloatArray:
        """Unit rows [n, width] of words that the table has; no others of the table are read."""
        rows = np.array(self._table[[self._numbers[word] for word in words]], dtype=np.float32)
        rows -= self._mean
        rows /= np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None] + 1e-9
        return rows

    @cached_property
    def _mean(self) -> FloatArray:
        mean: FloatArray = self._table.mean(axis=0, dtype=np.float32)
        return mean


class WordFinder:
    """Finds, among the words with one of `stems`, those that are near another word.

    What a word costs grows with the words it is compared with: the few hundred that an article can have
    in common with it, where `stems` are the article's, and not the tens of thousands of the table.
    """

    def __init__(self, table: WordTable, stems: Container[str] | None = None) -> None:
        self._table = table
        self._words = table.choose(stems)
        self._rows = table.rows(self._words) if self._words else None
        self._known: dict[str, Neighbours] = {}

    def __call__(self, words: Sequence[str]) -> list[Neighbours]:
        """The neighbours of each folded word, nearest first, itself left out; none of one the table lacks."""
        new = [word for word in dict.fromkeys(words) if word not in self._known and word in self._table]
        if new and self._rows is not None:
            cosines = self._table.rows(new) @ self._rows.T
            self._known |= {word: self._nearest(word, row) for word, row in zip(new, cosines, strict=True)}
        return [self._known.get(word, ()) for word in words]

    def _nearest(self, word: str, cosines: FloatArray) -> Neighbours:
        near = np.flatnonzero(cosines >= LEAST_COSINE)
        near = near[np.argsort(-cosines[near], kind="stable")][: N_NEIGHBOURS + 1]
        found = [(self._words[i], float(cosines[i])) for i in near]
        return tuple(pair for pair in found if pair[0] != word)
