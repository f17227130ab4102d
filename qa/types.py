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
    """A passage found for a question; `similarity` is a cosine in [-1, 1]; `relevance` in [0, 1] fuses it
    with the words they share, 1 for a passage that leads the article in both."""

    passage: Passage
    similarity: float
    relevance: float


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
    """A span of the article; `score` is start + end - null, comparable across windows, plus a share
    of its passage's `relevance` once passages are pooled."""

    start: int
    end: int
    text: str
    score: float
    similarity: float = 0.0
    relevance: float = 0.0


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


SpeakerKind = Literal["quoted", "reported", "agency", "article"]
RefusalKind = Literal["off_topic", "detail_missing", "unknown_premise"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says what an answer rests on: a person or body whose words are `quoted` or `reported`, the
    `agency` that signs the dispatch, or the `article` itself.

    `text[start:end] == name` and `text[cue_start:cue_end] == cue` are the speaker and the words that
    attribute ("a ajouté"); both are empty, at 0, where nobody is named. A pronoun is kept as `name`;
    `resolved` is then the person it stands for, where the article leaves one choice, else None.
    """

    kind: SpeakerKind
    name: str = ""
    start: int = 0
    end: int = 0
    cue: str = ""
    cue_start: int = 0
    cue_end: int = 0
    resolved: str | None = None


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A relative or partial date of the article made absolute against its date line.

    `first` and `last` are ISO dates, as exact as the words allow (2018-07-11, 2018-07 or 2018), equal
    for a single one. `computed` says that the words alone do not contain it.
    """

    text: str
    start: int
    end: int
    first: str
    last: str
    computed: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer: nothing on the subject, the subject but not this detail, or a premise
    that the article does not contain; `unknown` are the question's own years, numbers or names."""

    kind: RefusalKind
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds this question took; in a batch, its share of the batch."""

    retrieve_ms: float
    read_ms: float
    total_ms: float

    @classmethod
    def share(cls, started: float, retrieved: float, ended: float, n_questions: int) -> Timing:
        """Each question's share of a batch, from three readings of a clock in seconds."""
        factor = 1000 / max(n_questions, 1)
        return cls((retrieved - started) * factor, (ended - retrieved) * factor, (ended - started) * factor)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the article says to a question, or that it does not say.

    `article.text[start:end] == text` always; an abstention is the empty span at 0. `evidence` is the
    sentence around the answer, or, in an abstention, the nearest sentence, which is not an answer.
    `no_answer_probability` is calibrated; `confidence` is the probability of what is said, so
    1 - no_answer_probability for a span and no_answer_probability for an abstention. `speaker` is set
    where it is answered, `refusal` where it is not; `dates` are those of the evidence.
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
    speaker: Speaker | None = None
    dates: tuple[ResolvedDate, ...] = ()
    refusal: Refusal | None = None

    @property
    def confidence(self) -> float:
        """Probability, in [0, 1], that what is said is right."""
        return 1 - self.no_answer_probability if self.answered else self.no_answer_probability

    @property
    def best_span(self) -> tuple[int, int]:
        """Characters [start, end) of the answer, or of the best candidate of an abstention."""
        if self.answered or not self.alternatives:
            return self.start, self.end
        return self.alternatives[0].start, self.alternatives[0].end

    def __bool__(self) -> bool:
        return self.answered

    def to_dict(self) -> dict[str, Any]:
        """The whole record as plain values, ready for JSON."""
        return {**asdict(self), "confidence": self.confidence}
