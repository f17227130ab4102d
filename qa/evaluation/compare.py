"""Two runs over the same questions: what the second one fixed, broke and changed, and whether it is worse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qa.errors import EvaluationError
from qa.evaluation.columns import mean
from qa.evaluation.intervals import Interval, mcnemar, paired_bootstrap
from qa.evaluation.journal import JOURNAL, Journal
from qa.evaluation.outcome import Outcome
from qa.evaluation.questions import UNKNOWN
from qa.evaluation.scoring import score

Kind = Literal["broken", "fixed", "changed"]
KINDS: tuple[Kind, ...] = ("broken", "fixed", "changed")
_GROUPS = (("language", "i4"), ("type", "i4"))
MOST_CHANGES = 2_000
"""Changed questions of which the texts are kept, those with the largest difference."""


_MARK = np.dtype([("id", "u8"), ("text", "u8"), ("prediction", "u8"), ("f1", "f8"), ("em", "?"), *_GROUPS])
"""What is kept of every question: texts as their hashes, names as places in a list of them. `text` tells one
question from another of the same id."""
Marks = NDArray[Any]


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


def _hash(text: object) -> int:
    """64 bits that are the same throughout this process."""
    return hash(text) & (1 << 64) - 1


def _marks(journal: Journal, names: dict[str, int]) -> Marks:
    """The labelled questions of a run; new names are added to `names`."""
    found, n = np.empty(journal.n_outcomes, _MARK), 0
    for outcome in journal.read():
        if outcome.labelled:
            scored = score(outcome)
            text, prediction = _hash((outcome.question, outcome.gold)), _hash(outcome.prediction)
            language, kind = (names.setdefault(name, len(names)) for name in (outcome.language, outcome.type))
            found[n] = (_hash(outcome.id), text, prediction, scored.f1, scored.em, language, kind)
            n += 1
    return found[:n]


def _pair(a: Marks, b: Marks) -> tuple[Marks, Marks]:
    """The questions that both have, in the order of A."""
    _, in_a, in_b = np.intersect1d(a["id"], b["id"], assume_unique=True, return_indices=True)
    order = np.argsort(in_a)
    a, b = a[in_a[order]], b[in_b[order]]
    same = a["text"] == b["text"]
    return a[same], b[same]


def _kinds(a: Marks, b: Marks) -> NDArray[np.intp]:
    """Each pair's place in KINDS; behind its end for one that has the same prediction in both runs."""
    same_em = np.where(a["prediction"] == b["prediction"], len(KINDS), KINDS.index("changed"))
    moved = np.where(b["em"], KINDS.index("fixed"), KINDS.index("broken"))
    return np.where(a["em"] == b["em"], same_em, moved)


def _row(name: str, a: Marks, b: Marks) -> Row:
    f1_a, f1_b, em_a, em_b = (100 * mean(run[key].astype(np.float64)) for key in ("f1", "em") for run in (a, b))
    return Row(name, len(a), f1_a, f1_b, em_a, em_b)


def _rows(a: Marks, b: Marks, names: dict[str, int]) -> tuple[Row, ...]:
    rows = [_row("all", a, b)]
    for key, _ in _GROUPS:
        for name in sorted(names.keys() - {UNKNOWN}):
            chosen = a[key] == names[name]
            if chosen.any():
                rows.append(_row(name, a[chosen], b[chosen]))
    return tuple(rows)


def _collect(journal: Journal, wanted: set[int]) -> dict[int, Outcome]:
    """The outcomes of some ids, by the ids' hashes."""
    return {_hash(outcome.id): outcome for outcome in journal.read() if _hash(outcome.id) in wanted}


def compare(folder_a: Path, folder_b: Path, margin: float) -> Comparison:
    """Compare two finished runs; `margin` in points of F1. Raises EvaluationError when a folder holds no
    finished run, or the two share no question with a gold answer."""
    journal_a, journal_b = _open(folder_a), _open(folder_b)
    names: dict[str, int] = {}
    all_a, all_b = _marks(journal_a, names), _marks(journal_b, names)
    a, b = _pair(all_a, all_b)
    if not len(a):
        raise EvaluationError(f"{folder_a} and {folder_b} share no question with a gold answer; run both on one file")
    kinds = _kinds(a, b)
    by_size = np.lexsort((b["f1"] - a["f1"], kinds))[: min(MOST_CHANGES, int((kinds < len(KINDS)).sum()))]
    wanted = [int(id) for id in a["id"][by_size]]
    texts_a, texts_b = _collect(journal_a, set(wanted)), _collect(journal_b, set(wanted))
    moved = paired_bootstrap(a["f1"], b["f1"])
    versions_a, versions_b = journal_a.header.get("versions", {}), journal_b.header.get("versions", {})
    return Comparison(
        name_a=str(folder_a),
        name_b=str(folder_b),
        rows=_rows(a, b, names),
        difference=Interval(100 * moved.mean, 100 * moved.low, 100 * moved.high),
        p_value=mcnemar(a["em"], b["em"]),
        margin=margin,
        counts={kind: int((kinds == i).sum()) for i, kind in enumerate(KINDS)},
        changes=tuple(
            Change(KINDS[kinds[i]], texts_a[id], texts_b[id], float(a["f1"][i]), float(b["f1"][i]))
            for i, id in zip(by_size, wanted, strict=True)
        ),
        n_only_a=len(all_a) - len(a),
        n_only_b=len(all_b) - len(b),
        other_versions={
            key: (str(versions_a.get(key, "-")), str(versions_b.get(key, "-")))
            for key in sorted(versions_a.keys() | versions_b.keys())
            if versions_a.get(key) != versions_b.get(key)
        },
    )
