"""What a document is known by counts as matched in its statements, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.retrieval.evidence import Evidence
from qa_service.retrieval.retriever import Retriever
from tests import fakes

STEEL = """\
Steel in Norrland

Reporter: How is steel?

Ada Lund: Steel is dear. Bo Strand knows.

Reporter: And tin?

Bo Strand: Tin is cheap.
"""


@pytest.fixture
def retriever(tmp_path: Path) -> Iterator[Retriever]:
    """Over trams in Lindhaven, apples, and steel in Norrland in 2024."""
    steel = fakes.transcript("steel", STEEL, date="2024-05")
    fakes.build_index(tmp_path, [*fakes.two_transcripts(), steel])
    with fakes.opened(tmp_path) as opened:
        yield opened


def gathered(retriever: Retriever, question: str, *documents: str) -> Evidence:
    """What is measured of the statements of those documents, of all if none is given."""
    evidence = retriever.gather([question], {"document": list(documents)} if documents else {})[0]
    assert evidence is not None
    return evidence


def test_a_place_or_year_is_matched_in_its_own_document_alone(retriever: Retriever) -> None:
    evidence = gathered(retriever, "cheap Norrland 2024")
    statements = retriever.generation.store.statements(evidence.rows.tolist())
    own = [statement.document == "steel" for statement in statements]
    assert any(own)
    assert not all(own)
    for token in (1, 2):
        assert [best == 1 for best in evidence.matches.best[:, token]] == own
    for term in ("norrland", "2024"):
        assert evidence.coverage.present[:, evidence.coverage.terms.index(term)].tolist() == own


def test_what_every_searched_document_is_known_by_is_no_word_to_look_for(retriever: Retriever) -> None:
    assert gathered(retriever, "cheap Norrland", "steel").coverage.terms == ["cheap"]
    assert gathered(retriever, "Norrland", "steel").coverage.terms == ["norrland"]  # else nothing would be left


def test_where_several_speak_the_name_of_one_is_not_matched_by_what_another_says(retriever: Retriever) -> None:
    evidence = gathered(retriever, "cheap Strand", "steel")
    statements = retriever.generation.store.statements(evidence.rows.tolist())
    held = evidence.coverage.present[:, evidence.coverage.terms.index("strand")].tolist()
    assert {s.speaker: there for s, there in zip(statements, held, strict=True)} == {
        "Ada Lund": True,
        "Bo Strand": False,
    }
    assert evidence.matches.best[:, 1].max() < 1


def test_a_year_that_no_document_is_known_by_stays_missing(retriever: Retriever) -> None:
    evidence = gathered(retriever, "cheap 2031", "steel")
    assert not evidence.coverage.present[:, evidence.coverage.terms.index("2031")].any()
