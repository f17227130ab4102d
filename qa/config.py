"""Model profiles: which encoder, which reader, and how much of an article they read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from embeddings.encoder import EncoderSource
from embeddings.lexical import DENSE_SHARE
from embeddings.types import Backend, PassageSettings
from qa.errors import ModelError

COMPACT_READER = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How the reader reads: `max_tokens` a window with its question, of which at most
    `max_question_tokens` are the question's; `stride` tokens repeated where a window must be cut;
    answers of at most `max_answer_tokens`; `batch_tokens` tokens a forward pass of transformers, padding counted."""

    max_tokens: int = 384
    max_question_tokens: int = 64
    stride: int = 64
    max_answer_tokens: int = 48
    batch_tokens: int = 6144


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How many passages a question is answered from: all of an article of at most `read_all` passages,
    else the `n_passages` most relevant of the `n_candidates` nearest and as many that share most words;
    `dense_share` of the relevance is the similarity's, the rest BM25's; `weight` is what a relevance of 1
    adds to a span's score. Of those passages the `n_first` most relevant are read at first, and all of them
    where no span of these has a score of `sure`; 0 reads all at once."""

    n_passages: int = 8
    read_all: int = 32
    n_candidates: int = 64
    dense_share: float = DENSE_SHARE
    weight: float = 0.0
    n_first: int = 0
    sure: float = 10.0


@dataclass(frozen=True, slots=True)
class Profile:
    """A pair of models, named by hub name or by folder, what runs them, and their settings."""

    name: str
    encoder: EncoderSource
    reader: str
    passages: PassageSettings = field(default_factory=PassageSettings)
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    reading: ReaderSettings = field(default_factory=ReaderSettings)
    backend: Backend = "auto"


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("compact", EncoderSource(), str(COMPACT_READER), retrieval=RetrievalSettings(weight=8.0, n_first=2)),
        Profile(
            "hub",
            EncoderSource("intfloat/multilingual-e5-small", "query: ", "passage: "),
            "timpal0l/mdeberta-v3-base-squad2",
            passages=PassageSettings(max_tokens=160),
        ),
    )
}


def find_profile(
    models: str | Profile, encoder: str | None = None, reader: str | None = None, backend: Backend | None = None
) -> Profile:
    """A profile by name, with its encoder, reader or backend exchanged where one is given."""
    if isinstance(models, str) and models not in PROFILES:
        raise ModelError(f"no model profile {models!r}; expected one of {', '.join(PROFILES)}")
    profile = PROFILES[models] if isinstance(models, str) else models
    if encoder is not None:
        profile = replace(profile, encoder=EncoderSource(encoder))
    if backend is not None:
        profile = replace(profile, backend=backend)
    return profile if reader is None else replace(profile, reader=reader)
