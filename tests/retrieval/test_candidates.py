"""Which statements are looked at closely."""

from typing import Any

import numpy as np
import pytest

from qa_service.retrieval import candidates
from qa_service.retrieval.candidates import find_candidates
from qa_service.retrieval.evidence import Evidence, gather_evidence
from qa_service.retrieval.retriever import Retriever


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
        depths.append(given[-1])
        return gather_evidence(*given)

    monkeypatch.setattr("qa_service.retrieval.retriever.gather_evidence", noting)
    few, many = (retriever.rank(["Who pays for the drivers?"], top_k, {})[0].hits for top_k in (1, count))
    assert len(few) == 1
    assert len(many) == count
    assert depths == [2, 2 * count]  # twice as many, since some may say the same
