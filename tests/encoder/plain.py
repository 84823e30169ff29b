"""The default model's graphs in single precision, written and run."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from qa_service.encoder.files import MODEL_FILE, QUESTION_FILE, TOKENIZER_FILE
from qa_service.encoder.packages import MINILM
from qa_service.encoder.written import write_encoder

FOLDER = MINILM.folder


def run(graph: Path, **inputs: Any) -> list[NDArray[np.float32]]:
    """The graph's outputs."""
    outputs: list[NDArray[np.float32]] = onnxruntime.InferenceSession(str(graph)).run(None, inputs)
    return outputs


class PlainEncoder:
    """The base model with an adapter, or the questions' encoder, of a file each."""

    def __init__(self, folder: Path, adapter: Path | None = None, question: Path | None = None) -> None:
        write_encoder(FOLDER, folder, adapter, question)
        self._folder = folder
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def question(self, text: str) -> list[NDArray[np.float32]]:
        """The three outputs of the questions' encoder."""
        return run(self._folder / QUESTION_FILE, input_ids=np.array([self._tokenizer.encode(text).ids]))

    def passage(self, text: str) -> list[NDArray[np.float32]]:
        """The three outputs of the whole encoder."""
        ids = np.array([self._tokenizer.encode(text).ids])
        return run(self._folder / MODEL_FILE, input_ids=ids, attention_mask=np.ones_like(ids))
