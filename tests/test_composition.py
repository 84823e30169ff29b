"""When an index counts as current, so that `serve` need not build; what a build takes over."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service import composition
from qa_service.composition import build_index, coverage_of, index_is_current
from qa_service.encoder import export
from qa_service.encoder.files import MODEL_FILE, QUESTION_FILE, SETTINGS_FILE, TOKENIZER_FILE, EncoderSettings
from qa_service.errors import IndexMismatchError, ModelError
from qa_service.indexing.layout import FORMAT_VERSION, IndexFolder
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import current_generation
from qa_service.settings import Settings
from qa_service.sources.folder import Sources, fingerprint, read_folder
from tests import fakes


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Sources and an index of them."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "trams.txt").write_text(fakes.TRAMS, encoding="utf-8")
    fakes.build_index(tmp_path / "index", digest=fingerprint(sources))
    return Settings(source_dir=sources, index_dir=tmp_path / "index", model=fakes.MODEL)


def test_an_index_of_the_sources_as_they_are_is_current(settings: Settings) -> None:
    assert index_is_current(settings)
    (settings.source_dir / "trams.txt").write_text(fakes.APPLES, encoding="utf-8")
    assert not index_is_current(settings)


def test_without_an_index_none_is_current(settings: Settings, tmp_path: Path) -> None:
    assert not index_is_current(settings.model_copy(update={"index_dir": tmp_path / "nowhere"}))


def test_an_index_with_learnt_numbers_of_another_version_is_built_anew(settings: Settings) -> None:
    path = current_generation(IndexFolder(settings.index_dir)).weights
    weights = json.loads(path.read_text())
    weights["confidence"]["features"] = {"dense": 1.0}
    path.write_text(json.dumps(weights))
    assert not index_is_current(settings)


def test_an_index_of_another_format_is_built_anew(settings: Settings) -> None:
    path = current_generation(IndexFolder(settings.index_dir)).manifest
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": FORMAT_VERSION - 1}))
    assert not index_is_current(settings)


def test_an_index_with_a_damaged_file_is_built_anew(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    folder = current_generation(IndexFolder(settings.index_dir))
    for name in Manifest.read(folder).files:
        path = folder.root / name
        good = path.read_bytes()
        for bad in (good[:-1], b"\xff" + good[1:], b""):
            path.write_bytes(bad)
            assert not index_is_current(settings)
            assert f"{name} is damaged" in caplog.text
        path.unlink()
        assert not index_is_current(settings)
        path.write_bytes(good)
    assert index_is_current(settings)


def test_an_index_of_another_model_is_refused_rather_than_replaced(settings: Settings) -> None:
    with pytest.raises(IndexMismatchError, match="qa-service build"):
        index_is_current(settings.model_copy(update={"model": "another"}))


class Exports:
    """Stands for the exporter, which takes seconds, and for the runtime; counts the exports."""

    def __init__(self) -> None:
        self.made = 0

    def export(self, model: str, folder: Path) -> None:
        """As `export_encoder`: always the same files."""
        self.made += 1
        digests = {}
        for name in (MODEL_FILE, QUESTION_FILE, TOKENIZER_FILE):
            (folder / name).write_bytes(name.encode() * 100)
            digests[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        own = export.own_digest(model)
        settings = EncoderSettings(model, "", digests[MODEL_FILE], 384, 256, "", "", (), 0, digests[QUESTION_FILE], own)
        (folder / SETTINGS_FILE).write_text(json.dumps(settings.to_json()), encoding="utf-8")


@pytest.fixture
def exports(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Exports:
    """An index whose encoder was exported once."""
    exports = Exports()
    monkeypatch.setattr(export, "export_encoder", exports.export)
    monkeypatch.setattr(export, "model_digest", lambda _: "")
    monkeypatch.setattr(composition, "OnnxEncoder", lambda *_, **__: fakes.FakeEncoder())
    build_index(settings)
    assert exports.made == 1
    return exports


def flip(path: Path) -> None:
    """Change bytes; the size stays."""
    path.write_bytes(b"\xff" * 5 + path.read_bytes()[5:])


def truncate(path: Path) -> None:
    """Lose the end."""
    path.write_bytes(path.read_bytes()[:-9])


def test_an_undamaged_encoder_is_taken_over(settings: Settings, exports: Exports) -> None:
    build_index(settings)
    assert exports.made == 1


@pytest.mark.parametrize("damage", [flip, truncate, Path.unlink])
@pytest.mark.parametrize("name", [MODEL_FILE, QUESTION_FILE, TOKENIZER_FILE, SETTINGS_FILE])
def test_a_damaged_encoder_is_exported_anew_by_the_next_build(
    settings: Settings, exports: Exports, name: str, damage: Callable[[Path], None]
) -> None:
    good = (current_generation(IndexFolder(settings.index_dir)).encoder / name).read_bytes()
    damage(current_generation(IndexFolder(settings.index_dir)).encoder / name)
    build_index(settings)
    assert exports.made == 2
    assert (current_generation(IndexFolder(settings.index_dir)).encoder / name).read_bytes() == good
    build_index(settings)
    assert exports.made == 2


@pytest.mark.parametrize("name", [MODEL_FILE, QUESTION_FILE])
def test_damage_that_a_manifest_lists_as_sound_is_told_by_the_exports_own_checksum(
    settings: Settings, exports: Exports, name: str
) -> None:
    folder = current_generation(IndexFolder(settings.index_dir))
    flip(folder.encoder / name)
    Manifest.read(folder).write(folder)
    build_index(settings)
    assert exports.made == 2


def test_the_encoder_of_an_index_of_another_format_is_taken_over(settings: Settings, exports: Exports) -> None:
    """Its manifest lists its files all the same; so an upgrade needs no new export."""
    path = current_generation(IndexFolder(settings.index_dir)).manifest
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": FORMAT_VERSION - 1}))
    build_index(settings)
    assert exports.made == 1


def test_an_encoder_of_another_version_is_neither_current_nor_taken_over_even_where_its_model_is_not_installed(
    settings: Settings, exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> str:
        raise ModelError("the package is not installed")

    monkeypatch.setattr(export, "model_digest", missing)
    assert index_is_current(settings)
    build_index(settings)
    assert exports.made == 1
    monkeypatch.setattr(export, "GRAPH_VERSION", b"another")
    assert not index_is_current(settings)
    build_index(settings)
    assert exports.made == 2
    assert index_is_current(settings)


def test_a_file_changed_while_sources_are_read_is_left_to_the_next_build(
    settings: Settings, exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changing(folder: Path) -> Sources:
        sources = read_folder(folder)
        (folder / "trams.txt").write_text(fakes.APPLES, encoding="utf-8")
        return sources

    monkeypatch.setattr(composition, "read_folder", changing)
    build_index(settings)
    assert not index_is_current(settings)
    build_index(settings)
    assert index_is_current(settings)


@pytest.mark.parametrize(
    ("model", "languages", "codes"),
    [
        ("transcript-MiniLM-L6", None, ("en",)),
        ("all-MiniLM-L6-v2", None, ("en",)),
        ("some/multilingual", None, ("*",)),
        ("some/multilingual", "de, fr", ("de", "fr")),
        ("transcript-MiniLM-L6", "*", ("*",)),
    ],
)
def test_which_languages_the_model_knows(model: str, languages: str | None, codes: tuple[str, ...]) -> None:
    assert coverage_of(Settings(model=model, model_languages=languages)).codes == codes


def test_packaged_models_are_those_that_are_exported() -> None:
    assert set(composition.PACKAGED) == set(export.PACKAGED_MODELS)


def test_a_build_notes_texts_in_languages_that_the_model_does_not_know(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composition, "provide_encoder", lambda *_: fakes.FakeEncoder())
    (settings.source_dir / "bahnen.txt").write_text(fakes.BAHNEN, encoding="utf-8")
    said = "bahnen: the text seems to be in German (de), which the model doesn't know"
    covered, _ = build_index(settings)
    assert covered.notes == []
    noted, _ = build_index(settings.model_copy(update={"model_languages": "en"}))
    assert [note[: len(said)] for note in noted.notes] == [said]


@pytest.mark.parametrize(("setting", "whole"), [("small", False), ("whole", True)])
def test_questions_are_encoded_by_the_model_that_is_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, setting: str, *, whole: bool
) -> None:
    asked: list[bool] = []

    def opened(_: Path, *, whole: bool) -> fakes.FakeEncoder:
        asked.append(whole)
        return fakes.FakeEncoder()

    monkeypatch.setattr(composition, "OnnxEncoder", opened)
    composition.open_retriever(settings.model_copy(update={"question_encoder": setting})).close()
    assert asked == [whole]
