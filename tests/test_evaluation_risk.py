"""The promise of a controlled threshold: worked out by hand, and kept on drawn data."""

from __future__ import annotations

import numpy as np
import pytest

from qa.evaluation.risk import controlled_threshold, fewest_answers


def test_answers_that_are_all_right_are_all_given() -> None:
    probability = np.linspace(0.1, 1, 60)
    assert controlled_threshold(probability, np.zeros(60, dtype=np.bool_), 0.2) == pytest.approx(0.1)


def test_it_stops_where_the_test_first_fails() -> None:
    """60 right answers, then wrong ones: of 60 + k answers k are wrong; P(X <= 6 | 66, .2) = .0139 and
    P(X <= 7 | 67, .2) = .0292, P(X <= 8 | 68, .2) = .0548: seven of them are let in at 95%."""
    probability = np.linspace(1, 0.1, 90)
    wrong = np.arange(90) >= 60
    assert controlled_threshold(probability, wrong, 0.2) == pytest.approx(probability[66])


def test_the_first_test_is_on_enough_answers_to_be_passed() -> None:
    """Half of 20% of 37 answers is 3: P(X <= 3 | 37, .2) is under 5%, and P(X <= 3 | 36, .2) is not."""
    assert fewest_answers(0.2, 0.95) == 37
    assert fewest_answers(0.1, 0.95) == 76


def test_questions_of_one_probability_stand_or_fall_together() -> None:
    probability = np.repeat([0.9, 0.5], 40)
    wrong = np.concatenate([np.zeros(40, dtype=np.bool_), np.arange(40) % 2 == 0])
    assert controlled_threshold(probability, wrong, 0.2) == pytest.approx(0.9)


def test_no_threshold_where_the_surest_answers_are_wrong_or_too_few() -> None:
    assert controlled_threshold(np.linspace(1, 0, 50), np.ones(50, dtype=np.bool_), 0.3) is None
    assert controlled_threshold(np.linspace(1, 0, 10), np.zeros(10, dtype=np.bool_), 0.3) is None
    assert controlled_threshold(np.empty(0), np.empty(0, dtype=np.bool_), 0.3) is None


def test_the_promise_is_broken_at_most_as_often_as_it_says() -> None:
    """Drawn data whose true risk is known: an answer of probability p is wrong with probability 1 - p."""
    generator = np.random.default_rng(7)
    broken, n_draws = 0, 300
    for _ in range(n_draws):
        probability = generator.uniform(0.3, 1, 200)
        wrong = generator.uniform(size=200) > probability
        limit = controlled_threshold(probability, wrong, 0.25, confidence=0.9)
        if limit is not None:
            true_risk = 1 - (max(limit, 0.3) + 1) / 2  # of answers uniform between the limit and 1
            broken += true_risk > 0.25
    assert broken <= 0.1 * n_draws * 1.5


@pytest.mark.parametrize("risk", [0.0, 1.0, -0.1])
def test_a_risk_that_is_none_is_refused(risk: float) -> None:
    with pytest.raises(ValueError, match="expected both between 0 and 1"):
        controlled_threshold(np.ones(30), np.zeros(30, dtype=np.bool_), risk)
