"""Windows hold whole passages that touch, all of them, within the reader's room."""

from __future__ import annotations

import numpy as np
from fakes import WORD_PIECES, find_starts, mixed_texts
from hypothesis import given
from hypothesis import strategies as st

from embeddings.passages import split_passages
from embeddings.types import IntArray, Passage, PassageSettings
from qa.types import Window
from qa.windows import build_windows


def count(starts: IntArray, start: int, end: int) -> int:
    return int(((starts >= start) & (starts < end)).sum())


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, tuple[Passage, ...], list[Passage]]:
    """A text, its passages, and some of them in any order, now and then twice."""
    text = draw(mixed_texts)
    settings = PassageSettings(draw(st.integers(8, 20)), draw(st.integers(0, 2)))
    passages = split_passages(text, lambda whole: find_starts(WORD_PIECES, whole), settings)
    chosen = draw(st.lists(st.sampled_from(passages), max_size=12)) if passages else []
    return text, passages, chosen


@given(requests(), st.integers(1, 60))
def test_windows_are_whole_passages_in_a_row(
    request: tuple[str, tuple[Passage, ...], list[Passage]], max_tokens: int
) -> None:
    text, passages, chosen = request
    wanted = {p.id for p in chosen}
    covered: set[int] = set()
    for window in build_windows(text, chosen, find_starts(WORD_PIECES, text), max_tokens):
        assert text[window.start : window.end] == window.text
        inside = [p for p in passages if window.start <= p.start and p.end <= window.end]
        assert (inside[0].start, inside[-1].end) == (window.start, window.end)
        assert [p.id for p in inside] == list(range(inside[0].id, inside[-1].id + 1))
        assert {p.id for p in inside} <= wanted
        covered |= {p.id for p in inside}
    assert covered == wanted


@given(requests(), st.integers(1, 60))
def test_a_window_is_within_the_limit_unless_it_is_one_passage(
    request: tuple[str, tuple[Passage, ...], list[Passage]], max_tokens: int
) -> None:
    text, passages, chosen = request
    starts = find_starts(WORD_PIECES, text)
    places = {(p.start, p.end) for p in passages}
    for window in build_windows(text, chosen, starts, max_tokens):
        assert count(starts, window.start, window.end) <= max_tokens or (window.start, window.end) in places


@given(requests(), st.integers(1, 60))
def test_windows_are_in_order_and_none_lies_in_another(
    request: tuple[str, tuple[Passage, ...], list[Passage]], max_tokens: int
) -> None:
    text, _, chosen = request
    windows = build_windows(text, chosen, find_starts(WORD_PIECES, text), max_tokens)
    assert windows == tuple(sorted(windows, key=lambda w: w.start))
    for i, window in enumerate(windows):
        assert not [w for w in windows[i + 1 :] if w.start <= window.start or w.end <= window.end]
    assert windows == build_windows(text, chosen[::-1] + chosen, find_starts(WORD_PIECES, text), max_tokens)


def test_neighbours_join_and_a_full_window_repeats_its_last_passage() -> None:
    text = "aa bb cc dd ee"
    passages = [Passage(i, 3 * i, 3 * i + 2, text[3 * i : 3 * i + 2]) for i in range(5)]
    starts = np.arange(0, 15, 3)

    def read(chosen: list[Passage], max_tokens: int) -> list[str]:
        windows: tuple[Window, ...] = build_windows(text, chosen, starts, max_tokens)
        return [window.text for window in windows]

    assert read(passages, 5) == ["aa bb cc dd ee"]
    assert read(passages, 3) == ["aa bb cc", "cc dd ee"]
    assert read(passages, 2) == ["aa bb", "bb cc", "cc dd", "dd ee"]
    assert read(passages, 1) == ["aa", "bb", "cc", "dd", "ee"]
    assert read([passages[4], passages[0], passages[1]], 5) == ["aa bb", "ee"]
    assert read([], 5) == []
