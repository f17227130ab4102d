"""A run ends with the same files whenever it was stopped, and whatever its processes."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from disks import full_disk
from fakes import Plant, PlantedReader, RandomReader, fake_models

from qa.article import Article
from qa.config import RetrievalSettings
from qa.errors import EvaluationError
from qa.evaluation.asking import BATCH_QUESTIONS, build_batches
from qa.evaluation.journal import JOURNAL, Journal
from qa.evaluation.questions import EvaluationQuestion, GoldAnswer
from qa.evaluation.runner import RunOptions, evaluate
from qa.pipeline import ArticleQA, Models
from qa.types import Window, WindowLogits

FILES = ("predictions.json", "na_prob.json")
WORDS = "Otan Bruxelles mission Irak sommet juillet Paris accord guerre paix ministre plan".split()


def make_questions(n_articles: int, n_each: int = 5) -> list[EvaluationQuestion]:
    """Questions about articles of random words, every fifth without an answer."""
    source = random.Random(0)
    found = []
    for i in range(n_articles):
        words = source.choices(WORDS, k=30)
        context = " ".join(words) + "."
        for j in range(n_each):
            gold = () if j == 4 else (GoldAnswer(words[j], None),)
            found.append(EvaluationQuestion(f"q{i}-{j}", f"Question {i} {j} ?", context, f"t{i}", gold, "fr", "who"))
    return found


class SlowReader(RandomReader):
    """Takes its time, so that a run can be killed in the middle."""

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        time.sleep(0.03)
        return super().read(requests)


class StoppingReader(RandomReader):
    """Is interrupted at its n-th batch, and knows what it was asked."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.asked: list[list[str]] = []
        self._n = n

    def read(self, requests: Sequence[tuple[str, Sequence[Window]]]) -> list[list[WindowLogits]]:
        self.asked.append([question for question, _ in requests])
        if len(self.asked) == self._n:
            raise KeyboardInterrupt
        return super().read(requests)


def slow_models() -> Models:
    return fake_models(SlowReader())


def run_slowly(output: Path) -> None:
    """What the killed process does."""
    evaluate(make_questions(80), slow_models(), output, options=RunOptions(resume=True, upper_bound=False))


def contents(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in FILES]


def test_a_run_killed_at_ten_random_moments_gives_the_same_bytes(tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    run_slowly(whole)
    code = f"from test_evaluation_runs import run_slowly; from pathlib import Path; run_slowly(Path({str(stopped)!r}))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    moments = random.Random(1)
    n_killed = 0
    for _ in range(10):
        before = (stopped / JOURNAL).stat().st_size if (stopped / JOURNAL).exists() else 0
        process = subprocess.Popen([sys.executable, "-c", code], env=environment)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if (stopped / JOURNAL).exists() and (stopped / JOURNAL).stat().st_size > before:
                time.sleep(moments.uniform(0, 0.04))
                break
            time.sleep(0.001)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            n_killed += 1
        process.wait()
        Journal.load(stopped / JOURNAL)
    assert n_killed >= 3  # it gains at least a batch each time, so it may be done before the tenth
    run_slowly(stopped)
    assert contents(stopped) == contents(whole)


def test_a_journal_cut_at_any_byte_gives_the_same_bytes(tmp_path: Path) -> None:
    questions, models = make_questions(30), fake_models(RandomReader())
    evaluate(questions, models, tmp_path, options=RunOptions(upper_bound=False))
    expected, journal = contents(tmp_path), (tmp_path / JOURNAL).read_bytes()
    first = journal.index(b"\n") + 1
    cuts = random.Random(2).sample(range(first, len(journal)), 12)
    for cut in (0, first, len(journal) - 1, len(journal), *cuts):
        (tmp_path / JOURNAL).write_bytes(journal[:cut])
        for name in FILES:
            (tmp_path / name).unlink()
        evaluate(questions, models, tmp_path, options=RunOptions(resume=True, upper_bound=False))
        assert contents(tmp_path) == expected


def test_a_resumed_run_asks_only_what_was_not_answered(tmp_path: Path) -> None:
    questions = make_questions(60)
    assert len(questions) > 4 * BATCH_QUESTIONS
    stopping, going = StoppingReader(3), StoppingReader(99)
    with pytest.raises(KeyboardInterrupt):
        evaluate(questions, fake_models(stopping), tmp_path, options=RunOptions(upper_bound=False))
    evaluate(questions, fake_models(going), tmp_path, options=RunOptions(resume=True, upper_bound=False))
    answered = {q for batch in stopping.asked[:2] for q in batch}
    asked_again = [q for batch in going.asked if len(batch) > 1 for q in batch]  # one at a time: the timing
    assert len(asked_again) == len(set(asked_again)) == len(questions) - len(answered)
    assert not answered & set(asked_again)


def test_another_run_is_not_resumed_and_an_old_journal_is_kept(tmp_path: Path) -> None:
    questions = make_questions(2)
    evaluate(questions, fake_models(RandomReader()), tmp_path)
    for other, models, reason in (
        (questions[1:], fake_models(RandomReader()), "questions_sha256"),
        (questions, fake_models(RandomReader(5)), "versions"),
        (questions, fake_models(RandomReader(), retrieval=RetrievalSettings(3)), "profile"),
    ):
        with pytest.raises(EvaluationError, match=f"another run.*{reason}"):
            evaluate(other, models, tmp_path, options=RunOptions(resume=True))
    before = (tmp_path / JOURNAL).read_bytes()
    evaluate(questions, fake_models(RandomReader(5)), tmp_path)
    assert (tmp_path / f"previous-{JOURNAL}").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"hello\n", b'{"journal": 9}\n', b"[]\n"])
def test_what_is_no_journal_is_not_resumed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / JOURNAL).write_bytes(content)
    options = RunOptions(resume=True)
    if content == b"":
        evaluate(make_questions(1), fake_models(RandomReader()), tmp_path, options=options)
    else:
        with pytest.raises(EvaluationError, match=r"journal\.jsonl: line 1"):
            evaluate(make_questions(1), fake_models(RandomReader()), tmp_path, options=options)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_changed_letter_of_a_journal_is_found(number: int, tmp_path: Path) -> None:
    """It is still JSON, and still a journal: its hash tells."""
    questions, options = make_questions(20), RunOptions(upper_bound=False)
    evaluate(questions, fake_models(RandomReader()), tmp_path, options=options)
    path = tmp_path / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    begin, letter, end = lines[number - 1].rpartition(b"s")[0].rpartition(b"a")
    changed = begin + b"e" + lines[number - 1].removeprefix(begin + letter)
    assert json.loads(changed) != json.loads(lines[number - 1])
    assert len(changed) == len(lines[number - 1]) > len(end)
    path.write_bytes(b"".join([*lines[: number - 1], changed, *lines[number:]]))
    for _ in range(2):
        with pytest.raises(EvaluationError, match=rf"journal\.jsonl: line {number} is damaged"):
            Journal.load(path)
    with pytest.raises(EvaluationError, match=rf"line {number} is damaged; start over without --resume"):
        evaluate(questions, fake_models(RandomReader()), tmp_path, options=replace(options, resume=True))


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_that_another_run_writes_is_refused(resume: bool, tmp_path: Path) -> None:
    questions, expected = make_questions(20), tmp_path / "alone"
    evaluate(questions, fake_models(RandomReader()), expected, options=RunOptions(upper_bound=False))

    class Meddling(RandomReader):
        """A second run begins while the first one reads."""

        n = 0

        def read(self, requests: Any) -> Any:
            self.n += 1
            if self.n == 2:
                options = RunOptions(resume=resume, upper_bound=False)
                with pytest.raises(EvaluationError, match="another run is writing it"):
                    evaluate(questions, fake_models(RandomReader()), tmp_path / "shared", options=options)
            return super().read(requests)

    meddling = Meddling()
    evaluate(questions, fake_models(meddling), tmp_path / "shared", options=RunOptions(upper_bound=False))
    assert meddling.n > 2
    assert contents(tmp_path / "shared") == contents(expected)


def test_a_disk_that_fills_up_is_one_sentence_and_the_run_goes_on_when_there_is_room(tmp_path: Path) -> None:
    questions, options = make_questions(20), RunOptions(upper_bound=False)
    evaluate(questions, fake_models(RandomReader()), tmp_path / "whole", options=options)
    size = (tmp_path / "whole" / JOURNAL).stat().st_size
    for part in (0.2, 0.6, 0.9):
        with full_disk(int(part * size)), pytest.raises(EvaluationError, match="File too large") as caught:
            evaluate(questions, fake_models(RandomReader()), tmp_path / "full", options=replace(options, resume=True))
        assert "\n" not in str(caught.value)
        assert (tmp_path / "full" / JOURNAL).stat().st_size == int(part * size)
    evaluate(questions, fake_models(RandomReader()), tmp_path / "full", options=replace(options, resume=True))
    assert contents(tmp_path / "full") == contents(tmp_path / "whole")


def test_several_processes_give_the_same_bytes(tmp_path: Path) -> None:
    questions = make_questions(40)
    load = partial(fake_models, RandomReader())
    for n in (1, 2):
        options = RunOptions(n_workers=n, upper_bound=False)
        evaluate(questions, load(), tmp_path / str(n), options=options, load=load)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    with pytest.raises(EvaluationError, match="--workers 0"):
        RunOptions(n_workers=0)


def test_a_local_ray_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # where its processes find the stand-ins
    questions = make_questions(40)
    load = partial(fake_models, RandomReader())
    for on_ray in (False, True):
        options = RunOptions(on_ray=on_ray, n_workers=1, upper_bound=False)
        evaluate(questions, load(), tmp_path / str(on_ray), options=options, load=load)
    assert contents(tmp_path / "False") == contents(tmp_path / "True")


def test_a_missing_ray_is_said_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EvaluationError, match=r"pip install 'dispatch-qa\[cluster\]'"):
        evaluate(make_questions(1), fake_models(RandomReader()), tmp_path, options=RunOptions(on_ray=True))


def test_batches_hold_each_question_once_and_those_of_an_article_together() -> None:
    questions = make_questions(40)
    random.Random(3).shuffle(questions)
    batches = list(build_batches(questions))
    asked = [q for batch in batches for q in batch.questions]
    assert sorted(q.id for q in asked) == sorted(q.id for q in questions)
    assert [batch.number for batch in batches] == list(range(len(batches)))
    contexts = [q.context for q in asked]
    assert sum(a != b for a, b in pairwise(contexts)) == 39


def asked(id: str, question: str, context: str, *gold: str) -> EvaluationQuestion:
    answers = tuple(GoldAnswer(text, context.index(text)) for text in gold)
    return EvaluationQuestion(id, question, context, "t", answers, "fr", "who")


def test_each_wrong_question_is_placed(tmp_path: Path) -> None:
    far = "\n\n".join(["Rome accepte."] + [f"Paragraphe {i} sur la pluie." for i in range(6)])
    near = "M. Dupont refuse le plan. Paris attend."
    questions = [
        asked("right", "Qui ?", near, "Dupont"),
        asked("boundary", "Qui refuse ?", near, "Dupont"),
        asked("span", "Où ?", near, "Paris"),
        asked("shy", "Quoi ?", near, "le plan"),
        asked("loud", "Quand ?", near),
        asked("quiet", "Pourquoi ?", near),
        asked("lost", "pluie Paragraphe ?", far, "Rome"),
        EvaluationQuestion("bad", "x", None, "?", (), "?", "?", error="q.jsonl: line 8: no JSON"),
        EvaluationQuestion("free", "Où attend Paris ?", near, "t", (), "fr", "where", labelled=False),
    ]
    plants = {
        "Qui ?": Plant("Dupont"),
        "Qui refuse ?": Plant("M. Dupont refuse"),
        "Où ?": Plant("plan"),
        "Quoi ?": Plant("le plan", -4),
        "Quand ?": Plant("attend"),
        "pluie Paragraphe ?": Plant("Rome"),
        "Où attend Paris ?": Plant("Paris"),
    }
    models = fake_models(PlantedReader(plants), retrieval=RetrievalSettings(n_passages=2, read_all=2))
    summary = evaluate(questions, models, tmp_path)
    with (tmp_path / "per_question.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert {id: row["stage"] for id, row in rows.items()} == {
        "right": "right",
        "boundary": "wrong_boundary",
        "span": "wrong_span",
        "shy": "abstained_wrongly",
        "loud": "should_have_abstained",
        "quiet": "right",
        "lost": "not_retrieved",
        "bad": "error",
        "free": "",
    }
    assert summary["funnel"]["n_right"] == 2
    assert summary["funnel"]["stages"]["not_retrieved"] == {"n": 1, "n_right_on_gold_passage": 1}
    assert summary["overall"]["n"] == 8
    assert summary["overall"]["n_unlabelled"] == 1
    assert rows["lost"]["on_gold_passage"] == "Rome"
    assert (rows["free"]["prediction"], rows["free"]["f1"]) == ("Paris", "")
    assert rows["bad"]["error"] == "q.jsonl: line 8: no JSON"
    # shared over all characters: 6 of "M. Dupont refuse" (16)
    assert float(rows["boundary"]["character_overlap"]) == pytest.approx(6 / 16, abs=1e-4)
    assert (rows["boundary"]["evidence_hit"], rows["span"]["evidence_hit"]) == ("1.0", "0.0")


def test_without_the_upper_bound_nothing_is_read_twice(tmp_path: Path) -> None:
    reader = StoppingReader(99)
    summary = evaluate(make_questions(2), fake_models(reader), tmp_path, options=RunOptions(upper_bound=False))
    assert len(reader.asked[0]) == 10
    assert all(len(batch) == 1 for batch in reader.asked[1:])  # timed alone
    assert summary["upper_bound"] is None
    assert summary["latency"]["alone_n"] == 10
    assert 0 < summary["latency"]["alone_p50_ms"] <= summary["latency"]["alone_p95_ms"]


def test_questions_that_nobody_labelled_are_only_answered(tmp_path: Path) -> None:
    question = EvaluationQuestion("a", "Où ?", "Rome attend.", "t", (), "?", "?", labelled=False)
    summary = evaluate([question], fake_models(PlantedReader({"Où ?": Plant("Rome")})), tmp_path)
    assert json.loads((tmp_path / "predictions.json").read_text(encoding="utf-8")) == {"a": "Rome"}
    figures: dict[str, Any] = summary["overall"]
    assert (figures["n"], figures["n_unlabelled"], figures["french_aware"]["f1"]) == (0, 1, None)


def test_a_batch_answers_as_ask_does(tmp_path: Path) -> None:
    questions, models = make_questions(6), fake_models(RandomReader())
    evaluate(questions, models, tmp_path)
    predictions = json.loads((tmp_path / "predictions.json").read_text(encoding="utf-8"))
    na_prob = json.loads((tmp_path / "na_prob.json").read_text(encoding="utf-8"))
    for question in questions:
        answer = ArticleQA.load(Article.from_text(str(question.context)), models).ask(question.question)
        assert predictions[question.id] == answer.text
        assert na_prob[question.id] == round(answer.no_answer_probability, 6)
