"""Changes files of the source folder in one step each, and puts them back."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from qa_service.errors import SourcesNotWritableError

ADVICE = "QA_SERVICE_SOURCE_DIR must name a real folder that the service may write to"
LONGEST_NAME = 255  # bytes, on every common file system

Files = Mapping[Path, bytes | None]  # what each file holds; None where there is none


def fits(document: str) -> bool:
    """Whether a file system can hold the longest name made for this id."""
    return has_room(Path(f"{document}.json"))


def has_room(path: Path) -> bool:
    """Whether a file system can hold a file of this name."""
    return len(os.fsencode(path.name)) <= LONGEST_NAME


def check_folder(folder: Path) -> None:
    """Raises SourcesNotWritableError unless the folder is there and is not reached by a symbolic link."""
    if folder.is_symlink():
        raise SourcesNotWritableError(f"the source folder is a symbolic link; {ADVICE}")
    if not folder.is_dir():
        raise SourcesNotWritableError(f"the source folder does not exist; {ADVICE}")


def change(wanted: Files) -> Files:
    """Make every file hold what is wanted, each in one step; returns what they held, to be put back with this.

    Raises SourcesNotWritableError, all files being as they were.
    """
    for path in wanted:
        if path.is_symlink():
            raise SourcesNotWritableError(f"{path.name} is a symbolic link; put the file itself in its place")
        if path.exists() and not path.is_file():
            raise SourcesNotWritableError(f"{path.name} is no regular file; remove it")
    done: dict[Path, bytes | None] = {}
    try:
        for path, content in wanted.items():
            before = path.read_bytes() if path.exists() else None
            _replace(path, content)
            done[path] = before
    except OSError as error:
        for path, content in done.items():
            _replace(path, content)
        raise SourcesNotWritableError(f"the source folder can't be changed ({error.strerror}); {ADVICE}") from error
    return done


def _replace(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    aside = _aside(path)
    aside.unlink(missing_ok=True)  # of a process that was killed
    try:
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    """Where a file is written first; not named `*.txt` or `*.json`, so that no build reads it."""
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()
    return path.with_name(f".{digest[:32]}.new")
