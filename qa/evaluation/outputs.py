"""Write the files of a run: predictions, probabilities, figures and the table, each whole or not at all."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from embeddings.storage import write_whole
from qa.evaluation.outcome import Outcome
from qa.evaluation.scoring import Scored

COLUMNS = (
    "id question language type article labelled gold prediction answered confidence no_answer_probability "
    "start end exact_match f1 official_exact_match official_f1 forced forced_f1 stage passage_rank evidence_hit "
    "character_overlap on_gold_passage on_gold_passage_f1 milliseconds evidence error"
).split()
_NUMBERS = re.compile(r"\[\n\s*([-\d.,e\s]+)\n\s*\]")


def write_json(path: Path, content: Any) -> None:
    """One JSON document, indented, rows of numbers on one line."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    with write_whole(path) as file:
        file.write(_NUMBERS.sub(lambda row: f"[{' '.join(row[1].split())}]", text) + "\n")


def _write_object(path: Path, pairs: Iterable[tuple[str, Any]]) -> None:
    """One JSON object, a key a line, without holding it whole."""
    with write_whole(path) as file:
        mark = "{\n"
        for key, value in pairs:
            file.write(f"{mark} {json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}")
            mark = ",\n"
        file.write("{}\n" if mark == "{\n" else "\n}\n")


def write_predictions(folder: Path, outcomes: Iterable[Outcome]) -> None:
    """predictions.json, {id: text}, "" where the system abstained or could not be asked."""
    _write_object(folder / "predictions.json", ((o.id, o.prediction) for o in outcomes))


def write_na_prob(folder: Path, outcomes: Iterable[Outcome]) -> None:
    """na_prob.json, {id: probability that the article does not answer}."""
    _write_object(folder / "na_prob.json", ((o.id, o.no_answer_probability) for o in outcomes))


def _row(outcome: Outcome, scored: Scored) -> list[Any]:
    """The values of COLUMNS; scores are empty where nobody said what is right."""
    probability = outcome.no_answer_probability

    def known(value: Any) -> Any:
        return "" if value is None or not outcome.labelled else round(value, 4) if isinstance(value, float) else value

    return [
        outcome.id,
        outcome.question,
        outcome.language,
        outcome.type,
        outcome.article,
        int(outcome.labelled),
        " | ".join(outcome.gold),
        outcome.prediction,
        int(outcome.answered),
        "" if outcome.error is not None else round(1 - probability if outcome.answered else probability, 6),
        probability,
        outcome.span[0] if outcome.answered else "",
        outcome.span[1] if outcome.answered else "",
        known(scored.em),
        known(scored.f1),
        known(scored.official_em),
        known(scored.official_f1),
        outcome.forced,
        known(scored.forced_f1),
        known(scored.stage),
        known(scored.rank if outcome.gold_places else None),
        known(scored.evidence_hit),
        known(scored.overlap),
        "" if outcome.on_gold_passage is None else outcome.on_gold_passage,
        known(scored.bound_f1),
        outcome.milliseconds if outcome.error is None else "",
        "" if outcome.evidence is None else outcome.evidence.text,
        "" if outcome.error is None else outcome.error,
    ]


def write_table(folder: Path, rows: Iterable[tuple[Outcome, Scored]]) -> None:
    """per_question.csv: one row a question, the columns named by COLUMNS."""
    with write_whole(folder / "per_question.csv") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_row(outcome, scored) for outcome, scored in rows)
