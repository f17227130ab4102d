"""From a question's readings to its answer: pool over windows, weigh, answer or abstain, show evidence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from embeddings.passages import split_sentences
from qa.article import Article
from qa.calibration import Calibration, measure
from qa.spans import decode_window, drop_overlaps
from qa.types import Alternative, Answer, Evidence, Reason, RetrievedPassage, SpanCandidate, Timing, WindowLogits

N_CANDIDATES = 20
N_ALTERNATIVES = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found for one question: ranked candidates that do not overlap, and where they came from."""

    question: str
    ranked: tuple[SpanCandidate, ...]
    passages: tuple[RetrievedPassage, ...]


def find_sentence(article: Article, start: int, end: int) -> Evidence:
    """The sentence, or run of sentences of one paragraph, that holds characters [start, end)."""
    number = bisect_right(article.paragraphs, start, key=lambda bounds: bounds[0]) - 1
    sentences = split_sentences(article.text, article.paragraphs[max(number, 0)])
    touched = [s for s in sentences if s[0] < end and start < s[1]]
    first = min([s[0] for s in touched], default=start)
    last = max([s[1] for s in touched] + [end])
    return Evidence(article.text[first:last], first, last)


def _around(candidate: SpanCandidate, passages: Iterable[RetrievedPassage]) -> RetrievedPassage | None:
    """The most relevant passage that holds the candidate's start."""
    around = [p for p in passages if p.passage.start <= candidate.start < p.passage.end]
    return max(around, key=lambda p: p.relevance, default=None)


def _weigh(candidate: SpanCandidate, passages: Iterable[RetrievedPassage], weight: float) -> SpanCandidate:
    """The candidate with its passage's share in its score."""
    around = _around(candidate, passages)
    if around is None:
        return candidate
    score = candidate.score + weight * around.relevance
    return replace(candidate, score=score, similarity=around.similarity, relevance=around.relevance)


def pool(
    question: str,
    article: Article,
    readings: Sequence[WindowLogits],
    passages: tuple[RetrievedPassage, ...],
    max_answer_tokens: int,
    weight: float,
) -> Reading:
    """Candidates of all windows on one scale: start + end - null of their window plus `weight` times
    the relevance of their passage."""
    candidates = []
    starts = np.array([start for start, _ in article.paragraphs], dtype=np.int64)
    for logits in readings:
        for found in decode_window(logits, article.text, starts, max_answer_tokens, N_CANDIDATES):
            candidates.append(_weigh(found, passages, weight))
    return Reading(question, tuple(drop_overlaps(candidates, N_ALTERNATIVES + 1)), passages)


def _alternative(candidate: SpanCandidate, article: Article) -> Alternative:
    evidence = find_sentence(article, candidate.start, candidate.end)
    return Alternative(candidate.text, candidate.start, candidate.end, candidate.score, evidence)


def select(
    reading: Reading,
    article: Article,
    calibration: Calibration,
    timing: Timing,
    models: dict[str, str],
    threshold: float | None = None,
) -> Answer:
    """The answer of a reading, or an abstention when its probability is under the threshold.

    `threshold` in [0, 1] replaces the calibration's own. An abstention keeps the best candidate as its
    first alternative, and the nearest sentence as its evidence.
    """
    limit = calibration.threshold if threshold is None else threshold
    best = reading.ranked[0] if reading.ranked else None
    probability = 0.0 if best is None else calibration.probability(measure(reading.ranked, reading.passages))
    answered = best is not None and probability >= limit
    reason: Reason = "no_span" if best is None else "answered" if answered else "low_confidence"
    others = reading.ranked[1:] if answered else reading.ranked[:N_ALTERNATIVES]
    return Answer(
        question=reading.question,
        text=best.text if best is not None and answered else "",
        start=best.start if best is not None and answered else 0,
        end=best.end if best is not None and answered else 0,
        answered=answered,
        no_answer_probability=1 - probability,
        reason=reason,
        evidence=None if best is None else find_sentence(article, best.start, best.end),
        alternatives=tuple(_alternative(c, article) for c in others),
        passages=reading.passages,
        timing=timing,
        models=models,
    )
