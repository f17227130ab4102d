"""The report of a run: what report.html shows."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qa.evaluation.outcome import Outcome
from qa.evaluation.page import show_sentence, write_page
from qa.evaluation.scoring import score

MOST_QUESTIONS = 2_000
"""Questions in the page, the worst ones; the table beside it has all."""


def confidence(outcome: Outcome) -> float | None:
    """Probability of what was said; None where nothing could be asked."""
    if outcome.error is not None:
        return None
    return 1 - outcome.no_answer_probability if outcome.answered else outcome.no_answer_probability


def _show(outcome: Outcome) -> dict[str, Any]:
    scored = score(outcome)
    return {
        "id": outcome.id,
        "question": outcome.question,
        "language": outcome.language,
        "type": outcome.type,
        "article": outcome.article,
        "gold": list(dict.fromkeys(outcome.gold)),
        "prediction": outcome.prediction,
        "forced": outcome.forced,
        "stage": scored.stage if outcome.labelled else "unscored",
        "f1": round(scored.f1, 4),
        "confidence": confidence(outcome),
        "rank": scored.rank if outcome.gold_places else None,
        "evidence": show_sentence(outcome.evidence),
        "goldSentence": show_sentence(outcome.gold_sentence),
        "sentence": " ".join(s.text for s in (outcome.evidence, outcome.gold_sentence) if s is not None),
        "bound": outcome.on_gold_passage,
        "error": outcome.error,
    }


def _badness(outcome: Outcome) -> tuple[bool, float, float]:
    """Smallest for the worst: labelled before unlabelled, low F1 first, then the surest."""
    sure = confidence(outcome)
    return not outcome.labelled, score(outcome).f1 if outcome.labelled else 1.0, -1.0 if sure is None else -sure


def write_report(path: Path, summary: dict[str, Any], read: Callable[[], Iterator[Outcome]]) -> None:
    """Write report.html from the figures and the outcomes, which `read` goes through anew at each call."""
    worst = heapq.nsmallest(MOST_QUESTIONS, read(), key=_badness)
    n = summary["run"]["n_questions"]
    source = Path(summary["run"]["source"]).name
    title = f"Evaluation of {source if source not in ('', '-') else 'standard input'}"
    content = {
        "title": title,
        "metrics": {key: value for key, value in summary.items() if key not in ("squad_1", "squad_2")},
        "questions": [_show(outcome) for outcome in worst],
        "n_left_out": n - len(worst),
        "n_articles": summary["overall"]["n_articles"],
    }
    write_page(path, title, content, ("report.js",))
