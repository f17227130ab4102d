"""What is added to a selected answer: who says so, dates made absolute, and why there is none."""

from __future__ import annotations

from dataclasses import replace

from qa.article import Article
from qa.attribution import find_speaker
from qa.dates import resolve_dates
from qa.refusal import explain_refusal
from qa.types import Answer


def annotate(answer: Answer, article: Article) -> Answer:
    """The answer with `speaker` and `dates`, or, where it abstains, with `refusal`; nothing else changes."""
    if not answer.answered:
        similarity = max((p.similarity for p in answer.passages), default=0.0)
        return replace(answer, refusal=explain_refusal(answer.question, article.text, similarity))
    bounds = (answer.start, answer.end) if answer.evidence is None else (answer.evidence.start, answer.evidence.end)
    return replace(
        answer,
        speaker=find_speaker(article.text, answer.start, answer.end),
        dates=resolve_dates(article.text, *bounds, article.date),
    )
