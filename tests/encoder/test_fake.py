"""The fake encoder keeps the protocol's promises, so that what holds over it may hold over the real one."""

import numpy as np
import pytest

from qa_service.errors import ModelError
from tests.fakes import FakeEncoder, axis


def test_a_word_points_along_its_axis() -> None:
    batch = FakeEncoder().encode_questions(["trams"])
    assert batch.sentences[0, axis("trams")] == 1.0
    assert batch.tokens[0].ids.tolist() == [axis("trams")] == [axis("TRAMS")]


def test_a_text_is_the_sum_of_its_words_at_unit_length() -> None:
    sentence = FakeEncoder().encode_questions(["red trams"]).sentences[0]
    assert sentence[[axis("red"), axis("trams")]].tolist() == pytest.approx([0.5**0.5, 0.5**0.5])


@pytest.mark.parametrize("text", ["", "?!", "🍎"])
def test_a_text_without_words_points_along_the_first_axis(text: str) -> None:
    assert FakeEncoder().encode_questions([text]).sentences[0].argmax() == 0


def test_spans_are_code_points() -> None:
    tokens = FakeEncoder().encode_passages(["🍎 Café trams"]).tokens[0]
    assert tokens.spans.tolist() == [[2, 6], [7, 12]]
    assert np.linalg.norm(tokens.vectors, axis=1).tolist() == [1.0, 1.0]


def test_a_passage_beyond_the_window_is_refused() -> None:
    with pytest.raises(ModelError):
        FakeEncoder().encode_passages(["word " * 255])
