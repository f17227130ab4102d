"""What the two official SQuAD scripts print for a run, from our own scores.

Definitions: SQuAD 1.1 (Rajpurkar et al. 2016) and 2.0 (Rajpurkar et al. 2018). Figures are percentages and not rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa.evaluation.scoring import Scored


def _mean(values: Sequence[float]) -> float:
    return 100.0 * sum(values) / len(values)


def _best_threshold(scores: Sequence[float], scored: Sequence[Scored]) -> tuple[float, float]:
    """The highest score, in percent, and the na_prob up to which predictions are kept for it.

    All questions start as not answered; in the order of na_prob, each answer then adds its score, or
    takes 1 away where there is none. A prediction of "" adds nothing to a question without an answer.
    """
    best = total = float(sum(not s.answerable for s in scored))
    limit = 0.0
    for i in sorted(range(len(scored)), key=lambda i: scored[i].no_answer_probability):
        if scored[i].answerable:
            total += scores[i]
        elif scored[i].answered:
            total -= 1
        if total > best:
            best, limit = total, scored[i].no_answer_probability
    return 100.0 * best / len(scored), limit


def squad_2(scored: Sequence[Scored]) -> dict[str, Any]:
    """The object that the SQuAD 2.0 script prints for predictions.json and na_prob.json of these questions.

    To the script, the empty prediction of a question that could not be asked is an abstention.
    """
    if not scored:
        return {}
    found: dict[str, Any] = {}
    has, no = [s for s in scored if s.answerable], [s for s in scored if not s.answerable]
    for prefix, part in (("", scored), ("HasAns_", has), ("NoAns_", no)):
        if part:
            found[f"{prefix}exact"] = _mean([s.official_em for s in part])
            found[f"{prefix}f1"] = _mean([s.official_f1 for s in part])
            found[f"{prefix}total"] = len(part)
    for name, scores in (("exact", [s.official_em for s in scored]), ("f1", [s.official_f1 for s in scored])):
        found[f"best_{name}"], found[f"best_{name}_thresh"] = _best_threshold(scores, scored)
    return found


def squad_1(scored: Sequence[Scored]) -> dict[str, Any]:
    """The object that the SQuAD 1.1 script prints; empty where a question has no answer, which 1.1 does not know."""
    if not scored or not all(s.answerable for s in scored):
        return {}
    return {"exact_match": _mean([s.squad_1_em for s in scored]), "f1": _mean([s.squad_1_f1 for s in scored])}
