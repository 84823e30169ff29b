"""What a build writes."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from qa_service.encoder.files import MODEL_FILE, SETTINGS_FILE, EncoderSettings
from qa_service.encoder.protocol import EncodedBatch
from qa_service.errors import SourceError
from qa_service.indexing import build
from qa_service.indexing.build import BuildInput, build_generation
from qa_service.indexing.generation import Generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.sources.statements import Cut
from tests import fakes


def test_every_statement_is_indexed_in_order(tmp_path: Path) -> None:
    result = fakes.build_index(tmp_path)
    assert (result.manifest.documents, result.manifest.statements, result.cuts) == (2, 6, [])
    with fakes.opened(tmp_path) as retriever:
        ids = [statement.id for statement in retriever.generation.store.statements(range(6))]
    assert ids == ["apples#2", "apples#4", "trams#2", "trams#3", "trams#5", "trams#6"]


def test_ids_are_the_same_after_a_rebuild(tmp_path: Path) -> None:
    def ids() -> list[tuple[str, str]]:
        fakes.build_index(tmp_path)
        with fakes.opened(tmp_path) as retriever:
            return [(s.id, s.text) for s in retriever.generation.store.statements(range(6))]

    assert ids() == ids()


def test_a_cut_paragraph_is_reported(tmp_path: Path) -> None:
    words = " ".join(["Word"] * 200)
    text = f"Reporter: How many?\n\nAda Lund: {words}. {words}.\n"
    result = fakes.build_index(tmp_path, [fakes.transcript("long", text)])
    assert result.cuts == [Cut("long#1", tokens=400, parts=2)]
    assert result.manifest.statements == 2


def test_progress_ends_at_the_number_of_statements(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    source = BuildInput(fakes.two_transcripts(), fakes.MODEL)
    build_generation(
        IndexFolder(tmp_path), source, lambda _: fakes.FakeEncoder(), lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (6, 6)


def test_sources_without_a_statement_are_refused_and_nothing_is_published(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no statement"):
        fakes.build_index(tmp_path, [])
    assert not (tmp_path / "CURRENT").exists()


def test_a_long_question_does_not_push_its_answer_out_of_the_window(tmp_path: Path) -> None:
    """The encoder refuses a passage beyond its window, whatever is encoded together with the statement."""
    for size in (1, 100, 250, 254):
        asked, said = "Why " * 300, "Trams " * size
        text = f"Reporter: {asked}?\n\nAda Lund: {said}\n\nReporter: And?\n\nAda Lund: No.\n"
        result = fakes.build_index(tmp_path, [fakes.transcript("long", text)])
        assert (result.manifest.statements, result.cuts) == (2, [])


class CountingEncoder(fakes.FakeEncoder):
    """Remembers what it was given to encode."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> EncodedBatch:
        """As the fake one does."""
        self.encoded += texts
        return super().encode_passages(texts)


def build_with(
    encoder: CountingEncoder, root: Path, texts: dict[str, str], onnx: str = "one", model: bytes | None = None
) -> None:
    """`model`: what the model's file holds where that is not the `onnx` it was exported as."""

    def factory(folder: Path) -> CountingEncoder:
        digest = hashlib.sha256(onnx.encode()).hexdigest()
        settings = EncoderSettings(fakes.MODEL, "", digest, 384, 256, "", "", (), 0)
        (folder / SETTINGS_FILE).write_text(json.dumps(settings.to_json()), encoding="utf-8")
        (folder / MODEL_FILE).write_bytes(onnx.encode() if model is None else model)
        return encoder

    transcripts = [fakes.transcript(name, text) for name, text in texts.items()]
    build_generation(IndexFolder(root), BuildInput(transcripts, fakes.MODEL), factory)


@pytest.fixture
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "SAMPLE", 1)


def test_of_a_small_index_nothing_is_taken_over_so_that_it_ranks_as_if_built_at_once(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    build_with(encoder, tmp_path / "grown", {"apples": fakes.APPLES})
    build_with(encoder, tmp_path / "grown", {"apples": fakes.APPLES, "trams": fakes.TRAMS})
    assert len(encoder.encoded) == 2 + 6
    build_with(encoder, tmp_path / "at-once", {"apples": fakes.APPLES, "trams": fakes.TRAMS})
    with fakes.opened(tmp_path / "grown") as grown, fakes.opened(tmp_path / "at-once") as at_once:
        codecs = [retriever.generation.tokens.codec for retriever in (grown, at_once)]
        np.testing.assert_array_equal(codecs[0].basis, codecs[1].basis)


@pytest.mark.usefixtures("_few_are_enough")
def test_nothing_unchanged_is_encoded_again(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    build_with(encoder, tmp_path / "a", {"trams": fakes.TRAMS})
    first = len(encoder.encoded)
    assert first == 4
    build_with(encoder, tmp_path / "a", {"apples": fakes.APPLES, "trams": fakes.TRAMS})
    assert len(encoder.encoded) == first + 2
    assert not any("tram" in text for text in encoder.encoded[first:])
    build_with(CountingEncoder(), tmp_path / "b", {"apples": fakes.APPLES, "trams": fakes.TRAMS})
    with fakes.opened(tmp_path / "a") as grown, fakes.opened(tmp_path / "b") as anew:
        rows = np.arange(6)
        np.testing.assert_array_equal(grown.generation.dense.vectors(rows), anew.generation.dense.vectors(rows))
        counts = [cast(Generation, one.generation).tokens.counts.tolist() for one in (grown, anew)]
        assert counts[0] == counts[1]
        best = [r.rank(["harbour levy wages"], 1, {})[0].hits[0].row for r in (grown, anew)]
        assert best[0] == best[1]


@pytest.mark.usefixtures("_few_are_enough")
def test_another_encoder_takes_nothing_over(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    build_with(encoder, tmp_path, {"trams": fakes.TRAMS})
    build_with(encoder, tmp_path, {"trams": fakes.TRAMS}, onnx="two")
    assert len(encoder.encoded) == 8


@pytest.mark.usefixtures("_few_are_enough")
def test_vectors_of_a_damaged_encoder_are_not_taken_over(tmp_path: Path) -> None:
    """An index that was built with it lists the damage as sound; only the export's own checksum tells."""
    encoder = CountingEncoder()
    build_with(encoder, tmp_path, {"trams": fakes.TRAMS}, model=b"damaged")
    build_with(encoder, tmp_path, {"trams": fakes.TRAMS})
    assert len(encoder.encoded) == 8


@pytest.mark.usefixtures("_few_are_enough")
def test_nothing_damaged_is_taken_over(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    build_with(encoder, tmp_path, {"trams": fakes.TRAMS})
    damaged = current_generation(IndexFolder(tmp_path)).dense
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    build_with(encoder, tmp_path, {"trams": fakes.TRAMS})
    assert len(encoder.encoded) == 8
    with fakes.opened(tmp_path) as retriever:
        assert retriever.rank(["harbour levy wages"], 1, {})[0].hits[0].row == 2


def test_words_of_another_language_mend_no_english_question(tmp_path: Path) -> None:
    fakes.build_index(tmp_path, [fakes.transcript("bahnen", fakes.BAHNEN), fakes.transcript("trams", fakes.TRAMS)])
    with fakes.opened(tmp_path) as retriever:
        assert retriever.rank(["who decides on bahnem"], 1, {})[0].question == "who decides on bahnem"
        assert retriever.rank(["who pays for the drivres"], 1, {})[0].question == "who pays for the drivers"
        german = "Warum ist das so für drivres?"
        assert retriever.rank([german], 1, {})[0].question == german
