"""Several batches are encoded at a time, and nothing but the time depends on it."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from qa_service.encoder.export import export_encoder
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.protocol import EncodedBatch
from qa_service.errors import ModelError
from qa_service.indexing.encoding import BATCH, Passage, encode_passages, encoded
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


def passages(batches: int) -> dict[int, Passage]:
    """Enough for so many batches, the longest first."""
    return {row: Passage(f"tram{row} " + "word " * (200 - row), 0) for row in range(batches * BATCH)}


def test_batches_are_encoded_side_by_side_and_come_in_order() -> None:
    given = passages(4)
    together = list(encode_passages(MeetingEncoder(), given))
    alone = list(encode_passages(fakes.FakeEncoder(), given))
    assert [rows for rows, _, _ in together] == [rows for rows, _, _ in alone]
    for (_, vectors, _), (_, wanted, _) in zip(together, alone, strict=True):
        np.testing.assert_array_equal(vectors, wanted)


def test_no_more_is_encoded_ahead_than_there_are_threads() -> None:
    encoder = fakes.FakeEncoder()
    encoder.parallel = 3
    taken: list[int] = []

    def batches() -> Iterator[list[str]]:
        for number in range(20):
            taken.append(number)
            yield [f"tram {number}"]

    results = encoded(encoder, batches())
    for number in range(5):
        next(results)
        assert len(taken) == number + 1 + encoder.parallel


def test_an_error_in_a_thread_is_raised() -> None:
    with pytest.raises(ModelError, match="longer than the window"):
        list(encode_passages(fakes.FakeEncoder(), {0: Passage("word " * 300, 0)}))


@pytest.mark.model
def test_the_real_encoder_gives_the_same_vectors_several_batches_at_a_time(tmp_path: Path) -> None:
    export_encoder(Settings.model_fields["model"].default, tmp_path)
    given = passages(3)
    one_by_one = encode_passages(OnnxEncoder(tmp_path, threads=2), given)
    together = encode_passages(OnnxEncoder(tmp_path, parallel=2), given)
    for (rows, vectors, tokens), (same, wanted, others) in zip(together, one_by_one, strict=True):
        assert rows == same
        np.testing.assert_array_equal(vectors, wanted)
        for mine, other in zip(tokens, others, strict=True):
            np.testing.assert_array_equal(mine.vectors, other.vectors)
            np.testing.assert_array_equal(mine.weights, other.weights)
