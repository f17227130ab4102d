"""The fuzzer: what holds of every input holds of some hundreds, and what is broken on purpose is found and shrunk."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

import embeddings.passages as passages_module
import qa.spans as spans_module
from qa.evaluation.sources import read_source
from qa.stress.__main__ import main
from qa.stress.fuzz import shorten
from qa.stress.fuzzing.inputs import Edit, apply_edits
from qa.stress.fuzzing.properties import PROPERTIES, Property
from qa.stress.fuzzing.trial import try_hypothesis
from qa.web.article_pane import render_article

N = 200
Plant = Callable[[pytest.MonkeyPatch], None]


def find_property(name: str) -> Property:
    return next(each for each in PROPERTIES if each.name == name)


def plant_offset(patch: pytest.MonkeyPatch) -> None:
    """Every paragraph, sentence and passage of over ten characters begins one too late."""
    strip = passages_module._strip

    def strip_more(text: str, bounds: tuple[int, int]) -> tuple[int, int]:
        start, end = strip(text, bounds)
        return start + (end - start > 10), end

    patch.setattr(passages_module, "_strip", strip_more)


def plant_span(patch: pytest.MonkeyPatch) -> None:
    """A span ends a character too late."""
    snap = spans_module.snap_to_words

    def snap_more(text: str, start: int, end: int) -> tuple[int, int]:
        first, last = snap(text, start, end)
        return first, last + 1

    patch.setattr(spans_module, "snap_to_words", snap_more)


def plant_markup(patch: pytest.MonkeyPatch) -> None:
    """The article's pane shows markup as it is."""

    def render_raw(*args: Any) -> str:
        return render_article(*args).replace("&lt;", "<").replace("&gt;", ">")

    patch.setattr("qa.stress.fuzzing.pages.render_article", render_raw)


def plant_crash(patch: pytest.MonkeyPatch) -> None:
    """A question file in which something is escaped ends in an error of Python's own."""

    def read_until_escaped(path: Any) -> Any:
        if b"\\u" in path.read_bytes():
            raise KeyError("escaped")
        return read_source(path)

    patch.setattr("qa.stress.fuzzing.questions.read_source", read_until_escaped)


def test_the_shares_of_all_inputs_add_up() -> None:
    assert sum(each.share for each in PROPERTIES) == pytest.approx(1)


@pytest.mark.parametrize("tried", PROPERTIES, ids=lambda tried: tried.name)
def test_some_hundred_inputs_break_nothing_and_are_both_read_and_refused(tried: Property) -> None:
    outcome = try_hypothesis(tried, N, 1)
    assert outcome.failure is None
    assert outcome.n >= N
    assert 0 < outcome.n_accepted < outcome.n
    assert 0 < outcome.slowest <= outcome.seconds


@pytest.mark.parametrize(
    ("name", "plant", "reason"),
    [
        ("texts", plant_offset, "left out"),
        ("passages", plant_offset, "left out"),
        ("spans", plant_span, "has more than|holds|in a paragraph"),
        ("answers and cards", plant_markup, "of ours|the article's|an instruction|a declaration|a comment"),
        ("question files", plant_crash, "KeyError: 'escaped'"),
    ],
)
def test_what_is_broken_on_purpose_is_found_and_shrunk(
    name: str, plant: Plant, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    failure = try_hypothesis(find_property(name), 2_000, 0).failure
    assert failure is not None
    assert re.search(reason, failure.reason)
    assert len(failure.example) < 250


def test_what_fails_is_printed_with_its_smallest_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("qa.stress.fuzzing.properties.PROPERTIES", (find_property("texts"),))
    assert main(["fuzz", "--n", "1000"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"\| texts \| 170 \| \d+% \| \d+% \| \d+ \| \d+ \| PASS \|\nPASS: 170 inputs in", printed)
    plant_offset(monkeypatch)
    assert main(["fuzz", "--n", "10000"]) == 1
    printed = capsys.readouterr().out
    assert "| FAIL |" in printed
    assert re.search(r"\ntexts: BrokenClaimError: nothing but white space is left out .*\nwith '.+'\nFAIL: ", printed)


def test_a_missing_engine_is_said_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    assert main(["fuzz", "--engine", "atheris"]) == 2
    assert capsys.readouterr().err == "error: fuzz needs atheris: pip install 'dispatch-qa[stress]'\n"


def test_bytes_are_cut_and_spliced_where_an_edit_says() -> None:
    assert apply_edits(b"abcdef", [Edit(2, 3, b"X")]) == b"abXf"
    assert apply_edits(b"abc", [Edit(4, 0, b"X"), Edit(1, 99, b"")]) == b"X"


def test_a_long_example_is_shown_without_its_middle() -> None:
    assert shorten("a" * 800) == "a" * 800
    assert shorten("a" * 400 + "b" * 1000 + "c" * 400) == "a" * 400 + " [1,000 characters] " + "c" * 400


def test_coverage_guides_to_what_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("atheris", reason="atheris has wheels for Linux on x86-64 alone")
    from qa.stress.fuzzing.guided import try_atheris

    tried = find_property("texts")
    outcome = try_atheris(tried, 300, 0)
    assert outcome.failure is None
    assert outcome.n >= 300 > outcome.n_accepted > 0
    plant_offset(monkeypatch)
    found = try_atheris(tried, 10_000, 0)
    assert found.failure is not None
    assert "left out" in found.failure.reason
    assert len(found.failure.example) < 20
    assert found.n < 10_000
