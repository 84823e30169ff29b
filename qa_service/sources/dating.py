"""When a text was spoken: told by the metadata, by what stands before the first speech, or by the file's name.

A wrong date is worse than none: only what stands where the date of an occasion is printed counts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Day

from qa_service.records import DateFrom
from qa_service.sources.date_places import front_matter_dates, introduced, is_date_alone, standing, year_of_title
from qa_service.sources.dates_in_text import EARLIEST, day_of, day_or_month_first, find_dates, month_of
from qa_service.sources.lines import BLANK

HEAD_LINES = 60  # before the first speech, that are looked at
LINE = 1000  # characters of each of them
WRAPPED = 45  # characters of a line that the next may go on with
_YMD = re.compile(r"(?<!\d)(\d{4})([-_. ]?)(\d{2})\2(\d{2})(?!\d)")
_DMY = re.compile(r"(?<!\d)(\d{1,2})([-_. ])(\d{1,2})\2(\d{4})(?!\d)")
_YM = re.compile(r"(?<!\d)(?<!\d[-_. ])(\d{4})[-_. ](\d{2})(?!\d)(?![-_. ]\d)")
_YEAR = re.compile(r"(?<![^\W_])(?<!\d[-.])(\d{4})(?![^\W_])(?![-_. ]\d)")
_OPEN = re.compile(r"\b(?:on|of|in|the|am|vom|den|dem|der|to|since|after|from|by|at|and|le|la|du|el|del|de)$")
_OF_WHAT = re.compile(
    r"(?:^|[-_. ])(?:for|by|since|to|until|born|after|before|fy|vision|agenda|programme)[-_. ]?$", re.I
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in ISO 8601 and where it is from; a note where there are several."""

    date: str | None = None
    origin: DateFrom | None = None
    note: str | None = None


def read_date(told: str | None, head: str, name: str, title: str | None = None, latest: int | None = None) -> Dated:
    """The date of a text: `told` by its metadata, or read. `head` stands before the first speech, `name` is the file's.

    Days and months are looked for first, in the head and then in the name; a bare year counts where nothing else does.
    """
    if told:
        return Dated(told, "metadata")
    latest = latest or Day.today().year + 1
    found = _one_of(_dates_of_head(head, latest))
    if len(found) > 1:
        note = f"several dates before the first speech ({', '.join(found)}): none is taken; give one in the metadata"
        return Dated(note=note)
    if found:
        return Dated(found[0], "text")
    in_name = _date_of_name(name, latest)
    if in_name and len(in_name) > len("2023"):
        return Dated(in_name, "file name")
    if year := year_of_title(title or "", latest):
        return Dated(year, "text")
    return Dated(in_name, "file name") if in_name else Dated()


def _dates_of_head(head: str, latest: int) -> list[str]:
    """All dates that say of themselves what they are; if none, all that stand where a date is printed."""
    matter, rest = front_matter_dates(head, latest)
    if matter:
        return matter
    blocks = list(_blocks(rest, latest))
    told = [date for block, _ in blocks for date in introduced(block, latest)]
    return told or [date for block, wrapped in blocks if not wrapped for date in standing(block, latest)]


def _blocks(head: str, latest: int) -> Iterable[tuple[str, bool]]:
    """Lines, and whether one is several that belong together, as print breaks a paragraph into lines."""
    block, wrapped, goes_on = "", False, False
    for line in head.split("\n")[:HEAD_LINES]:
        words = line[:LINE].strip(BLANK)
        joins = goes_on and words and (_OPEN.search(block) or not is_date_alone(words, latest))
        if block and not joins:
            yield block, wrapped
            block, wrapped = "", False
        if words:
            wrapped = bool(block)
            block = f"{block} {words}" if block else words
        goes_on = len(words) >= WRAPPED and not words.endswith((".", "!", "?", ":", "。")) and words[-1:].islower()
    if block:
        yield block, wrapped


def _one_of(dates: Iterable[str]) -> list[str]:
    """Those that differ: a month and a day within it are one date, the day."""
    different = list(dict.fromkeys(dates))
    return [d for d in different if not any(other != d and other.startswith(d) for other in different)]


def _date_of_name(name: str, latest: int) -> str | None:
    """The one date of a file's name, as exact as it is given."""
    days = [day_of(int(m[1]), int(m[3]), int(m[4])) for m in _YMD.finditer(name)]
    days += [day_or_month_first(int(m[1]), int(m[3]), int(m[4])) for m in _DMY.finditer(name)]
    words = re.sub(r"[-_]+", " ", name)
    days += [seen.value for seen in find_dates(words, latest) if any(c.isalpha() for c in words[seen.start : seen.end])]
    months = [month_of(int(m[1]), int(m[2])) for m in _YM.finditer(name)]
    years = [None if _OF_WHAT.search(name[: m.start()]) else m[1] for m in _YEAR.finditer(name)]
    for found in (days, months, years):
        if found:
            dates = _one_of(date for date in found if date and EARLIEST <= int(date[:4]) <= latest)
            return dates[0] if len(dates) == 1 and None not in found else None
    return None
