"""The benchmarks: which questions, articles and figures, and one short run in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pytest
from browsing import CHROMIUM, needs_browser
from fakes import Plant, PlantedReader, fake_models

from embeddings import bench as index_bench
from embeddings.vectors import Kind
from qa.article import Article
from qa.bench import asking, cold, machine, process
from qa.bench.__main__ import main
from qa.bench.page import choose_questions, quantiles, time_page
from qa.config import RetrievalSettings
from qa.errors import DispatchError
from qa.language import detect_language
from qa.pipeline import ArticleQA


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


def test_the_limit_counts_what_was_read() -> None:
    text = "\n\n".join(f"Le pays {i:02} a choisi la ville{i:02}." for i in range(20))
    sure, unsure = {"Et le pays 07 ?": Plant("ville07", 2.0)}, {"Et le pays 07 ?": Plant("ville07", 0.2)}
    read = []
    for plants in (sure, unsure):
        models = fake_models(PlantedReader(plants), retrieval=RetrievalSettings(n_first=2, sure=1.0))
        read.append(asking.find_limit(ArticleQA.load(Article.from_text(text), models), list(plants)))
    assert 0 < read[0].n_tokens * 4 < read[1].n_tokens
    assert 0 < read[0].gflop * 4 < read[1].gflop


def make_asked(system: str, times: tuple[float, ...], rate: float) -> asking.Asked:
    return asking.Asked(system, 2.0, times, rate, 300.0)


def test_ratios_are_to_the_first_system_and_a_questions_own() -> None:
    quick, slow = make_asked("quick", (5.0, 5.0, 10.0), 20.0), make_asked("slow", (10.0, 20.0, 90.0), 4.0)
    assert asking.ratio(slow, quick) == 4.0
    limit = asking.Limit(500, 1.0, machine.Rates(200.0, 600.0))
    assert limit.products == 5.0
    table = asking.format_measured([asking.Measured(2_000, 7, 7, (quick, slow), limit)]).splitlines()
    assert table[-1] == "| 2,000 | slow | 2.0 | 20.0 | 83.0 | 4.00 | 4.00 | 4.0 | 5.00 | 300 |"


def open_sleeper(name: str, article: Article, passages: Sequence[str]) -> Callable[[Sequence[str]], list[str]]:
    """A system that takes a hundredth of a second a question, and fails at one."""

    def ask(questions: Sequence[str]) -> list[str]:
        if "fail" in questions:
            raise ValueError(f"no answer among {len(passages)} passages of {article.name}")
        time.sleep(len(questions) / 100)
        return [name for _ in questions]

    return ask


_SERVE = process._serve


def serve_sleeper(*arguments: Any) -> None:
    """What a process runs in place of a real system's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "open_system", open_sleeper)
        _SERVE(*arguments)


def test_a_system_answers_in_a_process_of_its_own_and_its_failure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_serve", serve_sleeper)
    with process.SystemProcess("sleeper", Article.from_text("Paris vote."), ["Paris vote."]) as sleeper:
        assert 0.03 <= sleeper.ask(["a", "b", "c"]) < 5
        assert 10 < sleeper.peak() < 2_000
        with pytest.raises(DispatchError, match="sleeper: no answer among 1 passages of article"):
            sleeper.ask(["fail"])
        with pytest.raises(DispatchError, match="its process ended"):
            sleeper.ask(["a"])
    assert not sleeper._process.is_alive()


class Listener:
    """Takes as many seconds as it was asked questions so far."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, questions: Sequence[str]) -> float:
        self.asked += questions
        return len(self.asked)


def test_systems_take_turns_at_each_question_and_are_warm() -> None:
    listeners = [Listener(), Listener()]
    times = asking._ask_by_turns(cast("list[process.SystemProcess]", listeners), ["a", "b"])
    assert [each.asked for each in listeners] == [["a", "b", "b", "a", "a", "b"]] * 2
    assert times == [(4_000.0, 6_000.0)] * 2


def test_rates_are_of_the_products_alone() -> None:
    rates = machine.measure_rates(64)
    assert rates.fp32 > 0
    assert rates.int8 > 0


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
