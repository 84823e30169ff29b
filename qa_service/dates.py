"""Calendar dates as documents carry them: a year, a month or a day. Each stands for a period, its days included."""

import calendar
import re
from datetime import date as Day

FORMS = "a year, a month or a day as in 2023, 2023-09 or 2023-09-14"
FIRST, LAST = "0001-01-01", "9999-12-31"
_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

Period = tuple[str, str]  # first and last day


def period_of(date: str) -> Period:
    """The first and the last day of what a date stands for. Raises ValueError where it is no date."""
    match = _FORM.fullmatch(date.strip())
    if not match:
        raise ValueError(f"{date[:40]!r} is no date; give {FORMS}")
    year, month, day = match.groups()
    try:
        first = Day(int(year), int(month or "1"), int(day or "1"))
        last = first.replace(month=int(month or "12"))
        last = last if day else last.replace(day=calendar.monthrange(last.year, last.month)[1])
    except ValueError as error:
        raise ValueError(f"{date[:40]!r} is not in the calendar; give {FORMS}") from error
    return first.isoformat(), last.isoformat()


def check_date(date: str) -> str:
    """The date without white space around it. Raises ValueError where it is none."""
    period_of(date)
    return date.strip()


def range_of(start: str | None, end: str | None) -> list[str]:
    """First and last day from one date to another, either of which may be left out.

    Raises ValueError where both are, where one is no date, or where they are the wrong way round.
    """
    if start is None and end is None:
        raise ValueError("the date says neither from nor to; give at least one, or leave the filter out")
    days = [period_of(start)[0] if start is not None else FIRST, period_of(end)[1] if end is not None else LAST]
    if days[0] > days[1]:
        raise ValueError(f"from ({start}) is later than to ({end}); change them over")
    return days
