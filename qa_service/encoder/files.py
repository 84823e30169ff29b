"""The files of an exported encoder and the settings stored beside it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import IndexDamagedError

MODEL_FILE = "model.onnx"
QUESTION_FILE = "question.onnx"  # only where questions have an encoder of their own
TOKENIZER_FILE = "tokenizer.json"
SETTINGS_FILE = "encoder.json"
FILES = (MODEL_FILE, QUESTION_FILE, TOKENIZER_FILE, SETTINGS_FILE)


@dataclass(frozen=True, slots=True)
class Traits:
    """What running a model needs to know beside its graph."""

    dimension: int
    window: int
    special_ids: tuple[int, ...]
    pad_id: int
    query_prompt: str = ""
    passage_prompt: str = ""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """What was exported: enough to run it and to tell it from any other export."""

    model: str
    source_sha256: str
    onnx_sha256: str
    dimension: int
    window: int
    query_prompt: str
    passage_prompt: str
    special_ids: tuple[int, ...]
    pad_id: int
    question_onnx_sha256: str = ""  # empty where questions are encoded by the same model
    own_sha256: str = ""  # of what this version adds to the model, see `own_digest`

    def to_json(self) -> dict[str, Any]:
        """As written to `encoder.json`."""
        return asdict(self)

    @classmethod
    def read(cls, folder: Path) -> "EncoderSettings":
        """From an exported encoder's folder. Raises IndexDamagedError when it is missing or of another shape."""
        path = folder / SETTINGS_FILE
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{**fields, "special_ids": tuple(fields["special_ids"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamagedError(f"{path} can't be read ({error}); rebuild with: qa-service build") from error
