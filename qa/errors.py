"""Errors of question in, answer out.

    DispatchError(Exception)      what the page and the command line catch
    ├── ArticleError              the article is missing, empty, too large or not text
    ├── QuestionError             the question is empty or too long
    ├── ModelError                a model could not be opened or does not fit
    └── EvaluationError           a question file cannot be read, or a result cannot be written

A question that the article does not answer is an `Answer` with `answered=False`, not an error.
"""

from __future__ import annotations


def _as_line(text: str) -> str:
    return " ".join(text.splitlines()).encode("utf-8", "backslashreplace").decode()


class DispatchError(Exception):
    """Root of this package's errors; the message says what was found, what was expected, what to do.

    `kind` names what went wrong and `fields` holds its facts, for whoever says it in another language; ""
    where nobody but a developer or an operator sees the message. Both are of single lines that can be
    written in UTF-8, whatever a file's name has.
    """

    def __init__(self, message: str, kind: str = "", **fields: object) -> None:
        super().__init__(_as_line(message))
        self.kind = kind
        self.fields = {key: _as_line(value) if isinstance(value, str) else value for key, value in fields.items()}


class ArticleError(DispatchError):
    """The article is missing, empty, too large or not text."""


class QuestionError(DispatchError):
    """The question is empty or too long."""


class ModelError(DispatchError):
    """A model could not be opened or does not fit."""


class EvaluationError(DispatchError):
    """A question file cannot be read, or a result cannot be written."""
