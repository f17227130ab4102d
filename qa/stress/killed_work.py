"""The work that is killed: an index built over and over, feedback saved, questions evaluated."""

from __future__ import annotations

import json
import mmap
import random
import shutil
import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from embeddings.errors import VectorIndexError
from embeddings.index import IndexKey, PassageIndex, load_or_build_index
from qa.article import Article
from qa.evaluation.journal import JOURNAL, Journal
from qa.evaluation.questions import EvaluationQuestion, GoldAnswer, read_questions
from qa.evaluation.runner import RunOptions, evaluate
from qa.stress.killing import require
from qa.stress.standins import load_stand_ins
from qa.types import Answer, Timing
from qa.web.feedback import FeedbackStore, export_questions

PREDICTIONS = ("predictions.json", "na_prob.json")
"""What an evaluation writes that is the same whenever it was stopped: the other files hold times."""
_N_SAVES, _N_ROWS, _N_ARTICLES, _N_QUESTIONS = 12, 60, 30, 5
_WORDS = "Otan Bruxelles mission Irak sommet juillet Paris accord guerre paix ministre plan".split()


class IndexWork:
    """Two articles' indexes, built and saved by turns in one folder."""

    name = "index"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._models = load_stand_ins()
        self._texts = [
            "\n\n".join(f"Le pays {i} a fixé un prix. La ville {i} refuse." for i in range(n)) for n in (60, 61)
        ]
        self._whole = [self._build(text) for text in self._texts]

    def _build(self, text: str) -> PassageIndex:
        return PassageIndex.build(text, self._models.encoder, self._models.profile.passages)

    def begin(self) -> None:
        """What a killed process leaves is in nobody's way, but would be taken for what the next one leaves."""
        for path in self.folder.glob(".*"):
            shutil.rmtree(path)

    def do(self) -> None:
        """Build and save, by turns."""
        for i in range(_N_SAVES):
            self._build(self._texts[i % 2]).save(self.folder / "index")

    def check(self) -> None:
        """An index is there whole, of one article or the other, or none is; the other is built and is the same."""
        place = self.folder / "index"
        if place.exists():
            require(any(map(self._is_there, self._texts)), f"{place} is a whole index")
        for text, whole in zip(self._texts, self._whole, strict=True):
            found = load_or_build_index(text, self._models.encoder, place, self._models.profile.passages)
            ids = range(len(whole.passages))
            same = found.passages == whole.passages and np.array_equal(found.vectors(ids), whole.vectors(ids))
            require(same, "an index that is read is the one that was built")
            require(self._is_there(text), "an index that was built is there")

    def _is_there(self, text: str) -> bool:
        settings = self._models.profile.passages
        try:
            PassageIndex.load(self.folder / "index", text, IndexKey.of(text, self._models.encoder, settings))
        except VectorIndexError as error:
            require("stale" in str(error), str(error))
            return False
        return True


class FeedbackWork:
    """Judgements saved one after the other in a new file; how many were is known here, whatever is killed."""

    name = "feedback"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / "feedback.sqlite"
        self._article = Article.from_text("Le sommet aura lieu à Bruxelles.", "dispatch")
        self._saved = mmap.mmap(-1, 8)  # shared with the process, and still there when that is gone

    def begin(self) -> None:
        """Begin anew."""
        for path in self.folder.glob("feedback.sqlite*"):
            path.unlink()
        self._saved[:] = struct.pack("q", 0)

    def do(self) -> None:
        """Save, and count what is saved."""
        store = FeedbackStore(self._path)
        for number in range(_N_ROWS):
            store.add(self._article, _answer(f"Question {number} ?"), liked=number % 2 == 0)
            self._saved[:] = struct.pack("q", number + 1)

    def check(self) -> None:
        """The file is sound, every judgement that was saved is there and whole, and they can be exported."""
        n_saved: int = struct.unpack("q", self._saved[:])[0]
        store = FeedbackStore(self._path)
        with closing(sqlite3.connect(self._path)) as connection:
            require(connection.execute("pragma integrity_check").fetchall() == [("ok",)], "the file is sound")
        rows = [row[1:] for row in store.rows()]
        require(n_saved <= len(rows) <= n_saved + 1, f"{n_saved} were saved, {len(rows)} are there")
        text = self._article.text
        expected = [("dispatch", text, f"Question {i} ?", text[22:31], 22, 1, 1 - i % 2) for i in range(len(rows))]
        require(rows == expected, "every judgement is the one that was saved")
        if rows:
            exported = self.folder / "exported.json"
            exported.write_text(json.dumps(export_questions(store)), encoding="utf-8")
            require(len(read_questions(exported)) == (len(rows) + 1) // 2, "every liked answer is exported")
        store.add(self._article, _answer("encore ?"), liked=True)


def _answer(question: str) -> Answer:
    """An answer at characters [22, 31)."""
    return Answer(question, "Bruxelles", 22, 31, True, 0.1, "answered", None, (), (), Timing(0, 0, 0), {})


class EvaluationWork:
    """An evaluation that goes on with what it finds in its folder."""

    name = "evaluation"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._output = folder / "output"
        self._models = load_stand_ins()
        self._questions = list(_make_questions())
        self._evaluate(folder / "whole")
        self._whole = read_all(folder / "whole", PREDICTIONS)

    def _evaluate(self, output: Path) -> None:
        evaluate(self._questions, self._models, output, options=RunOptions(resume=True, upper_bound=False))

    def begin(self) -> None:
        """Begin anew."""
        shutil.rmtree(self._output, ignore_errors=True)

    def do(self) -> None:
        """Evaluate all questions."""
        self._evaluate(self._output)

    def check(self) -> None:
        """The journal is read, results that are there are whole ones, and the run ends with the same bytes."""
        journal = self._output / JOURNAL
        if journal.exists() and journal.stat().st_size:
            Journal.load(journal)
        for name, content in zip(PREDICTIONS, self._whole, strict=True):
            path = self._output / name
            require(not path.exists() or path.read_bytes() == content, f"{name} is whole or not there")
        if (self._output / "metrics.json").exists():
            json.loads((self._output / "metrics.json").read_text(encoding="utf-8"))
        self._evaluate(self._output)
        require(read_all(self._output, PREDICTIONS) == self._whole, "a resumed run ends with the same bytes")


def _make_questions() -> Sequence[EvaluationQuestion]:
    source = random.Random(0)
    found = []
    for i in range(_N_ARTICLES):
        words = source.choices(_WORDS, k=30)
        for j in range(_N_QUESTIONS):
            gold = (GoldAnswer(words[j], None),) if j else ()
            found.append(EvaluationQuestion(f"{i}-{j}", f"Question {i} {j} ?", " ".join(words), "t", gold, "fr", "?"))
    return found


def read_all(folder: Path, names: Sequence[str]) -> list[bytes]:
    """The files' bytes."""
    return [(folder / name).read_bytes() for name in names]
