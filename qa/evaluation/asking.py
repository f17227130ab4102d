"""Ask a batch of questions, of one article or of many, and keep what the scores need."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from qa.errors import DispatchError, QuestionError
from qa.evaluation.articles import Key, Shelf, article_key
from qa.evaluation.metrics import first_rank
from qa.evaluation.outcome import Outcome, Sentence, Span, failed
from qa.evaluation.questions import EvaluationQuestion
from qa.pipeline import ArticleQA, Models, Request, check_question, read_requests
from qa.types import Answer, RetrievedPassage, Timing

BATCH_QUESTIONS = 64
LOOKAHEAD = 1024
_MOST_PLACES = 64


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions that are asked together, and the place of each in its source, from 0. What it holds depends
    on the file alone, not on what was asked before, so that a run that was stopped goes on as if it had not been."""

    number: int
    questions: tuple[EvaluationQuestion, ...]
    positions: tuple[int, ...]


def build_batches(questions: Iterable[EvaluationQuestion]) -> Iterator[Batch]:
    """Batches of at most BATCH_QUESTIONS; of each LOOKAHEAD questions, those of one article together."""
    pending, number = enumerate(questions), 0
    while ahead := list(islice(pending, LOOKAHEAD)):
        groups: dict[Key, list[tuple[int, EvaluationQuestion]]] = {}
        for position, question in ahead:
            groups.setdefault(article_key(question), []).append((position, question))
        ordered = [one for group in groups.values() for one in group]
        for first in range(0, len(ordered), BATCH_QUESTIONS):
            positions, chosen = zip(*ordered[first : first + BATCH_QUESTIONS], strict=True)
            yield Batch(number, chosen, positions)
            number += 1


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way: what to read, where its gold answers stand, which passages hold one."""

    question: EvaluationQuestion
    request: Request
    places: tuple[Span, ...]
    relevant: tuple[int, ...]


class Asker:
    """Asks batches with one set of models; the last articles stay open between them."""

    def __init__(self, models: Models, shelf: Shelf, upper_bound: bool) -> None:
        self._models = models
        self._shelf = shelf
        self._upper_bound = upper_bound

    def ask(self, batch: Batch) -> list[Outcome]:
        """One outcome a question, in the batch's order. What cannot be asked gets an outcome with its
        `error`; a question's time is its share of the batch, without opening articles."""
        groups, errors = _check(batch.questions)
        opened = self._shelf.open_all([group[0][0] for group in groups.values()])
        started = time.perf_counter()
        asked = list(_retrieve(groups, opened, errors))
        retrieved = time.perf_counter()
        readings = read_requests([a.request for a in asked], self._models)
        ended = time.perf_counter()
        timing = Timing.share(started, retrieved, ended, len(asked))
        bounds = self._read_gold_passages(asked)
        found = {
            a.question.id: _describe(a, a.request.asked.answer(reading, timing), bounds.get(a.question.id))
            for a, reading in zip(asked, readings, strict=True)
        }
        outcomes = (found[q.id] if q.id in found else failed(q, errors[q.id]) for q in batch.questions)
        return [replace(o, position=position) for o, position in zip(outcomes, batch.positions, strict=True)]

    def _read_gold_passages(self, asked: Sequence[_Asked]) -> dict[str, str]:
        """The best span of each question's first gold passage alone, by question id."""
        chosen = [a for a in asked if a.relevant] if self._upper_bound else []
        requests = []
        for a in chosen:
            passage = RetrievedPassage(a.request.asked.passages[a.relevant[0]], 1.0, 1.0)
            requests.append(replace(a.request, passages=(passage,)))
        readings = read_requests(requests, self._models) if requests else []
        return {
            a.question.id: reading.ranked[0].text if reading.ranked else ""
            for a, reading in zip(chosen, readings, strict=True)
        }


Groups = dict[Key, list[tuple[EvaluationQuestion, str]]]


def _check(questions: Sequence[EvaluationQuestion]) -> tuple[Groups, dict[str, str]]:
    """Questions by article, each with its text as it is asked, and by id why others cannot be asked."""
    errors = {q.id: q.error for q in questions if q.error is not None}
    groups: Groups = {}
    for question in questions:
        if question.id in errors:
            continue
        try:
            text = check_question(question.question)
        except QuestionError as error:
            errors[question.id] = str(error)
        else:
            groups.setdefault(article_key(question), []).append((question, text))
    return groups, errors


def _retrieve(groups: Groups, opened: dict[Key, ArticleQA | DispatchError], errors: dict[str, str]) -> Iterator[_Asked]:
    """Questions with their passages; where the article could not be opened, its reason goes to `errors`."""
    for key, group in groups.items():
        article = opened[key]
        if isinstance(article, DispatchError):
            errors |= {question.id: str(article) for question, _ in group}
            continue
        requests = article.retrieve([text for _, text in group])
        yield from (_place(q, request) for (q, _), request in zip(group, requests, strict=True))


def find_places(question: EvaluationQuestion, text: str) -> tuple[Span, ...]:
    """Where the gold answers stand: at their offset if that is right, else wherever the text occurs."""
    places: list[Span] = []
    for gold in question.gold:
        if not gold.text.strip():
            continue
        length = len(gold.text)
        if gold.start is not None and text[gold.start : gold.start + length] == gold.text:
            places.append((gold.start, gold.start + length))
            continue
        at = text.find(gold.text)
        while at >= 0 and len(places) < _MOST_PLACES:
            places.append((at, at + length))
            at = text.find(gold.text, at + 1)
    return tuple(dict.fromkeys(places))


def _place(question: EvaluationQuestion, request: Request) -> _Asked:
    asked: ArticleQA = request.asked
    places = find_places(question, asked.article.text)
    relevant = tuple(p.id for p in asked.passages if places and first_rank([(p.start, p.end)], places) is not None)
    return _Asked(question, request, places, relevant)


def _mark(article: ArticleQA, span: Span) -> Sentence:
    sentence = article.find_sentence(*span)
    return Sentence(sentence.text, sentence.start, span)


def _describe(asked: _Asked, answer: Answer, on_gold_passage: str | None) -> Outcome:
    question, article = asked.question, asked.request.asked
    span = answer.best_span
    return Outcome(
        id=question.id,
        question=question.question,
        language=question.language,
        type=question.type,
        article=article.article.name,
        labelled=question.labelled,
        gold=tuple(gold.text for gold in question.gold),
        prediction=answer.text,
        span=(answer.start, answer.end),
        answered=answer.answered,
        no_answer_probability=round(answer.no_answer_probability, 6),
        forced=article.article.text[slice(*span)],
        forced_span=span,
        evidence=None if answer.evidence is None else Sentence(answer.evidence.text, answer.evidence.start, span),
        gold_sentence=_mark(article, asked.places[0]) if asked.places else None,
        gold_places=asked.places,
        retrieved=tuple(found.passage.id for found in asked.request.passages),
        relevant=asked.relevant,
        on_gold_passage=on_gold_passage,
        milliseconds=round(answer.timing.total_ms, 3),
    )
