"""Other questions made from those at hand: other names and numbers, and premises that no longer hold.

A small reader learns a corpus by heart. With the names and numbers of a text exchanged it has to read;
with one of them exchanged in the question alone, the text does not answer any more.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from embeddings.passages import split_paragraphs, split_sentences
from embeddings.train.questions import TrainingQuestion
from embeddings.types import Neighbours
from embeddings.words import fold, split_words, stem
from qa.language import detect_language

_TERM = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*|[^\W\d_]+")
_YEARS = range(1900, 2040)
_YEAR_SHIFT = 12
_NAME_LETTERS = 4
_ALIKE = (0.4, 0.66)
"""Cosine of two words of one kind (Spain, Italy); nearer ones are forms or translations of each other."""


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _elides(word: str) -> bool:
    """Whether French cuts the article before the word: l'Italie, la France."""
    return fold(word)[0] in "aeiouyh"


def _capitalised(text: str) -> list[str]:
    """Words with a capital that do not begin the text or a sentence."""
    found = []
    for match in _TERM.finditer(text):
        before = text[: match.start()].rstrip(" «\"'(-")
        if match[0][:1].isupper() and len(match[0]) >= _NAME_LETTERS and before[-1:] not in ("", ".", "?", "!", "\n"):
            found.append(match[0])
    return found


class Variation:
    """Draws variations of training questions with a seeded source of chance."""

    def __init__(
        self,
        questions: Sequence[TrainingQuestion],
        similar_words: Callable[[Sequence[str]], list[Neighbours]],
        seed: int,
    ) -> None:
        self._random = random.Random(seed)
        self._similar_words = similar_words
        self._spelled: dict[str, dict[str, str]] = {"fr": {}, "en": {}}
        for question in questions:
            known = self._spelled[detect_language(question.question)]
            for word in _capitalised(question.question):
                known.setdefault(fold(word), word)
        names = {word for text in {q.context for q in questions} for word in _capitalised(text)}
        self._rare = sorted(names - self._known(names))
        self._rare_set = frozenset(self._rare)

    def _known(self, words: Iterable[str]) -> set[str]:
        """Those that the word table has whole, and places beside others: names of places, not of persons."""
        listed = list(words)
        near = self._similar_words([fold(word) for word in listed])
        return {word for word, others in zip(listed, near, strict=True) if others}

    def rename(self, question: TrainingQuestion) -> TrainingQuestion:
        """The question with the rare names and the numbers of its text exchanged, in both alike."""
        shift = self._random.choice([n for n in range(-_YEAR_SHIFT, _YEAR_SHIFT + 1) if n])
        rare = [name for name in _capitalised(question.context) if name in self._rare_set]
        others = [name for name in self._random.sample(self._rare, min(len(self._rare), 64)) if name not in rare]
        other = dict(zip(dict.fromkeys(map(fold, rare)), others, strict=False))

        def change(term: str) -> str:
            if not term[0].isdigit():
                return other.get(fold(term), term)
            if term.isdigit() and int(term) in _YEARS:
                return str(int(term) + shift)
            return self._refill(term, random.Random(f"{question.id}{shift}{_digits(term)}"))

        marks = question.answer or (0, 0)
        context, moved = _substitute(question.context, change, marks)
        asked, _ = _substitute(question.question, change, (0, 0))
        answer = None if question.answer is None else moved
        return replace(question, question=asked, context=context, answer=answer)

    def _refill(self, number: str, chance: random.Random) -> str:
        """Other digits in the same places; single digits stay, they are days and counts."""
        if len(_digits(number)) < 2:
            return number
        first, rest = number[0], number[1:]
        drawn = [str(chance.randint(1, max(1, min(9, int(first) + 1))))]
        drawn += [str(chance.randint(0, 9)) if c.isdigit() else c for c in rest]
        return "".join(drawn)

    def contradict(self, question: TrainingQuestion) -> TrainingQuestion | None:
        """The question with one name or number of its text exchanged for another of the kind, so that the text
        no longer answers; None where the question has none. Half of the time the other one is from the text
        too, if it has one, but not from the answer's sentence.
        """
        terms = list(_TERM.finditer(question.question))
        for inside in self._random.sample((True, False), 2):
            for match in self._random.sample(terms, len(terms)):
                other = self._exchange(match[0], question, inside)
                if other is not None:
                    start, end = match.span()
                    asked = question.question[:start] + other + question.question[end:]
                    return replace(question, question=asked, answer=None)
        return None

    def _exchange(self, term: str, question: TrainingQuestion, inside: bool) -> str | None:
        here = {stem(word) for word in split_words(question.context)}
        barred = {stem(word) for word in split_words(_sentence(question))} if inside else here
        if term[0].isdigit():
            return self._other_number(term, question.context, barred, inside)
        if not term[0].isupper() or len(term) < _NAME_LETTERS or stem(fold(term)) not in here:
            return None
        (near,) = self._similar_words([fold(term)])
        if near:
            spelled = self._spelled[detect_language(question.question)]
            kind = [w for w, cosine in near if _ALIKE[0] <= cosine <= _ALIKE[1] and w[:4] != fold(term)[:4]]
            kind = [w for w in kind if w in spelled and self._mentions(w, here) == inside]
            fitting = [spelled[w] for w in kind if not self._mentions(w, barred)]
        else:
            fitting = [w for w in self._rare if stem(fold(w)) not in here] if term in self._rare_set else []
            fitting = [] if inside else fitting
        fitting = [w for w in fitting if w.isupper() == term.isupper() and _elides(w) == _elides(term)]
        return self._random.choice(fitting) if fitting else None

    def _other_number(self, term: str, context: str, barred: set[str], inside: bool) -> str | None:
        """Another year for a year, in or not in the text; for another number, one that is not there."""
        there = {_digits(found[0]) for found in _TERM.finditer(context) if found[0][0].isdigit()}
        if len(_digits(term)) < 2 or _digits(term) not in there:
            return None
        if not term.isdigit() or int(term) not in _YEARS:
            number = self._refill(term, self._random)
            return number if not inside and _digits(number) not in there else None
        shifted = {str(int(term) + n) for n in (-7, -3, -2, -1, 1, 2, 3, 7)} - there
        years = {d for d in there if d.isdigit() and int(d) in _YEARS} - barred - {term} if inside else shifted
        return self._random.choice(sorted(years)) if years else None

    def _mentions(self, word: str, here: set[str]) -> bool:
        """Whether the text has the word, or a form or translation of it."""
        (near,) = self._similar_words([word])
        return any(stem(w) in here for w in [word, *(w for w, cosine in near if cosine > _ALIKE[1])])


def _sentence(question: TrainingQuestion) -> str:
    """The sentence of the text that holds the answer's start."""
    start = question.answer[0] if question.answer is not None else 0
    for paragraph in split_paragraphs(question.context):
        for first, last in split_sentences(question.context, paragraph):
            if first <= start < last:
                return question.context[first:last]
    return ""


def _substitute(text: str, change: Callable[[str], str], marks: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """The text with each word or number changed, and where two places of it have moved to."""
    parts: list[str] = []
    done, moved = 0, list(marks)
    for match in _TERM.finditer(text):
        new = change(match[0])
        if new == match[0]:
            continue
        parts += [text[done : match.start()], new]
        grown = len(new) - len(match[0])
        for i, mark in enumerate(marks):
            if mark >= match.end():
                moved[i] += grown
        done = match.end()
    return "".join([*parts, text[done:]]), (moved[0], moved[1])
