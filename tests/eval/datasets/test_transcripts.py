"""The transcripts written for development: how much is in them, and that judgements point at statements."""

import pytest

from eval.datasets.own import INTERVIEW, load_questions, other_documents, own_transcript
from qa_service.records import Transcript
from tests.conftest import ROOT

COUNTS = {  # exchanges, answer paragraphs
    "central-bank-press-conference": (26, 27),
    "city-council-meeting": (23, 24),
    "climate-scientist-interview": (29, 29),
    "energy-regulator-hearing": (23, 23),
    "flood-press-conference": (27, 28),
    "football-club-press-conference": (24, 24),
    "health-minister-interview": (16, 26),
    "museum-director-interview": (24, 24),
    "rail-accident-hearing": (30, 31),
    "school-reform-interview": (23, 24),
    "startup-founder-podcast": (26, 26),
    "trade-minister-interview": (13, 24),
}


def read(name: str) -> Transcript:
    """A transcript by id."""
    return own_transcript(name, ROOT / "source_texts")


@pytest.mark.parametrize("name", [name for name in other_documents() if name in COUNTS])
def test_exchanges_and_answers_are_as_many_as_a_reader_counts(name: str) -> None:
    exchanges = read(name).exchanges
    assert (len(exchanges), sum(len(exchange.answers) for exchange in exchanges)) == COUNTS[name]


@pytest.mark.parametrize("name", [INTERVIEW, *other_documents()])
def test_every_judged_key_is_a_statement_of_its_document(name: str) -> None:
    statements = {f"{name}#{answer.number}" for exchange in read(name).exchanges for answer in exchange.answers}
    judged = {key for question in load_questions(name) for key in question.judgements}
    assert judged
    assert judged <= statements
