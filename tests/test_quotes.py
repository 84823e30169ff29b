"""A quote in a text: found however it is typeset, never found with another word in it."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.quotes import MOST_PLACES, Difference, nearest, places_of

pytestmark = pytest.mark.alone

TEXT = (
    "We will not raise the levy — not this year.\nThe “night trams” stay,\nand that's final. "
    "Next year we look again. The levy pays the wages of the drivers."
)


def found(quote: str, text: str = TEXT) -> list[str]:
    return [text[place.start : place.end] for place in places_of(quote, text)]


@pytest.mark.parametrize(
    "quote",
    [
        "We will not raise the levy — not this year.",
        "we will not raise the levy - not this year",
        '"We will not raise the levy – not this year."',
        "the 'night trams' stay, and".replace("'", '"'),
        "that’s final",
        "stay,  and\nthat's",
    ],
)
def test_a_quote_is_found_however_it_is_typeset(quote: str) -> None:
    assert len(found(quote)) == 1


@pytest.mark.parametrize(
    "quote",
    [
        "We will raise the levy",
        "We will not raise the levies",
        "not raise the lev",
        "ot raise the levy",
        "the levy pays wages",
        "Next year we look again, the levy",
        "",
        "…",
        "?!",
    ],
)
def test_a_quote_with_another_word_is_not(quote: str) -> None:
    assert found(quote) == []


def test_exact_means_the_very_marks_and_capitals() -> None:
    assert [place.exact for place in places_of("Next year we look again.", TEXT)] == [True]
    assert [place.exact for place in places_of("stay, and that's final", TEXT)] == [True]  # a line break is no mark
    assert [place.exact for place in places_of("next year we look again", TEXT)] == [False]
    assert [place.exact for place in places_of("that’s final", TEXT)] == [False]


@pytest.mark.parametrize("gap", ["…", "...", "[…]", "[...]", "(...)", "[the night trams]"])
def test_what_was_left_out_may_be_marked(gap: str) -> None:
    assert len(found(f"We will not raise the levy {gap} and that's final")) == 1
    assert found(f"and that's final {gap} We will not raise the levy") == []


def test_an_omission_does_not_reach_to_another_part_of_the_text() -> None:
    far = "I support the tax." + " Filler words follow here." * 200 + " It is wrong."
    assert found("I support the tax … It is wrong", far) == []


def test_every_place_is_found_up_to_a_limit() -> None:
    assert len(found("the levy")) == 2
    assert len(found("tram", "tram " * 500)) == MOST_PLACES


def test_the_nearest_passage_tells_each_difference() -> None:
    near = nearest("We will raise the tax this year", ["Nothing of it.", TEXT])
    assert near is not None
    assert near.passage == 1
    assert Difference("omitted", "", "not") in near.differences
    assert Difference("changed", "tax", "levy — not") in near.differences
    assert TEXT[near.start : near.end].startswith("We will not raise")


def test_words_that_were_put_in_are_told() -> None:
    near = nearest("The levy never pays the wages of the drivers", [TEXT])
    assert near is not None
    assert near.differences == (Difference("added", "never", ""),)
    assert 0.9 < near.likeness < 1


@pytest.mark.parametrize(
    ("quote", "changed"),
    [
        ("A levy pays the wages of the drivers", ("A", "The")),
        ("The levy pays the wages of teachers", ("teachers", "the")),
    ],
)
def test_a_changed_word_at_either_end_is_told_with_what_stands_there(quote: str, changed: tuple[str, str]) -> None:
    near = nearest(quote, [TEXT])
    assert near is not None
    assert Difference("changed", *changed) in near.differences


def test_where_nothing_is_alike_nothing_is_nearest() -> None:
    assert nearest("Purple apples withered in the orchard", [TEXT]) is None
    assert nearest("...", [TEXT]) is None
    assert nearest("anything", []) is None


WORDS = st.lists(
    st.sampled_from(["levy", "not", "trams", "we", "the", "Ada's", "3.5", "(wages)"]), min_size=1, max_size=40
)


@given(WORDS, st.data())
def test_every_run_of_words_is_found_where_it_stands(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    quote = "\n".join(words[first:last])
    starts = [place.start for place in places_of(quote, text)]
    assert len(" ".join([*words[:first], ""])) in starts or len(starts) == MOST_PLACES
    for place in places_of(quote, text):
        assert re.findall(r"\w+", text[place.start : place.end]) == re.findall(r"\w+", quote)


def test_the_time_grows_as_the_length_does() -> None:
    def seconds(count: int) -> float:
        text = "the levy the levy not " * count
        started = time.process_time()
        places_of("the levy the levy not the levy never", text)
        nearest("the levy never " * 100, [text[:4000]] * 5)
        return time.process_time() - started

    seconds(100)
    assert seconds(40_000) < 30 * max(seconds(4_000), 0.01)
