"""The killer: what the project writes survives, and what is written in place, or told too early, is noticed."""

from __future__ import annotations

import logging
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import pytest

import qa.evaluation.outputs as outputs_module
from embeddings.index import PassageIndex
from embeddings.storage import UNFINISHED
from qa.errors import DispatchError
from qa.stress.__main__ import main
from qa.stress.killed_work import EvaluationWork, FeedbackWork, IndexWork
from qa.stress.killing import Work, kill_often, require
from qa.web.feedback import FeedbackStore


def plant_index(patch: pytest.MonkeyPatch) -> None:
    """An index is written where it is read, file after file."""

    def save(self: PassageIndex, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._write(folder)

    patch.setattr(PassageIndex, "save", save)


def plant_feedback(patch: pytest.MonkeyPatch) -> None:
    """Judgements are collected, and written four at a time."""
    add, waiting = FeedbackStore.add, list[Any]()

    def collect(self: FeedbackStore, *judgement: Any, **named: Any) -> None:
        waiting.append((judgement, named))
        if len(waiting) == 4:
            for one, names in waiting:
                add(self, *one, **names)
            waiting.clear()

    patch.setattr(FeedbackStore, "add", collect)


def plant_results(patch: pytest.MonkeyPatch) -> None:
    """Results are written where they are read, slowly."""

    @contextmanager
    def write_in_place(path: Path) -> Iterator[TextIO]:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write("{")
            file.flush()
            time.sleep(0.3)
            file.seek(0)
            yield file

    patch.setattr(outputs_module, "write_whole", write_in_place)


@pytest.mark.parametrize(("make", "n"), [(IndexWork, 6), (FeedbackWork, 8), (EvaluationWork, 2)])
def test_what_is_killed_leaves_nothing_that_cannot_be_read(
    make: Callable[[Path], Work], n: int, tmp_path: Path
) -> None:
    outcome = kill_often(make(tmp_path), n, random.Random(1))
    assert outcome.failure is None
    assert outcome.n_kills == n
    assert 0 <= outcome.n_writing <= n
    assert outcome.length > 0


@pytest.mark.parametrize(
    ("make", "plant", "reason"),
    [
        (IndexWork, plant_index, "missing or damaged|whole index"),
        (FeedbackWork, plant_feedback, "were saved"),
        (EvaluationWork, plant_results, "whole or not there|JSONDecodeError"),
    ],
)
def test_what_is_not_written_whole_is_noticed(
    make: Callable[[Path], Work],
    plant: Callable[[pytest.MonkeyPatch], None],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = make(tmp_path)
    plant(monkeypatch)
    outcome = kill_often(work, 60, random.Random(0))
    assert outcome.failure is not None
    assert re.search(reason, outcome.failure)


class SleepingWork:
    """Takes half a second; with `claim` it says after a kill that this does not hold."""

    name = "sleep"

    def __init__(self, folder: Path, claim: str = "", status: int = 0) -> None:
        self.folder = folder
        self._claim = claim
        self._status = status

    def begin(self) -> None:
        pass

    def do(self) -> None:
        (self.folder / f"half{UNFINISHED}").touch()
        time.sleep(0.5)
        (self.folder / f"half{UNFINISHED}").unlink()
        sys.exit(self._status)

    def check(self) -> None:
        require(self._claim == "", self._claim)
        (self.folder / f"half{UNFINISHED}").unlink(missing_ok=True)


def test_the_kills_and_what_they_broke_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "disable", lambda _: None)
    monkeypatch.setattr("qa.stress.killed_work.EvaluationWork", SleepingWork)
    monkeypatch.setattr("qa.stress.killed_work.FeedbackWork", SleepingWork)
    monkeypatch.setattr("qa.stress.killed_work.IndexWork", SleepingWork)
    assert main(["kill", "--n", "3"]) == 0
    printed = capsys.readouterr().out
    assert len(re.findall(r"\| sleep \| \d+\.\d\d \| 1 \| [01] \| PASS \|", printed)) == 3
    assert re.search(r"\nPASS: 3 kills, [0-3] of them in a write\n", printed)
    monkeypatch.setattr("qa.stress.killed_work.IndexWork", partial(SleepingWork, claim="the sky is blue"))
    assert main(["kill", "--n", "3"]) == 1
    assert "BrokenStateError: the sky is blue\nFAIL: 3 kills" in capsys.readouterr().out


def test_work_that_fails_by_itself_is_no_kill(tmp_path: Path) -> None:
    with pytest.raises(DispatchError, match="sleep: ended with 3 without being killed"):
        kill_often(SleepingWork(tmp_path, status=3), 1, random.Random(0))


class ProgramWork(SleepingWork):
    """Becomes another program, which goes on for a second."""

    name = "program"

    def do(self) -> None:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(1)"])


def test_a_program_is_killed_before_its_end(tmp_path: Path) -> None:
    began = time.monotonic()
    outcome = kill_often(ProgramWork(tmp_path), 2, random.Random(0))
    assert (outcome.n_kills, outcome.failure) == (2, None)
    assert 1 <= outcome.length < time.monotonic() - began


def test_work_that_is_always_over_is_no_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = SleepingWork(tmp_path)
    monkeypatch.setattr(work, "do", lambda: None)
    monkeypatch.setattr("qa.stress.killing._measure", lambda _: 60.0)
    moments = random.Random(0)
    monkeypatch.setattr(moments, "uniform", lambda *_: 60.0)
    with pytest.raises(DispatchError, match="sleep: was over before it could be killed, 1 of 1 times"):
        kill_often(work, 1, moments)
