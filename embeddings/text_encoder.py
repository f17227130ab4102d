"""What every encoder with a tokenizer and a word table can say about words."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.neighbours import WordFinder, WordTable
from embeddings.types import FloatArray, IntArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class TextEncoder:
    """The part of an `Encoder` that needs no model; `tokenizer` reads whole texts."""

    def __init__(self, tokenizer: Tokenizer, fingerprint: str, name: str) -> None:
        self._tokenizer = tokenizer
        self.fingerprint = fingerprint
        self.name = name

    def token_starts(self, text: str) -> IntArray:
        """Character offset [n_tokens] at which each token of `text` begins, ascending."""
        offsets = np.array(self._tokenizer.encode(text, add_special_tokens=False).offsets, dtype=np.int64)
        starts, ends = offsets.reshape(-1, 2).T
        return starts[ends > starts]

    def word_finder(self, stems: Container[str] | None = None) -> WordFinder:
        """What finds words near others in the model's word table: those with one of `stems`, or any."""
        return WordFinder(self._words, stems)

    @cached_property
    def _words(self) -> WordTable:
        return WordTable(self._tokenizer.get_vocab(), self._word_table())

    def _word_table(self) -> Any:
        """The model's word table [n_words, width], in any precision."""
        raise NotImplementedError

    @staticmethod
    def _as_rows(rows: Any, dimension: int) -> FloatArray:
        return np.ascontiguousarray(rows, dtype=np.float32).reshape(-1, dimension)
