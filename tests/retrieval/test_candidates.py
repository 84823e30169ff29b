"""Which statements are looked at closely."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_service.retrieval import candidates
from qa_service.retrieval.candidates import documents_of, find_candidates, find_in_documents
from qa_service.retrieval.evidence import Evidence, gather_evidence
from qa_service.retrieval.retriever import Retriever
from tests import fakes


def test_a_small_index_is_a_candidate_as_a_whole_and_of_a_larger_one_the_best_by_vector_and_by_words(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = retriever.generation
    question = "Who pays for the drivers?"
    vector = retriever.encoder.encode_questions([question]).sentences[0]
    terms = generation.lexical.terms(question)
    whole = find_candidates(vector, terms, generation.dense, generation.lexical, None)
    assert whole.rows.tolist() == list(range(len(generation.dense)))
    few = np.array([3, 5])
    filtered = find_candidates(vector, terms, generation.dense, generation.lexical, few)
    assert filtered.rows.tolist() == [3, 5]
    monkeypatch.setattr(candidates, "ALL", 1)
    best = find_candidates(vector, terms, generation.dense, generation.lexical, None, depth=1)
    assert set(best.rows.tolist()) == {int(np.argmax(whole.dense)), int(np.argmax(whole.coverage.scores))}
    np.testing.assert_allclose(best.dense, whole.dense[best.rows])
    np.testing.assert_allclose(best.coverage.scores, whole.coverage.scores[best.rows])


def test_as_many_results_as_are_asked_for_are_found_beyond_the_usual_depth(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "ALL", 1)
    count = len(retriever.generation.dense)
    monkeypatch.setattr("qa_service.retrieval.retriever.DEPTH", 2)
    depths: list[int] = []

    def noting(*given: Any) -> Evidence | None:
        depths.append(given[-2])
        return gather_evidence(*given)

    monkeypatch.setattr("qa_service.retrieval.retriever.gather_evidence", noting)
    few, many = (retriever.rank(["Who pays for the drivers?"], top_k, {})[0].hits for top_k in (1, count))
    assert len(few) == 1
    assert len(many) == count
    assert depths == [2, 2 * count]  # twice as many, since some may say the same


LOUD, QUIET = 40, 29  # statements of one document on the topic, and documents with one statement on it
LEVY = "Which harbour levy pays the drivers?"


@pytest.fixture(scope="module")
def thirty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """One document says much of the harbour levy, 29 little, and each of them much of other things."""
    others = "\n\n".join(f"Ada Lund: Tram number {n} is green and runs to the hills." for n in range(9))
    loud = "\n\n".join(f"Ada Lund: The harbour levy pays the drivers of tram {n}." for n in range(LOUD))
    texts = [("loud", loud)]
    texts += [(f"quiet-{n:02}", f"Ada Lund: The levy was raised {n} times.\n\n{others}") for n in range(QUIET)]
    asked = "Reporter: What do you say?\n\n"
    root = tmp_path_factory.mktemp("thirty")
    fakes.build_index(root, [fakes.transcript(name, asked + text) for name, text in texts])
    with fakes.opened(root) as retriever:
        yield retriever


def of(retriever: Retriever, rows: list[int]) -> list[str]:
    """The documents of these rows."""
    return [statement.document for statement in retriever.generation.store.statements(rows)]


@pytest.mark.parametrize("top_k", [1, 5, 30, 50])
def test_so_many_documents_come_however_much_one_of_them_says(
    thirty: Retriever, monkeypatch: pytest.MonkeyPatch, top_k: int
) -> None:
    monkeypatch.setattr(candidates, "ALL", 10)
    monkeypatch.setattr("qa_service.retrieval.retriever.DEPTH", 5)
    hits = thirty.rank([LEVY], top_k, {}, by_document=True)[0].hits
    found = of(thirty, [hit.row for hit in hits])
    assert len(found) == len(set(found)) == min(top_k, QUIET + 1)
    assert found[0] == "loud"
    texts = [s.text for s in thirty.generation.store.statements([hit.row for hit in hits])]
    assert all("levy" in text for text in texts)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    plain = thirty.rank([LEVY], top_k, {})[0]
    assert (plain.hits[0].row, plain.confidence) == (hits[0].row, hits[0].confidence)


def test_without_looking_further_one_document_would_leave_no_room(
    thirty: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test before rests on."""
    monkeypatch.setattr(candidates, "ALL", 10)
    generation = thirty.generation
    vector = thirty.encoder.encode_questions([LEVY]).sentences[0]
    found = find_candidates(vector, generation.lexical.terms(LEVY), generation.dense, generation.lexical, None, 10)
    assert set(of(thirty, found.rows.tolist())) == {"loud"}


@pytest.mark.parametrize("wanted", [1, 7, 30, 99])
def test_candidates_are_of_so_many_documents_that_match(
    thirty: Retriever, monkeypatch: pytest.MonkeyPatch, wanted: int
) -> None:
    monkeypatch.setattr(candidates, "ALL", 10)
    generation = thirty.generation
    vector = thirty.encoder.encode_questions([LEVY]).sentences[0]
    where = (vector, generation.lexical.terms(LEVY), generation.dense, generation.lexical)
    first = generation.store.first_rows
    found = find_in_documents(*where, None, first, wanted, 10)
    assert len(set(of(thirty, found.rows.tolist()))) >= min(wanted, QUIET + 1)
    assert found.rows.tolist() == sorted(set(found.rows.tolist()))
    allowed = generation.store.rows_matching({"document": ["quiet-03", "quiet-04"]})
    few = find_in_documents(*where, allowed, first, wanted, 2)
    assert set(of(thirty, few.rows.tolist())) <= {"quiet-03", "quiet-04"}
    none = find_in_documents(*where, np.empty(0, np.int64), first, wanted, 2)
    assert none.rows.tolist() == []


def test_every_row_has_its_documents_number(thirty: Retriever) -> None:
    rows = np.arange(len(thirty.generation.dense))
    numbers = documents_of(rows, thirty.generation.store.first_rows)
    assert (
        len(set(zip(numbers.tolist(), of(thirty, rows.tolist()), strict=True)))
        == QUIET + 1
        == len(set(numbers.tolist()))
    )


def test_what_two_documents_say_alike_stays_in_both(tmp_path: Path) -> None:
    fakes.build_index(tmp_path, [fakes.transcript(name, fakes.TRAMS) for name in ("a", "b")])
    with fakes.opened(tmp_path) as retriever:
        plain = retriever.rank([LEVY], 9, {})[0].hits
        assert len(plain) == 4
        assert plain[0].repeated
        grouped = retriever.rank([LEVY], 9, {}, by_document=True)[0].hits
        assert sorted(of(retriever, [hit.row for hit in grouped])) == ["a", "b"]
        assert all(not hit.repeated for hit in grouped)
