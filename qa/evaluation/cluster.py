"""Ask batches on Ray Data: the same job on the machines of a cluster, or on this one."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from qa.errors import EvaluationError
from qa.evaluation.asking import Batch
from qa.evaluation.workers import Asked, Job

_AT_ONCE = 256
"""Batches handed to Ray for each process, half an hour's work: few enough that memory stays bounded, enough
that opening the models for each such share is no loss."""

INSTALL = "pip install 'dispatch-qa[cluster]'"


class _RayAsker:
    """One process of the cluster: opens the models once, then asks the batches it is handed."""

    def __init__(self, job: Job) -> None:
        self._asker = job.start()

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Rows {"batch": pickled [n]} to {"batch": numbers [n], "outcomes": pickled [n]}."""
        batches: list[Batch] = [pickle.loads(packed) for packed in rows["batch"]]
        outcomes = [pickle.dumps(self._asker.ask(batch)) for batch in batches]
        return {
            "batch": np.array([batch.number for batch in batches]),
            "outcomes": np.array(outcomes, dtype=object),
        }


def take_shares(batches: Iterable[Batch], n_workers: int) -> Iterator[list[dict[str, Any]]]:
    """The batches as rows {"batch": pickled}, _AT_ONCE for each process at a time, taken when they are wanted."""
    pending = iter(batches)
    while share := [{"batch": pickle.dumps(batch)} for batch in islice(pending, _AT_ONCE * n_workers)]:
        yield share


def ask_on_ray(batches: Iterable[Batch], job: Job, n_workers: int) -> Iterator[Asked]:
    """Batches as they are done, in any order, by `n_workers` processes of the Ray cluster that this machine is
    part of (RAY_ADDRESS), or of a local one.

    Raises EvaluationError, with the command that installs it, when Ray is missing, or when a process fails.
    """
    try:
        import ray
    except ImportError:
        raise EvaluationError(f"--ray needs Ray Data, which is not installed; {INSTALL}") from None
    started = not ray.is_initialized()
    if started:
        ray.init(log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        for share in take_shares(batches, n_workers):
            blocks = ray.data.from_items(share, override_num_blocks=min(len(share), 4 * n_workers))
            done = blocks.map_batches(_RayAsker, fn_constructor_args=(job,), batch_size=1, concurrency=n_workers)
            for row in done.iter_rows():
                yield Asked(int(row["batch"]), pickle.loads(row["outcomes"]))
    except ray.exceptions.RayError as error:
        reason = str(error).strip().splitlines()
        raise EvaluationError(f"Ray stopped: {reason[-1] if reason else error!r}; go on with --resume") from None
    finally:
        if started:
            ray.shutdown()
