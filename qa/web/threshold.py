"""What a threshold costs and gains on the public questions, measured with the models that are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa.errors import DispatchError
from qa.evaluation.metrics import f1, normalise_french
from qa.evaluation.questions import EvaluationQuestion, read_questions
from qa.language import Language
from qa.types import Answer
from qa.web.opened import Opened
from qa.web.strings import say
from qa.web.wording import format_number

PUBLIC_QUESTIONS = Path(__file__).resolve().parents[2] / "seeds" / "dev_article.json"
_RIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """One public question: the probability that its best span answers, whether it does (a token F1 of
    at least 0.5 with a right answer), and whether the article answers it at all."""

    probability: float
    right: bool
    answerable: bool


def _outcome(question: EvaluationQuestion, answer: Answer, text: str) -> Outcome:
    best = text[slice(*answer.best_span)]
    gold = [g.text for g in question.gold]
    right = bool(gold) and f1(best, gold, normalise_french) >= _RIGHT
    return Outcome(1 - answer.no_answer_probability, right, bool(gold))


def measure(opened: Opened, path: Path = PUBLIC_QUESTIONS) -> tuple[Outcome, ...]:
    """The outcomes of the questions that are about `opened`'s very article; empty where there are none."""
    try:
        questions = [q for q in read_questions(path) if q.context == opened.article.text]
    except DispatchError:
        return ()
    answers = opened.ask_many([q.question for q in questions]) if questions else []
    return tuple(_outcome(q, a, opened.article.text) for q, a in zip(questions, answers, strict=True))


def describe(outcomes: tuple[Outcome, ...], threshold: float, language: Language) -> str:
    """A sentence on what `threshold` in [0, 1] gives; its counts add up to the number of questions."""
    if not outcomes:
        return say(language, "no_measure")
    given = [o for o in outcomes if o.probability >= threshold]
    silent = [o for o in outcomes if o.probability < threshold]
    return say(
        language,
        "measured",
        threshold=format_number(threshold, language),
        n=len(outcomes),
        n_right=sum(o.right for o in given),
        n_wrong=sum(not o.right for o in given),
        n_answerable=sum(o.answerable for o in outcomes),
        n_missed=sum(o.answerable for o in silent),
        n_refused=sum(not o.answerable for o in silent),
        n_impossible=sum(not o.answerable for o in outcomes),
    )
