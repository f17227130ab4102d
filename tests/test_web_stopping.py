"""Stop frees whoever waits at once; the work behind it ends between two batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest
from web_fakes import PlannedArticle

from embeddings.types import FloatArray
from qa.article import Article, load_article
from qa.types import Answer
from qa.web.handlers import Handlers
from qa.web.locked import BATCH_QUESTIONS, Locked
from qa.web.session import Session
from qa.web.stopping import BATCH_PASSAGES, StoppableEncoder, StoppedError, Stops

SOON = 5.0


class Gated(PlannedArticle):
    """Begins each call, then waits until it is let through."""

    def __init__(self, article: Article) -> None:
        super().__init__(article)
        self.begun, self.gate, self.n_calls = threading.Event(), threading.Event(), 0

    def ask(self, question: str, threshold: float | None = None) -> Answer:
        self.n_calls += 1
        self.begun.set()
        assert self.gate.wait(SOON)
        return super().ask(question, threshold)

    def ask_many(self, questions: Sequence[str]) -> list[Answer]:
        return [self.ask(questions[0]), *(super(Gated, self).ask(q) for q in questions[1:])]


def _stop_when(stops: Stops, begun: threading.Event) -> threading.Thread:
    def stop() -> None:
        assert begun.wait(SOON)
        while not stops.stop("me"):
            time.sleep(0.01)

    thread = threading.Thread(target=stop)
    thread.start()
    return thread


def test_who_waits_is_free_while_the_model_still_runs_and_no_further_batch_begins() -> None:
    gated, stops = Gated(load_article()), Stops()
    locked = Locked(gated)
    stopper = _stop_when(stops, gated.begun)
    with pytest.raises(StoppedError):
        stops.run("me", lambda: locked.ask_many(["Qui ?"] * 3 * BATCH_QUESTIONS))
    assert not gated.gate.is_set()
    stopper.join()
    gated.gate.set()
    assert locked.ask("Qui ?").question == "Qui ?"
    assert gated.n_calls == 2


def test_who_waits_for_another_sessions_question_is_free_too() -> None:
    gated, stops = Gated(load_article()), Stops()
    locked = Locked(gated)
    other = threading.Thread(target=locked.ask, args=("Qui ?",))
    other.start()
    stopper = _stop_when(stops, gated.begun)
    with pytest.raises(StoppedError):
        stops.run("me", lambda: locked.ask("Quoi ?"))
    gated.gate.set()
    stopper.join()
    other.join()
    time.sleep(0.2)
    assert gated.n_calls == 1


def test_stop_is_for_one_session_and_its_later_work_runs() -> None:
    stops = Stops()
    assert not stops.stop("me")
    assert stops.run("me", lambda: 1) == 1
    begun, end = threading.Event(), threading.Event()
    found: list[int] = []

    def work() -> int:
        begun.set()
        assert end.wait(SOON)
        return 2

    thread = threading.Thread(target=lambda: found.append(stops.run("you", work)))
    thread.start()
    assert begun.wait(SOON)
    stops.stop("me")
    end.set()
    thread.join()
    assert found == [2]


def test_a_failure_reaches_whoever_waits() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Stops().run("me", fail)


def test_a_stopped_question_leaves_no_turn_and_is_not_told_as_an_error() -> None:
    gated = Gated(load_article())
    do = Handlers(Locked(gated))
    stopper = _stop_when(do.stops, gated.begun)
    session = Session()
    with pytest.raises(StoppedError):
        do.stops.run("me", lambda: do.respond("Qui ?", session, "en", 0.5, True))
    gated.gate.set()
    stopper.join()
    assert session.turns == ()


class CountingEncoder:
    """Vectors of one number: how many letters a text has."""

    fingerprint = "counting"

    def __init__(self, stop_after: Stops | None = None) -> None:
        self.sizes: list[int] = []
        self._stops = stop_after

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> FloatArray:
        self.sizes.append(len(texts))
        if self._stops is not None:
            self._stops.stop("me")
        return np.array([[len(text)] for text in texts], dtype=np.float32).reshape(-1, 1)


def test_an_article_is_encoded_in_order_and_stops_between_batches() -> None:
    texts = ["a" * n for n in range(2 * BATCH_PASSAGES + 3)]
    whole = StoppableEncoder(CountingEncoder())
    assert whole.encode_passages(texts)[:, 0].tolist() == list(range(len(texts)))
    assert whole.encode_passages([]).shape == (0, 1)
    assert whole.fingerprint == "counting"
    stops = Stops()
    counting = CountingEncoder(stops)
    stopped = StoppableEncoder(counting)
    with pytest.raises(StoppedError):
        stops.run("me", lambda: stopped.encode_passages(texts))
    time.sleep(0.2)
    assert counting.sizes == [BATCH_PASSAGES]
