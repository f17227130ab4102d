"""Who says so: the speaker that a sentence credits, with the words that do it, in French and English.

Cues are speech verbs and prepositions ("selon", "according to"). One that stands before what is said
covers the rest of its sentence, one that follows covers what comes before it. Whatever no cue covers is
the article's own voice, or that of the agency that signs it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from embeddings.passages import split_paragraphs, split_sentences
from qa.speech_cues import (
    ACCORDING,
    AGENCY,
    APPOSED_NAME,
    COLLECTIVE,
    CORE,
    ENGLISH,
    FEMININE,
    GERUND,
    INVERTED_FRENCH,
    INVERTED_PRONOUN,
    MASCULINE,
    NO_SUBJECT,
    NP_STOP,
    PERSON,
    PERSON_PRONOUN,
    QUOTES,
    SOURCE,
    SUBJECT_ENGLISH,
    SUBJECT_FRENCH,
    SUBJECT_START,
)
from qa.types import Speaker, SpeakerKind

MAX_SENTENCE = 2_000
"""A sentence of more characters than these is none, such as a table or a line without end: it credits nobody.
The patterns try each mark of quotation with the whole rest of the sentence, which takes minutes on a long one."""

NEAR = 10_000
"""In so many characters on either side a pronoun's name is looked for, so that a long article takes no longer."""


@dataclass(frozen=True, slots=True)
class _Cue:
    """A speaker and cue; it covers `scope`, a half-open range of the article."""

    kind: Literal["before", "after", "all"]
    speaker: Speaker
    scope: tuple[int, int]


def _noun_phrase(text: str, start: int, limit: int) -> tuple[int, int]:
    """From `start` to the first word that cannot belong to the speaker's name."""
    stop = NP_STOP.search(text, start + 1, limit)
    end = limit if stop is None else stop.start()
    while end > start and text[end - 1] in " \t\u00a0\u202f.":
        end -= 1
    return start, end


def _subject_before(text: str, start: int, cue: int) -> tuple[int, int] | None:
    """The words between the clause's start and a verb: its subject, apposition included."""
    apposed = APPOSED_NAME.search(text, start, cue)
    if apposed is not None:
        return apposed.span("name")
    if text[start:cue].rstrip().endswith(","):
        return None
    first, end = ([start] + [m.end() for m in SUBJECT_START.finditer(text, start, cue)])[-1], cue
    while end > first and text[end - 1] in " \u00a0":
        end -= 1
    if first == end:
        return None
    words = text[first:end]
    if len(words.split()) > 14 or re.search(r"[.;]\s", words[4:]):
        return None
    return first, end


def _make(text: str, np: tuple[int, int], cue: tuple[int, int]) -> Speaker:
    return Speaker("reported", text[np[0] : np[1]], *np, text[cue[0] : cue[1]], *cue)


def _trim(text: str, cue: tuple[int, int]) -> tuple[int, int]:
    return cue[0], cue[0] + len(text[cue[0] : cue[1]].rstrip())


def _inverted(text: str, start: int, end: int) -> Iterator[_Cue]:
    for match in INVERTED_PRONOUN.finditer(text, start, end):
        who = "who" if match["who"] is not None else "who2"
        yield _Cue("after", _make(text, match.span(who), match.span("cue")), (start, match.start()))
    for match in INVERTED_FRENCH.finditer(text, start, end):
        part = "" if match["cue"] is not None else "2"
        if not _opens(text, start, match.start()):
            continue
        np = _noun_phrase(text, match.start("np" + part), end)
        words = text[np[0] : np[1]]
        is_person = re.search(r"[A-ZÉ]", words) is not None or CORE.search(match["cue" + part]) is not None
        if _is_name(words) and is_person:
            yield _Cue("after", _make(text, np, match.span("cue" + part)), (start, match.start()))


def _opens(text: str, start: int, cue: int) -> bool:
    """Whether a comma or a closing quote stands before the verb, so that its subject must follow."""
    before = text[start:cue].rstrip()
    if APPOSED_NAME.search(text, start, cue):
        return False
    return before == "" or before[-1] in ',"»”!?'


def _is_name(words: str) -> bool:
    return bool(words) and (
        words[0].isupper() or re.match(r"(?:l['’]|les? |la |une? |des |son |sa |ses |leurs? )", words) is not None
    )


def _forward(text: str, start: int, end: int) -> Iterator[_Cue]:
    for pattern in (SOURCE, ACCORDING, COLLECTIVE):
        for match in pattern.finditer(text, start, end):
            if text.count("(", start, match.start()) > text.count(")", start, match.start()):
                continue
            np = _noun_phrase(text, match.start("np"), end)
            closes = text[start : match.start()].rstrip()[-1:] == "," and end - np[1] <= 3
            scope = (start, match.start()) if closes else (np[1] if match.start() - start < 6 else start, end)
            yield _Cue("all", _make(text, np, _trim(text, match.span("cue"))), scope)
    for pattern in (SUBJECT_FRENCH, SUBJECT_ENGLISH):
        for match in pattern.finditer(text, start, end):
            yield from _from_subject(text, match, start, end)


def _from_subject(text: str, match: re.Match[str], start: int, end: int) -> Iterator[_Cue]:
    cue = match.span("cue")
    if _inside_quotes(text, start, end, cue[0]):
        return
    before = text[start : cue[0]].rstrip()
    english = re.fullmatch(rf"(?:has |have |had |also )?(?:{ENGLISH})", match["cue"]) is not None
    if english and before[-1:] in ('"', "”", ",") and before != "":
        np = _noun_phrase(text, _skip_space(text, cue[1]), end)
        if np[0] < np[1] and (text[np[0]].isupper() or text[np[0] : np[0] + 4].lower() in ("the ", "a go", "one ")):
            yield _Cue("after", _make(text, np, cue), (start, cue[0]))
            return
    subject = _subject_before(text, start, cue[0])
    if subject is None or NO_SUBJECT.search(text[slice(*subject)]):
        return
    if text[start : subject[0]].rstrip()[-1:] in ('"', "”", "»"):
        yield _Cue("after", _make(text, subject, cue), (start, subject[0]))
    else:
        closing = text[cue[1] : end].strip(' .!?"”»')
        after = text[start : subject[0]].rstrip()[-1:] == "," and len(closing.split()) <= 4
        yield _Cue("before", _make(text, subject, cue), (start, subject[0]) if after else (cue[1], end))


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _inside_quotes(text: str, start: int, end: int, position: int) -> bool:
    return any(m.start() < position < m.end() for m in QUOTES.finditer(text, start, end))


def _cues(text: str, start: int, end: int) -> list[_Cue]:
    if end - start > MAX_SENTENCE:
        return []
    found = [*_inverted(text, start, end), *_forward(text, start, end)]
    for match in GERUND.finditer(text, start, end):
        earlier = [c for c in found if c.speaker.cue_start < match.start()]
        if earlier:
            speaker = replace(earlier[-1].speaker, cue=match["cue"], cue_start=match.start(), cue_end=match.end())
            found.append(_Cue("before", speaker, (match.end(), end)))
    return found


@lru_cache(maxsize=4)
def _paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    """An article's paragraphs, found once however often it is asked."""
    return tuple(split_paragraphs(text))


@lru_cache(maxsize=512)
def _persons(text: str, start: int, end: int) -> tuple[Speaker, ...]:
    """The speakers of a paragraph that are named, in order."""
    cues = [cue for sentence in split_sentences(text, (start, end)) for cue in _cues(text, *sentence)]
    return tuple(cue.speaker for cue in cues if PERSON.search(cue.speaker.name))


def _persons_near(text: str, speaker: Speaker) -> list[Speaker]:
    """The speakers around one that are named, in order."""
    first, last = max(speaker.start - NEAR, 0), speaker.end + NEAR
    paragraphs = _paragraphs(text)
    low = bisect_left(paragraphs, first, key=lambda bounds: bounds[1])
    high = bisect_right(paragraphs, last, key=lambda bounds: bounds[0])
    near = [(max(start, first), min(end, last)) for start, end in paragraphs[low:high]]
    return [person for bounds in near for person in _persons(text, *bounds)]


def _resolve(text: str, speaker: Speaker) -> Speaker:
    """A personal pronoun's name: the last speaker of its gender before it, else the only one around."""
    if not PERSON_PRONOUN.match(speaker.name):
        return speaker
    gender = MASCULINE if speaker.name.lower() in ("il", "he") else FEMININE
    persons = [p for p in _persons_near(text, speaker) if gender.match(p.name)]
    before = [p for p in persons if p.end <= speaker.start]
    names = {p.name.split()[-1] for p in persons}
    chosen = before[-1] if before else persons[0] if len(names) == 1 else None
    return speaker if chosen is None else replace(speaker, resolved=chosen.name)


def _own_voice(text: str) -> Speaker:
    """The agency in the date line, where one signs; else the article itself."""
    match = AGENCY.search(text, 0, 200)
    if match is None:
        return Speaker("article")
    return Speaker("agency", match[1], *match.span(1), match[0], *match.span())


def find_speaker(text: str, start: int, end: int) -> Speaker:
    """Who says `text[start:end]`, by the cues of its sentence.

    The kind is `quoted` where the span lies in quotation marks, `reported` where a cue covers it, else
    `agency` or `article`. A span that holds the speaker's own name or the cue is not said by the speaker.
    """
    paragraphs = _paragraphs(text)
    place = bisect_right(paragraphs, start, key=lambda bounds: bounds[0]) - 1
    inside = place >= 0 and start < paragraphs[place][1]
    sentences = split_sentences(text, paragraphs[place]) if inside else []
    touched = [s for s in sentences if s[0] < end and start < s[1]]
    if not touched:
        return _own_voice(text)
    bounds = touched[0][0], touched[-1][1]
    if bounds[1] - bounds[0] > MAX_SENTENCE:
        return _own_voice(text)
    quoted = any(m.start() < end and start < m.end() and start >= m.start() for m in QUOTES.finditer(text, *bounds))
    return _choose(text, _cues(text, *bounds), start, end, quoted)


def _choose(text: str, cues: list[_Cue], start: int, end: int, quoted: bool) -> Speaker:
    free = [c for c in cues if not (c.speaker.start < end and start < c.speaker.end)]
    covering = [c for c in free if c.scope[0] <= start and end <= c.scope[1] + 1]
    if not covering and quoted:
        covering = free
    if not covering:
        return _own_voice(text)
    nearest = min(covering, key=lambda c: min(abs(c.speaker.cue_start - end), abs(start - c.speaker.cue_end)))
    kind: SpeakerKind = "quoted" if quoted else "reported"
    return _resolve(text, replace(nearest.speaker, kind=kind))
