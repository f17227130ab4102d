"""Spans are the best pairs, whole words of one paragraph, and none shares a character with a better one."""

from __future__ import annotations

import re
import time
import unicodedata
from itertools import combinations, pairwise, takewhile

import numpy as np
import pytest
from fakes import N_QUESTION_TOKENS, make_logits, mixed_texts
from hypothesis import given
from hypothesis import strategies as st

from qa.spans import best_token_spans, decode_window, drop_overlaps, snap_to_words
from qa.types import SpanCandidate, WindowLogits

HEAD = 1 + N_QUESTION_TOKENS
TEXT = "Le sommet aura lieu à Bruxelles.\n\nParis refuse."
TOKENS = [(m.start(), m.end()) for m in re.finditer(r"\w+|[^\w\s]", TEXT)]
PARAGRAPHS = np.array([0, 34], dtype=np.int64)
scores = st.lists(st.integers(-40, 40).map(lambda n: n / 4), min_size=1, max_size=12)


def plant(start: dict[str, float], end: dict[str, float], null: float = 0.0) -> WindowLogits:
    words = [TEXT[a:b] for a, b in TOKENS]
    return make_logits(TOKENS, [start.get(w, -9) for w in words], [end.get(w, -9) for w in words], null)


def candidate(start: int, end: int, score: float) -> SpanCandidate:
    return SpanCandidate(start, end, "x" * (end - start), score)


candidates = st.lists(
    st.builds(
        lambda start, n, score: candidate(start, start + n, score),
        st.integers(0, 40),
        st.integers(1, 12),
        st.integers(-5, 5),
    ),
    max_size=25,
)


def test_a_planted_span_is_found_with_its_exact_offsets_and_margin() -> None:
    found = decode_window(plant({"à": 5}, {"Bruxelles": 4}, null=2), TEXT, PARAGRAPHS, 10, 20)
    assert found[0] == SpanCandidate(20, 31, "à Bruxelles", 7.0)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_start_and_end_are_chosen_together() -> None:
    logits = plant({"Bruxelles": 9, "Le": 5}, {"sommet": 8, "Bruxelles": 2})
    assert np.argmax(logits.end[HEAD:]) < np.argmax(logits.start[HEAD:])
    found = decode_window(logits, TEXT, PARAGRAPHS, 10, 20)
    assert [c.text for c in found[:2]] == ["Le sommet", "Bruxelles"]
    assert [c.score for c in found[:2]] == [13, 11]


def test_a_span_longer_than_the_limit_is_not_weighed() -> None:
    logits = plant({"Le": 9, "à": 1}, {"Bruxelles": 9})
    assert decode_window(logits, TEXT, PARAGRAPHS, 6, 1)[0].text == "Le sommet aura lieu à Bruxelles"
    assert decode_window(logits, TEXT, PARAGRAPHS, 5, 1)[0].text == "à Bruxelles"


def test_a_span_does_not_cross_a_paragraph() -> None:
    found = decode_window(plant({"Bruxelles": 9, "Paris": 2}, {"refuse": 9, "Bruxelles": 1}), TEXT, PARAGRAPHS, 10, 99)
    assert [c.text for c in found[:2]] == ["Paris refuse", "Bruxelles"]
    assert not [c for c in found if "\n" in c.text]


def test_a_token_that_holds_the_space_before_its_word_belongs_to_its_words_paragraph() -> None:
    logits = plant({"Paris": 9}, {"refuse": 9, "Paris": 1})
    place = HEAD + [TEXT[a:b] for a, b in TOKENS].index("Paris")
    logits.offsets[place] = (32, 39)
    found = decode_window(logits, TEXT, PARAGRAPHS, 10, 99)
    assert found[0] == SpanCandidate(34, 46, "Paris refuse", 18.0)
    assert not [c for c in found if "\n" in c.text]


def test_the_question_is_never_an_answer_and_an_empty_window_has_none() -> None:
    assert best_token_spans(make_logits([], [], []), 10, 20) == []
    found = best_token_spans(plant({}, {}), 10, 999)
    assert min(first for first, _, _ in found) == HEAD


@given(scores, scores, st.integers(1, 14), st.integers(1, 99), st.floats(-9, 9, width=16), st.data())
def test_the_best_spans_equal_a_double_loop(
    start: list[float], end: list[float], max_tokens: int, n_best: int, null: float, data: st.DataObject
) -> None:
    n = min(len(start), len(end))
    logits = make_logits([(3 * i, 3 * i + 2) for i in range(n)], start[:n], end[:n], null)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    logits.context_mask[HEAD:] = mask
    bounds = sorted(data.draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)))
    groups = np.array([0] * HEAD + bounds, dtype=np.int64)
    expected = [
        (i + HEAD, j + HEAD, start[i] + end[j] - null)
        for i in range(n)
        for j in range(i, n)
        if mask[i] and mask[j] and j - i < max_tokens and bounds[i] == bounds[j]
    ]
    found = best_token_spans(logits, max_tokens, n_best, groups)
    assert set(found) <= set(expected)
    assert len(set(found)) == len(found) == min(n_best, len(expected))
    assert [s for _, _, s in found] == sorted((s for _, _, s in expected), reverse=True)[: len(found)]


def word_length(text: str, edge: int) -> int:
    """How many characters the word has that goes on at both sides of an edge."""
    inside = [c.isalnum() or unicodedata.combining(c) > 0 for c in text]
    return sum(1 for _ in takewhile(bool, inside[edge:])) + sum(1 for _ in takewhile(bool, inside[edge - 1 :: -1]))


@given(mixed_texts, st.data())
def test_snapping_cuts_no_word_of_a_languages_length_and_keeps_every_letter(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = snap_to_words(text, start, end)
    assert 0 <= first <= last <= len(text)
    for edge in (first, last) if first < last else ():
        if 0 < edge < len(text) and text[edge - 1].isalnum() and text[edge].isalnum():
            assert edge in (start, end)
            assert word_length(text, edge) > 200
    kept = set(range(first, last))
    assert not [i for i in range(start, end) if text[i].isalnum() and i not in kept]


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("le sommet.", 5, 7, "sommet"),
        ("le sommet, ", 2, 11, "sommet"),
        ("le sommet", 0, 4, "le sommet"),
        (" \u00a0oui\u202f;\r\n", 0, 9, "oui"),
        ("7,5 millions", 0, 1, "7"),
        ("3\u202f400 €", 0, 5, "3\u202f400"),
        (" , ", 0, 3, ""),
        ("\u2009\u3000oui\x0b\u2028", 0, 7, "oui"),
    ],
)
def test_a_span_is_snapped_to_whole_words_without_outer_separators(
    text: str, start: int, end: int, expected: str
) -> None:
    first, last = snap_to_words(text, start, end)
    assert text[first:last] == expected


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, 2), (1, 3), (0, 4), (2, 7), (5, 7)])
def test_a_word_with_combining_accents_is_one_word(start: int, end: int) -> None:
    text = "de\u0301ce\u0301s."
    first, last = snap_to_words(text, start, end)
    assert text[first:last] == "de\u0301ce\u0301s"


@given(candidates, st.integers(0, 8))
def test_kept_candidates_do_not_overlap_and_are_the_best(found: list[SpanCandidate], n: int) -> None:
    kept = drop_overlaps(found, n)
    assert len(kept) <= n
    assert all(a.score >= b.score for a, b in pairwise(kept))
    assert all(a.end <= b.start or b.end <= a.start for a, b in combinations(kept, 2))
    assert all(k in found for k in kept)
    if len(kept) < n:
        for other in found:
            beaten = [k for k in kept if k.start < other.end and other.start < k.end]
            assert other in kept or max(k.score for k in beaten) >= other.score


@given(candidates, st.integers(1, 8))
def test_what_is_kept_does_not_depend_on_the_order(found: list[SpanCandidate], n: int) -> None:
    assert drop_overlaps(found[::-1], n) == drop_overlaps(found, n) == drop_overlaps(drop_overlaps(found, n), n)


@pytest.mark.parametrize("letter", ["a", "中", "\u0301"])
def test_an_end_in_letters_without_end_stays_where_it_is(letter: str) -> None:
    text = "Paris " + letter * 5_000_000
    started = time.process_time()
    for _ in range(200):
        assert snap_to_words(text, 3_000_000, 3_000_010) == (3_000_000, 3_000_010)
    assert snap_to_words(text, 0, 4) == (0, 5)
    assert snap_to_words(f"le {letter * 199} bon", 3 + 99, 3 + 120) == (3, 3 + 199)
    assert time.process_time() - started < 10
