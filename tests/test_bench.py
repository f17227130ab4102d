"""The benchmark of the page: which questions, which figures, and one short run in a real browser."""

from __future__ import annotations

import pytest
from browsing import CHROMIUM, needs_browser

from qa.bench import choose_questions, main, quantiles, time_page
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
