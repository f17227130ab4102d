"""Records and protocols of this package. Character offsets are half-open and into the original text."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
Neighbours = tuple[tuple[str, float], ...]
"""Words and the cosines of their vectors, nearest first."""
FindWords = Callable[[Sequence[str]], list[Neighbours]]
"""Other words near each folded word, in any language."""
Backend = Literal["auto", "int8", "fp32", "transformers"]
"""What runs a model: OpenVINO with whole numbers or without, or transformers and torch, which is the reference
for the other two. "auto" is the first of them that the model can be run with."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the article: `article_text[start:end] == text`. `id` is its rank in the article."""

    id: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How an article is cut: at most `max_tokens` encoder tokens a passage (longer words stand alone),
    `overlap_sentences` sentences repeated between neighbours of one paragraph."""

    max_tokens: int = 96
    overlap_sentences: int = 1

    def __post_init__(self) -> None:
        if self.max_tokens < 8 or self.overlap_sentences < 0:
            raise ValueError(f"passage settings need max_tokens >= 8 and overlap_sentences >= 0, got {self}")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; `similarity` is a cosine in [-1, 1]."""

    passage_id: int
    similarity: float


class Encoder(Protocol):
    """Turns text into unit vectors; `fingerprint` changes whenever the vectors would."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def token_starts(self, text: str) -> IntArray:
        """Character offset [n_tokens] at which each token of `text` begins, ascending."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit rows [n, dimension] of questions."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> FloatArray:
        """Unit rows [n, dimension] of passages."""
        ...

    def word_finder(self, stems: Container[str] | None = None) -> FindWords:
        """What finds words near others: among those with one of `stems`, or among all that the model knows."""
        ...
