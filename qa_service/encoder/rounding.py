"""A graph in single precision becomes one of 8-bit weights, which a processor multiplies several times as fast."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic

from qa_service.errors import ModelError

NEAR = 0.9  # cosine of a text's two vectors; packaged models have .98 and more


def round_graph(plain: Path, path: Path, ids: list[int]) -> None:
    """Write a graph's rounded copy. Raises ModelError when it gives another vector for the text of these tokens."""
    # Per channel for precision; 7-bit weights because processors without VNNI overflow on 8.
    with _quietly():
        quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    cosine = float(_vector(plain, ids) @ _vector(path, ids))
    if not cosine >= NEAR:
        raise ModelError(
            f"the model's 8-bit graph differs from the model (cosine {cosine:.3f}): "
            "try the versions of onnx and onnxruntime in constraints.txt"
        )


def _vector(graph: Path, ids: list[int]) -> NDArray[np.float32]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    row = np.array([ids], dtype=np.int64)
    feeds = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
    vector: NDArray[np.float32] = session.run(
        ["sentence"], {own.name: feeds[own.name] for own in session.get_inputs()}
    )[0][0]
    return vector


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the quantiser's notes, which tell to prepare a graph in ways that gain nothing here."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
