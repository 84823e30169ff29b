"""Places and dates of the documents are taken off questions; others stay."""

import pytest

from qa_service.indexing.context import Context
from qa_service.retrieval.occasions import Occasion, Occasions

MARCH = Context(
    names=frozenset({"china", "chinese", "harbor", "bank"}),
    dates=frozenset({"2023", "march", "mar", "3", "03", "14", "14th"}),
    words=frozenset({"harbor", "bank", "rates", "press", "conference"}),
)
SEPTEMBER = Context(names=frozenset({"estmark"}), dates=frozenset({"2023", "september", "sept", "sep", "9", "09"}))
OCCASIONS = Occasions({"march": MARCH, "september": SEPTEMBER})
BOTH = ["march", "september"]


@pytest.mark.parametrize(
    ("question", "asked", "documents"),
    [
        ("How dear is steel in 2023?", "How dear is steel?", BOTH),
        ("In 2023, how dear is steel?", "how dear is steel?", BOTH),
        ("How dear is steel in China?", "How dear is steel?", ["march"]),
        ("how dear is steel in china", "how dear is steel", ["march"]),
        ("What was done in March 2023 for steel?", "What was done for steel?", ["march"]),
        ("What was said on 14 March about steel?", "What was said about steel?", ["march"]),
        ("What was said on March 14th, 2023?", "What was said?", ["march"]),
        ("What is the plan for 2023?", "What is the plan?", BOTH),
        ("At the September press conference, what of steel?", "what of steel?", ["september"]),
        ("Is steel dear in Estmark in 2023?", "Is steel dear?", ["september"]),
        ("Is steel dear in Estmark, and tin?", "Is steel dear, and tin?", ["september"]),
        ("Is steel dear in the Estmarkian hearing?", "Is steel dear?", ["september"]),
        ("In China What Is Dear?", "What Is Dear?", ["march"]),
    ],
)
def test_what_fits_a_document_is_taken_off(question: str, asked: str, documents: list[str]) -> None:
    assert OCCASIONS.read(question) == Occasion(asked, documents)


@pytest.mark.parametrize(
    "question",
    [
        "How dear is steel in 2031?",
        "How dear is steel in Brazil?",
        "How dear is steel on the 14th?",  # of which month?
        "How dear is it in the conference?",  # whose?
        "What is the rate on China?",
        "What is the plan for China?",
        "How dear is steel in China Mobile's market?",
        "How dear is steel in China's market?",
        "How many were there by 2023?",
        "What of April 2023 in April 2023?",
        "In 2023?",
    ],
)
def test_what_fits_none_stays(question: str) -> None:
    assert OCCASIONS.read(question) == Occasion(question)


def test_of_two_places_the_second_must_fit_the_first_ones_documents() -> None:
    assert OCCASIONS.read("Is steel dear in China in September?") == Occasion("Is steel dear in September?", ["march"])


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How dear is China's steel?", "How dear is the steel?"),
        ("How dear is Harbor Bank's steel?", "How dear is the steel?"),
        ("How dear is Brazil's steel?", "How dear is Brazil's steel?"),
        ("How dear is China's New Steel?", "How dear is China's New Steel?"),
    ],
)
def test_what_belongs_to_the_place_of_all_documents_is_asked_of_it(question: str, asked: str) -> None:
    assert Occasions({"march": MARCH}).read(question).question == asked
    assert OCCASIONS.read(question).question == question  # of two documents one is known by it
