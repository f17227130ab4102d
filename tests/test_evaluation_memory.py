"""Memory does not grow with the questions, but for the few numbers that are kept of each."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa.evaluation import asking, cluster, columns, intervals, report, retrieval, seen, summary
from qa.evaluation.asking import Batch, build_batches
from qa.evaluation.journal import Journal
from qa.evaluation.outcome import Outcome, failed
from qa.evaluation.questions import EvaluationQuestion
from qa.evaluation.runner import write_results
from qa.evaluation.scan import scan_source
from qa.evaluation.seen import Seen
from qa.evaluation.sources import QuestionFile
from qa.evaluation.texts import Texts

MOST_BYTES = 300
"""What a question may take. A record of its scores alone takes some 700, columns take 140."""


def write_questions(path: Path, n_articles: int) -> QuestionFile:
    """Ten questions about each article."""
    with path.open("w", encoding="utf-8") as file:
        for i in range(n_articles):
            context = f"Rome et Paris attendent le sommet numéro {i}."
            for j in range(10):
                record = {"id": f"question {i}-{j}", "question": "Où ?" if j % 2 else "Qui ?", "context": context}
                file.write(json.dumps({**record, "title": f"t{i}", "answers": ["Rome"] if j % 3 else []}) + "\n")
    return QuestionFile(path)


def answer(question: EvaluationQuestion, position: int) -> Outcome:
    """An outcome that costs no model its time."""
    asked = replace(failed(question, ""), error=None, prediction="Rome", forced="Rome", answered=True, span=(0, 4))
    return replace(asked, gold_places=((0, 4),), retrieved=(0, 1), relevant=(0,), milliseconds=1.0, position=position)


def measure_peak(folder: Path, n_articles: int) -> int:
    """Most bytes held from the first question read to the last file written."""
    source = write_questions(folder / "q.jsonl", n_articles)
    tracemalloc.start()
    try:
        journal = Journal.create(folder / "journal.jsonl", {"n_questions": scan_source(source, source.path).n})
        for batch in build_batches(source):
            asked = zip(batch.questions, batch.positions, strict=True)
            journal.add(batch.number, [answer(question, position) for question, position in asked], 1.0)
        journal.close()
        write_results(journal, folder, {"profile": "none"}, "q.jsonl")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_run_takes_a_few_numbers_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is held at a time, made so small that both runs reach it
    for module, name, value in (
        (asking, "LOOKAHEAD", 64),
        (retrieval, "_AT_ONCE", 64),
        (report, "MOST_QUESTIONS", 20),
        (columns, "_BLOCK", 64),
        (seen, "_MOST_NEW", 64),
        (intervals, "_BLOCK", 10_000),
        (summary, "MOST_GROUPS", 5),
    ):
        monkeypatch.setattr(module, name, value)
    measure_peak(tmp_path, 10)  # the first run also loads libraries and fills their caches
    few, many = measure_peak(tmp_path, 20), measure_peak(tmp_path, 100)
    assert (many - few) / 800 < MOST_BYTES


def test_a_cluster_is_handed_a_share_of_the_batches_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []

    def batches() -> Iterator[Batch]:
        question = EvaluationQuestion("a", "Où ?", "Rome.", "t", (), "fr", "where")
        for batch in build_batches([question] * 640):
            handed.append(batch.number)
            yield batch

    monkeypatch.setattr(cluster, "_AT_ONCE", 2)
    shares = cluster.take_shares(batches(), 2)
    assert [len(share) for share in (next(shares), next(shares))] == [4, 4]
    assert len(handed) == 8
    assert [len(share) for share in shares] == [2]


def test_names_are_known_again_also_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_MOST_NEW", 7)
    found = Seen()
    names = [f"é {i}" for i in range(100)] + ["\udcff", ""]
    assert all(found.add(name) for name in names)
    assert not any(found.add(name) for name in names)


def test_texts_come_back_from_the_disk_as_they_were() -> None:
    found = Texts()
    given = {"a": "L'été\r\n😀", "b": "", "c": "\udcff"}
    for name, text in {"a": "before", **given}.items():
        found.add(name, text)
    assert found == given
    found.add("a", "after")
    assert (found["a"], found.get("d"), len(found)) == ("after", None, 3)
