"""Article text -> offset-exact passages: whole sentences of one paragraph, sized in model tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from embeddings.types import IntArray, Passage, PassageSettings

Bounds = tuple[int, int]
"""Half-open character range [start, end) of the article's text."""

_NEW_LINE = r"(?:\r\n|\r(?!\n)|(?<!\r)\n|\u2028|\u2029)"
_BLANK_LINE = re.compile(rf"{_NEW_LINE}[^\S\r\n\u2028\u2029]*{_NEW_LINE}\s*|\u2029")
_LINE_END = re.compile(_NEW_LINE)
_SENTENCE_END = re.compile(
    r"""(?:(?<![.!?…])[.!?…]++|[。！？])  # the mark, or a whole run of them
        (?:\s?[»”])?+[\])}»”’"'>]*+     # what closes with the sentence
        (?: \s++(?=["“«‘'<(\[\-–—]*+(?:[\u00a0\u202f]|(?<=«)\s)?+[A-ZÀ-ÖØ-ÞŒŸ0-9] | [–—-]\s) | (?<=[。！？]) )""",
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'«’-])(?:[A-Za-zÀ-ÿ]|MM|Mme|Mlle|Mgr|Me|Dr|Pr|Prof|St|Ste|Jr|Sr|Mr|Mrs|Ms|Gen|Col|Lt|Sgt"
    r"|Capt|Gov|Sen|Rep|Hon|Rev|No|Nos|vs|env|art|chap|cf|p\.\s?ex|janv|févr|fevr|avr|juil|sept|oct|nov|déc"
    r"|dec|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec|Inc|Ltd|Corp|Co)\.$"
)
_WORD = re.compile(r"\S+\s*|\s+")
_LONGEST_WORD = 200


def _strip(text: str, bounds: Bounds) -> Bounds:
    start, end = bounds
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _split_at(text: str, bounds: Bounds, cuts: list[int]) -> list[Bounds]:
    edges = [bounds[0], *cuts, bounds[1]]
    pieces = [_strip(text, (a, b)) for a, b in pairwise(edges)]
    return [(a, b) for a, b in pieces if a < b]


def split_paragraphs(text: str) -> list[Bounds]:
    """Paragraphs between blank lines; where there is no blank line, every line is one.

    Outer white space is left out; everything else of `text` lies in exactly one paragraph.
    """
    separator = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE_END
    return _split_at(text, (0, len(text)), [match.end() for match in separator.finditer(text)])


def split_sentences(text: str, bounds: Bounds) -> list[Bounds]:
    """Sentences of `text[bounds]`, in order, outer white space left out."""
    start, end = bounds
    cuts = [
        match.end()
        for match in _SENTENCE_END.finditer(text, start, end)
        if not _ABBREVIATION.search(text, max(start - 1, match.start() - 12, 0), match.start() + 1)
    ]
    return _split_at(text, bounds, cuts)


class _TokenCounter:
    """Counts the tokens that begin inside a range, from the sorted token starts."""

    def __init__(self, starts: IntArray) -> None:
        self._starts = starts

    def __call__(self, bounds: Bounds) -> int:
        first, last = np.searchsorted(self._starts, bounds)
        return int(last - first)


def _split_words(text: str, bounds: Bounds) -> Iterator[Bounds]:
    """Words with the white space after them; what has over 200 characters and no space is cut there."""
    start, end = bounds
    for match in _WORD.finditer(text, start, end):
        for piece in range(match.start(), match.end(), _LONGEST_WORD):
            yield piece, min(piece + _LONGEST_WORD, match.end())


def _fit(text: str, sentence: Bounds, count: _TokenCounter, max_tokens: int) -> list[Bounds]:
    """The sentence itself, or runs of its words that are within the limit."""
    if count(sentence) <= max_tokens:
        return [sentence]
    pieces: list[Bounds] = []
    start = stop = sentence[0]
    for word in _split_words(text, sentence):
        if text[word[0] : word[1]].isspace():
            continue
        if stop > start and count((start, word[1])) > max_tokens:
            pieces.append(_strip(text, (start, stop)))
            start = word[0]
        stop = word[1]
    return [*pieces, _strip(text, (start, stop))]


def _pack(units: list[Bounds], count: _TokenCounter, settings: PassageSettings) -> Iterator[Bounds]:
    """Runs of units within the limit; each run repeats the last units of the one before, if they fit."""
    first = 0
    while first < len(units):
        last = first
        while last + 1 < len(units) and count((units[first][0], units[last + 1][1])) <= settings.max_tokens:
            last += 1
        yield units[first][0], units[last][1]
        if last + 1 >= len(units):
            return
        first = _next_first(units, first, last, count, settings)


def _next_first(units: list[Bounds], first: int, last: int, count: _TokenCounter, settings: PassageSettings) -> int:
    """Where the next run begins: as far back as the overlap allows while one new unit still fits."""
    for candidate in range(max(first + 1, last + 1 - settings.overlap_sentences), last + 1):
        if count((units[candidate][0], units[last + 1][1])) <= settings.max_tokens:
            return candidate
    return last + 1


def split_passages(
    text: str, token_starts: Callable[[str], IntArray], settings: PassageSettings | None = None
) -> tuple[Passage, ...]:
    """Cut an article into passages.

    A passage never crosses a paragraph, never cuts a word of at most 200 characters, and holds at
    most `settings.max_tokens` tokens as `token_starts` counts them (more only if one word has more).
    Every character that is not white space lies in at least one passage; empty text has none.
    """
    chosen = PassageSettings() if settings is None else settings
    count = _TokenCounter(token_starts(text))
    found: list[Bounds] = []
    for paragraph in split_paragraphs(text):
        units = [
            unit
            for sentence in split_sentences(text, paragraph)
            for unit in _fit(text, sentence, count, chosen.max_tokens)
        ]
        found += _pack(units, count, chosen)
    return tuple(Passage(i, start, end, text[start:end]) for i, (start, end) in enumerate(found))
