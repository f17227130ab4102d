"""Logits to ranked spans, in pure NumPy: start and end are chosen together, overlaps removed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from qa.types import IntArray, SpanCandidate, WindowLogits

_SEPARATORS = ",;:"
_LONGEST_WORD = 200


def best_token_spans(
    logits: WindowLogits, max_tokens: int, n_best: int, groups: IntArray | None = None
) -> list[tuple[int, int, float]]:
    """The n_best pairs (token_start, token_end inclusive, start + end - null), best first.

    Only pairs inside the window with token_start <= token_end < token_start + max_tokens are weighed:
    the band [n_tokens, max_tokens] above the diagonal of the outer sum of start and end scores. `groups`
    [n_tokens] numbers the tokens' paragraphs; a span stays within one.
    """
    n_tokens = len(logits.start)
    if n_tokens == 0:
        return []
    width = min(max_tokens, n_tokens)
    start = np.where(logits.context_mask, logits.start, -np.inf)
    end = np.full(n_tokens + width - 1, -np.inf, dtype=np.float32)
    end[:n_tokens] = np.where(logits.context_mask, logits.end, -np.inf)
    scores = start[:, None] + sliding_window_view(end, width)
    if groups is not None:
        later = np.concatenate([groups, np.full(width - 1, -1)])
        scores[sliding_window_view(later, width) != groups[:, None]] = -np.inf
    scores = scores.ravel()
    n = min(n_best, int(np.isfinite(scores).sum()))
    if n == 0:
        return []
    top = np.argpartition(-scores, n - 1)[:n]
    top = top[np.argsort(-scores[top], kind="stable")]
    return [(int(i // width), int(i // width + i % width), float(scores[i]) - logits.null) for i in top]


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.combining(character) > 0


def snap_to_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Outer spaces and separators dropped, then both ends moved outward to the edge of their word, where that is
    at most _LONGEST_WORD characters away: in a language that writes without spaces it may be the text's."""
    while start < end and (text[start].isspace() or text[start] in _SEPARATORS):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _SEPARATORS):
        end -= 1
    if start == end:
        return start, end
    first, last = start, end
    lowest, highest = max(0, start - _LONGEST_WORD), min(len(text), end + _LONGEST_WORD)
    while first > lowest and _in_word(text[first - 1]) and _in_word(text[first]):
        first -= 1
    while last < highest and _in_word(text[last - 1]) and _in_word(text[last]):
        last += 1
    return start if start - first == _LONGEST_WORD else first, end if last - end == _LONGEST_WORD else last


def decode_window(
    logits: WindowLogits, text: str, paragraph_starts: IntArray, max_tokens: int, n_best: int
) -> list[SpanCandidate]:
    """Candidates of one window on the article's `text`, best first; their score is start + end - null.

    None crosses a paragraph, of which `paragraph_starts` [n_paragraphs] are the first characters.
    """
    groups = np.searchsorted(paragraph_starts, logits.offsets[:, 1] - 1, side="right")
    found = []
    for first, last, score in best_token_spans(logits, max_tokens, n_best, groups):
        start, end = snap_to_words(text, int(logits.offsets[first, 0]), int(logits.offsets[last, 1]))
        if start < end:
            found.append(SpanCandidate(start, end, text[start:end], score))
    return found


def drop_overlaps(candidates: Iterable[SpanCandidate], n: int) -> list[SpanCandidate]:
    """The n best candidates that share no character with a better one, best first."""
    kept: list[SpanCandidate] = []
    for candidate in sorted(candidates, key=lambda c: (-c.score, c.start, c.end)):
        if len(kept) == n:
            break
        if all(candidate.end <= other.start or other.end <= candidate.start for other in kept):
            kept.append(candidate)
    return kept
