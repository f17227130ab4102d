"""Training windows: a question and a run of whole sentences of its context, as the pipeline reads them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from tokenizers import Tokenizer

from embeddings.passages import split_paragraphs, split_sentences
from embeddings.train.questions import TrainingQuestion
from embeddings.types import IntArray

MAX_QUESTION_TOKENS = 48
SHORT_TOKENS = (40, 150)
"""Short windows hold a number of tokens drawn from this range, question not counted."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Token ids of `[CLS] question [SEP] window [SEP]`; start and end are 0, the null, or positions in it."""

    input_ids: list[int]
    n_question: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Context:
    ids: list[int]
    starts: IntArray
    ends: IntArray
    sentences: list[int]


def _token_id(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"the tokenizer has no {token}; expected one of the BERT kind")
    return found


class WindowBuilder:
    """Cuts training windows with one tokenizer and one seeded source of chance."""

    def __init__(self, tokenizer: Tokenizer, max_tokens: int, seed: int) -> None:
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self._random = random.Random(seed)
        self._cls = _token_id(tokenizer, "[CLS]")
        self._sep = _token_id(tokenizer, "[SEP]")
        self._context = lru_cache(maxsize=4096)(self._tokenise)

    def _tokenise(self, text: str) -> _Context:
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        offsets = np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2)
        cuts = [s for p in split_paragraphs(text) for s, _ in split_sentences(text, p)]
        sentences = sorted(set(np.searchsorted(offsets[:, 0], cuts).tolist()) - {len(offsets)})
        return _Context(encoded.ids, offsets[:, 0], offsets[:, 1], sentences or [0])

    def build(
        self,
        question: TrainingQuestion,
        *,
        short: bool,
        miss: bool = False,
        around: tuple[int, int] | None = None,
    ) -> Feature | None:
        """One window of the question's context: with the answer in it, or, where `miss` is set, without.

        For a question without an answer the window holds the characters `around`, where they are given.
        None when there is no such window (the context is the answer's sentence alone, or is empty).
        """
        context = self._context(question.context)
        asked = self._tokenizer.encode(question.question, add_special_tokens=False).ids[:MAX_QUESTION_TOKENS]
        room = self._max_tokens - len(asked) - 3
        if short:
            room = min(room, self._random.randint(*SHORT_TOKENS))
        answer = None if question.answer is None else self._token_range(context, question.answer)
        if answer is not None and miss:
            bounds = self._run_without(context, answer, room)
        else:
            held = answer if around is None else self._token_range(context, around)
            bounds = self._run_with(context, held, room)
        if bounds is None or bounds[0] >= bounds[1]:
            return None
        first, last = bounds
        ids = [self._cls, *asked, self._sep, *context.ids[first:last], self._sep]
        shift = len(asked) + 2 - first
        if answer is None or miss:
            return Feature(ids, len(asked), 0, 0)
        if answer[1] > last or answer[0] < first:
            return None
        return Feature(ids, len(asked), answer[0] + shift, answer[1] - 1 + shift)

    def _token_range(self, context: _Context, answer: tuple[int, int]) -> tuple[int, int]:
        first = int(np.searchsorted(context.ends, answer[0], side="right"))
        last = int(np.searchsorted(context.starts, answer[1], side="left"))
        return first, max(last, first + 1)

    def _end(self, context: _Context, first: int, room: int) -> int:
        """The last sentence end within `room` tokens of `first`; cuts the sentence if it alone is longer."""
        limit = first + room
        if len(context.ids) <= limit:
            return len(context.ids)
        ends = [s for s in context.sentences if first < s <= limit]
        return ends[-1] if ends else limit

    def _run_with(self, context: _Context, answer: tuple[int, int] | None, room: int) -> tuple[int, int] | None:
        if answer is None:
            first = self._random.choice(context.sentences) if len(context.ids) > room else 0
            return first, self._end(context, first, room)
        runs = [(s, self._end(context, s, room)) for s in context.sentences if s <= answer[0]]
        runs = [(a, b) for a, b in runs if b >= answer[1]]
        if runs:
            return self._random.choice(runs)
        if answer[1] - answer[0] > room:
            return None
        first = self._random.randint(max(0, answer[1] - room), answer[0])
        return first, min(first + room, len(context.ids))

    def _run_without(self, context: _Context, answer: tuple[int, int], room: int) -> tuple[int, int] | None:
        runs = [(s, self._end(context, s, room)) for s in context.sentences]
        runs = [(a, b) for a, b in runs if b <= answer[0] or a >= answer[1]]
        return self._random.choice(runs) if runs else None
