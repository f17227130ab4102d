"""The reason of an abstention."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.article import load_article
from qa.names import fold, is_mentioned
from qa.refusal import explain_refusal

HARBOUR = (
    "date 2019-05 Le port de Kerlaz rouvrira en juin, a annoncé la maire Yvette Morvan. "
    "Les pêcheurs, au nombre de 1 250, attendent 3,5 millions d'euros de l'Union européenne depuis 2016."
)


@pytest.mark.parametrize(
    ("question", "kind", "unknown"),
    [
        ("Comment cuire une tarte aux pommes ?", "off_topic", ()),
        ("How do I bake an apple tart?", "off_topic", ()),
        ("Combien de pêcheurs sont malades ?", "detail_missing", ()),
        ("Why did the European Union wait?", "detail_missing", ()),
        ("Pourquoi Yvette Morvan a-t-elle quitté Marseille ?", "unknown_premise", ("Marseille",)),
        ("Que s'est-il passé à Kerlaz en 1999 ?", "unknown_premise", ("1999",)),
        ("Combien des 1 250 pêcheurs ont reçu 900 euros ?", "unknown_premise", ("900",)),
        (
            "Qu'a dit Jean-Luc Le Bihan aux pêcheurs de l'Afrique de l'Ouest ?",
            "unknown_premise",
            ("Jean-Luc Le Bihan", "Afrique de l'Ouest"),
        ),
    ],
)
def test_reason(question: str, kind: str, unknown: tuple[str, ...]) -> None:
    found = explain_refusal(question, HARBOUR, similarity=0.2)
    assert (found.kind, found.unknown) == (kind, unknown)


def test_similar_passage_is_on_the_subject_even_without_a_shared_word() -> None:
    assert explain_refusal("Quand cela finira-t-il ?", HARBOUR, similarity=0.8).kind == "detail_missing"


@pytest.mark.parametrize("name", ["Iraq", "NATO", "Brussels", "Jordan", "Syria", "Baghdad", "Daesh", "United States"])
def test_english_names_are_known_in_the_french_article(name: str) -> None:
    assert is_mentioned(name, fold(load_article().text))


@pytest.mark.parametrize("name", ["Germany", "Turkey", "Macron", "Mosul", "Russia", "Paris"])
def test_names_the_article_lacks_are_not(name: str) -> None:
    assert not is_mentioned(name, fold(load_article().text))


@given(st.text("aeinst", min_size=4, max_size=12), st.lists(st.text("aeinst", min_size=1, max_size=12), max_size=20))
def test_a_word_spelled_almost_alike_is_known_and_no_other(word: str, others: list[str]) -> None:
    alike = [o for o in others if len(o) >= 4 and o[0] == word[0] and SequenceMatcher(None, word, o).ratio() >= 0.75]
    assert is_mentioned(word, " ".join(others)) == (word in others or bool(alike))


@pytest.mark.parametrize(
    ("number", "text", "known"),
    [
        ("3 400", "Ils sont 3.400.", True),
        ("3400", "Ils sont 3 400.", True),
        ("400", "Ils sont 3 400 ou 1400.", True),
        ("1 250", "En 2018 1 250 sont venus.", True),
        ("40", "Ils sont 3.400.", False),
        ("3,5", "13,5 millions", False),
    ],
)
def test_numbers_are_known_however_their_digits_are_grouped(number: str, text: str, known: bool) -> None:
    found = explain_refusal(f"Qui sont les {number} venus ?", text, 0.9)
    assert found.unknown == (() if known else (number,))


@pytest.mark.parametrize("question", ["?", "A", "1", "É", "«»", "2018 2018 2018", "l'", "NATO's"])
def test_any_question_has_a_reason(question: str) -> None:
    assert explain_refusal(question, HARBOUR, 0.0).kind in ("off_topic", "detail_missing", "unknown_premise")
