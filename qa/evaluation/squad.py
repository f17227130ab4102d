"""What the two official SQuAD scripts print for a run, from our own scores.

Definitions: SQuAD 1.1 (Rajpurkar et al. 2016) and 2.0 (Rajpurkar et al. 2018). Figures are percentages and not rounded;
they are summed as the scripts sum, in the order of the questions, so that they agree to the last digit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qa.evaluation.abstention import FloatVector
from qa.evaluation.columns import ScoreTable


def _percent_2(table: ScoreTable, key: str) -> float:
    """The mean of a score as the 2.0 script has it: the built-in sum of scores, whole numbers where nothing is left
    of the prediction. From Python 3.12 on that sum carries its rounding errors, but not across whole numbers."""
    values = zip(table.numbers(key), table.flags("worded"), strict=True)
    return 100.0 * sum(float(value) if worded else int(value) for value, worded in values) / len(table)


def _percent_1(values: FloatVector) -> float:
    """The mean of scores as the 1.1 script has it: added one after the other."""
    return 100.0 * float(np.cumsum(values)[-1]) / len(values)


def _best_threshold(table: ScoreTable, key: str) -> tuple[float, float]:
    """The highest score, in percent, and the na_prob up to which predictions are kept for it.

    All questions start as not answered; in the order of na_prob, each answer then adds its score, or
    takes 1 away where there is none. A prediction of "" adds nothing to a question without an answer.
    Among questions of one na_prob the order of the file decides, as in the script.
    """
    probability, answerable = table.numbers("no_answer_probability"), table.flags("answerable")
    gain = np.where(answerable, table.numbers(key), -table.numbers("said"))
    order = np.argsort(probability, kind="stable")
    totals = np.cumsum(np.concatenate([[float(np.sum(~answerable))], gain[order]]))
    best = int(np.argmax(totals))
    return 100.0 * float(totals[best]) / len(table), float(probability[order[best - 1]]) if best else 0.0


def squad_2(table: ScoreTable) -> dict[str, Any]:
    """The object that the SQuAD 2.0 script prints for predictions.json and na_prob.json of these questions.

    To the script, the empty prediction of a question that could not be asked is an abstention.
    """
    if not len(table):
        return {}
    found: dict[str, Any] = {}
    answerable = table.flags("answerable")
    for prefix, part in (("", table), ("HasAns_", table.where(answerable)), ("NoAns_", table.where(~answerable))):
        if len(part):
            found[f"{prefix}exact"] = _percent_2(part, "official_em")
            found[f"{prefix}f1"] = _percent_2(part, "official_f1")
            found[f"{prefix}total"] = len(part)
    for name, key in (("exact", "official_em"), ("f1", "official_f1")):
        found[f"best_{name}"], found[f"best_{name}_thresh"] = _best_threshold(table, key)
    return found


def squad_1(table: ScoreTable) -> dict[str, Any]:
    """The object that the SQuAD 1.1 script prints; empty where a question has no answer, which 1.1 does not know."""
    if not len(table) or not table.flags("answerable").all():
        return {}
    return {"exact_match": _percent_1(table.numbers("squad_1_em")), "f1": _percent_1(table.numbers("squad_1_f1"))}
