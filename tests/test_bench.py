"""The benchmarks: which questions, articles and figures, and one short run in a real browser."""

from __future__ import annotations

import numpy as np
import pytest
from browsing import CHROMIUM, needs_browser

from embeddings import bench as index_bench
from embeddings.vectors import Kind
from qa.bench import asking, cold, machine
from qa.bench.__main__ import main
from qa.bench.page import choose_questions, quantiles, time_page
from qa.language import detect_language


def test_questions_are_english_and_french_by_turns() -> None:
    questions = choose_questions(20)
    assert len(set(questions)) == 20
    assert [detect_language(question) for question in questions] == ["en", "fr"] * 10


def test_quantiles_of_known_times() -> None:
    assert quantiles([float(n) for n in range(101)]) == (50.0, 95.0)


@needs_browser
def test_a_question_is_timed_until_it_is_painted(address: str) -> None:
    assert CHROMIUM is not None
    times = time_page(address, ["why did NTM-I end?", "Où aura lieu le sommet ?"], CHROMIUM)
    assert times.answered == (3.0, 3.0)
    assert all(painted > 3 for painted in times.painted)


def test_a_browser_that_is_not_there_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["page"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_articles_are_as_long_as_asked_for_and_the_seed_by_default() -> None:
    assert asking.make_article(0).name == "dispatch.txt"
    for n in (1_000, 300_000):
        assert len(asking.make_article(n).text) == n


def test_a_ratio_is_the_median_of_the_questions_own() -> None:
    slow, quick = asking.Asked("slow", 0, (10.0, 20.0, 90.0)), asking.Asked("quick", 0, (5.0, 5.0, 10.0))
    assert asking.ratio(slow, quick) == 4.0
    table = asking.format_asked([quick, slow], asking.Limit(500, 11.0, 5.0)).splitlines()
    assert table[-1] == "| slow | 0.00 | 20.0 | 83.0 | 4.00 | 4.00 |"


def test_questions_a_second_are_compared_with_the_first() -> None:
    assert asking.format_many([("ours", 20.0), ("theirs", 4.0)]).splitlines()[-1] == "| theirs | 4.0 | 5.00 |"


def test_a_cold_start_is_a_share_of_the_last_program() -> None:
    found = [
        cold.Started("ours", (1.0, 1.0, 2.0), (1.5, 1.5, 1.5), 200.0),
        cold.Started("plain", (5.0, 4.0, 4.0), (6.0,), 900.0),
    ]
    assert "| ours | 1.00 | 1.50 | 25% | 200 |" in cold.format_cold(found)


def test_operations_are_the_layers_two_a_weight_and_the_attentions() -> None:
    weights = 6 * (4 * 384 * 384 + 2 * 384 * 1536)
    assert machine.count_flops([10]) == 2 * 10 * weights + 6 * 4 * 10 * 10 * 384
    assert machine.count_flops([10, 5]) == machine.count_flops([10]) + machine.count_flops([5])


def test_made_up_rows_depend_on_their_number_alone_and_the_exact_search_finds_them() -> None:
    real = np.random.default_rng(1).standard_normal((30, 16), dtype=np.float32)
    made_up = index_bench.MadeUp(real / np.linalg.norm(real, axis=1, keepdims=True))
    rows = made_up.rows(range(2_000))
    np.testing.assert_array_equal(made_up.rows([1_999, 3]), rows[[1_999, 3]])
    exact = index_bench.find_exactly(made_up, 2_000, rows[[5, 700]])
    assert exact == [set(np.argsort(-(rows @ rows[i]))[:10].tolist()) for i in (5, 700)]


@pytest.mark.parametrize(("kind", "least"), [("flat", 1.0), ("cells", 0.8), ("graph", 0.9)])
def test_an_index_is_measured_and_finds_nearly_all(kind: Kind, least: float) -> None:
    real = np.random.default_rng(1).standard_normal((30, 16), dtype=np.float32)
    real /= np.linalg.norm(real, axis=1, keepdims=True)
    found = index_bench.measure(kind, 3_000, real, real[:20])
    assert least <= found.recall <= 1
    assert 0 < found.p50 <= found.p95
    assert f"| 3,000 | {kind}" in index_bench.format_table([found])
