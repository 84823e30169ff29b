"""An index that doesn't fit the service, or its own checksums, is refused, and the message says what to do."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa_service.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from qa_service.indexing import manifest
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import FORMAT_VERSION, GenerationFolder, IndexFolder
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import current_generation
from qa_service.indexing.store import StatementStore
from tests import fakes

REBUILD = "qa-service build"


@pytest.fixture
def folder(tmp_path: Path) -> GenerationFolder:
    fakes.build_index(tmp_path)
    return current_generation(IndexFolder(tmp_path))


def change(folder: GenerationFolder, **fields: object) -> None:
    """Write other values into the manifest, its checksum staying as it is."""
    manifest = json.loads(folder.manifest.read_text(encoding="utf-8"))
    folder.manifest.write_text(json.dumps(manifest | fields), encoding="utf-8")


@pytest.mark.parametrize("fields", [{"statements": 5}, {"sources_sha256": "0"}, {"files": {}}, {"sha256": "0"}])
def test_a_manifest_that_was_changed_is_refused(folder: GenerationFolder, fields: dict[str, object]) -> None:
    change(folder, **fields)
    with pytest.raises(IndexDamagedError, match=f"manifest.json is damaged.*{REBUILD}"):
        open_generation(folder, model=fakes.MODEL)


def test_the_manifest_says_what_was_built(folder: GenerationFolder) -> None:
    manifest = Manifest.read(folder)
    assert (manifest.model, manifest.documents, manifest.statements) == (fakes.MODEL, 2, 6)
    assert manifest.format_version == FORMAT_VERSION
    assert manifest.id == folder.root.name


def test_every_file_is_listed_with_its_checksum(folder: GenerationFolder) -> None:
    files = {path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file()}
    assert Manifest.read(folder).files.keys() == files - {"manifest.json"}


def test_another_format_is_refused(folder: GenerationFolder) -> None:
    change(folder, format_version=FORMAT_VERSION + 1)
    with pytest.raises(IndexMismatchError, match=f"format {FORMAT_VERSION + 1}.*{REBUILD}"):
        open_generation(folder, model=fakes.MODEL)


def test_another_model_is_refused(folder: GenerationFolder) -> None:
    with pytest.raises(IndexMismatchError, match=f"'{fakes.MODEL}'.*'another'.*{REBUILD}"):
        open_generation(folder, model="another")


def test_a_file_is_read_once_until_somebody_writes_to_it(
    folder: GenerationFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Manifest.read(folder).files
    known = {folder.root / name: str(file["sha256"]) for name, file in files.items()}
    read: list[Path] = []

    def counted(path: Path) -> str:
        read.append(path)
        return known[path]

    monkeypatch.setattr(manifest, "_read_sha256", counted)
    monkeypatch.setattr(manifest, "SETTLED", 10**18)
    Manifest.read(folder).verify(folder)
    Manifest.read(folder).verify(folder)
    assert len(read) == 2 * len(files)  # just written: a further write might not change a file's times
    monkeypatch.setattr(manifest, "SETTLED", 0)
    Manifest.read(folder).verify(folder)
    Manifest.read(folder).verify(folder)
    assert len(read) == 3 * len(files)
    path = folder.root / next(iter(files))
    known[path] = "another"
    path.write_bytes(path.read_bytes())
    with pytest.raises(IndexDamagedError, match=path.name):
        Manifest.read(folder).verify(folder)


def test_what_was_opened_is_read_anew_when_damage_is_looked_for(
    folder: GenerationFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "SETTLED", 0)
    open_generation(folder, model=fakes.MODEL).close()
    monkeypatch.setattr(manifest, "_read_sha256", lambda _: "damaged without a trace in its times")
    with pytest.raises(IndexDamagedError, match=REBUILD):
        Manifest.read(folder).verify(folder)


def test_a_damaged_file_is_refused_by_name(folder: GenerationFolder) -> None:
    for name in Manifest.read(folder).files:
        path = folder.root / name
        good = path.read_bytes()
        path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        with pytest.raises(IndexDamagedError, match=f"{path.name} is damaged.*{REBUILD}"):
            open_generation(folder, model=fakes.MODEL)
        path.write_bytes(good)


def test_a_missing_file_is_refused_by_name(folder: GenerationFolder) -> None:
    for name in Manifest.read(folder).files:
        path = folder.root / name
        good = path.read_bytes()
        path.unlink()
        with pytest.raises(IndexDamagedError, match=f"{path.name} is missing.*{REBUILD}"):
            open_generation(folder, model=fakes.MODEL)
        path.write_bytes(good)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", f'{{"format_version": {FORMAT_VERSION}, "surprise": 1}}'])
def test_a_manifest_that_is_none_is_refused(folder: GenerationFolder, text: str) -> None:
    folder.manifest.write_text(text)
    with pytest.raises(IndexDamagedError, match=REBUILD):
        open_generation(folder, model=fakes.MODEL)


@pytest.mark.parametrize("files", [None, [], {"dense.faiss": None}, {"dense.faiss": {}}])
def test_a_manifest_without_checksums_is_refused(folder: GenerationFolder, files: object) -> None:
    change(folder, files=files)
    with pytest.raises(IndexDamagedError, match=REBUILD):
        open_generation(folder, model=fakes.MODEL)


def test_a_generation_that_does_not_open_leaves_no_file_open(
    folder: GenerationFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[StatementStore] = []
    monkeypatch.setattr(StatementStore, "close", lambda store: closed.append(store))
    replace(Manifest.read(folder), statements=7).write(folder)
    with pytest.raises(IndexDamagedError):
        open_generation(folder, model=fakes.MODEL)
    assert len(closed) == 1


def test_a_missing_manifest_is_refused(folder: GenerationFolder) -> None:
    folder.manifest.unlink()
    with pytest.raises(IndexDamagedError, match=REBUILD):
        open_generation(folder, model=fakes.MODEL)


def test_counts_that_disagree_are_refused(folder: GenerationFolder) -> None:
    replace(Manifest.read(folder), statements=7).write(folder)
    with pytest.raises(IndexDamagedError, match=f"7 statements announced, 6 stored.*{REBUILD}"):
        open_generation(folder, model=fakes.MODEL)


@pytest.mark.parametrize("pointer", [None, b"", b"\n", b"nowhere\n", b"\xff\xfe"])
def test_without_a_published_generation_the_message_says_how_to_build(tmp_path: Path, pointer: bytes | None) -> None:
    if pointer is not None:
        (tmp_path / "generations").mkdir()
        (tmp_path / "CURRENT").write_bytes(pointer)
    with pytest.raises(IndexMissingError, match=REBUILD):
        current_generation(IndexFolder(tmp_path))
