"""The official SQuAD figures to the last digit, and French answers worked by hand.

LIGHTHOUSE is an input of our own; the figures beside it are what the official scripts, evaluate-v1.1.py and
evaluate-v2.0.py, printed for it. All else was worked out by hand from their published definition: text in
lower case, without ASCII punctuation, without a, an, the, white space joined; F1 over the counted words;
the best over the gold answers; the mean in percent.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.columns import ScoreTable, collect
from qa.evaluation.journal import Journal
from qa.evaluation.metrics import normalise_folded, squad_1
from qa.evaluation.outcome import Outcome
from qa.evaluation.runner import write_results
from qa.evaluation.scoring import score
from qa.evaluation.squad import squad_1 as print_squad_1
from qa.evaluation.squad import squad_2


def outcome(id: str, prediction: str, gold: tuple[str, ...], na_prob: float = 0.1, **more: Any) -> Outcome:
    given: dict[str, Any] = {"question": f"{id}?", "language": "en", "type": "?", "article": "t", "labelled": True}
    answered = prediction != ""
    given |= {"prediction": prediction, "forced": prediction, "answered": answered, "no_answer_probability": na_prob}
    return Outcome(id=id, gold=gold, **{**given, **more})


def score_all(*outcomes: Outcome) -> ScoreTable:
    return collect(map(score, outcomes))


LIGHTHOUSE: tuple[tuple[str, tuple[str, ...], str, float], ...] = (
    ("exact", ("the Harbour Light", "Harbour Light"), "Harbour Light!", 0.05),
    ("too long", ("1881",), "in the spring of 1881", 0.2),
    ("too short", ("Ada Penhale, a rope maker's daughter",), "Ada Penhale", 0.2),
    ("tied, loud", (), "a storm", 0.2),
    ("tied, right", ("forty-one years",), "forty one years", 0.2),
    ("tied, part", ("seven miles off the coast",), "seven miles", 0.2),
    ("elsewhere", ("paraffin", "paraffin oil"), "the granite quarry", 0.35),
    ("shy", ("her brother Tom",), "", 0.9),
    ("quiet", (), "", 0.8),
    ("quiet, sure of an answer", (), "", 0.1),
    ("only an article", (), "the", 0.15),
    ("only a mark", (), "...", 0.4),
    ("blank", (), " ", 0.4),
    ("gold is an article", ("The",), "", 0.6),
    ("gold is an article, part", ("a", "the old keeper"), "keeper", 0.6),
    ("not asked, answerable", ("the Trinity board",), "", 1.0),
    ("not asked, unanswerable", (), "", 1.0),
    ("repeated words", ("red and white and red",), "red and red and red", 0.3),
    ("one of three", ("the lamp room", "lamp", "at the top of the tower"), "top of the lamp tower", 0.3),
    ("number", ("1,250 tonnes",), "1250 tonnes of stone", 0.3),
    ("hyphen", ("half-built", "half built"), "the half built tower", 0.3),
    ("tied, loud at the end", (), "a hundred and four steps", 0.3),
    ("case", ("U.S. Coast Guard",), "the us coast guard cutter", 0.25),
    ("loud, late", (), "nobody knows", 0.95),
)
"""Question, gold answers, prediction, probability of no answer, in the order of the file."""


def lighthouse(order: Sequence[int] = range(len(LIGHTHOUSE))) -> list[Outcome]:
    """The outcomes; the system meant to answer with every text but those of the questions that were not asked."""
    chosen = [LIGHTHOUSE[i] for i in order]
    return [
        outcome(id, text, gold, na_prob, answered=True, error="not read" if id.startswith("not asked") else None)
        for id, gold, text, na_prob in chosen
    ]


def test_squad_2_prints_what_the_script_prints() -> None:
    assert squad_2(score_all(*lighthouse())) == {
        "exact": 33.333333333333336,
        "f1": 60.74404761904762,
        "total": 24,
        "HasAns_exact": 13.333333333333334,
        "HasAns_f1": 57.19047619047619,
        "HasAns_total": 15,
        "NoAns_exact": 66.66666666666667,
        "NoAns_f1": 66.66666666666667,
        "NoAns_total": 9,
        "best_exact": 41.666666666666664,
        "best_exact_thresh": 0.05,
        "best_f1": 57.96626984126985,
        "best_f1_thresh": 0.3,
    }


def test_squad_1_prints_what_the_script_prints() -> None:
    """The 1.1 script adds up one by one: the built-in sum of Python 3.12 and later ends in other digits."""
    answerable = [one for one in lighthouse() if one.gold]
    assert print_squad_1(score_all(*answerable)) == {"exact_match": 13.333333333333334, "f1": 50.52380952380952}
    assert print_squad_1(score_all(*lighthouse())) == {}
    assert (print_squad_1(score_all()), squad_2(score_all())) == ({}, {})


def test_results_are_in_the_order_of_the_file_which_decides_the_last_digits(tmp_path: Path) -> None:
    """Questions of one article are asked together, so the journal has another order than the file."""
    shuffled = random.Random(0).sample(range(len(LIGHTHOUSE)), len(LIGHTHOUSE))
    journal = Journal.create(tmp_path / "journal.jsonl", {"n_questions": len(LIGHTHOUSE)})
    found = [replace(one, position=i) for i, one in enumerate(lighthouse())]
    for number, first in enumerate(range(0, len(shuffled), 4)):
        journal.add(number, [found[i] for i in shuffled[first : first + 4]], 1.0)
    journal.close()
    summary = write_results(journal, tmp_path, {"profile": "none"}, "lighthouse.json")
    assert summary["squad_2"] == squad_2(score_all(*lighthouse())) != squad_2(score_all(*lighthouse(shuffled)))
    for name in ("predictions.json", "na_prob.json"):
        assert list(json.loads((tmp_path / name).read_text(encoding="utf-8"))) == [id for id, *_ in LIGHTHOUSE]


def test_gold_answers_of_which_nothing_is_left_are_dropped_as_in_squad_2() -> None:
    empty = score(outcome("x", "", ("the",)))  # a gold answer of which nothing is left is none: "" is right
    assert (empty.official_em, empty.official_f1) == (1, 1)
    mixed = score(outcome("x", "an", ("the", "Paris")))
    assert (mixed.official_em, mixed.official_f1) == (0, 0)


@pytest.mark.parametrize(
    ("prediction", "gold", "expected"),
    [
        ("the Denver Broncos", ["Denver Broncos", "Denver Broncos", "Denver Broncos"], (1, 1)),
        ("Carolina Panthers' defense", ["Carolina Panthers"], (0, 0.8)),
        ("1,000 to 2,000", ["1000"], (0, 0.5)),
        ("gold gold", ["gold"], (0, 2 / 3)),
        ("U.S. Army", ["US Army"], (1, 1)),
        ("theatre", ["atre"], (0, 0)),
        ("the", ["a"], (1, 0)),  # equal, but no word is shared: the 1.1 script says EM 1 and F1 0
        ("l'ONU", ["ONU"], (0, 0)),
        ("« Brexit »", ["Brexit"], (0, 0.5)),
        ("", ["Paris"], (0, 0)),
    ],
)
def test_squad_1_scores_worked_by_hand(prediction: str, gold: list[str], expected: tuple[float, float]) -> None:
    assert squad_1(prediction, gold) == pytest.approx(expected, abs=0)


def test_predictions_file_is_of_the_scripts_form(tmp_path: Path) -> None:
    from qa.evaluation.outputs import write_na_prob, write_predictions

    found = [outcome('a"b', "« é »\n", ()), outcome("lone \ud800", "", ())]
    write_predictions(tmp_path, found)
    write_na_prob(tmp_path, found)
    assert json.loads((tmp_path / "predictions.json").read_text(encoding="utf-8")) == {
        'a"b': "« é »\n",
        "lone \ud800": "",
    }
    assert json.loads((tmp_path / "na_prob.json").read_text(encoding="utf-8")) == {'a"b': 0.1, "lone \ud800": 0.1}
    write_predictions(tmp_path, [])
    assert json.loads((tmp_path / "predictions.json").read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize(
    ("prediction", "gold", "em", "f1", "official_f1"),
    [
        ("l'ONU", "ONU", 1, 1, 0),
        ("« Brexit »", "Brexit", 1, 1, 0.5),
        ("l’Assemblée nationale", "Assemblée nationale", 1, 1, 0.5),
        ("3\u202f400 soldats", "3400 soldats", 1, 1, 0.4),
        ("les 11 et 12 juillet", "11 et 12 juillet", 1, 1, 8 / 9),
        ("de la coalition", "coalition", 1, 1, 0.5),
        ("Macron a déclaré", "Macron déclaré", 1, 1, 1),
        ("aujourd’hui", "aujourd'hui", 1, 1, 0),
        ("le ministre des Armées", "ministre de l'Armée", 0, 0.4, 2 / 7),
    ],
)
def test_french_answers_worked_by_hand(prediction: str, gold: str, em: float, f1: float, official_f1: float) -> None:
    found = score(outcome("a", prediction, (gold,)))
    assert [found.em, found.f1, found.official_f1] == pytest.approx([em, f1, official_f1])


def test_accents_are_folded_in_the_second_figure_alone() -> None:
    found = score(outcome("a", "le coeur de l'Ecole", ("Cœur de l’École",)))
    assert (found.em, found.folded_em, found.folded_f1) == (0, 1, 1)
    assert normalise_folded("Où naît l’été ?") == "ou nait ete"


def test_a_question_that_could_not_be_asked_is_wrong_with_or_without_an_answer() -> None:
    for gold in ((), ("Paris",)):
        found = score(outcome("a", "", gold, 1.0, error="q.jsonl: line 3: no JSON"))
        assert (found.em, found.f1, found.stage, found.milliseconds) == (0, 0, "error", None)
    # The scripts only see an empty prediction.
    assert score(outcome("a", "", (), 1.0, error="...")).official_f1 == 1
