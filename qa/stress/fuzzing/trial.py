"""One property's inputs, counted and timed as they are tried; hypothesis makes them and shrinks what fails."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import ExampleDatabase

from qa.stress.fuzzing.properties import Property

SLICE = 2_000
"""Inputs that hypothesis makes before it begins anew with another seed: it remembers all of a run."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The smallest input that fails, and how."""

    example: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a property: `n_accepted` of `n` inputs were read, the others refused by name; in `seconds`
    of processor, the slowest in `slowest`."""

    name: str
    n: int
    n_accepted: int
    seconds: float
    slowest: float
    failure: Failure | None


class Trial:
    """Tries inputs of a property, and keeps count. `failure` is the last one's: after shrinking, the smallest."""

    def __init__(self, tried: Property) -> None:
        self.n = self.n_accepted = 0
        self.slowest = 0.0
        self.failure: Failure | None = None
        self._tried = tried
        self._began = time.process_time()

    def __call__(self, drawn: Any) -> None:
        """Try one. Raises what the property raises."""
        began = time.process_time()
        try:
            self.n_accepted += self._tried.check(drawn)
        except Exception as error:
            self.failure = Failure(repr(drawn), _describe(error))
            raise
        finally:
            self.n += 1
            self.slowest = max(self.slowest, time.process_time() - began)

    def outcome(self) -> Outcome:
        """What came of it so far."""
        seconds = time.process_time() - self._began
        return Outcome(self._tried.name, self.n, self.n_accepted, seconds, self.slowest, self.failure)


def _describe(error: Exception) -> str:
    """The error and the place in the code that it came from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"


def make_test(
    trial: Trial, tried: Property, phases: tuple[Phase, ...], n: int = SLICE, database: ExampleDatabase | None = None
) -> Callable[[], None]:
    """A hypothesis test of the property. Called, it makes n inputs; raises what the smallest that fails raises."""

    def test(drawn: Any) -> None:
        trial(drawn)

    chosen = settings(
        max_examples=n,
        database=database,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    wrapped: Callable[[], None] = chosen(given(tried.inputs)(test))
    return wrapped


def try_hypothesis(tried: Property, n: int, number: int) -> Outcome:
    """At least n inputs that hypothesis makes from this seed, or as many as it takes to fail."""
    trial = Trial(tried)
    while trial.n < n and trial.failure is None:
        test = make_test(trial, tried, (Phase.generate, Phase.shrink), min(SLICE, n - trial.n))
        try:
            seed(f"{tried.name} {number} {trial.n}")(test)()
        except Exception:
            if trial.failure is None:
                raise
    return trial.outcome()
