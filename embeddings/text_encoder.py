"""What every encoder with a tokenizer and a word table can say about words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.neighbours import WordNeighbours
from embeddings.types import FloatArray, IntArray, Neighbours

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class TextEncoder:
    """The part of an `Encoder` that needs no model; `tokenizer` reads whole texts."""

    def __init__(self, tokenizer: Tokenizer, fingerprint: str, name: str) -> None:
        self._tokenizer = tokenizer
        self._neighbours: WordNeighbours | None = None
        self.fingerprint = fingerprint
        self.name = name

    def token_starts(self, text: str) -> IntArray:
        """Character offset [n_tokens] at which each token of `text` begins, ascending."""
        offsets = np.array(self._tokenizer.encode(text, add_special_tokens=False).offsets, dtype=np.int64)
        starts, ends = offsets.reshape(-1, 2).T
        return starts[ends > starts]

    def similar_words(self, words: Sequence[str]) -> list[Neighbours]:
        """Other words near each folded word in the model's word table, nearest first."""
        if self._neighbours is None:
            self._neighbours = WordNeighbours(self._tokenizer.get_vocab(), self._word_table())
        return self._neighbours.find(words)

    def _word_table(self) -> Any:
        """The model's word table [n_words, width], in any precision."""
        raise NotImplementedError

    @staticmethod
    def _as_rows(rows: Any, dimension: int) -> FloatArray:
        return np.ascontiguousarray(rows, dtype=np.float32).reshape(-1, dimension)
