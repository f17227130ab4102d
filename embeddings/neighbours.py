"""Words that mean nearly the same, in either language: neighbours in an encoder's own word table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embeddings.types import FloatArray, Neighbours

N_NEIGHBOURS = 40
LEAST_COSINE = 0.4
LARGEST_TABLE = 100_000
"""A larger word table is a hub model's, which needs no help across languages; searching it would be slow."""


class WordNeighbours:
    """Whole words of a word table and their vectors, the table's mean taken off.

    A bilingual table trained on parallel text puts `strike` beside `grève`: it is the translation lexicon.
    """

    def __init__(self, vocabulary: Mapping[str, int], table: Any) -> None:
        kept = sorted((i, token) for token, i in vocabulary.items() if token.isalpha())
        small = len(table) <= LARGEST_TABLE
        self._words = [token for _, token in kept] if small else []
        self._place = {word: i for i, word in enumerate(self._words)}
        chosen = [i for i, _ in kept] if small else []
        rows = np.array(table[chosen], dtype=np.float32)
        rows -= table.mean(axis=0, dtype=np.float32) if chosen else 0
        rows /= np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None] + 1e-9
        self._rows = rows
        self._known: dict[str, Neighbours] = {}

    def find(self, words: Sequence[str]) -> list[Neighbours]:
        """The neighbours of each folded word, itself left out; none of a word that the table lacks."""
        new = [word for word in dict.fromkeys(words) if word not in self._known and word in self._place]
        if new:
            cosines = self._rows[[self._place[word] for word in new]] @ self._rows.T
            self._known |= {word: self._nearest(word, row) for word, row in zip(new, cosines, strict=True)}
        return [self._known.get(word, ()) for word in words]

    def _nearest(self, word: str, cosines: FloatArray) -> Neighbours:
        n = min(N_NEIGHBOURS + 1, len(cosines))
        top = np.argpartition(-cosines, n - 1)[:n]
        top = top[np.argsort(-cosines[top], kind="stable")]
        found = [(self._words[i], float(cosines[i])) for i in top if cosines[i] >= LEAST_COSINE]
        return tuple(pair for pair in found if pair[0] != word)
