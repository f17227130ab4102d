"""Relative and partial dates made absolute against an article's date line, in French and English.

"les 11 et 12 juillet prochains" in an article of 2018-02 is 2018-07-11 to 2018-07-12. A date line that
names only a month leaves days, weeks and weekdays alone: what it cannot support is not computed.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from qa.types import ResolvedDate

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january jan",
            "février fevrier february feb",
            "mars march mar",
            "avril april apr",
            "mai may",
            "juin june jun",
            "juillet july jul",
            "août aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "décembre decembre december dec",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi monday",
            "mardi tuesday",
            "mercredi wednesday",
            "jeudi thursday",
            "vendredi friday",
            "samedi saturday",
            "dimanche sunday",
        )
    )
    for name in names.split()
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        "un une one a an|deux two|trois three|quatre four|cinq five|six|sept seven|huit eight|neuf nine|dix ten|"
        "onze eleven|douze twelve".split("|"),
        1,
    )
    for word in words.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(_WEEKDAYS)
_NUMBER = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"
_DAY = r"\d{1,2}(?:er|st|nd|rd|th)?"
_NEXT, _LAST = r"prochaine?s?|next|coming", r"derni(?:er|ère)s?|last|past"
_FUTURE = re.compile(r"\b(?:\w{2,}(?:ra|ront)|will|va|vont|prévue?s?|due|scheduled)\b[^.]*$")
_NO_YEAR = r"(?!\s*,?\s*(?:de\s+)?\d{4})"
_LETTERS = str.maketrans("İıſ\u212a", "iisk")
"""What a pattern that ignores case takes for i, s and k, and `lower` does not."""


@dataclass(frozen=True, slots=True)
class DateLine:
    """When an article was written; `day` None where only its month is known."""

    year: int
    month: int
    day: int | None

    @classmethod
    def parse(cls, text: str | None) -> DateLine | None:
        """Of "2018-02" or "2018-02-14"; None for anything else."""
        match = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text or "", re.ASCII)
        if match is None or int(match[1]) < MINYEAR or not 1 <= int(match[2]) <= 12:
            return None
        line = cls(int(match[1]), int(match[2]), None if match[3] is None else int(match[3]))
        return line if line.day is None or 1 <= line.day <= calendar.monthrange(line.year, line.month)[1] else None

    @property
    def exact(self) -> date | None:
        """The day, where it is known."""
        return None if self.day is None else date(self.year, self.month, self.day)


def _lower(word: str) -> str:
    return word.translate(_LETTERS).lower()


def _iso(year: int, month: int, day: int | None = None) -> str | None:
    """None where there is no such day, or no such year."""
    try:
        found = date(year, month, 1 if day is None else day).isoformat()
    except ValueError:
        return None
    return found[:7] if day is None else found


def _iso_year(year: int) -> str | None:
    return f"{year:04d}" if MINYEAR <= year <= MAXYEAR else None


def _days_after(day: date, n: int) -> str | None:
    """None before the first year and after the last."""
    try:
        return (day + timedelta(days=n)).isoformat()
    except OverflowError:
        return None


def _year_of(line: DateLine, month: int, day: int | None, hint: str) -> int:
    """The year of a month or day without one: the next, the last, or the nearest to the date line."""
    here = (line.month, line.day if day is not None and line.day is not None else 0)
    there = (month, day if day is not None and line.day is not None else 0)
    if hint == "next":
        return line.year + (there <= here)
    if hint == "last":
        return line.year - (there >= here)
    gap = month - line.month
    return line.year + (gap < -6) - (gap > 6)


def _hint(words: str) -> str:
    if re.search(rf"\b(?:{_NEXT})\b", words, re.IGNORECASE):
        return "next"
    return "last" if re.search(rf"\b(?:{_LAST})\b", words, re.IGNORECASE) else ""


_Span = tuple[str | None, str | None]
_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], DateLine], _Span]]


def _month_first(match: re.Match[str], line: DateLine) -> _Span:
    """ "July 11", but not "may 3 of them": the month is written with a capital."""
    return _days(match, line) if match["month"][0].isupper() else (None, None)


def _days(match: re.Match[str], line: DateLine) -> _Span:
    month = _MONTHS[_lower(match["month"])]
    first = int(re.sub(r"\D", "", match["first"]))
    last = first if match["last"] is None else int(re.sub(r"\D", "", match["last"]))
    year = _year_of(line, month, first, _hint(match[0]))
    return _iso(year, month, first), _iso(year, month, last)


def _month(match: re.Match[str], line: DateLine) -> _Span:
    month = _MONTHS[_lower(match["month"])]
    found = _iso(_year_of(line, month, None, _hint(match[0])), month)
    return found, found


def _weekday(match: re.Match[str], line: DateLine) -> _Span:
    """A weekday beside the day of writing: the last one, that day included, unless "next" or a verb in
    the future just before says otherwise."""
    today = line.exact
    if today is None:
        return None, None
    back = (today.weekday() - _WEEKDAYS[_lower(match["weekday"])]) % 7
    hint = _hint(match[0])
    if hint == "" and _FUTURE.search(match.string, max(0, match.start() - 60), match.start()):
        back -= 7 * (back > 0)
    elif hint == "next":
        back -= 7
    elif hint == "last" and back == 0:
        back = 7
    found = _days_after(today, -back)
    return found, found


_NEAR = {
    "avant-hier": -2,
    "the day before yesterday": -2,
    "hier": -1,
    "yesterday": -1,
    "aujourd'hui": 0,
    "aujourd’hui": 0,
    "today": 0,
    "demain": 1,
    "tomorrow": 1,
    "après-demain": 2,
    "the day after tomorrow": 2,
}


def _near(match: re.Match[str], line: DateLine) -> _Span:
    if line.exact is None:
        return None, None
    found = _days_after(line.exact, _NEAR[_lower(match[0])])
    return found, found


def _period(match: re.Match[str], line: DateLine) -> _Span:
    words, hint = _lower(match[0]), _hint(match[0])
    step = 1 if hint == "next" else -1 if hint == "last" else 0
    if re.search(r"semaine|week", words):
        if line.exact is None:
            return None, None
        monday = 7 * step - line.exact.weekday()
        return _days_after(line.exact, monday), _days_after(line.exact, monday + 6)
    if re.search(r"mois|month", words):
        return _shift(line, step), _shift(line, step)
    return _iso_year(line.year + step), _iso_year(line.year + step)


def _shift(line: DateLine, months: int) -> str | None:
    total = line.year * 12 + line.month - 1 + months
    return _iso(total // 12, total % 12 + 1)


def _distance(match: re.Match[str], line: DateLine) -> _Span:
    """ "il y a deux ans", "in three months"; the result is as coarse as its unit."""
    number = _lower(match["number"])
    n = int(number) if number.isdigit() else _NUMBERS[number]
    sign = 1 if match["future"] is not None else -1
    unit = _lower(match["unit"])
    if unit.startswith(("an", "year")):
        return _iso_year(line.year + sign * n), _iso_year(line.year + sign * n)
    if unit.startswith(("mois", "month")):
        return _shift(line, sign * n), _shift(line, sign * n)
    if line.exact is None:
        return None, None
    found = _days_after(line.exact, sign * n * (7 if unit.startswith(("semaine", "week")) else 1))
    return found, found


def _rule(pattern: str, resolve: Callable[[re.Match[str], DateLine], _Span]) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), resolve


_RULES: tuple[_Rule, ...] = (
    _rule(
        rf"(?:\b(?:next|last)\s+)?\b(?P<first>{_DAY})(?:\s*(?:et|au|à|and|to|-|–)\s*(?P<last>{_DAY}))?\s+(?P<month>{_MONTH})\b"
        rf"{_NO_YEAR}(?:\s+(?:{_NEXT}|{_LAST})\b)?",
        _days,
    ),
    _rule(
        rf"\b(?:(?:next|last)\s+)?(?P<month>{_MONTH})\s+(?P<first>{_DAY})\b(?:\s*(?:and|to|-|–)\s*(?P<last>{_DAY})\b)?"
        rf"{_NO_YEAR}",
        _month_first,
    ),
    _rule(
        rf"\b(?:(?:next|last|coming|this)\s+(?P<month>{_MONTH})\b{_NO_YEAR})",
        _month,
    ),
    _rule(
        rf"\b(?<!\d )(?:(?:en|in|depuis|since|fin|début|mi-|late|early|jusqu['’]en|until|d['’]ici(?: à)?|by)\s+)?"
        rf"(?P<month>{_MONTH})\b\s+(?:{_NEXT}|{_LAST})\b",
        _month,
    ),
    _rule(rf"\b(?:en|in|fin|début|since|depuis|until|by)\s+(?P<month>{_MONTH})\b{_NO_YEAR}(?!\s+\d)", _month),
    _rule(rf"\b(?:(?:next|last)\s+)?(?P<weekday>{_WEEKDAY})\b(?!\s+\d)(?:\s+(?:{_NEXT}|{_LAST})\b)?", _weekday),
    _rule("|".join(rf"\b{re.escape(word)}\b" for word in sorted(_NEAR, key=len, reverse=True)), _near),
    _rule(
        rf"\b(?:l['’]an(?:née)?|la semaine|le mois)\s+(?:{_NEXT}|{_LAST})\b"
        r"|\b(?:next|last|this)\s+(?:year|month|week)\b|\b(?:cette (?:année|semaine)|ce mois-ci)\b",
        _period,
    ),
    _rule(
        rf"\b(?:il y a\s+|(?P<future>dans\s+|in\s+))(?P<number>{_NUMBER})\s+(?P<unit>ans?|années?|mois|semaines?|"
        r"jours?|years?|months?|weeks?|days?)\b(?!\s+ago)",
        _distance,
    ),
    _rule(
        rf"\b(?P<number>{_NUMBER})\s+(?P<unit>years?|months?|weeks?|days?)\s+(?:ago|earlier)\b(?P<future>(?!))?",
        _distance,
    ),
)


def resolve_dates(text: str, start: int, end: int, date_line: str | None) -> tuple[ResolvedDate, ...]:
    """The dates of `text[start:end]` that need a date line, in order, none inside another.

    `date_line` is "2018-02" or "2018-02-14"; without one, or where it is too coarse, nothing is computed.
    Dates that carry their own year are not listed.
    """
    line = DateLine.parse(date_line)
    if line is None:
        return ()
    found: list[ResolvedDate] = []
    for resolved in _matches(text, start, end, line):
        if all(resolved.end <= other.start or other.end <= resolved.start for other in found):
            found.append(resolved)
    return tuple(sorted(found, key=lambda d: d.start))


def _matches(text: str, start: int, end: int, line: DateLine) -> Iterator[ResolvedDate]:
    for pattern, resolve in _RULES:
        for match in pattern.finditer(text, start, end):
            first, last = resolve(match, line)
            if first is not None and last is not None and first <= last:
                yield ResolvedDate(match[0], match.start(), match.end(), first, last)
