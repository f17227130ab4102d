"""Scores by hand: SQuAD's own normalisation, and one that knows French."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.metrics import (
    Normalise,
    auroc,
    exact_match,
    f1,
    first_rank,
    mean_reciprocal_rank,
    normalise_french,
    normalise_official,
    recall_at,
)

NORMALISERS = [normalise_french, normalise_official]
normalisers = st.sampled_from(NORMALISERS)
words = st.lists(st.sampled_from("otan irak mission été 2018 sommet bruxelles".split()), max_size=8)
texts = st.one_of(st.text(max_size=30), words.map(" ".join))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Eiffel Tower!", "eiffel tower"),
        ("a theory, an answer", "theory answer"),
        ("U.S.", "us"),
        ("it's the-best", "its thebest"),
        ("L'ONU", "lonu"),
        ("l’ONU", "l’onu"),
        ("« Brexit »", "« brexit »"),
        ("la tour", "la tour"),
        ("3,400", "3400"),
    ],
)
def test_the_official_normalisation_is_squads(text: str, expected: str) -> None:
    assert normalise_official(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'ONU", "onu"),
        ("L’ONU", "onu"),
        ("de l'Otan", "de otan"),
        ("d’Irak", "irak"),
        ("aujourd'hui", "aujourd hui"),
        ("« Brexit »", "brexit"),
        ("«\u00a0Brexit\u00a0»", "brexit"),
        ('"Brexit"', "brexit"),
        ("“Brexit”", "brexit"),
        ("3 400", "3400"),
        ("3\u202f400\u00a0000 euros", "3400000 euros"),
        ("le 11 juillet 2018", "11 juillet 2018"),
        ("Le président de la République", "président république"),
        ("des chefs d'État et du gouvernement", "chefs état et gouvernement"),
        ("aux Etats-Unis", "etatsunis"),
        ("the vote and an answer", "vote and answer"),
        ("ﬁn de l’été", "fin de été"),
        ("E\u0301te\u0301", "été"),
        ("98%", "98"),
        ("", ""),
    ],
)
def test_the_french_normalisation_folds_typography_and_keeps_accents(text: str, expected: str) -> None:
    assert normalise_french(text) == expected


@pytest.mark.parametrize(
    ("prediction", "gold", "normalise", "expected_em", "expected_f1"),
    [
        ("l'ONU", ["ONU"], normalise_french, 1, 1),
        ("l'ONU", ["ONU"], normalise_official, 0, 0),
        ("« Brexit »", ["Brexit"], normalise_french, 1, 1),
        ("3 400", ["3400"], normalise_french, 1, 1),
        ("3 400", ["3400"], normalise_official, 0, 0),
        ("ete", ["été"], normalise_french, 0, 0),
        ("Jens Stoltenberg", ["M. Stoltenberg"], normalise_french, 0, 0.5),
        ("sommet à Bruxelles", ["Bruxelles", "le sommet"], normalise_french, 0, 0.5),
        ("la mission de l'Otan en Irak", ["mission"], normalise_french, 0, 1 / 3),
        ("b b c", ["b c c"], normalise_official, 0, 2 / 3),
        ("the cat", ["cat", "dog"], normalise_official, 1, 1),
        ("", [], normalise_official, 1, 1),
        ("Otan", [], normalise_official, 0, 0),
        ("", ["Otan"], normalise_french, 0, 0),
    ],
)
def test_scores_worked_by_hand(
    prediction: str, gold: list[str], normalise: Normalise, expected_em: float, expected_f1: float
) -> None:
    assert exact_match(prediction, gold, normalise) == expected_em
    assert f1(prediction, gold, normalise) == pytest.approx(expected_f1)


@given(texts, st.lists(texts, max_size=3), normalisers)
def test_f1_is_a_share_and_at_least_the_exact_match(prediction: str, gold: list[str], normalise: Normalise) -> None:
    score = f1(prediction, gold, normalise)
    assert 0 <= exact_match(prediction, gold, normalise) <= score <= 1
    assert f1(prediction, [*gold, prediction], normalise) == 1


@given(words, words, normalisers, st.integers(0, 99))
def test_f1_does_not_ask_for_an_order_and_is_symmetric(
    prediction: list[str], gold: list[str], normalise: Normalise, seed: int
) -> None:
    shuffled = random.Random(seed).sample(prediction, len(prediction))
    score = f1(" ".join(prediction), [" ".join(gold)], normalise)
    assert f1(" ".join(shuffled), [" ".join(gold)], normalise) == score
    assert f1(" ".join(gold), [" ".join(prediction)], normalise) == pytest.approx(score)


@given(texts, st.lists(texts, min_size=1, max_size=4), normalisers)
def test_scores_are_the_best_over_the_gold_answers(prediction: str, gold: list[str], normalise: Normalise) -> None:
    for score in (f1, exact_match):
        assert score(prediction, gold, normalise) == max(score(prediction, [one], normalise) for one in gold)


@given(st.text(max_size=40), normalisers)
def test_normalised_text_is_words_between_single_spaces(text: str, normalise: Normalise) -> None:
    assert normalise(text) == " ".join(normalise(text).split())


def test_auroc_worked_by_hand() -> None:
    assert auroc([0.9, 0.8, 0.3, 0.1], [True, True, False, False]) == 1
    assert auroc([0.1, 0.2, 0.8], [True, False, False]) == 0
    assert auroc([0.9, 0.4, 0.6, 0.1], [True, True, False, False]) == 0.75
    assert auroc([0.5, 0.5], [True, False]) == 0.5
    assert auroc([0.5, 0.6], [True, True]) is None
    assert auroc([], []) is None


def test_a_passage_is_right_when_it_holds_a_whole_gold_answer() -> None:
    passages = [(0, 10), (8, 20), (30, 40)]
    assert first_rank(passages, [(8, 12)]) == 2
    assert first_rank(passages, [(0, 10)]) == 1
    assert first_rank(passages, [(18, 31), (35, 40)]) == 3
    assert first_rank(passages, [(18, 31)]) is None
    assert first_rank([], [(0, 1)]) is None


def test_recall_and_reciprocal_rank_worked_by_hand() -> None:
    ranks = [1, 2, None, 4]
    assert [recall_at(ranks, k) for k in (1, 3, 5)] == [0.25, 0.5, 0.75]
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 0.5 + 0 + 0.25) / 4)
