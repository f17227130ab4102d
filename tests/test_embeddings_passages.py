"""Passages are exact, whole and within their size, whatever the text."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from fakes import WHOLE_WORDS, WORD_PIECES, any_texts, find_starts
from hypothesis import given
from hypothesis import strategies as st

from embeddings.passages import split_paragraphs, split_passages, split_sentences
from embeddings.types import IntArray, Passage, PassageSettings

LONGEST_WORD = 200
settings_strategy = st.builds(PassageSettings, max_tokens=st.integers(8, 40), overlap_sentences=st.integers(0, 3))
patterns = st.sampled_from([WHOLE_WORDS, WORD_PIECES, r"\S"])


def split(text: str, pattern: str = WORD_PIECES, settings: PassageSettings | None = None) -> tuple[Passage, ...]:
    def starts(whole: str) -> IntArray:
        return find_starts(pattern, whole)

    return split_passages(text, starts, settings)


def sentences(text: str) -> list[str]:
    return [text[a:b] for paragraph in split_paragraphs(text) for a, b in split_sentences(text, paragraph)]


def run_around(text: str, place: int) -> str:
    """The run of characters without white space that the cut at `place` lies in."""
    start, end = place, place
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end]


@given(any_texts, patterns, settings_strategy)
def test_passages_are_exact_numbered_and_not_empty(text: str, pattern: str, settings: PassageSettings) -> None:
    passages = split(text, pattern, settings)
    assert [p.id for p in passages] == list(range(len(passages)))
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""


@given(any_texts, patterns, settings_strategy)
def test_every_character_that_is_not_space_is_in_a_passage(text: str, pattern: str, settings: PassageSettings) -> None:
    covered = {i for p in split(text, pattern, settings) for i in range(p.start, p.end)}
    assert not [i for i, character in enumerate(text) if not character.isspace() and i not in covered]


@given(any_texts, patterns, settings_strategy)
def test_no_passage_cuts_a_word_of_at_most_200_characters(text: str, pattern: str, settings: PassageSettings) -> None:
    for passage in split(text, pattern, settings):
        for edge in (passage.start, passage.end):
            if 0 < edge < len(text) and text[edge - 1].isalnum() and text[edge].isalnum():
                assert len(run_around(text, edge)) > LONGEST_WORD


@given(any_texts, patterns, settings_strategy)
def test_passages_keep_the_token_limit_unless_one_word_is_larger(
    text: str, pattern: str, settings: PassageSettings
) -> None:
    starts = find_starts(pattern, text)
    for passage in split(text, pattern, settings):
        n_tokens = int(((starts >= passage.start) & (starts < passage.end)).sum())
        if n_tokens > settings.max_tokens:
            assert len(passage.text.split()) == 1
            assert len(passage.text) <= LONGEST_WORD


@given(any_texts, patterns, settings_strategy)
def test_passages_advance_and_stay_in_their_paragraph(text: str, pattern: str, settings: PassageSettings) -> None:
    passages = split(text, pattern, settings)
    assert all(a.start < b.start and a.end < b.end for a, b in pairwise(passages))
    paragraphs = split_paragraphs(text)
    for passage in passages:
        assert any(start <= passage.start and passage.end <= end for start, end in paragraphs)


@given(any_texts)
def test_without_overlap_passages_share_no_character(text: str) -> None:
    passages = split(text, settings=PassageSettings(max_tokens=8, overlap_sentences=0))
    assert all(a.end <= b.start for a, b in pairwise(passages))


def test_neighbours_repeat_one_sentence() -> None:
    text = "Un deux trois. Quatre cinq six. Sept huit neuf."
    found = split(text, WHOLE_WORDS, PassageSettings(max_tokens=8, overlap_sentences=1))
    assert [p.text for p in found] == ["Un deux trois. Quatre cinq six.", "Quatre cinq six. Sept huit neuf."]


def test_white_space_after_a_long_word_is_no_passage() -> None:
    text = "a" * 195 + " " * 10 + "b" * 20
    found = split(text, r"\S", PassageSettings(max_tokens=8, overlap_sentences=0))
    assert [p.text for p in found] == ["a" * 195, "b" * 20]


@pytest.mark.parametrize("text", ["", " ", "\r\n\r\n", "\u00a0\u2029\n"])
def test_text_without_words_has_no_passages(text: str) -> None:
    assert split(text) == ()


@pytest.mark.parametrize(("max_tokens", "overlap_sentences"), [(7, 1), (96, -1)])
def test_settings_that_cannot_work_are_refused(max_tokens: int, overlap_sentences: int) -> None:
    with pytest.raises(ValueError, match="max_tokens >= 8"):
        PassageSettings(max_tokens, overlap_sentences)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un.\n\nDeux.", ["Un.", "Deux."]),
        ("Un.\r\n \t\r\nDeux\r\nencore.", ["Un.", "Deux\r\nencore."]),
        ("Un\nDeux\r\nTrois\rQuatre", ["Un", "Deux", "Trois", "Quatre"]),
        ("\n\nUn\nDeux\n\n", ["Un", "Deux"]),
        ("Un\u2029Deux", ["Un", "Deux"]),
    ],
)
def test_paragraphs_end_at_blank_lines_or_else_at_lines(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in split_paragraphs(text)] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "M. Dupont est venu.",
        "MM. Durand et Petit partent.",
        "Mme Diop et Mgr. Paul prient.",
        "Le 3 janv. 2018 il est parti.",
        "Il part le 12 sept. Paris attend.",
        "L'O.N.U. a réagi à Genève.",
        "Le chef de l'O.N.U. salue la trêve.",
        "Il hésite... puis il part.",
        "Le texte (...) demande une trêve.",
        "Mr. Smith met Dr. Jones on Jan. 5.",
        "Le taux est de 3.5 pour cent.",
    ],
)
@pytest.mark.parametrize("before", ["", "Avant.\n\n", "Avant.\r\n\r\n"])
def test_abbreviations_and_marks_inside_do_not_end_a_sentence(sentence: str, before: str) -> None:
    assert sentences(before + sentence)[-1] == sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Il part. Elle reste.", ["Il part.", "Elle reste."]),
        ("Il hésite… Elle part.", ["Il hésite…", "Elle part."]),
        ('"Il part." Elle reste.', ['"Il part."', "Elle reste."]),
        ('Elle reste. "Il part."', ["Elle reste.", '"Il part."']),
        ("«\u00a0Il part.\u00a0» Elle reste.", ["«\u00a0Il part.\u00a0»", "Elle reste."]),
        ("Elle reste. « Il part », dit-elle.", ["Elle reste.", "« Il part », dit-elle."]),
        ("“Il part !” Elle reste.", ["“Il part !”", "Elle reste."]),
        ("Quoi ?! Rien.", ["Quoi ?!", "Rien."]),
        ("Il part. À Paris, rien. Œuvre.", ["Il part.", "À Paris, rien.", "Œuvre."]),
        ("Il part. – Et moi ? 98% restent.", ["Il part.", "– Et moi ?", "98% restent."]),
        ("これは文。次の文。", ["これは文。", "次の文。"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("text", ["a" + "." * 20_000 + "b", "a." + " " * 20_000 + "b", "a" + "\n \t" * 20_000 + "b"])
def test_long_runs_of_marks_or_spaces_are_cut_in_linear_time(text: str) -> None:
    started = time.process_time()
    split(text)
    assert time.process_time() - started < 1
