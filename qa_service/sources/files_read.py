"""Which files of the source folder are transcripts, and the id each has: made from its name and kept stable."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa_service.errors import SourceError
from qa_service.printed import printable
from qa_service.sources.families import chosen, is_recognised, metadata_beside
from qa_service.sources.formats.registry import READ, format_of

DOCUMENT_ID = re.compile(r"[\w][\w.-]{0,199}")
LONGEST_STEM = 240  # bytes, with room for an ending
LONGEST_ID = 80  # characters of an id that is made
_NO_SOURCES = {"readme", "license", "licence", "changelog", "contributing", "notice"}
# Files that people keep beside transcripts and that nobody means to be read.
_COMPANIONS = {".json", ".ds_store", ".ini", ".lock", ".tmp", ".new", ".bak", ".gitignore", ".gitkeep", ""}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read as a transcript. `place` is its path inside the folder, with `/`."""

    path: Path
    place: str
    id: str

    @property
    def metadata(self) -> Path:
        """Where its metadata stand, if there are any."""
        return metadata_beside(self.path)


def source_files(folder: Path) -> list[SourceFile]:
    """All files to read, folders inside included, in order of place.

    Where several would have one id, it is the one's whose place says it best; the others get a part of a checksum.
    """
    wanted: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for family in _families(folder).values():
        for path in chosen(family):
            place = path.relative_to(folder).as_posix()
            wanted[id_of(place)].append((path, place))
    files = []
    for name, found in wanted.items():
        found.sort(key=lambda one: (one[1] != f"{name}.txt", stem_of(one[1]) != name, len(one[1]), one[1]))
        for n, (path, place) in enumerate(found):
            unique = (
                name if n == 0 else f"{name}-{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:6]}"
            )
            files.append(SourceFile(path, place, unique))
    return sorted(files, key=lambda file: file.place)


def _families(folder: Path) -> dict[Path, list[Path]]:
    """By path without its ending the files that may be read."""
    found: dict[Path, list[Path]] = defaultdict(list)
    for path in _walk(folder) if folder.is_dir() else ():
        if is_source(path):
            found[path.with_suffix("")].append(path)
    return found


def unread_beside(folder: Path, path: Path) -> list[Path]:
    """Files of the same name that would be read if this one were not there."""
    family = _families(folder).get(path.with_suffix(""), [])
    return [other for other in family if other not in chosen(family)]


def stem_of(place: str) -> str:
    """A place without the ending of its format."""
    return place.rsplit(".", 1)[0] if format_of(place) else place


def id_of(place: str) -> str:
    """The id made from a file's place: letters and digits of any script, `.`, `_` and `-` stay, the rest is `-`."""
    stem = stem_of(place)
    if DOCUMENT_ID.fullmatch(stem) and len(stem.encode()) <= LONGEST_STEM:
        return stem
    text = stem.encode("utf-8", "replace").decode()
    name = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", text)).strip("-._")
    return name[:LONGEST_ID].rstrip("-._") or "transcript"


def is_source(path: Path) -> bool:
    """Whether a file may be read as a transcript: by its name, and a JSON file by what it holds."""
    known = format_of(path.name)
    if known is None or path.name.startswith(".") or path.stem.lower() in _NO_SOURCES:
        return False
    return known.named or is_recognised(path)


def not_read(folder: Path, files: list[SourceFile]) -> tuple[list[SourceError], dict[str, str]]:
    """What else lies in the folder: why it is not read; by id of a transcript, what is beside it in other forms."""
    read = {file.path.with_suffix(""): file.id for file in files}
    refused: list[SourceError] = []
    beside: dict[str, list[str]] = defaultdict(list)
    for path in _closed_folders(folder):
        refused.append(SourceError("a folder that can't be read: permission denied", file=path.name))
    served = {file.path for file in files}
    for path in _walk(folder):
        ending = path.suffix.lower()
        if path in served or path.name.startswith(".") or path.stem.lower() in _NO_SOURCES:
            continue
        if ending in _COMPANIONS and not is_source(path):
            continue
        if owner := read.get(path.with_suffix("")):
            beside[owner].append(printable(path.name))
        else:
            place = path.relative_to(folder).as_posix()
            reason = f"only {READ} are read, not *{printable(ending)}; save it as plain text"
            refused.append(SourceError(reason, file=place))
    return refused, {owner: f"{', '.join(names)} beside it: not read" for owner, names in beside.items()}


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below the folder, those of folders inside too; no hidden folder and no link to one."""
    try:
        inside = sorted(folder.iterdir())
    except PermissionError:  # `not_read` tells of it
        inside = []
    for path in inside:
        if is_folder(path):
            if not path.name.startswith(".") and not path.is_symlink():
                yield from _walk(path)
        else:
            yield path


def _closed_folders(folder: Path) -> Iterator[Path]:
    """Folders inside that may not be looked into."""
    try:
        for path in sorted(folder.iterdir()):
            if is_folder(path) and not path.name.startswith(".") and not path.is_symlink():
                yield from _closed_folders(path)
    except PermissionError:
        yield folder


def is_folder(path: Path) -> bool:
    """Whether it is a folder that may be looked into."""
    try:
        return path.is_dir()
    except OSError:  # a link into a folder that may not be looked into
        return False
