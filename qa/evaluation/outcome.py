"""What came of one question: all that scores, report and comparison need, without the article."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from qa.evaluation.questions import EvaluationQuestion

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the article, its first character there, and a half-open span to mark, in the article."""

    text: str
    start: int
    mark: Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and its answer. Characters are of the article, half-open; `position` is the question's
    place in its source, from 0.

    `forced` is the best span also where the system abstains. `gold_places`: where gold answers stand in
    the article. `retrieved`: passage ids, best first; `relevant`: ids of the passages that hold a gold
    answer whole. `on_gold_passage`: the best span when only such a passage is read; None where that was
    not tried. `error`: why the question could not be asked.
    """

    id: str
    question: str
    language: str
    type: str
    article: str
    labelled: bool
    gold: tuple[str, ...]
    error: str | None = None
    prediction: str = ""
    span: Span = (0, 0)
    answered: bool = False
    no_answer_probability: float = 1.0
    forced: str = ""
    forced_span: Span = (0, 0)
    evidence: Sentence | None = None
    gold_sentence: Sentence | None = None
    gold_places: tuple[Span, ...] = ()
    retrieved: tuple[int, ...] = ()
    relevant: tuple[int, ...] = ()
    on_gold_passage: str | None = None
    milliseconds: float = 0.0
    position: int = 0

    @property
    def answerable(self) -> bool:
        """Whether a gold answer is known."""
        return bool(self.gold)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Outcome:
        """The record that `to_dict` made, also after a way through JSON. Raises TypeError or KeyError."""
        spans = {key: (int(record[key][0]), int(record[key][1])) for key in ("span", "forced_span")}
        rows = {key: tuple(record[key]) for key in ("gold", "retrieved", "relevant")}
        places = tuple((int(a), int(b)) for a, b in record["gold_places"])
        sentences = {key: _sentence(record[key]) for key in ("evidence", "gold_sentence")}
        return cls(**{**record, **spans, **rows, **sentences, "gold_places": places})


def _sentence(record: dict[str, Any] | None) -> Sentence | None:
    if record is None:
        return None
    return Sentence(record["text"], record["start"], (record["mark"][0], record["mark"][1]))


def failed(question: EvaluationQuestion, reason: str) -> Outcome:
    """The outcome of a question that could not be asked."""
    gold = tuple(answer.text for answer in question.gold)
    labelled = question.labelled or question.error is not None
    return Outcome(
        question.id, question.question, question.language, question.type, question.title, labelled, gold, error=reason
    )
