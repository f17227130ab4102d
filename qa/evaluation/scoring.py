"""Score one outcome: right or wrong, how much of the answer, and where it went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.evaluation import metrics
from qa.evaluation.outcome import Outcome, Span

Stage = Literal[
    "right", "error", "not_retrieved", "wrong_span", "wrong_boundary", "abstained_wrongly", "should_have_abstained"
]
STAGES: tuple[Stage, ...] = (
    "error",
    "not_retrieved",
    "abstained_wrongly",
    "wrong_span",
    "wrong_boundary",
    "should_have_abstained",
)
"""What can go wrong, in the order in which it happens. error: could not be asked. not_retrieved: no passage
with a gold answer was read. abstained_wrongly: one was, and the system said nothing. wrong_span: it
answered from elsewhere. wrong_boundary: the answer shares characters with a gold one. should_have_abstained:
the article does not answer."""

_LIMITS = ((0, "no answer"), (1, "1 word"), (3, "2-3 words"), (6, "4-6 words"), (12, "7-12 words"))
LENGTHS = (*(name for _, name in _LIMITS[1:]), "over 12 words", _LIMITS[0][1])
"""Classes of `Scored.length`, by the words of the shortest gold answer."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of one question, without its texts.

    Scores are in [0, 1]; `f1` and `em` French-aware, `official_*` SQuAD 2's, `squad_1_*`
    SQuAD 1.1's, `folded_*` without accents, `forced_*`
    when made to answer. `said`: the prediction is not ""; `worded`: SQuAD's normalisation leaves
    something of it. `rank`: of the first passage that holds a gold answer, None if none was retrieved,
    0 where no gold answer has a place in the article. `overlap`: shared characters over all characters of
    prediction and gold answer. None where a figure has no meaning for the question.
    """

    id: str
    language: str
    type: str
    article: str
    length: str
    answerable: bool
    answered: bool
    said: bool
    worded: bool
    stage: Stage
    em: float
    f1: float
    official_em: float
    official_f1: float
    squad_1_em: float
    squad_1_f1: float
    folded_em: float
    folded_f1: float
    forced_em: float
    forced_f1: float
    official_forced_f1: float
    no_answer_probability: float
    milliseconds: float | None
    rank: int | None
    retrieved: tuple[int, ...]
    relevant: tuple[int, ...]
    evidence_hit: float | None
    overlap: float | None
    bound_em: float | None
    bound_f1: float | None


def _share(a: Span, b: Span) -> float:
    """Characters in both over characters in either."""
    both = min(a[1], b[1]) - max(a[0], b[0])
    return both / (max(a[1], b[1]) - min(a[0], b[0])) if both > 0 else 0.0


def _overlap(span: Span, places: Sequence[Span]) -> float:
    return max((_share(span, place) for place in places), default=0.0)


def _evidence_hit(outcome: Outcome) -> float:
    """1 when the shown sentence of an answer holds a gold answer whole."""
    if outcome.evidence is None or not outcome.answered:
        return 0.0
    start, end = outcome.evidence.start, outcome.evidence.start + len(outcome.evidence.text)
    return float(any(start <= a and b <= end for a, b in outcome.gold_places))


def answer_length(outcome: Outcome) -> str:
    """The words of the shortest gold answer, in classes."""
    n_words = min((len(gold.split()) for gold in outcome.gold), default=0)
    return next((name for limit, name in _LIMITS if n_words <= limit), "over 12 words")


def find_stage(outcome: Outcome, em: float, f1: float, rank: int | None) -> Stage:
    """Where a question went wrong; "right" when the prediction equals a gold answer. See STAGES."""
    if outcome.error is not None:
        return "error"
    if em == 1:
        return "right"
    if not outcome.answerable:
        return "should_have_abstained"
    if rank is None:
        return "not_retrieved"
    if not outcome.answered:
        return "abstained_wrongly"
    near = _overlap(outcome.span, outcome.gold_places) > 0 if outcome.gold_places else f1 > 0
    return "wrong_boundary" if near else "wrong_span"


def _rank(outcome: Outcome) -> int | None:
    if not outcome.gold_places:
        return 0
    relevant = set(outcome.relevant)
    return next((rank for rank, id in enumerate(outcome.retrieved, 1) if id in relevant), None)


def score(outcome: Outcome) -> Scored:
    """All scores of a labelled outcome. One that could not be asked scores 0, whatever its gold answer; only
    the official figures take its empty prediction for an abstention, as the scripts do."""
    asked = outcome.error is None

    def both(text: str, normalise: metrics.Normalise) -> tuple[float, float]:
        gold = metrics.keep_answers(outcome.gold, normalise)
        return metrics.exact_match(text, gold, normalise), metrics.f1(text, gold, normalise)

    em, f1 = both(outcome.prediction, metrics.normalise_french) if asked else (0.0, 0.0)
    official = both(outcome.prediction, metrics.normalise_official)
    squad_1 = metrics.squad_1(outcome.prediction, outcome.gold)
    folded = both(outcome.prediction, metrics.normalise_folded) if asked else (0.0, 0.0)
    forced = both(outcome.forced, metrics.normalise_french) if asked else (0.0, 0.0)
    tried = outcome.on_gold_passage
    bound = (None, None) if tried is None else both(tried, metrics.normalise_french)
    placed = asked and bool(outcome.gold_places)
    rank = _rank(outcome)
    return Scored(
        id=outcome.id,
        language=outcome.language,
        type=outcome.type,
        article=outcome.article,
        length=answer_length(outcome),
        answerable=outcome.answerable,
        answered=outcome.answered,
        said=outcome.prediction != "",
        worded=metrics.normalise_official(outcome.prediction) != "",
        stage=find_stage(outcome, em, f1, rank),
        em=em,
        f1=f1,
        official_em=official[0],
        official_f1=official[1],
        squad_1_em=squad_1[0],
        squad_1_f1=squad_1[1],
        folded_em=folded[0],
        folded_f1=folded[1],
        forced_em=forced[0],
        forced_f1=forced[1],
        official_forced_f1=both(outcome.forced, metrics.normalise_official)[1],
        no_answer_probability=outcome.no_answer_probability,
        milliseconds=outcome.milliseconds if asked else None,
        rank=rank,
        retrieved=outcome.retrieved if placed else (),
        relevant=outcome.relevant if placed else (),
        evidence_hit=_evidence_hit(outcome) if placed else None,
        overlap=_overlap(outcome.span, outcome.gold_places) if placed else None,
        bound_em=bound[0],
        bound_f1=bound[1],
    )
