"""Statements that say the same are one result."""

from collections.abc import Sequence

from qa_service.retrieval.duplicates import collapse, said_in_full

TEXTS = ["Banks will lend.", "banks WILL lend", "Roads.", "Trams run at night."]


def texts_of(chosen: Sequence[int]) -> list[str]:
    return [TEXTS[i] for i in chosen]


def test_later_repeats_are_listed_with_the_first_and_others_take_their_place() -> None:
    assert collapse([0, 1, 2, 3], texts_of, 2) == ([0, 2], [[1], []])


def test_texts_without_a_word_say_the_same_only_where_they_are_the_same() -> None:
    table = ["👍", "👎", "👍"]
    assert collapse([0, 1, 2], lambda chosen: [table[i] for i in chosen], 5)[1] == [[2], []]


def test_one_word_in_ten_may_differ_and_more_may_not() -> None:
    words = [f"w{chr(97 + i)}" for i in range(20)]
    close, far = " ".join([*words[:19], "x"]), " ".join([*words[:17], "x", "y", "z"])
    table = [" ".join(words), close, far]
    assert collapse([0, 1, 2], lambda chosen: [table[i] for i in chosen], 3)[0] == [0, 2]


def test_another_number_is_another_statement() -> None:
    table = [" ".join([*"abcdefghijklmnopqrst", number]) for number in ("2022", "2023")]
    assert collapse([0, 1], lambda chosen: [table[i] for i in chosen], 3)[0] == [0, 1]


def test_short_replies_are_the_same_only_where_their_questions_are() -> None:
    asked = ["Did you close the feed line?", "Were you paid for the shift?", "Did you close the feed line?"]
    table = [said_in_full("No.", question) for question in asked]
    assert collapse([0, 1, 2], lambda chosen: [table[i] for i in chosen], 3) == ([0, 1], [[2], []])
    assert (
        said_in_full("The valve was open for eighteen minutes.", asked[0]) == "The valve was open for eighteen minutes."
    )
    assert said_in_full("No.", None) == "No."
