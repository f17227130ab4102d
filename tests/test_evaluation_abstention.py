"""Intervals, calibration figures, thresholds and retrieval figures, worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_evaluation_official import outcome

from qa.evaluation import abstention as abst
from qa.evaluation.intervals import bootstrap, mcnemar, paired_bootstrap
from qa.evaluation.metrics import mean_reciprocal_rank, recall_at
from qa.evaluation.retrieval import retrieval_figures
from qa.evaluation.scoring import Scored, score


def floats(*values: float) -> abst.FloatVector:
    return np.array(values, dtype=np.float64)


def bools(*values: int) -> abst.BoolVector:
    return np.array(values, dtype=np.bool_)


def test_calibration_error_and_brier_worked_by_hand() -> None:
    probability, came_true = floats(0.9, 0.1, 0.8, 0.2), bools(1, 0, 0, 0)
    bins = abst.reliability_bins(probability, came_true, 2)
    assert [b.probability for b in bins] == pytest.approx([0.15, 0.85])
    assert [(b.share, b.n) for b in bins] == [(0, 2), (0.5, 2)]
    assert abst.expected_calibration_error(bins) == pytest.approx(0.5 * 0.15 + 0.5 * 0.35)
    assert abst.brier(probability, came_true) == pytest.approx((0.01 + 0.01 + 0.64 + 0.04) / 4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=80))
def test_bins_have_equal_mass_and_hold_every_question(values: list[float]) -> None:
    bins = abst.reliability_bins(np.array(values), np.zeros(len(values), dtype=np.bool_))
    sizes = [b.n for b in bins]
    assert sum(sizes) == len(values)
    assert len(bins) == min(10, len(values))
    assert max(sizes) - min(sizes) <= 1
    assert all(a.probability <= b.probability + 1e-12 for a, b in pairwise(bins))


def test_risk_and_coverage_worked_by_hand() -> None:
    curve = abst.risk_coverage(floats(0.9, 0.5, 0.7), floats(1, 0.5, 0))
    assert curve.coverage == pytest.approx((1 / 3, 2 / 3, 1))
    assert curve.risk == pytest.approx((0, 0.5, 0.5))
    assert curve.area == pytest.approx(1 / 3)
    assert curve.best_area == pytest.approx((0 + 0.25 + 0.5) / 3)


def test_questions_of_equal_confidence_share_their_score() -> None:
    one, other = (abst.risk_coverage(floats(0.5, 0.5), floats(*scores)) for scores in ((1, 0), (0, 1)))
    assert one.risk == pytest.approx((0.5, 0.5))
    assert other.risk == pytest.approx((0.5, 0.5))


def test_threshold_worked_by_hand() -> None:
    probability, scores, answerable = floats(0.9, 0.8, 0.6, 0.3), floats(1, 0, 0.8, 0.1), bools(1, 0, 1, 1)
    # Answering down to each: none 1/4; 0.9 2/4; 0.8 1/4; 0.6 1.8/4; all 1.9/4
    assert abst.best_threshold(probability, scores, answerable) == pytest.approx(0.85)
    assert abst.score_at(0.85, probability, scores, answerable) == 0.5
    assert abst.best_threshold(floats(0.2), floats(0.5), bools(1)) == 0
    assert abst.best_threshold(floats(0.9), floats(0), bools(0)) == 1


questions = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]), st.floats(0, 1), st.booleans()), min_size=1, max_size=12
)


@given(questions)
def test_no_threshold_is_better_than_the_best(rows: list[tuple[float, float, bool]]) -> None:
    probability, scores, answerable = (np.array(column) for column in zip(*rows, strict=True))
    scores = np.where(answerable, scores, 0.0)
    found = abst.best_threshold(probability, scores, answerable)
    # 1 abstains from all but probability 1 itself, as the command does
    tried = [abst.score_at(t, probability, scores, answerable) for t in (0, 0.1, 0.35, 0.6, 0.85)]
    if found < 1:
        assert abst.score_at(found, probability, scores, answerable) >= max(tried) - 1e-12


def test_a_threshold_is_reported_on_the_half_it_was_not_chosen_on() -> None:
    probability, scores = floats(0.9, 0.4, 0.6, 0.1), floats(1, 0, 0, 1)
    answerable, half = bools(1, 0, 0, 1), bools(1, 1, 0, 0)
    first, second = abst.cross_threshold(probability, scores, answerable, half)
    assert [first.value, first.score_chosen_on, first.score_reported_on] == pytest.approx([0.65, 1, 0.5])
    assert (second.n_chosen_on, second.n_reported_on) == (2, 2)
    assert abst.cross_threshold(probability, scores, answerable, bools(1, 1, 1, 1)) == []


def test_halves_are_about_equal_and_always_the_same() -> None:
    found = [abst.in_first_half(f"q{i}") for i in range(1000)]
    assert found[7] == abst.in_first_half("q7")
    assert 430 < sum(found) < 570


def test_intervals_hold_the_mean_and_are_the_same_each_time() -> None:
    values = np.array([[0.0], [1.0]] * 200)
    (found,) = bootstrap(values)
    assert found.mean == 0.5
    # 1.96 standard errors of a fair coin thrown 400 times
    assert found.low == pytest.approx(0.5 - 0.049, abs=0.008)
    assert found.high == pytest.approx(0.5 + 0.049, abs=0.008)
    assert bootstrap(values) == [found]
    assert bootstrap(values, seed=1) != [found]
    assert paired_bootstrap([0.2, 0.4], [0.3, 0.5]).low == pytest.approx(0.1)


def test_mcnemar_worked_by_hand() -> None:
    before, after = [True] * 5 + [False] * 5, [True] * 4 + [False] + [True] * 4 + [False]
    # One broken, four fixed: 2 * (C(5,0) + C(5,1)) / 2**5
    assert mcnemar(before, after) == pytest.approx(2 * 6 / 32)
    assert mcnemar([True, False], [True, False]) == 1


def retrieved(id: str, found: tuple[int, ...], relevant: tuple[int, ...]) -> Scored:
    return replace(
        score(outcome(id, "x", ("x",), gold_places=((0, 1),))),
        retrieved=found,
        relevant=relevant,
        rank=next((rank for rank, p in enumerate(found, 1) if p in relevant), None),
    )


def test_retrieval_worked_by_hand_and_as_our_own_definitions_have_it() -> None:
    rows = [
        retrieved("first", (7, 1, 2), (7,)),
        retrieved("second", (3, 0, 4), (0, 9)),
        retrieved("fourth", (1, 2, 3, 4), (4,)),
        retrieved("missing", (1, 2), (8,)),
        retrieved("crosses two passages", (1, 2), ()),
    ]
    figures = retrieval_figures(rows)
    ranks = [row.rank for row in rows]
    assert ranks == [1, 2, 4, None, None]
    assert figures["n"] == 5
    assert [figures[f"recall@{k}"] for k in (1, 3, 5)] == pytest.approx([recall_at(ranks, k) for k in (1, 3, 5)])
    assert figures["mrr"] == pytest.approx(mean_reciprocal_rank(ranks))
    second = (1 / math.log2(3)) / (1 + 1 / math.log2(3))  # two right passages, one of them found, at rank 2
    assert figures["ndcg@5"] == pytest.approx((1 + second + 1 / math.log2(5)) / 5, abs=1e-4)


def test_questions_without_a_place_or_an_answer_are_no_part_of_retrieval() -> None:
    assert retrieval_figures([score(outcome("a", "x", ("x",))), score(outcome("b", "", ()))]) == {"n": 0}
