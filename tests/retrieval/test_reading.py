"""A question is read as what is asked, and of which statements."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.retrieval.frames import Framed
from qa_service.retrieval.reading import Reader
from tests import fakes

STEEL = (
    "Steel in Norrland\n\nReporter: How is steel?\n\nBo Strand: Steel is dear.\n\nReporter: Why?\n\nBo Strand: It is.\n"
)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Over trams and apples, and steel in Norrland, of which Bo Strand speaks."""
    fakes.build_index(tmp_path, [*fakes.two_transcripts(), fakes.transcript("steel", STEEL)])
    with fakes.opened(tmp_path) as opened:
        yield Reader(opened.generation)


def test_who_and_where_are_both_taken_off(reader: Reader) -> None:
    read = reader.read("According to Bo Strand, is steel dear in Norrland?", {})
    assert read == Framed("is steel dear?", {"speaker": ["Bo Strand"], "document": ["steel"]}, only=True)


def test_who_does_not_speak_there_leaves_the_question_as_it_came(reader: Reader) -> None:
    question = "According to Mira Oake, is steel dear in Norrland?"
    assert reader.read(question, {}) == Framed(question, {})
