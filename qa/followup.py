"""Follow-up questions: what "et quand ?", "who said that?" or "et en Jordanie ?" mean after the turn before.

Rules, not a model: a question that stands by itself is never changed, and what a changed one was taken
to mean is there to be shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.language import Language, detect_language
from qa.types import Answer

_LEAD = re.compile(r"^(?:et|mais|alors|ok|and|but|so)\b[\s,]*", re.IGNORECASE)
_ABOUT = re.compile(
    r"^(?:what about|how about|qu['’]en est-il (?:de |du |des |d['’])?|pour ce qui est de)\s*", re.IGNORECASE
)
_WH = (
    r"à quelle date|à quel endroit|dans quelle ville|dans quel pays|depuis quand|jusqu['’]à quand|combien de temps|"
    r"à qui|avec qui|par qui|pour qui|quand|où|pourquoi|comment|combien|qui|"
    r"since when|until when|how long|how many|how much|what for|by whom|with whom|when|where|why|how|who"
)
_BARE = re.compile(
    rf"^(?P<wh>{_WH})(?:\s+(?:ça|cela|donc|exactement|exactly|precisely|then|else|so|not))?\s*\??$", re.IGNORECASE
)
_PLACE = re.compile(
    r"^(?P<prep>en|au|aux|à|à la|à l['’]|dans|chez|pour|avec|contre|sur|in|at|for|with|from|on|to)\s*\b"
    r"(?P<rest>[^?]{2,60}?)\s*\??$",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"^(?:qui|who)\s+(?:est-ce qui\s+|exactly\s+)?(?:l['’]a|l['’]|a|has|)\s*"
    r"(?:dit|affirmé|déclaré|annoncé|affirme|said|says|say|announced|claimed|stated)\s*(?:ça|cela|ceci|that|this|it|so)?\s*\??$",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"^(?:(?:à|de|en|dans|depuis|par|pour|avec|sur|in|at|on|by|from|since|to|for)\s+)?"
    r"(?:(?:quand |où |pourquoi |comment |d['’]où )(?:est-ce (?:que |qu['’]|qui ))?"
    r"|combien de temps |how long |how (?=\w+ (?:is|are|was|were|do|does|did)\b)"
    r"|quand |où |pourquoi |comment |when |where |why |how )",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    r"^(?:à quelle date|depuis quand|jusqu['’]à quand|quand|où|pourquoi|comment|combien de temps|since when|"
    r"until when|how long|when|where|why|how)$",
    re.IGNORECASE,
)
_THAT = re.compile(r"\b(?:cela|ça|ceci|that|this)(?=\s*(?:\?|$|[,;]))", re.IGNORECASE)
_CLASS = {
    "place": frozenset("en au aux à dans chez in at on to from".split()),
    "other": frozenset("pour avec contre sur for with".split()),
}
_NAME = r"[A-ZÀ-Ý][\w'’-]*(?:\s+[A-ZÀ-Ý][\w'’-]*)*"
MAX_QUOTED = 140


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question, as it was understood, what was answered, "" for an abstention, and what was said
    with it: who said "98%" is found by the words around it."""

    question: str
    answer: str
    said: str = ""

    @classmethod
    def of(cls, question: str, answer: Answer) -> Turn:
        """A question and its answer."""
        return cls(question, answer.text, _said(answer))


def _said(answer: Answer) -> str:
    """The answer's sentence without the words that name its speaker, which nobody said."""
    sentence, speaker = answer.evidence, answer.speaker
    if sentence is None:
        return ""
    start, end = sentence.start, sentence.end
    if speaker is not None and speaker.kind != "article":
        named = [speaker.start, speaker.end, *((speaker.cue_start, speaker.cue_end) if speaker.cue else ())]
        if start <= min(named) and max(named) <= answer.start:
            start = max(named)
        elif answer.end <= min(named) < end:
            end = min(named)
    words = sentence.text[start - sentence.start : end - sentence.start].strip(' .,:"«»“”')
    return re.sub(r"^(?:que |qu['’]|that )", "", words)


@dataclass(frozen=True, slots=True)
class Understood:
    """What is asked in the end; `changed` when the turn before was needed for it."""

    question: str
    changed: bool


def understand(question: str, before: Turn | None) -> Understood:
    """A question made complete by the turn before it; itself when it stands alone or nothing came before."""
    asked = question.strip()
    if before is None:
        return Understood(asked, False)
    rewritten = _rewrite(asked, before)
    return Understood(asked, False) if rewritten is None else Understood(rewritten, True)


def asks_who_said(question: str) -> bool:
    """Whether it asks only who said what was answered before: the matter is still the turn's before it."""
    return _SAID.match(_bare(question)) is not None


def _bare(asked: str) -> str:
    return _ABOUT.sub("", _LEAD.sub("", asked.strip())).strip()


def _rewrite(asked: str, before: Turn) -> str | None:
    bare = _bare(asked)
    led = bare != asked
    previous = before.question.strip().rstrip("?").strip()
    language = detect_language(bare, detect_language(previous))
    if _SAID.match(bare):
        return _who_said(before, language)
    match = _BARE.match(bare)
    if match is not None:
        return _with_question_word(match["wh"], previous, before, language)
    if led:
        place = _PLACE.match(bare)
        if place is not None:
            return _with_place(bare.rstrip("?").strip(), place["prep"].lower(), previous, language)
        if len(bare.split()) <= 4 and not re.match(rf"(?:{_WH}|quel|which|what|que\b|qu['’])", bare, re.IGNORECASE):
            return _end(_with_name(bare.rstrip("?").strip(), previous), language)
    if before.answer and _THAT.search(bare) and len(bare.split()) <= 8:
        return _end(_THAT.sub(_quote(before.answer, language), bare).rstrip("?").strip(), language)
    return None


def _end(question: str, language: Language) -> str:
    return f"{question[:1].upper()}{question[1:]}{' ?' if language == 'fr' else '?'}"


def _quote(answer: str, language: Language) -> str:
    words = " ".join(answer.split())
    if len(words) > MAX_QUOTED:
        words = f"{words[:MAX_QUOTED].rsplit(' ', 1)[0]}…"
    return f"« {words} »" if language == "fr" else f"“{words}”"


def _who_said(before: Turn, language: Language) -> str | None:
    if not before.answer:
        return None
    said = _quote(before.said or before.answer, language)
    return _end(f"{'Qui a dit' if language == 'fr' else 'Who said'} {said}", language)


def _with_question_word(word: str, previous: str, before: Turn, language: Language) -> str:
    """The question before with another question word; where it has none to exchange, both, one after the other."""
    if detect_language(previous, language) == language and _ADVERB.match(word):
        swapped = _QUESTION_WORD.sub("", previous, count=1)
        if swapped != previous:
            return _end(f"{word.lower()} {swapped}", language)
    subject = f"{previous[:1].lower()}{previous[1:]}" if not before.answer else before.answer
    topic = " ".join(subject.split())[:MAX_QUOTED]
    return _end(f"{word.lower()}{' :' if language == 'fr' else ':'} {topic}", language)


def _with_name(words: str, previous: str) -> str:
    """The last name of the question before replaced by a name; anything else is added after a comma."""
    last = re.search(r"(?<=\w[\s'’])[A-ZÀ-Ý][\w-]*(?:\s+[A-ZÀ-Ý][\w-]*)*$", previous)
    name = re.sub(r"^(?:l['’]|la |le |les |the )", "", words, flags=re.IGNORECASE)
    if last is None or not name[:1].isupper():
        return f"{previous}, {words}"
    return previous[: last.start()] + name


def _with_place(words: str, preposition: str, previous: str, language: Language) -> str:
    """The question before with its last words of the same kind of preposition replaced, or these added."""
    kinds = next((kind for kind in _CLASS.values() if preposition in kind), frozenset({preposition}))
    words_of_kind = "|".join(sorted(kinds, key=len, reverse=True))
    tail = re.search(rf"\s(?:{words_of_kind})\s+(?:l['’]|la |le |les |the )?{_NAME}$", previous)
    kept = previous if tail is None else previous[: tail.start()]
    return _end(f"{kept} {words}", language)
