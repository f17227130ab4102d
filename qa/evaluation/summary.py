"""The figures of a run: the content of metrics.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from qa.evaluation import abstention as abst
from qa.evaluation.columns import ScoreTable, mean
from qa.evaluation.intervals import N_RESAMPLES, SEED, bootstrap
from qa.evaluation.metrics import auroc
from qa.evaluation.scoring import LENGTHS, STAGES
from qa.evaluation.squad import squad_1, squad_2
from qa.evaluation.usage import Usage, latency

MOST_GROUPS = 200
_CURVE_POINTS = 101
RIGHT_F1 = 0.5
"""An answer whose F1 is at least this counts as right where a probability of being right is judged."""


def _percent(table: ScoreTable, key: str) -> float | None:
    """The mean of a field where it has a meaning; None where it has nowhere."""
    known = table.known(key)
    return round(100 * mean(known), 2) if len(known) else None


def score_group(table: ScoreTable) -> dict[str, Any]:
    """EM and F1 in percent over all, answerable (also when forced to answer) and unanswerable questions,
    with the 95% intervals of the first two."""
    answerable = table.flags("answerable")
    has, no = table.where(answerable), table.where(~answerable)
    found: dict[str, Any] = {
        "n": len(table),
        "n_answerable": len(has),
        "n_errors": len(table.group("stage", "error")),
    }
    for name, em, f1 in (("french_aware", "em", "f1"), ("official", "official_em", "official_f1")):
        found[name] = {
            "f1": _percent(table, f1),
            "exact_match": _percent(table, em),
            "f1_answerable": _percent(has, f1),
            "exact_match_answerable": _percent(has, em),
            "f1_answerable_forced": None,
            "f1_unanswerable": _percent(no, f1),
        }
        if len(table):
            columns = np.column_stack([table.numbers(f1), table.numbers(em)])
            for key, interval in zip(("f1", "exact_match"), bootstrap(columns), strict=True):
                found[name][f"{key}_interval"] = [round(100 * interval.low, 2), round(100 * interval.high, 2)]
    found["french_aware"]["f1_answerable_forced"] = _percent(has, "forced_f1")
    found["french_aware"]["exact_match_answerable_forced"] = _percent(has, "forced_em")
    found["official"]["f1_answerable_forced"] = _percent(has, "official_forced_f1")
    found["accents_folded"] = {"f1": _percent(table, "folded_f1"), "exact_match": _percent(table, "folded_em")}
    return found


def score_groups(table: ScoreTable, key: str, order: Sequence[str] = ()) -> dict[str, Any]:
    """`score_group` of each group of a field, in the given order, others by name; of more than MOST_GROUPS, those
    with the lowest mean F1."""
    means = {name: mean(group.numbers("f1")) for name, group in table.split(key)}
    worst = sorted(means, key=lambda name: (means[name], name))[:MOST_GROUPS]
    rank = {name: i for i, name in enumerate(order)}
    ordered = sorted(worst, key=lambda name: (rank.get(name, len(rank)), name))
    return {name: score_group(table.group(key, name)) for name in ordered}


def _places(table: ScoreTable) -> dict[str, Any]:
    """How much of the place of the gold answer the shown sentence and the span hold."""
    return {
        "n": len(table.known("evidence_hit")),
        "evidence_sentence_hit": _percent(table, "evidence_hit"),
        "character_overlap": _percent(table, "overlap"),
    }


def funnel(table: ScoreTable) -> dict[str, Any]:
    """How many questions went wrong at each stage, and how many of them the reader gets right when it is
    given a passage that holds the answer (None where that was not tried)."""
    stages = {}
    for stage in STAGES:
        group = table.group("stage", stage)
        tried = group.known("bound_em")
        stages[stage] = {"n": len(group), "n_right_on_gold_passage": int(tried.sum()) if len(tried) else None}
    return {"n": len(table), "n_right": len(table.group("stage", "right")), "stages": stages}


def upper_bound(table: ScoreTable) -> dict[str, Any] | None:
    """Forced answers of the reader on a gold passage, beside its forced answers on what was retrieved."""
    tried = table.where(~np.isnan(table.numbers("bound_f1")))
    if not len(tried):
        return None
    return {
        "n": len(tried),
        "f1_gold_passage": _percent(tried, "bound_f1"),
        "exact_match_gold_passage": _percent(tried, "bound_em"),
        "f1_retrieved": _percent(tried, "forced_f1"),
        "exact_match_retrieved": _percent(tried, "forced_em"),
    }


def _reliability(probability: abst.FloatVector, came_true: abst.BoolVector) -> dict[str, Any]:
    bins = abst.reliability_bins(probability, came_true)
    return {
        "ece": round(abst.expected_calibration_error(bins), 4),
        "brier": round(abst.brier(probability, came_true), 4),
        "bins": [[round(b.probability, 4), round(b.share, 4), b.n] for b in bins],
    }


def abstention(table: ScoreTable) -> dict[str, Any]:
    """Does `no_answer_probability` tell which questions have no answer, and is it a probability.

    `answerability` judges 1 - no_answer_probability against "the article answers"; `confidence` judges
    the probability of what was said against "that was right" (F1 of at least RIGHT_F1). These two leave
    out the questions that could not be asked; everywhere else those count, as probably without answer.
    """
    answerable, answered = table.flags("answerable"), table.flags("answered")
    area = auroc(table.numbers("no_answer_probability"), ~answerable)
    found: dict[str, Any] = {
        "auroc": None if area is None else round(area, 4),
        "n_abstained": int((~answered).sum()),
        "n_unanswerable": int((~answerable).sum()),
    }
    asked = ~np.isnan(table.numbers("milliseconds"))
    if not asked.any():
        return found
    probability = 1 - table.numbers("no_answer_probability")
    forced = np.where(answerable, table.numbers("forced_f1"), 0.0)
    said = np.where(answered, probability, 1 - probability)
    right = table.numbers("f1") >= RIGHT_F1
    curve = abst.risk_coverage(probability, forced)
    thresholds = abst.cross_threshold(probability, forced, answerable, table.flags("first_half"))
    return found | {
        "answerability": _reliability(probability[asked], answerable[asked]),
        "confidence": _reliability(said[asked], right[asked]),
        "risk_coverage": {
            "area": round(curve.area, 4),
            "best_area": round(curve.best_area, 4),
            "points": _thin(curve),
        },
        "threshold": {
            "split": "halves by the hash of the question id; chosen on one, reported on the other",
            "halves": [{key: round(value, 4) for key, value in asdict(t).items()} for t in thresholds],
        },
    }


def _thin(curve: abst.RiskCoverage) -> list[list[float]]:
    """At most _CURVE_POINTS points of the curve, the last one kept."""
    n = len(curve.risk)
    kept = np.unique(np.linspace(0, n - 1, min(n, _CURVE_POINTS)).round().astype(int))
    return [[round(float(curve.coverage[i]), 4), round(float(curve.risk[i]), 4)] for i in kept]


def summarise(table: ScoreTable, retrieval: dict[str, Any], usage: Usage, versions: dict[str, str]) -> dict[str, Any]:
    """All figures. `table`: the labelled questions of the run, in order; `retrieval`: those of RetrievalTotals."""
    asked = table.where(~np.isnan(table.numbers("milliseconds")))
    return {
        "overall": score_group(table)
        | {"n_unlabelled": usage.n_asked - len(table), "n_articles": sum(1 for _ in asked.split("article"))},
        "by_language": score_groups(table, "language"),
        "by_type": score_groups(table, "type"),
        "by_answer_length": score_groups(table, "length", LENGTHS),
        "by_article": score_groups(table, "article"),
        "squad_2": squad_2(table),
        "squad_1": squad_1(table),
        "retrieval": retrieval,
        "evidence": _places(table),
        "abstention": abstention(table),
        "funnel": funnel(table),
        "upper_bound": upper_bound(table),
        "latency": latency(table.known("milliseconds"), usage),
        "versions": versions,
        "settings": {"bootstrap_resamples": N_RESAMPLES, "seed": SEED},
    }
