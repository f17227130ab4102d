"""What is tried, and how large a share of all inputs each gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

from qa.stress.fuzzing import answers, articles, inputs, questions, spans, words


@dataclass(frozen=True, slots=True)
class Property:
    """`check` takes one of `inputs` and says whether it was accepted, or else refused by name; it raises
    BrokenClaimError, or whatever else it comes upon, when something is wrong."""

    name: str
    share: float
    inputs: SearchStrategy[Any]
    check: Callable[[Any], bool]


PROPERTIES = (
    Property("text and HTML files", 0.27, articles.article_files, articles.check_file),
    Property("texts", 0.17, inputs.texts, articles.check_text),
    Property("Word and PDF files", 0.02, articles.document_files, articles.check_document),
    Property("passages", 0.14, articles.passage_inputs, articles.check_cut),
    Property("spans", 0.14, spans.span_inputs, spans.check_spans),
    Property("answers and cards", 0.04, answers.answer_inputs, answers.check_answers),
    Property("dates, speakers, follow-ups", 0.10, words.word_inputs, words.check_words),
    Property("question files", 0.12, questions.question_files, questions.check_questions),
)
