"""Models that know nothing: shipped tokenizers and scores made of hashes, so that what is around them runs fast."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import embeddings
from embeddings.neighbours import WordTable
from embeddings.text_encoder import TextEncoder
from embeddings.tokenizer import read_tokenizer
from embeddings.types import FloatArray, PassageSettings
from qa.calibration import Calibration
from qa.config import COMPACT_READER, PROFILES
from qa.pairs import PairTokenizer
from qa.pipeline import Models
from qa.reader import Reader

if TYPE_CHECKING:
    from tokenizers import Tokenizer

ENCODER_FOLDER = Path(embeddings.__file__).parent / "weights"
_MAX_TOKENS = 24
"""Of a passage: few, so that a short text has many."""


@lru_cache(maxsize=2)
def open_tokenizer(folder: Path) -> Tokenizer:
    """A shipped tokenizer, read once."""
    return read_tokenizer(folder)


class StandInEncoder(TextEncoder):
    """Unit vectors drawn from a text's hash."""

    dimension = 32

    def __init__(self) -> None:
        super().__init__(open_tokenizer(ENCODER_FOLDER), "stand-in encoder", "stand-in")

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit rows [n, dimension]."""
        rows = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=self.dimension) for text in texts]
        units = np.array([row / np.linalg.norm(row) for row in rows])
        return self._as_rows(units, self.dimension)

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> FloatArray:
        """Unit rows [n, dimension]."""
        return self.encode_queries(texts)

    @cached_property
    def _words(self) -> WordTable:
        return WordTable({}, np.zeros((1, 1)))


class StandInScorer:
    """Scores drawn from the hash of a question with its window."""

    def run(self, rows: Sequence[Any]) -> list[FloatArray]:
        """Start and end scores [n_tokens, 2] of each encoding."""
        return [self._score(np.array(row.ids)) for row in rows]

    @staticmethod
    def _score(ids: Any) -> FloatArray:
        drawn = np.random.default_rng(zlib.crc32(ids.tobytes())).normal(scale=4, size=(len(ids), 2))
        scores: FloatArray = drawn.astype(np.float32)
        return scores


def load_stand_ins() -> Models:
    """Models to ask with, in a moment and without weights."""
    profile = replace(PROFILES["compact"], name="stand-in", passages=PassageSettings(_MAX_TOKENS))
    pairs = PairTokenizer(open_tokenizer(COMPACT_READER), profile.reading)
    reader = Reader(StandInScorer(), pairs, profile.reading, "stand-in reader", "stand-in")
    return Models(profile, StandInEncoder(), reader, Calibration())
