"""What a follow-up is taken to mean."""

from __future__ import annotations

import pytest
from web_fakes import Planned, PlannedArticle

from qa.article import Article
from qa.followup import Turn, understand


@pytest.mark.parametrize(
    ("before", "answer", "asked", "understood"),
    [
        ("Où aura lieu le sommet ?", "Bruxelles", "et quand ?", "Quand aura lieu le sommet ?"),
        ("Where will the summit be held?", "Oslo", "and when?", "When will the summit be held?"),
        ("Quand est-ce que le train part ?", "à midi", "pourquoi ?", "Pourquoi le train part ?"),
        (
            "Combien de formateurs sont en Irak ?",
            "vingt",
            "et en Jordanie ?",
            "Combien de formateurs sont en Jordanie ?",
        ),
        ("How many trainers are in Iraq?", "twenty", "and in Jordan?", "How many trainers are in Jordan?"),
        ("How many trainers are in Iraq?", "twenty", "what about Jordan?", "How many trainers are in Jordan?"),
        ("Quelle part a été libérée ?", "98%", "qui l'a dit ?", "Qui a dit « 98% » ?"),
        ("What share was freed?", "98%", "who said that?", "Who said “98%”?"),
        ("Who leads the council?", "Ingrid Berg", "since when?", "Since when: Ingrid Berg?"),
    ],
)
def test_made_complete(before: str, answer: str, asked: str, understood: str) -> None:
    found = understand(asked, Turn(before, answer))
    assert found.question == understood
    assert found.changed


@pytest.mark.parametrize(
    "asked",
    [
        "Quand aura lieu le sommet ?",
        "Who leads NATO?",
        "et combien de soldats l'Otan a-t-elle envoyés en Irak ?",
        "???",
    ],
)
def test_question_that_stands_alone_is_left_alone(asked: str) -> None:
    found = understand(asked, Turn("Où est le port ?", "à Brest"))
    assert found.question == asked
    assert not found.changed


def test_nothing_came_before() -> None:
    assert understand("et quand ?", None).question == "et quand ?"


def test_nothing_was_answered_so_nobody_said_it() -> None:
    assert not understand("qui a dit ça ?", Turn("Qui dirige le port ?", "")).changed


def test_who_said_a_few_words_is_asked_of_the_sentence_that_they_stand_in() -> None:
    found = understand("qui a dit ça ?", Turn("Combien sont venus ?", "98%", "98% sont venus au port"))
    assert found.question == "Qui a dit « 98% sont venus au port » ?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Selon Yann Kerbrat, 38 bateaux dorment au port.", "38 bateaux dorment au port"),
        ("Il a rappelé que 38 bateaux dorment au port.", "38 bateaux dorment au port"),
        ('"Nos 38 bateaux dorment au port", a dit le maire, Yann Kerbrat.', "Nos 38 bateaux dorment au port"),
        ("Au port dorment 38 bateaux.", "Au port dorment 38 bateaux"),
    ],
)
def test_what_was_said_leaves_out_who_said_it(text: str, said: str) -> None:
    article = PlannedArticle(Article.from_text(text, "a"), {"combien ?": Planned(("38 bateaux",))})
    assert Turn.of("Combien ?", article.ask("Combien ?")).said == said


def test_long_answer_is_quoted_shortened() -> None:
    found = understand("who said that?", Turn("Why?", "word " * 200))
    assert found.question.endswith("…”?")
    assert len(found.question) < 200
