"""A turn as an answer card: HTML in a chat message, everything that came from outside made inert.

The chat's sanitiser keeps elements, classes, `lang` and `href`, and drops other attributes; so what a
link does is in its fragment: #show-TURN-CHOICE marks a place in the article; #copy-TURN, #edit-TURN and
#retry-TURN copy the card, bring its question back to the box and ask it again.
"""

from __future__ import annotations

from itertools import pairwise

from qa.article import Article
from qa.language import Language, detect_language
from qa.names import fold
from qa.types import Answer, Evidence, Speaker
from qa.web.escape import escape_markdown
from qa.web.session import Turn
from qa.web.strings import say
from qa.web.wording import (
    confidence_words,
    format_dates,
    format_percent,
    paragraph_number,
    refusal_words,
    relevant_dates,
    shown_alternatives,
    speaker_words,
)

_LONGEST_ALTERNATIVE = 90
_LONGEST_CUE = 80


def _element(name: str, inside: str, classes: str = "", lang: str = "") -> str:
    attributes = (f' class="{classes}"' if classes else "") + (f' lang="{lang}"' if lang else "")
    return f"<{name}{attributes}>{inside}</{name}>"


def _link(number: int, choice: int, words: str, classes: str) -> str:
    return f'<a class="{classes}" href="#show-{number}-{choice}">{words}</a>'


def _quote(article: Article, evidence: Evidence, answer: Answer) -> str:
    """The sentence, with the answer in it strong."""
    text = article.text
    if not answer.answered or not evidence.start <= answer.start < answer.end <= evidence.end:
        return escape_markdown(evidence.text)
    parts = (evidence.start, answer.start, answer.end, evidence.end)
    before, inside, after = (_keep_edges(text[a:b]) for a, b in pairwise(parts))
    return f"{before}<strong>{inside}</strong>{after}"


def _keep_edges(text: str) -> str:
    """Escaped on one line, with the space at either end that joining would otherwise lose."""
    lead, trail = " " * text[:1].isspace(), " " * (text[-1:].isspace() and len(text) > 1)
    return f"{lead}{escape_markdown(text)}{trail}"


def _cue(speaker: Speaker, article: Article, language: Language) -> str:
    """The article's words that attribute, speaker included: "a ajouté M. Dupont"."""
    if not speaker.cue:
        return ""
    start, end = min(speaker.start, speaker.cue_start), max(speaker.end, speaker.cue_end)
    words = article.text[start:end] if end - start <= _LONGEST_CUE else speaker.cue
    if fold(words) in fold(speaker_words(speaker, language)):
        return ""
    return f' <q lang="{detect_language(article.text[:2000])}">{escape_markdown(words)}</q>'


def _badges(answer: Answer, article: Article, language: Language) -> str:
    found = []
    if answer.speaker is not None:
        words = escape_markdown(speaker_words(answer.speaker, language))
        found.append(_element("span", words + _cue(answer.speaker, article, language), "badge speaker"))
    for date in relevant_dates(answer):
        words = f"{escape_markdown(format_dates(date, language))} <em>{say(language, 'computed')}</em>"
        found.append(_element("span", words, "badge date"))
    return _element("div", "".join(found), "badges") if found else ""


def _alternatives(number: int, answer: Answer, article: Article, language: Language) -> str:
    if not answer.answered or not shown_alternatives(answer):
        return ""
    links = []
    for choice, other in shown_alternatives(answer):
        words = " ".join(other.text.split())
        short = words if len(words) <= _LONGEST_ALTERNATIVE else f"{words[:_LONGEST_ALTERNATIVE].rsplit(' ', 1)[0]}…"
        place = f" <small>§{paragraph_number(article, other.start)}</small>"
        links.append(_element("li", _link(number, choice, escape_markdown(short) + place, "alternative")))
    return _element("div", _element("span", say(language, "elsewhere")) + _element("ul", "".join(links)), "others")


def _evidence(number: int, answer: Answer, article: Article, language: Language, quoted: str) -> str:
    if answer.evidence is None:
        return ""
    label = say(language, "sentence" if answer.answered else "closest")
    place = say(language, "paragraph", n=paragraph_number(article, answer.evidence.start))
    head = f"{label} · {_link(number, 0, place, 'place')}"
    quote = _element("blockquote", _quote(article, answer.evidence, answer), "", quoted)
    return _element("p", head, "label") + quote


def _foot(number: int, answer: Answer, language: Language, source: str) -> str:
    words = confidence_words(answer.confidence, language)
    words = words if answer.answered else say(language, "absent", sure=words)
    time = f"{answer.timing.total_ms:.0f} ms"
    sure = f"{words} · {say(language, 'confidence')} {format_percent(answer.confidence, language)} · {time}"
    tail = f" · {escape_markdown(source)}" if source else ""
    return _element("p", f"{sure}{tail}", "foot") + _actions(number, language)


def _actions(number: int, language: Language) -> str:
    links = (f'<a href="#{verb}-{number}">{say(language, verb)}</a>' for verb in ("copy", "edit", "retry"))
    return _element("p", " · ".join(links), "actions")


def render_turn(number: int, turn: Turn, article: Article, several: bool) -> str:
    """The card of a turn, in the question's language around words that stay the article's own. `several`
    names the article, as more than one is open."""
    language, answer = turn.language, turn.answer
    if answer is None:
        parts = [_element("p", escape_markdown(turn.error), "direct"), _actions(number, language)]
        return _element("div", "".join(parts), "card failed", language)
    quoted = detect_language(article.text[:2000])
    parts = []
    if turn.understood != turn.asked.strip():
        words = f"{say(language, 'understood')} <q>{escape_markdown(turn.understood)}</q>"
        parts.append(_element("p", words, "understood"))
    if answer.answered:
        parts.append(_element("p", _link(number, 0, escape_markdown(answer.text), "answer"), "direct", quoted))
        parts.append(_badges(answer, article, language))
    else:
        parts.append(_element("p", say(language, "not_said"), "direct"))
        parts.append(_element("p", escape_markdown(refusal_words(answer.refusal, language)), "reason"))
    parts.append(_evidence(number, answer, article, language, quoted))
    parts.append(_alternatives(number, answer, article, language))
    source = say(language, "in_article", name=article.name) if several else ""
    parts.append(_foot(number, answer, language, source))
    kind = "card answered" if answer.answered else "card refused"
    return _element("div", "".join(parts), kind, language)
