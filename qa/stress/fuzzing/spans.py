"""Spans of random scores: exact words of one paragraph, within the limit of tokens, none over another."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

import numpy as np
from hypothesis import strategies as st

from embeddings.passages import split_paragraphs
from embeddings.types import IntArray
from qa.config import COMPACT_READER
from qa.spans import best_token_spans, decode_window, drop_overlaps
from qa.stress.fuzzing.claims import check_span, find_paragraph, require
from qa.stress.fuzzing.inputs import unicode_texts
from qa.stress.standins import open_tokenizer
from qa.types import SpanCandidate, WindowLogits

_PIECES = re.compile(r"\w{1,3}|[^\w\s]")
_ODD_SCORES = (np.inf, -np.inf, np.nan, 3e38)


@dataclass(frozen=True, slots=True)
class SpanInput:
    """A text, what cuts it into tokens, the seed of its scores, the share of tokens that may be answered with,
    the limits, and a score put in the place of a few."""

    text: str
    tokens: Literal["shipped", "pieces", "characters"]
    seed: int
    share: float
    max_tokens: int
    n_best: int
    odd: float | None


span_inputs = st.builds(
    SpanInput,
    unicode_texts,
    st.sampled_from(("shipped", "pieces", "characters")),
    st.integers(0, 2**32 - 1),
    st.sampled_from((0.0, 0.5, 0.9, 1.0)),
    st.sampled_from((1, 2, 7, 48)),
    st.sampled_from((1, 5, 20)),
    st.sampled_from((None, None, None, *_ODD_SCORES)),
)


def _offsets(drawn: SpanInput) -> IntArray:
    """Characters [n_tokens, 2] of each token."""
    if drawn.tokens == "shipped":
        found = open_tokenizer(COMPACT_READER).encode(drawn.text, add_special_tokens=False).offsets
    elif drawn.tokens == "pieces":
        found = [match.span() for match in _PIECES.finditer(drawn.text)]
    else:
        found = [(i, i + 1) for i, character in enumerate(drawn.text) if not character.isspace()]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _make_logits(drawn: SpanInput) -> WindowLogits:
    random = np.random.default_rng(drawn.seed)
    offsets = _offsets(drawn)
    start, end = random.normal(scale=5, size=(2, len(offsets))).astype(np.float32)
    if drawn.odd is not None:
        start[random.random(len(offsets)) < 0.2] = drawn.odd
        end[random.random(len(offsets)) < 0.2] = drawn.odd
    mask = (random.random(len(offsets)) < drawn.share) & (offsets[:, 1] > offsets[:, 0])
    return WindowLogits(start, end, float(random.normal(scale=5)), offsets, mask)


def check_spans(drawn: SpanInput) -> bool:
    """What is decoded from a window's scores."""
    text, logits = drawn.text, _make_logits(drawn)
    paragraphs = split_paragraphs(text)
    starts = np.array([start for start, _ in paragraphs], dtype=np.int64)
    with np.errstate(over="ignore", invalid="ignore"):  # odd scores
        pairs = best_token_spans(logits, drawn.max_tokens, drawn.n_best)
        found = decode_window(logits, text, starts, drawn.max_tokens, drawn.n_best)
    require(len(pairs) <= drawn.n_best, "no more pairs than are asked for")
    for first, last, _ in pairs:
        require(first <= last < first + drawn.max_tokens, f"tokens {first} to {last} are within {drawn.max_tokens}")
        require(bool(logits.context_mask[first] and logits.context_mask[last]), "a span is made of the window's tokens")
    if drawn.odd is None:
        require(all(a.score >= b.score for a, b in pairwise(found)), "the best span is the first")
    for span in found:
        check_span(text, span.text, span.start, span.end)
        one = find_paragraph(paragraphs, span.start) == find_paragraph(paragraphs, span.end - 1)
        require(one, f"[{span.start}, {span.end}) is in one paragraph")
        _check_length(text, span, logits.offsets, drawn.max_tokens)
    kept = drop_overlaps(found, drawn.n_best)
    require(all(a.end <= b.start or b.end <= a.start for a, b in combinations(kept, 2)), "no two spans overlap")
    return bool(found)


def _check_length(text: str, span: SpanCandidate, offsets: IntArray, max_tokens: int) -> None:
    """Without the words at its two ends, which are made whole, a span is within the limit."""
    first, last = span.start, span.end
    while first < last and _in_word(text[first]):
        first += 1
    while last > first and _in_word(text[last - 1]):
        last -= 1
    n_tokens = int(((offsets[:, 0] >= first) & (offsets[:, 1] <= last)).sum())
    require(n_tokens <= max_tokens, f"[{span.start}, {span.end}) has more than {max_tokens} tokens")


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.combining(character) > 0
