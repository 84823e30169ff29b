"""The settings beside an exported encoder."""

import json
from pathlib import Path

import pytest

from qa_service.encoder.files import SETTINGS_FILE, EncoderSettings
from qa_service.errors import IndexDamagedError

SETTINGS = EncoderSettings(
    model="some-model",
    source_sha256="a" * 64,
    onnx_sha256="b" * 64,
    dimension=384,
    window=256,
    query_prompt="query: ",
    passage_prompt="",
    special_ids=(0, 101, 102),
    pad_id=0,
)


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(json.dumps(SETTINGS.to_json()))
    assert EncoderSettings.read(tmp_path) == SETTINGS


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"special_ids": [], "surprise": 1}'])
def test_settings_that_are_none_say_how_to_rebuild(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / SETTINGS_FILE).write_text(text)
    with pytest.raises(IndexDamagedError, match="rebuild with: qa-service build"):
        EncoderSettings.read(tmp_path)
