"""Questions an article surely answers: made from its own sentences, kept when the reader finds its way back.

Patterns are general and few: who said a quotation, what an acronym stands for, what happened in a year,
how many, what share, which aim. Each remembers the span it was made from; a question is suggested only
if the pipeline answers it with that span, or with its sentence where the question asks for a whole event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.passages import split_paragraphs, split_sentences
from qa.language import Language, detect_language
from qa.types import Answer

N_SUGGESTIONS = 5
MAX_CANDIDATES = 48
_MAX_WORDS = 14

_QUOTE = re.compile(
    r"[\"«“]\s*(?P<said>[^\"»”\n]{12,240}?)\s*[\"»”]\s*,?\s*(?P<cue>(?:a|ont) \w+|said)\s+"
    r"(?P<who>(?:(?:MM?|Mr|Dr)\.\s)?[^\n\",.;]{3,70})"
)
_ACRONYM = re.compile(
    r"(?P<name>[A-Z][\w'’-]+(?:[ \w'’-]*?)[A-Z]?[\w'’-]*)[\"»”]?\s+\((?P<short>[A-Z][A-Z0-9-]{1,9})\)"
)
_YEAR = re.compile(r"\b(?P<prep>[Ee]n|[Ii]n)\s+(?P<year>(?:1[89]|20)\d{2})\b")
_PERIOD = re.compile(r"\b(?:de|from)\s+(?P<a>(?:1[89]|20)\d{2})\s+(?:à|to)\s+(?P<b>(?:1[89]|20)\d{2})\b")
_SHARE = re.compile(
    r"(?P<n>\d+(?:[.,]\d+)?\s?%)\s+(?P<rest>(?:des|du|de la|de l['’]|d['’]|de|of)\s?[^,.;()\"«»\n]{6,90})"
)
_NUMBER = r"\d[\d., \u00a0\u202f]*(?:\s?(?:millions?|milliards?|billion))?"
_COUNT_FRENCH = re.compile(
    rf"(?P<n>(?:(?:plus|près) de |environ |quelque )?{_NUMBER})\s+(?:de |d['’])?(?P<noun>[a-zà-ÿ]{{4,}}s)\s"
    r"(?:[^,.;()\"«»\n]{0,40}?\s)?(?:ont|avaient|sont|étaient|seront|auraient)\s"
)
_COUNT_ENGLISH = re.compile(
    rf"(?P<n>(?:(?:more|less|fewer) than |about |nearly |some )?{_NUMBER})\s+(?P<noun>[a-z]{{4,}}s|people)\s"
    r"(?:[^,.;()\"“”\n]{0,40}?\s)?(?:have|had|are|were|will)\s"
)
_VERB_FRENCH = re.compile(r"\s(?:a|ont|avai(?:t|ent)|est|sont|sera|seront|serai(?:t|ent))\b")
_CLAUSE_END = re.compile(r"[,;()\"«»“”\n]|\.(?:\s|$)|\s-\s")
_AIM = re.compile(
    r"\b(?P<np>l['’](?:objectif|ambition|idée|enjeu)|le but|la priorité)(?P<of>[^,.;\n]{0,40}?)\s+est\s+"
    r"(?P<what>(?:de|d['’])\s?[^.;\n]{8,140})"
)
_PLANNED = re.compile(
    r"\s(?P<verb>prévue?)\s(?P<when>(?:les?|en|pour)\s[^,.;\n]*?)(?=\s(?P<where>(?:à|au|en)\s[A-Z][\w'’-]+)|[,.;\n])"
)
_MASCULINE_NOUN = re.compile(r"\b(?:le|du|au|un|ce)\s(?P<noun>[a-zà-ÿ]{4,})")
_FEMININE_NOUN = re.compile(r"\b(?:la|une|cette)\s(?P<noun>[a-zà-ÿ]{4,})")
_WHY = re.compile(
    r"\b(?P<because>(?:après que|parce que|en raison de|à cause de|faute de|because of|because|due to)\b"
    r"[^.;\n]{10,120})"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question made from `text[start:end]`, the span that should answer it; `whole` if any span of that
    sentence may."""

    question: str
    start: int
    end: int
    whole: bool = False


class Asker(Protocol):
    """What answers: an opened article."""

    def ask_many(self, questions: Sequence[str]) -> list[Answer]: ...


def make_candidates(text: str, language: Language) -> list[Candidate]:
    """Questions in `language` on an article, in its order, at most 48, no two alike.

    Where article and language differ, only patterns that need no translation are used: quotations,
    acronyms, years and figures.
    """
    same = detect_language(text[:2000]) == language
    found: dict[str, Candidate] = {}
    for paragraph in split_paragraphs(text):
        for sentence in split_sentences(text, paragraph):
            made = [*_neutral(text, *sentence, language)]
            if same:
                made += (_french if language == "fr" else _english)(text, *sentence)
            for candidate in made:
                found.setdefault(candidate.question, candidate)
    return list(found.values())[:MAX_CANDIDATES]


def _neutral(text: str, start: int, end: int, language: Language) -> Iterator[Candidate]:
    french = language == "fr"
    for match in _QUOTE.finditer(text, start, end):
        said = _cut(match["said"], 9)
        question = f"Qui a dit « {said} » ?" if french else f"Who said “{said}”?"
        yield Candidate(question, *match.span("who"))
    for match in _ACRONYM.finditer(text, start, end):
        short = match["short"]
        yield Candidate(f"Que signifie {short} ?" if french else f"What does {short} stand for?", *match.span("name"))
    for match in _YEAR.finditer(text, start, end):
        year = match["year"]
        question = f"Que s’est-il passé en {year} ?" if french else f"What happened in {year}?"
        yield Candidate(question, start, end, whole=True)
    for match in _PERIOD.finditer(text, start, end):
        question = (
            f"Que s’est-il passé de {match['a']} à {match['b']} ?"
            if french
            else f"What happened from {match['a']} to {match['b']}?"
        )
        yield Candidate(question, start, end, whole=True)
    for match in _SHARE.finditer(text, start, end):
        number = match["n"]
        question = (
            f"À quoi correspond le chiffre de {number} ?" if french else f"What does the figure {number} refer to?"
        )
        yield Candidate(question, match.start("rest"), match.end("rest"))


def _clause(text: str, start: int, end: int) -> str:
    """What follows, up to the first mark that ends a clause."""
    stop = _CLAUSE_END.search(text, start, end)
    return " ".join(text[start : end if stop is None else stop.start()].split())


def _english(text: str, start: int, end: int) -> Iterator[Candidate]:
    for match in _COUNT_ENGLISH.finditer(text, start, end):
        yield Candidate(f"How many {_shorten(_clause(text, match.start('noun'), end))}?", *match.span("n"))


def _french(text: str, start: int, end: int) -> Iterator[Candidate]:
    for match in _SHARE.finditer(text, start, end):
        rest = _shorten(match["rest"])
        if _VERB_FRENCH.search(rest):
            yield Candidate(f"Quel pourcentage {rest} ?", *match.span("n"))
    for match in _COUNT_FRENCH.finditer(text, start, end):
        clause = _shorten(_clause(text, match.start("noun"), end))
        of = "d’" if re.match(r"[aeiouyhéèê]", clause) else "de "
        yield Candidate(f"Combien {of}{clause} ?", *match.span("n"))
    for match in _AIM.finditer(text, start, end):
        yield Candidate(f"Quel{_feminine(match['np'])} est {match['np'].lower()}{match['of']} ?", *match.span("what"))
    for match in _PLANNED.finditer(text, start, end):
        feminine = match["verb"].endswith("e")
        nouns = list((_FEMININE_NOUN if feminine else _MASCULINE_NOUN).finditer(text, start, match.start()))
        if not nouns:
            continue
        noun = nouns[-1]["noun"]
        article = "l’" if re.match("[aeiouyéè]", noun) else "la " if feminine else "le "
        pronoun = "elle" if feminine else "il"
        yield Candidate(f"Quand {article}{noun} est-{pronoun} {match['verb']} ?", *match.span("when"))
        if match["where"] is not None:
            yield Candidate(f"Où aura lieu {article}{noun} ?", *match.span("where"))
    for match in _WHY.finditer(text, start, end):
        clause = re.split(r"[.;\n]", text[start : match.start()])[-1].strip(" ,")
        if 3 <= len(clause.split()) <= _MAX_WORDS and not re.match(
            r"(?:mais|et|il|elle|ils|elles|ce)\b", clause, re.IGNORECASE
        ):
            yield Candidate(f"Pourquoi {clause[:1].lower()}{clause[1:]} ?", *match.span("because"))


def _feminine(noun_phrase: str) -> str:
    return "le" if re.match(r"l['’](?:ambition|idée)|la ", noun_phrase, re.IGNORECASE) else ""


def _cut(words: str, n: int) -> str:
    """The first n words, with an ellipsis where some are left out."""
    kept = words.split()
    return " ".join(kept) if len(kept) <= n else f"{' '.join(kept[:n])}…"


def _shorten(words: str) -> str:
    """At most 14 words, ending on no short word."""
    kept = words.split()[:_MAX_WORDS]
    while kept and len(kept[-1]) <= 3:
        kept.pop()
    return " ".join(kept)


def _comes_back(candidate: Candidate, answer: Answer) -> bool:
    """Whether an answer overlaps the span its question was made from, and is not much longer."""
    if not answer.answered:
        return False
    overlap = min(candidate.end, answer.end) - max(candidate.start, answer.start)
    if candidate.whole:
        return overlap > 0
    return overlap >= 0.5 * min(candidate.end - candidate.start, answer.end - answer.start)


def suggest(text: str, language: Language, asker: Asker, n: int = N_SUGGESTIONS) -> list[str]:
    """Up to n questions that `asker` answers with the span they were made from, most confident first,
    at most two from one sentence. Empty where no pattern finds anything or no answer comes back."""
    candidates = make_candidates(text, language)
    answers = asker.ask_many([c.question for c in candidates]) if candidates else []
    kept = [(c, a) for c, a in zip(candidates, answers, strict=True) if _comes_back(c, a)]
    chosen: list[str] = []
    used: dict[int, int] = {}
    for candidate, answer in sorted(kept, key=lambda pair: -pair[1].confidence):
        place = candidate.start if answer.evidence is None else answer.evidence.start
        if len(chosen) < n and used.get(place, 0) < 2:
            chosen.append(candidate.question)
            used[place] = used.get(place, 0) + 1
    return chosen
