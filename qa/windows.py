"""Retrieved passages to reading windows: passages that touch are read together, up to a token limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.types import IntArray, Passage
from qa.types import Window


def find_stretches(passages: Iterable[Passage]) -> list[tuple[int, int]]:
    """Characters [start, end) of each run of neighbours, in the article's order: what windows are cut from."""
    return [(run[0].start, max(p.end for p in run)) for run in _runs(sorted(passages, key=lambda p: p.id))]


def build_windows(
    text: str, passages: Iterable[Passage], token_starts: IntArray, max_tokens: int
) -> tuple[Window, ...]:
    """Windows of whole passages, in the article's order.

    Neighbours of the article (ids in a row) join one window while it holds at most `max_tokens` of the
    tokens that begin at `token_starts` [n_tokens], of which those outside the passages' stretches may be
    left out. A window that had to stop repeats its last passage in
    the next one, if that leaves room for a new one, so that no sentence is read without the one before.
    """
    windows: list[Window] = []
    for run in _runs(sorted(passages, key=lambda p: p.id)):
        for first, last in _pack(run, token_starts, max_tokens):
            start, end = run[first].start, max(p.end for p in run[first : last + 1])
            windows.append(Window(start, end, text[start:end]))
    return tuple(windows)


def _runs(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Groups of passages whose ids follow each other."""
    runs: list[list[Passage]] = []
    for passage in passages:
        if runs and passage.id == runs[-1][-1].id + 1:
            runs[-1].append(passage)
        elif not runs or passage.id != runs[-1][-1].id:
            runs.append([passage])
    return runs


def _pack(run: list[Passage], token_starts: IntArray, max_tokens: int) -> list[tuple[int, int]]:
    """(first, last) passages of each window of a run."""

    def fits(first: int, last: int) -> bool:
        low, high = np.searchsorted(token_starts, (run[first].start, run[last].end))
        return int(high - low) <= max_tokens

    packed: list[tuple[int, int]] = []
    first = 0
    while first < len(run):
        last = first
        while last + 1 < len(run) and fits(first, last + 1):
            last += 1
        packed.append((first, last))
        if last + 1 == len(run):
            break
        first = last if last > first and fits(last, last + 1) else last + 1
    return packed
