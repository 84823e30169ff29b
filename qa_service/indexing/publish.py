"""Publishes a generation so that no crash can break the index (design: write aside, rename, replace one line).

A new folder is written and synced, its manifest last; it is renamed to its final name; `CURRENT` is replaced.
Whatever happens in between, `CURRENT` names a complete generation or the one before it; what is incomplete is removed.
"""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from qa_service.errors import BuildRunningError, IndexMissingError, IndexNotWritableError, NoRoomError, is_full
from qa_service.indexing.layout import GenerationFolder, IndexFolder

logger = logging.getLogger(__name__)


def open_lock(index: IndexFolder, path: Path) -> TextIO:
    """A file in the index folder to be locked; the folder is made if need be.

    Raises IndexNotWritableError, NoRoomError.
    """
    try:
        index.generations.mkdir(parents=True, exist_ok=True)
        return path.open("w")
    except OSError as error:
        if is_full(error):
            raise NoRoomError(f"the index folder has no room for another file ({error.strerror})") from error
        problem = f"the index folder can't be written to ({error.strerror or error})"
        raise IndexNotWritableError(f"{problem}; set QA_SERVICE_INDEX_DIR to a folder that can") from error


@contextmanager
def build_lock(index: IndexFolder) -> Iterator[None]:
    """Hold the index folder for one build. Raises BuildRunningError when another build holds it.

    Raises IndexNotWritableError when there can be no such folder.
    """
    with open_lock(index, index.lock) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildRunningError("another build is running in the index folder; wait for it to end") from error
        yield


def wait_for_build(index: IndexFolder) -> None:
    """Return once no build holds the index folder. Raises IndexNotWritableError."""
    with open_lock(index, index.lock) as file:
        fcntl.flock(file, fcntl.LOCK_EX)


@contextmanager
def new_generation(index: IndexFolder, name: str) -> Iterator[GenerationFolder]:
    """An empty folder to write generation `name` into, readers can't see it yet. Call under the build lock.

    Whatever ends the build before it is published, nothing of it stays.
    """
    drop_unfinished(index)
    folder = index.generations / f".{name}"
    folder.mkdir()
    try:
        yield GenerationFolder(folder)
    except BaseException:
        try_to_drop_unfinished(index)
        raise


def drop_unfinished(index: IndexFolder) -> None:
    """Remove what builds left that failed or were killed. Call under the build lock. Raises OSError."""
    try:
        current = current_generation(index).root.name
    except IndexMissingError:
        current = ""  # what is to be published is not known: nothing that may have been is touched
    for path in index.generations.iterdir():
        if path.is_dir() and (path.name.startswith(".") or (current and path.name > current)):
            shutil.rmtree(path)


def try_to_drop_unfinished(index: IndexFolder) -> None:
    """The same where the next build may do it as well."""
    try:
        drop_unfinished(index)
    except OSError:
        logger.exception("what a failed build left can't be removed; the next build tries again")


def publish(index: IndexFolder, written: GenerationFolder, name: str) -> GenerationFolder:
    """Make a completely written generation the current one; of the others only the one before it is kept.

    What fails once it is the current one is logged, for it is published.
    """
    for path in sorted(written.root.rglob("*"), reverse=True):
        _sync(path)
    _sync(written.root)
    final = index.generations / name
    written.root.rename(final)
    try:
        _sync(index.generations)
        before = published_name(index)
        point_at(index, name)
    except BaseException:
        if published_name(index) != name:
            final.rename(written.root)  # unfinished again
        raise
    try:
        _sync(index.root)
        _drop_all_but(index, {name, before})
    except OSError:
        logger.exception("generation %s is published, but what came after failed", name)
    return GenerationFolder(final)


def point_at(index: IndexFolder, name: str) -> None:
    """Replace `CURRENT` in one step; also the way back to an older generation."""
    pointer = index.root / ".CURRENT"
    pointer.write_text(name + "\n", encoding="utf-8")
    _sync(pointer)
    pointer.replace(index.current)


def current_generation(index: IndexFolder) -> GenerationFolder:
    """The published generation's folder. Raises IndexMissingError when there is none."""
    name = published_name(index)
    folder = index.generations / name
    try:
        found = bool(name) and folder.is_dir()
    except (OSError, ValueError):  # no name that a folder could have
        found = False
    if not found:
        raise IndexMissingError("there is no index yet; build one with: qa-service build")
    return GenerationFolder(folder)


def published_name(index: IndexFolder) -> str:
    """What `CURRENT` says; nothing where it can't be read."""
    try:
        return index.current.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _drop_all_but(index: IndexFolder, kept: Set[str]) -> None:
    for path in index.generations.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
