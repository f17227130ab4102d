"""Relative and partial dates against a date line."""

from __future__ import annotations

import pytest

from qa.dates import DateLine, resolve_dates


def _only(text: str, line: str) -> tuple[str, str, str] | None:
    found = resolve_dates(text, 0, len(text), line)
    assert len(found) <= 1
    return (found[0].text, found[0].first, found[0].last) if found else None


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (
            "prévu les 11 et 12 juillet prochains à Bruxelles",
            "2018-02",
            ("11 et 12 juillet prochains", "2018-07-11", "2018-07-12"),
        ),
        ("le 3 mars dernier", "2018-02", ("3 mars dernier", "2017-03-03", "2017-03-03")),
        ("le 3 mars prochain", "2018-03-10", ("3 mars prochain", "2019-03-03", "2019-03-03")),
        ("from 12 to 14 July", "2018-02-10", ("12 to 14 July", "2018-07-12", "2018-07-14")),
        ("on July 11 and 12", "2018-02", ("July 11 and 12", "2018-07-11", "2018-07-12")),
        ("le 1er janvier", "2018-12-20", ("1er janvier", "2019-01-01", "2019-01-01")),
        ("next July", "2018-02", ("next July", "2018-07", "2018-07")),
        ("en août dernier", "2018-02", ("en août dernier", "2017-08", "2017-08")),
        ("in December", "2018-02", ("in December", "2017-12", "2017-12")),
        ("l'an dernier", "2018-02", ("l'an dernier", "2017", "2017")),
        ("le mois prochain", "2018-12", ("le mois prochain", "2019-01", "2019-01")),
        ("next week", "2018-02-14", ("next week", "2018-02-19", "2018-02-25")),
        ("il y a deux ans", "2018-02", ("il y a deux ans", "2016", "2016")),
        ("dans trois mois", "2018-11", ("dans trois mois", "2019-02", "2019-02")),
        ("five days ago", "2018-03-02", ("five days ago", "2018-02-25", "2018-02-25")),
        ("hier", "2018-03-01", ("hier", "2018-02-28", "2018-02-28")),
        ("tomorrow", "2020-02-28", ("tomorrow", "2020-02-29", "2020-02-29")),
        ("il a parlé mardi", "2018-02-14", ("mardi", "2018-02-13", "2018-02-13")),
        ("elle parlera mardi", "2018-02-14", ("mardi", "2018-02-20", "2018-02-20")),
        ("last Wednesday", "2018-02-14", ("last Wednesday", "2018-02-07", "2018-02-07")),
    ],
)
def test_made_absolute(text: str, line: str, found: tuple[str, str, str]) -> None:
    assert _only(text, line) == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("le 14 juillet 2017", "2018-02"),
        ("July 4, 1776", "2018-02"),
        ("en mars 2012", "2018-02"),
        ("de 2004 à 2011", "2018-02"),
        ("mardi", "2018-02"),
        ("hier", "2018-02"),
        ("la semaine dernière", "2018-02"),
        ("le 31 février", "2018-02"),
        ("du 12 au 3 mai", "2018-02"),
        ("she may 3 times", "2018-02"),
    ],
)
def test_what_is_not_supported_is_not_computed(text: str, line: str) -> None:
    assert _only(text, line) is None


def test_offsets_are_into_the_whole_text_and_ordered() -> None:
    text = "Le 2 mai, puis demain, puis l'an prochain."
    found = resolve_dates(text, 3, len(text), "2018-02-14")
    assert [text[d.start : d.end] for d in found] == ["2 mai", "demain", "l'an prochain"]
    assert all(d.computed and text[d.start : d.end] == d.text for d in found)


@pytest.mark.parametrize("line", [None, "", "2018", "2018-13", "2018-02-30", "0000-02-11", "٢٠١٨-٠٢", "février 2018"])
def test_without_a_date_line_there_is_nothing_to_compute(line: str | None) -> None:
    assert DateLine.parse(line) is None
    assert resolve_dates("demain", 0, 6, line) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("demain", "9999-12-31"),
        ("hier", "0001-01-01"),
        ("dimanche prochain", "9999-12-31"),
        ("lundi dernier", "0001-01-01"),
        ("la semaine prochaine", "9999-12-31"),
        ("l'an prochain", "9999-12"),
        ("le mois dernier", "0001-01"),
        ("il y a 999 ans", "0500-01-01"),
        ("il y a 999 mois", "0050-01-01"),
        ("999 weeks ago", "0010-01-01"),
        ("le 11 janvier prochain", "9999-02"),
    ],
)
def test_before_the_first_year_and_after_the_last_nothing_is_computed(text: str, line: str) -> None:
    assert resolve_dates(text, 0, len(text), line) == ()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Fr\u0131day", "2018-02-09"),
        ("last \u017funday", "2018-02-11"),
        ("next \u017feptember", "2018-09"),
        ("last wee\u212a", "2018-02-05"),
        ("H\u0130ER", "2018-02-13"),
        ("\u017fix days ago", "2018-02-08"),
    ],
)
def test_letters_that_only_patterns_take_for_others_are_those(text: str, first: str) -> None:
    assert [d.first for d in resolve_dates(text, 0, len(text), "2018-02-14")] == [first]
