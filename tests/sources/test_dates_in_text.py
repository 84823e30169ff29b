"""Dates in words and figures, of many languages."""

from datetime import date as Day

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.sources.calendar_words import MONTHS
from qa_service.sources.dates_in_text import find_dates

LATEST = 2027


def values(text: str) -> list[str | None]:
    """What is found, None where it can't be told."""
    return [seen.value for seen in find_dates(text, LATEST)]


@pytest.mark.parametrize(
    "text",
    [
        *("14 May 2023", "14th of May, 2023", "May 14, 2023", "May 14th 2023", "MAY 14, 2023", "14-May-2023"),
        *("2023-05-14", "2023/05/14", "2023.5.14.", "2023. 5. 14.", "2023-05-14T10:00", "14.05.2023", "14. 5. 2023"),
        *("14/05/2023", "05/14/2023", "14-05-2023", "14. Mai 2023", "14 mai 2023", "14 de mayo de 2023"),
        *("14 de maio de 2023", "14 maggio 2023", "14 mei 2023", "14 maj 2023", "14 maja 2023", "14 мая 2023 года"),
        *(
            "2023年5月14日",
            "2023 年 5 月 14 日",
            "2023년 5월 14일",
            "令和5年5月14日",
            "令和五年五月十四日",
            "二〇二三年五月十四日",
        ),
        *("14 مايو 2023", "١٤ أيار ٢٠٢٣"),
    ],
)
def test_a_day_is_read(text: str) -> None:
    assert values(text) == ["2023-05-14"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("September 2023", ["2023-09"]),
        ("Sept. 2023", ["2023-09"]),
        ("septembre 2023", ["2023-09"]),
        ("septiembre de 2023", ["2023-09"]),
        ("2023年9月", ["2023-09"]),
        ("2023-09", ["2023-09"]),
        ("1er février 2024", ["2024-02-01"]),
        ("令和元年十二月二十三日", ["2019-12-23"]),
        ("平成30年1月10日", ["2018-01-10"]),
        ("14 May 2023 and 3 June 2024", ["2023-05-14", "2024-06-03"]),
    ],
)
def test_months_and_other_days_are_read(text: str, found: list[str]) -> None:
    assert values(text) == found


@pytest.mark.parametrize("text", ["14–15 May 2023", "14 and 15 May 2023", "14. bis 15. Mai 2023", "May 14–15, 2023"])
def test_of_several_days_the_month_counts(text: str) -> None:
    assert values(text) == ["2023-05"]


@pytest.mark.parametrize("text", ["January–May 2023", "30 April – 2 May 2023", "April 30 - May 2, 2023", "2024年1—2月"])
def test_of_several_months_none_counts(text: str) -> None:
    assert values(text) == [None]


@pytest.mark.parametrize(
    "text", ["05/06/2023", "5-6-2023", "31 February 2023", "2023-02-30", "2010-11", "2023-24", "0 May 2023"]
)
def test_what_cant_be_told_or_is_impossible_has_no_value(text: str) -> None:
    assert values(text) == [None]


@pytest.mark.parametrize("text", ["14 May 1899", "14 May 2028", "2028-01", "1899年5月14日"])
def test_years_out_of_bounds_have_no_value(text: str) -> None:
    assert values(text) == [None]


@pytest.mark.parametrize(
    "text", ["2023", "Column 344", "May I ask 2023 people", "HC 517", "2023/24:71", "1.2.3", "12:30:2023"]
)
def test_what_is_no_date_is_not_found(text: str) -> None:
    assert values(text) == []


@given(st.dates(Day(1900, 1, 1), Day(LATEST, 12, 31)), st.sampled_from(sorted(MONTHS)))
def test_every_day_is_read_in_every_form(day: Day, word: str) -> None:
    month = MONTHS[word]
    iso = day.replace(day=min(day.day, 28), month=month).isoformat()
    year, number = iso[:4], int(iso[-2:])
    for text in (f"{number} {word} {year}", f"{number}. {word} {year}", f"{word} {number}, {year}", iso):
        assert values(text) == [iso]
    for text in (f"{number}.{month}.{year}", f"{year}年{month}月{number}日"):
        assert values(text) == [iso]
    figures = f"{number}/{month}/{year}"
    assert values(figures) == [iso if number > 12 or number == month else None]


@given(st.text(alphabet="0123456789 /.-年月日Mayde,令和十", max_size=30))
def test_whatever_stands_there_a_value_is_a_day_or_a_month_of_the_calendar(text: str) -> None:
    for seen in find_dates(text, LATEST):
        assert 0 <= seen.start < seen.end <= len(text)
        if seen.value:
            assert Day.fromisoformat((seen.value + "-01")[:10]).year in range(1900, LATEST + 1)
