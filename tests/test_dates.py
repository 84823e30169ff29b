"""Dates of some precision, and the periods they stand for."""

import calendar
from datetime import date as Day

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.dates import FIRST, LAST, check_date, period_of, range_of


@pytest.mark.parametrize(
    ("date", "period"),
    [
        ("2023", ("2023-01-01", "2023-12-31")),
        ("2023-09", ("2023-09-01", "2023-09-30")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2100-02", ("2100-02-01", "2100-02-28")),
        (" 2023-09-14 ", ("2023-09-14", "2023-09-14")),
    ],
)
def test_a_date_stands_for_all_its_days(date: str, period: tuple[str, str]) -> None:
    assert period_of(date) == period


@pytest.mark.parametrize(
    "date", ["", "23", "2023-9", "2023-09-1", "14 May 2023", "2023/09", "20230914", "２０２３", "-2023"]
)
def test_another_form_is_refused_and_the_message_says_which_are_taken(date: str) -> None:
    with pytest.raises(ValueError, match="is no date; give a year, a month or a day as in 2023, 2023-09 or 2023-09-14"):
        check_date(date)


@pytest.mark.parametrize("date", ["0000", "2023-00", "2023-13", "2023-02-29", "2023-09-31", "2023-09-00"])
def test_an_impossible_date_is_refused(date: str) -> None:
    with pytest.raises(ValueError, match="is not in the calendar; give a year"):
        check_date(date)


@given(st.dates())
def test_every_day_is_a_date_within_its_month_and_year(day: Day) -> None:
    text = day.isoformat()
    assert period_of(text) == (text, text)
    for shorter in (text[:4], text[:7]):
        first, last = period_of(shorter)
        assert first <= text <= last
    assert int(period_of(text[:7])[1][-2:]) == calendar.monthrange(day.year, day.month)[1]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2023", "2023", ["2023-01-01", "2023-12-31"]),
        ("2023-02", "2024-02", ["2023-02-01", "2024-02-29"]),
        (None, "2023-09-14", [FIRST, "2023-09-14"]),
        ("2023-09-14", None, ["2023-09-14", LAST]),
        ("2023-09-14", "2023", ["2023-09-14", "2023-12-31"]),
    ],
)
def test_a_range_takes_in_both_ends(start: str | None, end: str | None, days: list[str]) -> None:
    assert range_of(start, end) == days


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (None, None, "give at least one"),
        ("2024", "2023-12", r"from \(2024\) is later than to \(2023-12\); change them over"),
        ("soon", None, "'soon' is no date; give"),
        (None, "2023-02-30", "'2023-02-30' is not in the calendar; give"),
    ],
)
def test_a_range_that_is_none_is_refused_with_what_to_do(start: str | None, end: str | None, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        range_of(start, end)
