"""Ask batches here, or in several processes that each have their own models."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from qa.article import Article
from qa.errors import EvaluationError
from qa.evaluation.articles import Shelf
from qa.evaluation.asking import Asker, Batch
from qa.evaluation.outcome import Outcome
from qa.pipeline import Models

_AHEAD = 2
"""Batches waiting for each process: enough that none is idle, few enough that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to ask batches; `load` opens the models and can be sent to another process."""

    load: Callable[[], Models]
    default: Article | None
    upper_bound: bool

    def start(self) -> Asker:
        """Open the models."""
        models = self.load()
        return Asker(models, Shelf(models, self.default), self.upper_bound)


class Asked(NamedTuple):
    """A batch and its outcomes."""

    batch: int
    outcomes: list[Outcome]


def ask_here(batches: Iterable[Batch], asker: Asker) -> Iterator[Asked]:
    """One batch after the other."""
    for batch in batches:
        yield Asked(batch.number, asker.ask(batch))


def ask_in_processes(batches: Iterable[Batch], job: Job, n_workers: int) -> Iterator[Asked]:
    """Batches as they are done, in any order. Raises EvaluationError when a process dies."""
    context = multiprocessing.get_context("spawn")
    pending, running = iter(batches), set[Future[Asked]]()
    with _shared_cores(n_workers), ProcessPoolExecutor(n_workers, context, initializer=_open, initargs=(job,)) as pool:
        try:
            running |= {pool.submit(_ask, batch) for batch in islice(pending, _AHEAD * n_workers)}
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(_ask, batch) for batch in islice(pending, len(done))}
                for future in done:
                    yield future.result()
        except BrokenProcessPool:
            raise EvaluationError(
                "a worker process died, often of too little memory; go on with --resume and fewer --workers"
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _shared_cores(n_workers: int) -> Iterator[None]:
    """Tell the processes that start meanwhile to use their part of the cores; they would all take every one."""
    threads = str(max(1, (os.cpu_count() or 1) // n_workers))
    added = {name: threads for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS") if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


_asker: Asker | None = None


def _open(job: Job) -> None:
    """Run once in each process."""
    global _asker  # noqa: PLW0603 - a process of the pool is handed its batches and nothing else
    _asker = job.start()


def _ask(batch: Batch) -> Asked:
    if _asker is None:
        raise RuntimeError("the process was not opened")
    return Asked(batch.number, _asker.ask(batch))
