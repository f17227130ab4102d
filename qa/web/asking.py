"""From a typed question to a turn: follow-ups understood, one article asked or all of them."""

from __future__ import annotations

import logging

from qa.errors import DispatchError
from qa.followup import Turn as Earlier
from qa.followup import Understood, asks_who_said, understand
from qa.language import Language, detect_language
from qa.types import Answer
from qa.web.opened import Opened
from qa.web.reasons import explain
from qa.web.session import ALL, Session, Turn
from qa.web.stopping import StoppedError
from qa.web.strings import say

logger = logging.getLogger(__name__)


def _understand(question: str, session: Session, follow_ups: bool) -> Understood:
    """What is asked in the end: "who said that?" in between does not change the matter."""
    answered = [(turn.asked, turn.understood, turn.answer) for turn in session.turns if turn.answer is not None]
    of_the_matter = [turn for turn in answered if not asks_who_said(turn[0])] or answered
    return understand(question, Earlier.of(*of_the_matter[-1][1:]) if follow_ups and of_the_matter else None)


def _best(question: str, numbered: list[tuple[int, Opened]], threshold: float | None) -> tuple[int, Answer]:
    """The article, and its answer, that most probably answers."""
    answers = [(number, opened.ask(question, threshold=threshold)) for number, opened in numbered]
    return min(answers, key=lambda pair: pair[1].no_answer_probability)


def ask(
    question: str, session: Session, first: Opened, page: Language, threshold: float | None, follow_ups: bool
) -> Turn:
    """One turn; what goes wrong is its `error`, never an exception other than StoppedError. `page` is the language of
    the interface: of what went wrong, and of a question that does not show its own."""
    language = detect_language(question, page)
    understood = _understand(question, session, follow_ups)
    numbers = range(len(session.own) + 1) if session.chosen == ALL else [session.chosen]
    try:
        numbered = [(n, session.article(n, first)) for n in numbers]
        number, answer = _best(understood.question, numbered, threshold)
    except StoppedError:
        raise
    except DispatchError as error:
        reason = say(page, "sorry", reason=explain(error, page))
        return Turn(question, understood.question, page, max(0, session.chosen), None, reason)
    except Exception:
        logger.exception("a question could not be answered")
        return Turn(question, understood.question, page, max(0, session.chosen), None, say(page, "failed"))
    return Turn(question, understood.question, language, number, answer)
