"""The official SQuAD figures to the last digit, and French answers worked by hand.

The expected figures were worked out by hand from the published definition of the two scripts: text in
lower case, without ASCII punctuation, without a, an, the, white space joined; F1 over the counted words;
the best over the gold answers; the mean in percent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.metrics import normalise_folded, squad_1
from qa.evaluation.outcome import Outcome
from qa.evaluation.scoring import Scored, score
from qa.evaluation.squad import squad_1 as print_squad_1
from qa.evaluation.squad import squad_2


def outcome(id: str, prediction: str, gold: tuple[str, ...], na_prob: float = 0.1, **more: Any) -> Outcome:
    given: dict[str, Any] = {"question": f"{id}?", "language": "en", "type": "?", "article": "t", "labelled": True}
    answered = prediction != ""
    given |= {"prediction": prediction, "forced": prediction, "answered": answered, "no_answer_probability": na_prob}
    return Outcome(id=id, gold=gold, **{**given, **more})


def score_all(*outcomes: Outcome) -> list[Scored]:
    return [score(one) for one in outcomes]


SQUAD_2 = score_all(
    outcome("exact", "The Eiffel Tower", ("Eiffel Tower!", "a tower"), 0.05),  # EM 1, F1 1
    outcome("part", "in the city of Paris", ("Paris", "Paris, France"), 0.2),  # 1 of 4 words; best F1 2/5
    outcome("wrong", "Rome", ("Paris",), 0.3),  # 0
    outcome("shy", "", ("Berlin",), 0.9),  # 0
    outcome("quiet", "", (), 0.8),  # 1
    outcome("loud", "Vienna", (), 0.4),  # 0
    outcome("nothing left", "", ("the",), 0.6),  # a gold answer of which nothing is left is none: "" is right
)


def test_squad_2_prints_what_the_script_prints() -> None:
    assert squad_2(SQUAD_2[:6]) == {
        "exact": 100.0 * 2 / 6,
        "f1": 100.0 * (1 + 0.4 + 1) / 6,
        "total": 6,
        "HasAns_exact": 25.0,
        "HasAns_f1": 100.0 * 1.4 / 4,
        "HasAns_total": 4,
        "NoAns_exact": 50.0,
        "NoAns_f1": 50.0,
        "NoAns_total": 2,
        # From 2 for the two questions without an answer, in the order of na_prob:
        # exact: 3 (exact), 3 (part), 3 (wrong), 2 (loud), 2 (quiet), 2 (shy); the most after the first
        "best_exact": 50.0,
        "best_exact_thresh": 0.05,
        # F1: 3, 3.4, 3.4, 2.4 ...; the most after the second
        "best_f1": 100.0 * 3.4 / 6,
        "best_f1_thresh": 0.2,
    }


def test_gold_answers_of_which_nothing_is_left_are_dropped_as_in_squad_2() -> None:
    assert (SQUAD_2[6].official_em, SQUAD_2[6].official_f1) == (1, 1)
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


def test_squad_1_prints_two_figures_and_knows_no_unanswerable_question() -> None:
    scored = score_all(
        outcome("a", "the cat", ("cat",)), outcome("b", "a black dog", ("dog",)), outcome("c", "x", ("y",))
    )
    assert print_squad_1(scored) == {"exact_match": 100.0 / 3, "f1": 100.0 * (1 + 2 / 3) / 3}
    assert print_squad_1(SQUAD_2[:6]) == {}


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
