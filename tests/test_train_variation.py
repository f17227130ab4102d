"""Variations of training questions: made from texts of this repository with the shipped encoder's words."""

from __future__ import annotations

import re

import pytest

from embeddings.encoder import EncoderSource, load_encoder
from embeddings.train.questions import SEEDS, TrainingQuestion, read_document
from embeddings.words import split_words
from qa.train.variation import Variation


@pytest.fixture(scope="module")
def questions() -> list[TrainingQuestion]:
    found = []
    for entry in read_document(SEEDS / "more_dispatches/dev.json"):
        for paragraph in entry["paragraphs"]:
            for q in paragraph["qas"]:
                places = [(a["answer_start"], a["answer_start"] + len(a["text"])) for a in q["answers"][:1]]
                answer = places[0] if places else None
                found.append(TrainingQuestion(q["id"], q["question"], paragraph["context"], answer, "dev"))
    return found


@pytest.fixture(scope="module")
def vary(questions: list[TrainingQuestion]) -> Variation:
    return Variation(questions, load_encoder(EncoderSource()).word_finder(), seed=0)


def test_a_renamed_text_keeps_the_answer_in_its_place(vary: Variation, questions: list[TrainingQuestion]) -> None:
    """What is not a name or a number is the same on both sides of the answer and in it."""
    n_changed = 0
    for question in questions[::7]:
        if question.answer is None:
            continue
        other = vary.rename(question)
        assert other.answer is not None
        before, after = question.context[slice(*question.answer)], other.context[slice(*other.answer)]
        assert len(split_words(before)) == len(split_words(after))
        assert not (before[0].isalpha() and before[0].islower()) or before[:1] == after[:1]
        assert question.context.count("\n\n") == other.context.count("\n\n")
        n_changed += question.context != other.context
    assert n_changed > 50


def test_a_name_in_question_and_text_becomes_the_same_other_one() -> None:
    context = "Le maire, Jozef Stravinec, a reçu 4.250 euros en 1998.\n\nHier, M. Stravinec a démenti."
    question = TrainingQuestion("a", "Did Stravinec get 4,250 euros in 1998?", context, (10, 25), "own")
    others = TrainingQuestion("b", "Qui ?", "Ici Anna Ferrandis et Pavel Lomnicky.", None, "own")
    known = Variation([question, others], lambda words: [() for _ in words], seed=1)
    other = known.rename(question)
    assert other.answer is not None
    name = other.context[slice(*other.answer)].split()[-1]
    assert name in other.question
    assert other.context.count(name) == 2
    (year,) = re.findall(r"\d{4}", other.question)
    assert year != "1998"
    assert f"en {year}." in other.context
    (amount,) = re.findall(r"\d,\d{3}", other.question)
    assert amount.replace(",", ".") in other.context


def test_a_false_premise_changes_one_word_of_the_question(vary: Variation, questions: list[TrainingQuestion]) -> None:
    """The new word is not in the answer's sentence, and about half of the time nowhere in the text."""
    made = [(q, d) for q in questions if q.answer is not None and (d := vary.contradict(q)) is not None]
    assert len(made) > 60
    n_absent = 0
    for question, denied in made:
        assert denied.answer is None
        assert denied.context == question.context
        old, new = split_words(question.question), split_words(denied.question)
        changed = [b for a, b in zip(old, new, strict=False) if a != b]
        assert changed
        assert question.answer is not None
        assert changed[0] not in split_words(question.context[slice(*question.answer)])
        n_absent += changed[0] not in split_words(question.context)
    assert len(made) / 3 < n_absent < len(made)
