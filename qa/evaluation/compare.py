"""Two runs over the same questions: what the second one fixed, broke and changed, and whether it is worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Literal

from qa.errors import EvaluationError
from qa.evaluation.intervals import Interval, mcnemar, paired_bootstrap
from qa.evaluation.journal import JOURNAL, Journal
from qa.evaluation.outcome import Outcome
from qa.evaluation.scoring import score

Kind = Literal["broken", "fixed", "changed"]
KINDS: tuple[Kind, ...] = ("broken", "fixed", "changed")
MOST_CHANGES = 2_000
"""Changed questions of which the texts are kept, those with the largest difference."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is kept of every question; `text` tells one question from another of the same id."""

    text: int
    prediction: str
    em: float
    f1: float
    language: str
    type: str


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose answer is another one in B. `fixed`: only B equals a gold answer; `broken`: only A does;
    `changed`: both do or neither. F1 in [0, 1]."""

    kind: Kind
    a: Outcome
    b: Outcome
    f1_a: float
    f1_b: float


@dataclass(frozen=True, slots=True)
class Row:
    """Mean French-aware F1 and EM, in percent, of both runs over n questions."""

    name: str
    n: int
    f1_a: float
    f1_b: float
    em_a: float
    em_b: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference`: B's F1 less A's, in points, with its paired 95% interval; `p_value`: McNemar's, on exact
    matches; `counts`: of all changes, of which `changes` holds at most MOST_CHANGES; `n_only_a`, `n_only_b`:
    questions left out since the other run has none of that id and text."""

    name_a: str
    name_b: str
    rows: tuple[Row, ...]
    difference: Interval
    p_value: float
    margin: float
    counts: dict[Kind, int]
    changes: tuple[Change, ...]
    n_only_a: int
    n_only_b: int
    other_versions: dict[str, tuple[str, str]]

    @property
    def is_worse(self) -> bool:
        """Whether B lost more F1 than the margin allows."""
        return self.difference.mean < -self.margin - 1e-9


def _open(folder: Path) -> Journal:
    path = folder / JOURNAL if folder.is_dir() else folder
    if not path.is_file():
        raise EvaluationError(f"{folder}: no {JOURNAL} there; expected the folder of a run of `evaluate`")
    journal = Journal.load(path)
    n = journal.header.get("n_questions")
    if journal.n_outcomes != n:
        raise EvaluationError(f"{folder}: {journal.n_outcomes} of {n} questions asked; finish the run with --resume")
    return journal


def _marks(journal: Journal) -> dict[str, _Mark]:
    found = {}
    for outcome in journal.read():
        if outcome.labelled:
            scored = score(outcome)
            text = hash((outcome.question, outcome.gold))
            found[outcome.id] = _Mark(text, outcome.prediction, scored.em, scored.f1, outcome.language, outcome.type)
    return found


def _kind(a: _Mark, b: _Mark) -> Kind | None:
    if a.em != b.em:
        return "fixed" if b.em > a.em else "broken"
    return "changed" if a.prediction != b.prediction else None


def _row(name: str, pairs: Sequence[tuple[_Mark, _Mark]]) -> Row:
    def percent(values: Sequence[float]) -> float:
        return 100 * mean(values)

    return Row(
        name,
        len(pairs),
        percent([a.f1 for a, _ in pairs]),
        percent([b.f1 for _, b in pairs]),
        percent([a.em for a, _ in pairs]),
        percent([b.em for _, b in pairs]),
    )


def _rows(pairs: Sequence[tuple[_Mark, _Mark]]) -> tuple[Row, ...]:
    rows = [_row("all", pairs)]
    for key in ("language", "type"):
        names = sorted({str(getattr(a, key)) for a, _ in pairs} - {"?"})
        rows += [_row(name, [pair for pair in pairs if getattr(pair[0], key) == name]) for name in names]
    return tuple(rows)


def _collect(journal: Journal, wanted: set[str]) -> dict[str, Outcome]:
    return {outcome.id: outcome for outcome in journal.read() if outcome.id in wanted}


def compare(folder_a: Path, folder_b: Path, margin: float) -> Comparison:
    """Compare two finished runs; `margin` in points of F1. Raises EvaluationError when a folder holds no
    finished run, or the two share no question with a gold answer."""
    journal_a, journal_b = _open(folder_a), _open(folder_b)
    a, b = _marks(journal_a), _marks(journal_b)
    shared = [id for id, mark in a.items() if id in b and b[id].text == mark.text]
    if not shared:
        raise EvaluationError(f"{folder_a} and {folder_b} share no question with a gold answer; run both on one file")
    kinds = {id: kind for id in shared if (kind := _kind(a[id], b[id])) is not None}
    by_size = sorted(kinds, key=lambda id: (KINDS.index(kinds[id]), b[id].f1 - a[id].f1))[:MOST_CHANGES]
    texts_a, texts_b = _collect(journal_a, set(by_size)), _collect(journal_b, set(by_size))
    moved = paired_bootstrap([a[id].f1 for id in shared], [b[id].f1 for id in shared])
    versions_a, versions_b = journal_a.header.get("versions", {}), journal_b.header.get("versions", {})
    return Comparison(
        name_a=str(folder_a),
        name_b=str(folder_b),
        rows=_rows([(a[id], b[id]) for id in shared]),
        difference=Interval(100 * moved.mean, 100 * moved.low, 100 * moved.high),
        p_value=mcnemar([a[id].em == 1 for id in shared], [b[id].em == 1 for id in shared]),
        margin=margin,
        counts={kind: sum(found == kind for found in kinds.values()) for kind in KINDS},
        changes=tuple(Change(kinds[id], texts_a[id], texts_b[id], a[id].f1, b[id].f1) for id in by_size),
        n_only_a=len(a) - len(shared),
        n_only_b=len(b) - len(shared),
        other_versions={
            key: (str(versions_a.get(key, "-")), str(versions_b.get(key, "-")))
            for key in sorted(versions_a.keys() | versions_b.keys())
            if versions_a.get(key) != versions_b.get(key)
        },
    )
