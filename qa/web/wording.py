"""Facts in words: an article's title and length, dates, how sure an answer is, who says so."""

from __future__ import annotations

import re

from qa.article import Article
from qa.language import Language
from qa.types import Alternative, Answer, Refusal, ResolvedDate, Speaker
from qa.web.strings import say

WORDS_A_MINUTE = 220
N_SHOWN = 3
_LONGEST_TITLE = 120
_LONGEST_NAME = 48
_TELLING = re.compile(r"[^\W_]{3}|\d|[A-ZÀ-Þ]")
_MONTHS: dict[Language, list[str]] = {
    "en": "January February March April May June July August September October November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
}
_LEVELS = ((0.85, "sure"), (0.65, "fairly_sure"), (0.4, "unsure"))


def article_title(article: Article) -> str:
    """The first paragraph where it is a line that ends without a full stop, else the article's name."""
    paragraphs = article.paragraphs
    if len(paragraphs) > 1:
        first = article.text[slice(*paragraphs[0])].strip("# \t")
        if len(first) <= _LONGEST_TITLE and "\n" not in first and first[-1:] not in '.!?:;»"”':
            return first
    return article.name


def first_words(text: str) -> str:
    """A name for a text that has none: how it begins, without marks of Markdown and the date line; "" for a
    text without a letter."""
    words = re.sub(r"^[#\s]*(?:date \d{4}[\d-]*)?", "", text[:500]).split()
    name = " ".join(words)
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME].rsplit(' ', 1)[0]}…"
    return name if any(c.isalnum() for c in name) else ""


def article_facts(article: Article, language: Language) -> str:
    """Date and length, as "February 2018 · 329 words · 2 min read"."""
    n = len(article.text.split())
    date = say(language, "no_date") if article.date is None else format_date(article.date, language)
    minutes = say(language, "minutes", n=max(1, round(n / WORDS_A_MINUTE)))
    return " · ".join((date, say(language, "words", n=f"{n:,}".replace(",", "\u202f")), minutes))


def format_date(iso: str, language: Language) -> str:
    """ "2018-07-11", "2018-07" or "2018" as people write it."""
    parts = iso.split("-")
    words = [parts[0]]
    if len(parts) > 1:
        words.insert(0, _MONTHS[language][int(parts[1]) - 1])
    if len(parts) > 2:
        day = int(parts[2])
        words.insert(0, "1er" if language == "fr" and day == 1 else str(day))
    return " ".join(words)


def format_dates(found: ResolvedDate, language: Language) -> str:
    """One date, or a range with what its ends share said once: "11–12 July 2018"."""
    first, last = format_date(found.first, language).split(), format_date(found.last, language).split()
    if first == last:
        return " ".join(last)
    shared = 0
    while shared < min(len(first), len(last)) - 1 and first[-1 - shared] == last[-1 - shared]:
        shared += 1
    return f"{' '.join(first[: len(first) - shared])}–{' '.join(last)}"


def format_number(value: float, language: Language) -> str:
    """Two decimals, as "0.50" or "0,50"."""
    return f"{value:.2f}".replace(".", "," if language == "fr" else ".")


def format_percent(share: float, language: Language) -> str:
    """ "93%", or "93 %" with a narrow space that does not break."""
    space = "\u202f" if language == "fr" else ""
    return f"{100 * share:.0f}{space}%"


def confidence_words(confidence: float, language: Language) -> str:
    """How sure, in words, for a probability in [0, 1]."""
    return say(language, next((key for limit, key in _LEVELS if confidence >= limit), "very_unsure"))


def speaker_words(speaker: Speaker, language: Language) -> str:
    """Who says so, with the person a pronoun stands for."""
    if speaker.kind == "article":
        return say(language, "own_voice")
    name = speaker.name if speaker.resolved is None else f"{speaker.resolved} (« {speaker.name} »)"
    return say(language, speaker.kind, name=name)


def refusal_words(refusal: Refusal | None, language: Language) -> str:
    """The reason of an abstention, naming what the article does not contain."""
    if refusal is None:
        return ""
    return say(language, refusal.kind, unknown=", ".join(refusal.unknown))


def paragraph_number(article: Article, start: int) -> int:
    """Number, from 1, of the paragraph that holds a character."""
    return max(1, sum(first <= start for first, _ in article.paragraphs))


def shown_alternatives(answer: Answer) -> list[tuple[int, Alternative]]:
    """The alternatives worth a person's look, at most three, each with its number from 1: those of more than
    marks and small words."""
    numbered = enumerate(answer.alternatives, 1)
    return [(n, a) for n, a in numbered if _TELLING.search(a.text)][:N_SHOWN]


def relevant_dates(answer: Answer) -> list[ResolvedDate]:
    """The computed dates that touch the answer; where none does, none."""
    return [d for d in answer.dates if d.start < answer.end and answer.start < d.end]
