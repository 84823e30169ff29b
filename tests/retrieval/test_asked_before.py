"""A question that stands in the sources word for word is answered by what was replied to it."""

from pathlib import Path

import pytest

from qa_service.retrieval.asked_before import SURE, is_asked_in, words_of
from qa_service.retrieval.retriever import Retriever
from tests import fakes

ASKED = "Thank you, Minister. Who pays for the drivers’ uniforms, and why? 老师从哪里来？"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who pays for the drivers’ uniforms?", True),
        ("who PAYS for the drivers’ uniforms", True),
        ("pays for the drivers’ uniforms, and why", True),
        ("老师从哪里来", True),
        ("and why?", None),  # too few words to mean the same anywhere
        ("Why?", None),
        ("?", None),
        ("Who pays for the driver?", False),  # no part of a word
        ("Who pays for the uniforms?", False),
    ],
)
def test_words_are_found_whole_whatever_stands_between_them(question: str, *, found: bool | None) -> None:
    words = words_of(question)
    assert (None if words is None else is_asked_in(words, ASKED)) is found


def test_nobody_asked_for_what_was_said_unasked() -> None:
    words = words_of("Who pays for the drivers?")
    assert words
    assert not is_asked_in(words, None)


def test_the_reply_to_the_very_question_comes_first_and_is_sure(retriever: Retriever) -> None:
    ranking = retriever.rank(["who pays for the drivers"], 3, {})[0]
    first = retriever.generation.store.statements([ranking.hits[0].row])[0]
    assert first.asked == "Who pays for the drivers?"
    assert ranking.confidence == ranking.hits[0].confidence >= SURE
    assert ranking.hits[-1].confidence < SURE
    scores = [hit.score for hit in ranking.hits]
    assert scores == sorted(set(scores), reverse=True)


def test_what_is_asked_again_and_again_means_the_same_nowhere(tmp_path: Path) -> None:
    text = "Q: What do you think?\n\nAda Lund: Of trams?\n\nQ: What do you think?\n\nAda Lund: Of harbour levies?\n"
    fakes.build_index(tmp_path, [fakes.transcript("think", text.replace("Q:", "Reporter:"))])
    with fakes.opened(tmp_path) as retriever:
        assert retriever.rank(["What do you think?"], 3, {})[0].confidence < SURE


def test_other_words_are_no_more_sure_than_they_were(retriever: Retriever) -> None:
    assert retriever.rank(["who pays the drivers"], 3, {})[0].confidence < SURE
