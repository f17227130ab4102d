"""The scores of a run as columns: some hundred bytes a question, so that 100,000 of them take 10 MB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.abstention import BoolVector, FloatVector, in_first_half
from qa.evaluation.scoring import Scored

_NUMBERS = (
    "f1 official_f1 squad_1_f1 folded_f1 forced_f1 official_forced_f1 bound_f1 overlap "
    "no_answer_probability milliseconds"
).split()
_SMALL_NUMBERS = ("evidence_hit", "bound_em")
_FLAGS = "em official_em squad_1_em folded_em forced_em answerable answered said worded".split()
_NAMES = ("language", "type", "article", "length", "stage")
_ROW = np.dtype(
    [(key, "f8") for key in _NUMBERS]
    + [(key, "f4") for key in _SMALL_NUMBERS]
    + [(key, "?") for key in (*_FLAGS, "first_half")]
    + [(key, "i4") for key in _NAMES]
)
_BLOCK = 4096


def mean(values: FloatVector) -> float:
    """The mean of at least one value; unlike NumPy's, of the exact sum, whatever the order."""
    return fsum(values) / len(values)


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Labelled questions of a run: the places `at` [n] in `rows`, which has all of them in the order of their source.

    A row has a field for each of Scored but its id and its passages. Numbers are NaN where that has None, and names
    are places in `names`, by field.
    """

    rows: NDArray[Any]
    names: dict[str, tuple[str, ...]]
    at: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.at)

    def numbers(self, key: str) -> FloatVector:
        """A field [n] as numbers, a flag as 0 or 1."""
        return self.rows[key][self.at].astype(np.float64)

    def known(self, key: str) -> FloatVector:
        """The numbers of a field [at most n] that have a meaning for their question."""
        values = self.numbers(key)
        return values[~np.isnan(values)]

    def flags(self, key: str) -> BoolVector:
        """A field [n] that is true or false."""
        return self.rows[key][self.at].astype(np.bool_)

    def where(self, mask: BoolVector) -> ScoreTable:
        """The questions of a mask [n]."""
        return ScoreTable(self.rows, self.names, self.at[mask])

    def group(self, key: str, name: str) -> ScoreTable:
        """The questions that have a name in a field; none where no question has it."""
        code = self.names[key].index(name) if name in self.names[key] else -1
        return self.where(self.rows[key][self.at] == code)

    def split(self, key: str) -> Iterator[tuple[str, ScoreTable]]:
        """Each name of a field that occurs, with its questions."""
        all_codes = self.rows[key][self.at]
        ordered = self.at[np.argsort(all_codes, kind="stable")]
        codes, n_each = np.unique(all_codes, return_counts=True)
        for code, n, end in zip(codes, n_each, np.cumsum(n_each), strict=True):
            yield self.names[key][code], ScoreTable(self.rows, self.names, ordered[end - n : end])


class TableBuilder:
    """Takes scores one by one and keeps them as rows of a table, and every name once."""

    def __init__(self) -> None:
        self._rows = np.empty(0, _ROW)
        self._n = 0
        self._codes: dict[str, dict[str, int]] = {key: {} for key in _NAMES}

    def add(self, scored: Scored) -> None:
        """Keep the scores of one question."""
        if self._n == len(self._rows):
            self._rows.resize(self._n + _BLOCK, refcheck=False)
        row = self._rows[self._n]
        for key in (*_NUMBERS, *_SMALL_NUMBERS, *_FLAGS):
            value = getattr(scored, key)
            row[key] = np.nan if value is None else value
        for key, codes in self._codes.items():
            row[key] = codes.setdefault(getattr(scored, key), len(codes))
        row["first_half"] = in_first_half(scored.id)
        self._n += 1

    def build(self) -> ScoreTable:
        """The table of all that was added."""
        return ScoreTable(self._rows, {key: tuple(codes) for key, codes in self._codes.items()}, np.arange(self._n))


def collect(scored: Iterable[Scored]) -> ScoreTable:
    """The table of some scores."""
    builder = TableBuilder()
    for one in scored:
        builder.add(one)
    return builder.build()
