"""Finds dates in words and figures: `14 May 2023`, `May 14, 2023`, `14.05.2023`, `2023年5月14日`, `3 mai 2023`.

What can't be told for sure, such as `05/06/2023`, is found too, without a value: it is no other date either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Day
from functools import cache

from qa_service.sources.calendar_words import MONTHS

EARLIEST = 1900
_MONTH = rf"(?<![^\W\d_])(?:{'|'.join(sorted(map(re.escape, MONTHS), key=len, reverse=True))})(?![^\W\d_])"
_DAY = r"\d{1,2}(?:\s?(?:st|nd|rd|th|er|º|ª|°)\b|\.)?"
_TO = r"\s*(?:[-–—/&]|and|to|und|bis|et|au|y|al?|e)\s*"
_KANJI = {figure: str(n) for n, figure in enumerate("〇一二三四五六七八九")}
_N = r"(?:\d{1,2}|[〇一二三四五六七八九十]{1,3})"
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_DAYS_BEFORE = re.compile(rf"(?<!\d){_DAY}{_TO}$", re.IGNORECASE)
_MONTHS_BEFORE = re.compile(rf"{_MONTH}\.?(?:\s{_DAY})?{_TO}(?:{_DAY}\s)?$", re.IGNORECASE)
_BACK = 30  # characters in front of a date that may make it the end of a span of time


@dataclass(frozen=True, slots=True)
class Seen:
    """A date at [start, end) of a text; `value` is ISO 8601, or None where it is out of bounds or can't be told."""

    value: str | None
    start: int
    end: int


@cache
def _pattern() -> re.Pattern[str]:
    """Compiled when it is needed: a service that only answers starts without."""
    return re.compile(
        rf"""
    (?P<era>令和|平成|昭和)\s?(?P<ey>{_N}|元)\s?年\s?(?P<em>{_N})\s?月(?:\s?(?P<ed>{_N})\s?日)?
    | (?<!\d)(?P<cy>\d{{4}}|[〇一二三四五六七八九]{{4}})\s?[年년]\s?(?P<cm>{_N})
      (?P<cto>\s?[-–—~～至]\s?\d{{1,2}})?\s?[月월](?:\s?(?P<cd>{_N})\s?[日일号])?
    | (?<![\d./-])(?P<iy>\d{{4}})(?P<is>[-/.])\s?(?P<im>\d{{1,2}})(?P=is)\s?(?P<id>\d{{1,2}})(?!\d)
    | (?<![\d./-])(?P<n1>\d{{1,2}})(?P<ns>[-/.])\s?(?P<n2>\d{{1,2}})(?P=ns)\s?(?P<ny>\d{{4}})(?!\d)
    | (?<![\d.,/-])(?P<dd>{_DAY})\s?-?(?:d['’]|(?:de|of|a[n ]?)\s)?\s?(?P<dm>{_MONTH})\.?,?-?\s?(?:de\s|del\s)?\s?
      (?P<dy>\d{{4}})(?!\d|[-–—/]\d)
    | (?P<mm>{_MONTH})\.?\s(?P<md>{_DAY})(?P<mto>{_TO}{_DAY})?,?\s(?P<my>\d{{4}})(?!\d|[-–—/]\d)
    | (?P<om>{_MONTH})\.?,?\s?(?:de\s|del\s|of\s)?\s?(?P<oy>\d{{4}})(?!\d|[-–—/]\d)
    | (?<![\d./-])(?P<yy>\d{{4}})-(?P<ym>\d{{2}})(?![\d./-])
        """,
        re.IGNORECASE | re.VERBOSE,
    )


def find_dates(text: str, latest: int) -> Iterator[Seen]:
    """Dates in order, of the years from 1900 to `latest`. Of several days the month counts, of several months none."""
    for match in _pattern().finditer(text):
        before = text[max(0, match.start() - _BACK) : match.start()]
        value = None if _MONTHS_BEFORE.search(before) else _value(match)
        if value and len(value) > len("2023-05") and (match["mto"] or (match["dd"] and _DAYS_BEFORE.search(before))):
            value = value[: len("2023-05")]
        in_bounds = value is not None and EARLIEST <= int(value[:4]) <= latest
        yield Seen(value if in_bounds else None, match.start(), match.end())


def day_of(year: int, month: int, day: int | None = None) -> str | None:
    """ISO 8601, if the calendar has it."""
    try:
        found = Day(year, month, day or 1).isoformat()
    except ValueError:
        return None
    return found if day else found[: len("2023-05")]


def day_or_month_first(first: int, second: int, year: int, *, dots: bool = False) -> str | None:
    """A date in figures whose year comes last. Dots put the day first; else one part must be over 12, or both alike."""
    if dots or first > 12 or first == second:
        return day_of(year, second, first)
    return day_of(year, first, second) if second > 12 else None


def month_of(year: int, month: int) -> str | None:
    """`2023-05`; none where `2010-11` may be a season as well."""
    return None if month == (year + 1) % 100 else day_of(year, month)


def _value(match: re.Match[str]) -> str | None:
    m = match
    if m["era"]:
        year = _ERAS[m["era"]] + (1 if m["ey"] == "元" else _kanji(m["ey"]))
        return day_of(year, _kanji(m["em"]), _kanji(m["ed"]) if m["ed"] else None)
    if m["cy"]:
        return None if m["cto"] else day_of(_kanji(m["cy"]), _kanji(m["cm"]), _kanji(m["cd"]) if m["cd"] else None)
    if m["iy"]:
        return day_of(int(m["iy"]), int(m["im"]), int(m["id"]))
    if m["ny"]:
        return day_or_month_first(int(m["n1"]), int(m["n2"]), int(m["ny"]), dots=m["ns"] == ".")
    if m["dy"]:
        return day_of(int(m["dy"]), MONTHS[m["dm"].casefold()], _figure(m["dd"]))
    if m["my"]:
        return day_of(int(m["my"]), MONTHS[m["mm"].casefold()], _figure(m["md"]))
    if m["oy"]:
        return day_of(int(m["oy"]), MONTHS[m["om"].casefold()])
    return month_of(int(m["yy"]), int(m["ym"]))


def _kanji(printed: str) -> int:
    """The number of `二十三`, `二〇二三` or `23`; 99, which is no day and no month, of what is none."""
    tens, ten, ones = printed.rpartition("十")
    figures = [_KANJI.get(c, c) for c in ones]
    if ten:
        figures = [_KANJI.get(tens, "1"), *(figures or ["0"])]
    return int("".join(figures)) or 99


def _figure(printed: str | None) -> int | None:
    """The number of `14th`; none where nothing is printed, and 0, which no calendar has, as it stands."""
    found = re.match(r"\d+", printed or "")
    return int(found[0]) or 99 if found else None
