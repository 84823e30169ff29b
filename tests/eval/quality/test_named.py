"""The forms in which the same question is asked of somebody."""

import pytest

from eval.quality.named import FORMS, score_named
from qa_service.settings import Settings
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ("Q", "Is steel dear?"),
        ("According to WHO, Q", "According to Ada Lund, is steel dear?"),
        ("Q, according to WHO?", "Is steel dear, according to Ada Lund?"),
        ("What did WHO say about this: Q", "What did Ada Lund say about this: is steel dear?"),
    ],
)
def test_a_question_is_framed(form: str, asked: str) -> None:
    assert FORMS[form]("Is steel dear?", "Ada Lund") == asked


@pytest.mark.parametrize("question", ["I fear for steel. Why?", "VAT is what?", "EU firms: how many?"])
def test_what_is_always_large_stays_so(question: str) -> None:
    assert FORMS["In the interview, Q"](question, "") == f"In the interview, {question}"


def test_who_is_named_costs_no_answer_and_somebody_else_gives_none() -> None:
    shares = score_named(Settings(source_dir=ROOT / "source_texts"), "dev")
    assert shares["According to WHO, Q"]["answered"].value >= 0.95 * shares["Q"]["answered"].value
    assert shares["According to Jane Smith, Q"]["answered"].value == 0
