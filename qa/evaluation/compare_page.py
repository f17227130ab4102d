"""A comparison as an HTML page."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError
from qa.evaluation.compare import Change, Comparison
from qa.evaluation.outcome import Outcome
from qa.evaluation.page import show_sentence, write_page
from qa.evaluation.report import confidence


def _side(outcome: Outcome, f1: float) -> dict[str, Any]:
    return {
        "prediction": outcome.prediction,
        "f1": f1,
        "confidence": confidence(outcome),
        "evidence": show_sentence(outcome.evidence),
        "error": outcome.error,
    }


def _show(change: Change) -> dict[str, Any]:
    sides = (change.a, change.b)
    return {
        "kind": change.kind,
        "id": change.a.id,
        "question": change.a.question,
        "language": change.a.language,
        "type": change.a.type,
        "gold": list(dict.fromkeys(change.a.gold)),
        "a": _side(change.a, change.f1_a),
        "b": _side(change.b, change.f1_b),
        "texts": [s.prediction for s in sides] + [s.evidence.text for s in sides if s.evidence is not None],
    }


def write_comparison(path: Path, found: Comparison) -> None:
    """Write the page. Raises EvaluationError when the file cannot be written."""
    content = {
        "name_a": found.name_a,
        "name_b": found.name_b,
        "rows": [asdict(row) for row in found.rows],
        "difference": asdict(found.difference),
        "p_value": found.p_value,
        "margin": found.margin,
        "is_worse": found.is_worse,
        "counts": found.counts,
        "changes": [_show(change) for change in found.changes],
        "n_left_out": sum(found.counts.values()) - len(found.changes),
        "n_only_a": found.n_only_a,
        "n_only_b": found.n_only_b,
        "other_versions": found.other_versions,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_page(path, f"{found.name_a} and {found.name_b} compared", content, ("compare.js",))
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be written ({error.strerror or error})") from None
