"""The manifest of a generation: what it was built from and by, and a checksum of every file."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_service.errors import IndexDamagedError, IndexMismatchError
from qa_service.indexing.layout import FORMAT_VERSION, GenerationFolder

REBUILD = "rebuild with: qa-service build"
OWN = "sha256"  # the key of the manifest's own checksum, over everything else in it
SETTLED = 2_000_000_000  # nanoseconds after which a further write surely changes a file's times


@dataclass(frozen=True, slots=True)
class Manifest:
    """Contents of `manifest.json`."""

    id: str
    created: str
    model: str
    sources_sha256: str
    documents: int
    statements: int
    format_version: int = FORMAT_VERSION
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write(self, folder: GenerationFolder) -> None:
        """Write it, complete with the checksums of all other files of the generation, and its own."""
        fields = asdict(self) | {"files": _describe(folder.root)}
        text = json.dumps(fields | {OWN: _own_sha256(fields)}, indent=2, ensure_ascii=False)
        folder.manifest.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: GenerationFolder) -> "Manifest":
        """Read it. Raises IndexMismatchError for another format, IndexDamagedError when it is damaged."""
        try:
            fields = json.loads(folder.manifest.read_text(encoding="utf-8"))
            version = fields["format_version"]
            if version != FORMAT_VERSION:
                raise IndexMismatchError(
                    f"{folder.root} has index format {version}, this version reads {FORMAT_VERSION}; {REBUILD}"
                )
            if fields.pop(OWN) != _own_sha256(fields):
                raise IndexDamagedError(f"{folder.manifest} is damaged (it differs from its checksum); {REBUILD}")
            files = {name: {"size": f["size"], "sha256": f["sha256"]} for name, f in fields["files"].items()}
            return cls(**fields | {"files": files})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamagedError(f"{folder.manifest} can't be read ({error}); {REBUILD}") from error

    def check_model(self, model: str) -> None:
        """Raises IndexMismatchError unless the index was built with this model."""
        if self.model != model:
            raise IndexMismatchError(
                f"the index was built with the model {self.model!r}, the setting says {model!r}; {REBUILD}"
            )

    def verify(self, folder: GenerationFolder) -> None:
        """Compare every file with its size and checksum. Raises IndexDamagedError naming the first that differs."""
        for name, known in self.files.items():
            path = folder.root / name
            if not path.is_file():
                raise IndexDamagedError(f"{path} is missing; {REBUILD}")
            try:
                if path.stat().st_size == known["size"] and _sha256(path) == known["sha256"]:
                    continue
            except OSError as error:
                raise IndexDamagedError(f"{path} can't be read ({error.strerror}); {REBUILD}") from error
            raise IndexDamagedError(f"{path} is damaged (it differs from its checksum); {REBUILD}")


def sound_files(folder: GenerationFolder, part: Path) -> dict[Path, str]:
    """The files, with their SHA-256, that a generation of any format lists below `part`; none if one is damaged."""
    try:
        listed = json.loads(folder.manifest.read_text(encoding="utf-8"))["files"].items()
        known = {folder.root / name: str(file["sha256"]) for name, file in listed}
        mine = {path: digest for path, digest in known.items() if path.is_relative_to(part)}
        return mine if all(_sha256(path) == digest for path, digest in mine.items()) else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _own_sha256(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _describe(root: Path) -> dict[str, dict[str, Any]]:
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(root).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)} for path in files}


def _sha256(path: Path) -> str:
    """Read once, until the index is opened, if nobody wrote to the file lately: see `forget_checksums`."""
    file = path.stat()
    if time.time_ns() - file.st_ctime_ns < SETTLED:
        return _read_sha256(path)
    return _known_sha256(path, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns)


def forget_checksums() -> None:
    """From here on files are read anew, as when damage is looked for: what a start has checked, it has opened."""
    _known_sha256.cache_clear()


@lru_cache(256)
def _known_sha256(path: Path, *_: int) -> str:
    return _read_sha256(path)


def _read_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
