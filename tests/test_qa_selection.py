"""Answer or abstain, what is kept beside the answer, and the sentence it stands in."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from fakes import make_logits, mixed_texts
from hypothesis import assume, given
from hypothesis import strategies as st

from embeddings.passages import split_paragraphs
from embeddings.types import Passage
from qa.article import Article
from qa.calibration import CALIBRATION_FILE, Calibration, load_calibration, measure, save_calibration
from qa.errors import ModelError
from qa.selection import N_ALTERNATIVES, Reading, find_sentence, pool, select
from qa.types import Answer, RetrievedPassage, SpanCandidate, Timing

TEXT = "Le sommet aura lieu à Bruxelles. Paris refuse.\n\nRome accepte."
SOURCE = Article.from_text(TEXT)
TIMING = Timing(1, 2, 3)
PASSAGES = (
    RetrievedPassage(Passage(0, 0, 46, TEXT[:46]), 0.25, 0.25),
    RetrievedPassage(Passage(1, 33, 46, TEXT[33:46]), 0.5, 0.5),
    RetrievedPassage(Passage(2, 48, 61, TEXT[48:61]), -0.25, -0.25),
)
NAMES = ("Bruxelles", "Paris", "Rome", "sommet", "accepte", "refuse")


def find(word: str, score: float = 0.0, similarity: float = 0.0) -> SpanCandidate:
    start = TEXT.index(word)
    return SpanCandidate(start, start + len(word), word, score, similarity)


def choose(ranked: tuple[SpanCandidate, ...], calibration: Calibration, threshold: float | None = None) -> Answer:
    return select(Reading("Où ?", ranked, PASSAGES), SOURCE, calibration, TIMING, {"profile": "fake"}, threshold)


RANKED = tuple(find(name, 2.0 - i) for i, name in enumerate(NAMES))
CERTAINTY = Calibration().probability(measure(RANKED, PASSAGES))


def test_the_best_candidate_answers_with_its_sentence_and_the_others_beside_it() -> None:
    answer = choose(RANKED, Calibration())
    assert answer
    assert (answer.text, answer.start, answer.end, answer.reason) == ("Bruxelles", 22, 31, "answered")
    assert answer.evidence is not None
    assert answer.evidence.text == "Le sommet aura lieu à Bruxelles."
    assert answer.confidence == pytest.approx(0.8808, abs=1e-4)
    assert answer.no_answer_probability == pytest.approx(1 - answer.confidence)
    assert [a.text for a in answer.alternatives[:2]] == ["Paris", "Rome"]
    assert [a.evidence.text for a in answer.alternatives[:2]] == ["Paris refuse.", "Rome accepte."]


def test_under_the_threshold_nothing_is_said_and_the_candidate_stays_in_view() -> None:
    answer = choose(RANKED, Calibration(threshold=0.9))
    assert not answer
    assert (answer.text, answer.start, answer.end, answer.reason) == ("", 0, 0, "low_confidence")
    assert answer.confidence == answer.no_answer_probability == pytest.approx(0.1192, abs=1e-4)
    assert answer.evidence is not None
    assert answer.evidence.text == "Le sommet aura lieu à Bruxelles."
    assert [a.text for a in answer.alternatives] == list(NAMES[:N_ALTERNATIVES])


def test_a_probability_that_equals_the_threshold_answers() -> None:
    assert choose(RANKED, Calibration(threshold=CERTAINTY))
    assert not choose(RANKED, Calibration(threshold=CERTAINTY + 1e-9))


@pytest.mark.parametrize(("threshold", "answered"), [(0.0, True), (0.5, False), (1.0, False), (None, False)])
def test_a_given_threshold_replaces_the_calibrated_one_even_if_zero(threshold: float | None, answered: bool) -> None:
    ranked = tuple(find(c.text, c.score - 40) for c in RANKED)
    assert choose(ranked, Calibration(threshold=0.01), threshold).answered is answered


@pytest.mark.parametrize("threshold", [None, 0.0])
def test_without_a_span_there_is_no_answer_at_any_threshold(threshold: float | None) -> None:
    answer = choose((), Calibration(), threshold)
    assert (answer.answered, answer.reason, answer.text, answer.evidence) == (False, "no_span", "", None)
    assert (answer.alternatives, answer.no_answer_probability, answer.confidence) == ((), 1, 1)


def test_windows_are_compared_by_their_margin_over_their_own_null() -> None:
    sure = make_logits([(48, 52)], [3.0], [3.0], null=1.0)
    loud = make_logits([(22, 31)], [9.0], [9.0], null=15.0)
    ranked = pool("Où ?", SOURCE, [loud, sure], PASSAGES, 10, 0.0).ranked
    assert [(c.text, c.score, c.similarity) for c in ranked] == [("Rome", 5, -0.25), ("Bruxelles", 3, 0.25)]


def test_a_span_weighs_the_most_similar_passage_that_holds_it() -> None:
    logits = make_logits([(22, 31), (33, 38)], [2.0, 1.0], [2.0, 1.0])
    ranked = pool("Où ?", SOURCE, [logits], PASSAGES, 1, 10.0).ranked
    assert [(c.text, c.score, c.similarity) for c in ranked] == [("Paris", 7, 0.5), ("Bruxelles", 6.5, 0.25)]


def test_a_span_read_in_two_windows_is_kept_once_with_its_best_score() -> None:
    readings = [make_logits([(22, 31)], [score], [0.0]) for score in (1.0, 4.0, 2.0)]
    assert [(c.text, c.score) for c in pool("Où ?", SOURCE, readings, PASSAGES, 10, 0.0).ranked] == [("Bruxelles", 4)]


@given(mixed_texts, st.data())
def test_the_sentence_of_a_span_holds_it_and_stays_in_its_paragraph(text: str, data: st.DataObject) -> None:
    paragraphs = split_paragraphs(text)
    assume(any(c.isalnum() for c in text))
    first, last = data.draw(st.sampled_from(paragraphs))
    solid = [i for i in range(first, last) if not text[i].isspace()]
    start = data.draw(st.sampled_from(solid))
    end = data.draw(st.sampled_from([i for i in solid if i >= start])) + 1
    found = find_sentence(Article.from_text(text), start, end)
    assert first <= found.start <= start < end <= found.end <= last
    assert text[found.start : found.end] == found.text == found.text.strip()


def test_a_span_over_two_sentences_is_shown_with_both() -> None:
    assert find_sentence(SOURCE, 22, 38).text == "Le sommet aura lieu à Bruxelles. Paris refuse."


def test_the_features_of_a_reading() -> None:
    ranked = (replace(find("Bruxelles", 5, 0.25), relevance=0.75), find("Paris", 3.5, 0.5))
    assert measure(ranked, PASSAGES) == pytest.approx((5, 1.5, -0.25, 0.75))
    assert measure(ranked[:1], ()) == pytest.approx((5, 5, 0, 0.75))


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), st.floats(0.1, 9))
def test_a_probability_is_one_and_grows_with_the_margin(features: list[float], more: float) -> None:
    calibration = Calibration((0.5, 0.25, 1), bias=-1)
    low = calibration.probability(features)
    assert 0 < low <= calibration.probability([features[0] + more, *features[1:]]) < 1


def test_a_calibration_is_read_back_and_its_absence_has_a_fallback(tmp_path: Path) -> None:
    assert load_calibration(tmp_path) == Calibration()
    fitted = Calibration((0.1, 0.2, -0.5, 0.3), -1.5, 0.42, "dev", 120)
    save_calibration(fitted, tmp_path)
    assert load_calibration(tmp_path) == fitted


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"weights": [1, 2]}', '{"weights": 1}', '{"weights": [1,0,0,0], "knob": 1}']
)
def test_a_garbage_calibration_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / CALIBRATION_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"calibration\.json"):
        load_calibration(tmp_path)


@pytest.mark.parametrize(
    "changes", [{"threshold": "high"}, {"threshold": None}, {"bias": "0"}, {"weights": ["1", 0, 0, 0]}]
)
def test_a_calibration_of_words_for_numbers_is_named(tmp_path: Path, changes: dict[str, object]) -> None:
    record = {**asdict(Calibration()), **changes}
    (tmp_path / CALIBRATION_FILE).write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ModelError, match=r"calibration\.json"):
        load_calibration(tmp_path)
