"""The endpoint for programs, /ask. No postponed annotations here: Gradio reads the types of its fields from
the function itself, and can read classes only."""

from collections.abc import Callable
from typing import TypedDict, cast

import gradio as gr

from qa.errors import DispatchError
from qa.types import Alternative, Evidence, Refusal, ResolvedDate, RetrievedPassage, Speaker, Timing
from qa.web.events import run
from qa.web.opened import Opened
from qa.web.sessions import Sessions
from qa.web.stopping import LateError, Stops


class AskRecord(TypedDict):
    """The fields of an answer, as `python -m qa ask --json` prints them."""

    question: str
    text: str
    start: int
    end: int
    answered: bool
    confidence: float
    no_answer_probability: float
    reason: str
    evidence: Evidence | None
    alternatives: list[Alternative]
    passages: list[RetrievedPassage]
    timing: Timing
    models: dict[str, str]
    speaker: Speaker | None
    dates: list[ResolvedDate]
    refusal: Refusal | None


def make_ask(opened: Opened, stops: Stops, sessions: Sessions) -> Callable[..., AskRecord]:
    """The function behind the endpoint, and behind the MCP tool."""

    def ask(question: str, request: gr.Request, threshold: float | None = None) -> AskRecord:
        """Answer a question about the article; the whole record, as `python -m qa ask --json` prints it.

        Args:
            question: A question in English or French.
            threshold: How sure it must be to answer, from 0 (always answer) to 1; the default is calibrated.
        """
        try:
            answer = run(stops, request, lambda: opened.ask(question, threshold=threshold))
        except (DispatchError, LateError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        finally:
            sessions.forget_call(request)
        return cast(AskRecord, answer.to_dict())

    return ask
