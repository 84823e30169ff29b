"""A question longer than the model's window is encoded in windows and put together again."""

import numpy as np
import pytest

from qa_service.encoder.onnx import merge_windows
from qa_service.encoder.protocol import EncodedBatch
from tests.fakes import FakeEncoder, axis


def windows(*texts: str) -> EncodedBatch:
    """The windows of one text."""
    return FakeEncoder().encode_questions(texts)


def test_the_vector_is_the_windows_mean_weighted_by_their_tokens() -> None:
    merged = merge_windows([windows("trams trams trams", "buses")]).sentences[0]
    length = (3**2 + 1**2) ** 0.5
    assert merged[[axis("trams"), axis("buses")]].tolist() == pytest.approx([3 / length, 1 / length])
    assert np.linalg.norm(merged) == pytest.approx(1.0)


def test_the_tokens_are_all_windows_tokens_in_order() -> None:
    tokens = merge_windows([windows("red trams", "buses")]).tokens[0]
    assert tokens.ids.tolist() == [axis("red"), axis("trams"), axis("buses")]
    assert tokens.vectors.shape == (3, FakeEncoder.dimension)
    assert tokens.spans.shape == tokens.weights.shape == (3, 2)


def test_each_text_stays_one_text() -> None:
    merged = merge_windows([windows("red trams", "buses"), windows("apples")])
    assert merged.sentences.shape == (2, FakeEncoder.dimension)
    assert [len(tokens.ids) for tokens in merged.tokens] == [3, 1]
    assert merged.sentences[1].tolist() == pytest.approx(windows("apples").sentences[0].tolist())
