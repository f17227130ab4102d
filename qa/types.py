"""Records of question in, answer out. Character offsets are half-open and into the article's text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.types import Passage

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Reason = Literal["answered", "low_confidence", "no_span"]


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage found for a question; `similarity` is a cosine in [-1, 1]."""

    passage: Passage
    similarity: float


@dataclass(frozen=True, slots=True)
class Window:
    """What the reader reads in one go: a stretch of the article made of retrieved passages that touch."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class WindowLogits:
    """The reader's scores for one question on one window.

    start, end: float32 [n_tokens]; offsets: int64 [n_tokens, 2], characters of the article;
    context_mask: bool [n_tokens], true where the token belongs to the window; null: the score of
    "no answer here", start plus end at the first token.
    """

    start: FloatArray
    end: FloatArray
    null: float
    offsets: IntArray
    context_mask: BoolArray


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """A span of the article; `score` is start + end - null, comparable across windows, plus the share
    of its passage's `similarity` once passages are pooled."""

    start: int
    end: int
    text: str
    score: float
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of the article."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another span that could be the answer; `score` as in `SpanCandidate`. No two of them overlap."""

    text: str
    start: int
    end: int
    score: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds this question took; in a batch, its share of the batch."""

    retrieve_ms: float
    read_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the article says to a question, or that it does not say.

    `article.text[start:end] == text` always; an abstention is the empty span at 0. `evidence` is the
    sentence around the answer, or, in an abstention, the nearest sentence, which is not an answer.
    `no_answer_probability` is calibrated; `confidence` is the probability of what is said, so
    1 - no_answer_probability for a span and no_answer_probability for an abstention.
    """

    question: str
    text: str
    start: int
    end: int
    answered: bool
    no_answer_probability: float
    reason: Reason
    evidence: Evidence | None
    alternatives: tuple[Alternative, ...]
    passages: tuple[RetrievedPassage, ...]
    timing: Timing
    models: dict[str, str]

    @property
    def confidence(self) -> float:
        """Probability, in [0, 1], that what is said is right."""
        return 1 - self.no_answer_probability if self.answered else self.no_answer_probability

    def __bool__(self) -> bool:
        return self.answered

    def to_dict(self) -> dict[str, Any]:
        """The whole record as plain values, ready for JSON."""
        return {**asdict(self), "confidence": self.confidence}
