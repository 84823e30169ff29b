"""People are found by the names that somebody types."""

import pytest

from qa_service.indexing.names import Names

PEOPLE = Names(
    [
        "Dr. Ada Lund",
        "MR. TORREN",
        "Jin Zhuanglong",
        "René Dupont",
        "Speaker 1",
        "Speaker 2",
        "The Chair",
        "发言人郑明远",
    ]
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Dr. Ada Lund", "Dr. Ada Lund"),
        ("ada lund", "Dr. Ada Lund"),
        ("Lund, Ada", "Dr. Ada Lund"),
        ("Lund", "Dr. Ada Lund"),
        ("Ms Lund", "Dr. Ada Lund"),
        ("Mr. Torren", "MR. TORREN"),
        ("Torren", "MR. TORREN"),
        ("Minister Jin", "Jin Zhuanglong"),
        ("rene dupont", "René Dupont"),
        ("Rene\u0301", "René Dupont"),
        ("speaker 1", "Speaker 1"),
        ("the chair", "The Chair"),
        ("郑明远", "发言人郑明远"),
    ],
)
def test_a_name_is_found_without_case_titles_accents_or_by_a_part(typed: str, name: str) -> None:
    assert PEOPLE.fitting(typed) == [name]


@pytest.mark.parametrize("typed", ["", "Mr.", "Lun", "Ada Torren", "Jane Smith", "Speaker 3", "远远", "…"])
def test_who_is_not_there_is_not_found(typed: str) -> None:
    assert PEOPLE.fitting(typed) == []


def test_the_nearest_reading_counts_alone() -> None:
    people = Names(["Lund", "Mr. Lund", "Ada Lund", "Bo Lund"])
    assert people.fitting("Lund") == ["Lund"]
    assert people.fitting("mr lund") == ["Mr. Lund"]
    assert people.fitting("Dr Lund") == ["Lund", "Mr. Lund"]
    assert Names(["Ada Lund", "Bo Lund"]).fitting("Lund") == ["Ada Lund", "Bo Lund"]
