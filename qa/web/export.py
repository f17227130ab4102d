"""A conversation as Markdown to read and as JSON to keep."""

from __future__ import annotations

import json
import re

from qa.language import Language
from qa.web.opened import Opened
from qa.web.session import Session, Turn
from qa.web.strings import say
from qa.web.wording import (
    article_facts,
    article_title,
    confidence_words,
    format_dates,
    format_percent,
    paragraph_number,
    refusal_words,
    relevant_dates,
    speaker_words,
)

_MARK = re.compile(r"[\\`*_\[\]<>#|&~$]|^[-+]")
"""What is a mark of Markdown anywhere, or at the beginning."""
_NUMBER = re.compile(r"^([0-9]{1,9})([.)])(?=\s|$)")
"""What begins a numbered list."""


def export_json(session: Session, first: Opened) -> str:
    """Every turn with its whole record, as `python -m qa ask --json` prints it."""
    turns = [
        {
            "asked": turn.asked,
            "understood": turn.understood,
            "article": session.article(turn.article, first).article.name,
            "error": turn.error or None,
            "answer": None if turn.answer is None else turn.answer.to_dict(),
        }
        for turn in session.turns
    ]
    return json.dumps({"turns": turns}, ensure_ascii=False, indent=1) + "\n"


def _plain(text: str) -> str:
    """On one line, with the marks of Markdown made harmless."""
    return _NUMBER.sub(r"\1\\\2", _MARK.sub(r"\\\g<0>", " ".join(text.split())))


def _lines(turn: Turn, opened: Opened) -> list[str]:
    language, answer = turn.language, turn.answer
    lines = [f"## {_plain(turn.asked)}"]
    if turn.understood != turn.asked.strip():
        lines.append(f"_{say(language, 'understood')}: {_plain(turn.understood)}_")
    if answer is None:
        return [*lines, _plain(turn.error)]
    if answer.answered:
        lines.append(f"**{_plain(answer.text)}**")
    else:
        lines.append(f"**{say(language, 'not_said')}** {_plain(refusal_words(answer.refusal, language))}")
    if answer.evidence is not None:
        label = say(language, "sentence" if answer.answered else "closest")
        place = say(language, "paragraph", n=paragraph_number(opened.article, answer.evidence.start))
        lines.append(f"{label} ({place}):\n> {_plain(answer.evidence.text)}")
    if answer.speaker is not None:
        lines.append(f"- {_plain(speaker_words(answer.speaker, language))}")
    lines += [f"- {format_dates(d, language)} ({say(language, 'computed')})" for d in relevant_dates(answer)]
    sure = confidence_words(answer.confidence, language)
    return [*lines, f"- {sure}, {say(language, 'confidence')} {format_percent(answer.confidence, language)}"]


def export_markdown(session: Session, first: Opened, language: Language) -> str:
    """The conversation under the titles of the articles it is about, which are described in `language`."""
    opened = [first, *session.own]
    used = [o for i, o in enumerate(opened) if any(turn.article == i for turn in session.turns)]
    head = ["# Dispatch QA"]
    head += [f"{_plain(article_title(o.article))} · {article_facts(o.article, language)}" for o in used]
    body = [line for turn in session.turns for line in _lines(turn, session.article(turn.article, first))]
    return "\n\n".join([*head, *body]) + "\n"
