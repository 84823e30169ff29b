"""Statements are encoded by themselves, several at a time, and nothing but the time depends on that."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from qa_service.encoder.export import export_encoder
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.protocol import EncodedBatch
from qa_service.errors import ModelError
from qa_service.indexing.encoding import TOGETHER, Passage, encode_passages, encoded
from qa_service.settings import Settings
from tests import fakes


class MeetingEncoder(fakes.FakeEncoder):
    """Encodes nothing before another thread encodes too."""

    parallel = 2

    def __init__(self) -> None:
        self._meeting = threading.Barrier(2)

    def encode_passages(self, texts: Sequence[str]) -> EncodedBatch:
        """As the fake one does. Raises BrokenBarrierError when no other batch is encoded beside this one."""
        self._meeting.wait(timeout=30)
        return super().encode_passages(texts)


def passages(count: int) -> dict[int, Passage]:
    """The longest first."""
    return {row: Passage(f"tram{row} " + "word " * (200 - row), 0) for row in range(count)}


def test_passages_are_encoded_side_by_side_and_come_in_order() -> None:
    given = passages(2 * TOGETHER + 2)
    together = list(encode_passages(MeetingEncoder(), given))
    alone = list(encode_passages(fakes.FakeEncoder(), given))
    assert [rows for rows, _, _ in together] == [rows for rows, _, _ in alone]
    assert [len(rows) for rows, _, _ in together] == [TOGETHER, TOGETHER, 2]
    for (rows, vectors, tokens), (_, wanted, _) in zip(together, alone, strict=True):
        np.testing.assert_array_equal(vectors, wanted)
        assert [len(found.ids) for found in tokens] == [201 - row for row in rows]


def test_no_more_is_encoded_ahead_than_there_are_threads() -> None:
    encoder = fakes.FakeEncoder()
    encoder.parallel = 3
    taken: list[int] = []

    def texts() -> Iterator[str]:
        for number in range(20):
            taken.append(number)
            yield f"tram {number}"

    results = encoded(encoder, texts())
    for number in range(5):
        next(results)
        assert len(taken) == number + 1 + encoder.parallel


def test_an_error_in_a_thread_is_raised() -> None:
    with pytest.raises(ModelError, match="longer than the window"):
        list(encode_passages(fakes.FakeEncoder(), {0: Passage("word " * 300, 0)}))


@pytest.mark.model
def test_a_vector_depends_on_its_passage_alone(tmp_path: Path) -> None:
    export_encoder(Settings.model_fields["model"].default, tmp_path)
    alone, given = OnnxEncoder(tmp_path), passages(6)
    ((rows, vectors, tokens),) = encode_passages(OnnxEncoder(tmp_path, parallel=2), given)
    for row, vector, found in zip(rows, vectors, tokens, strict=True):
        wanted = alone.encode_passages([given[row].text])
        np.testing.assert_array_equal(vector, wanted.sentences[0])
        np.testing.assert_array_equal(found.vectors, wanted.tokens[0].vectors)
        np.testing.assert_array_equal(found.weights, wanted.tokens[0].weights)
