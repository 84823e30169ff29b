"""One change of the source folder, whose way back needs no room and outlives the process.

New files are written aside first. What is about to happen is then written down in `.change`. Old files are set aside
under names that no build reads, and come back by rename; `.change` is then called `.undo`, and goes at the end. Whoever
finds either knows that a process was killed in between, and mends it.
"""

import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from qa_service.errors import SourcesNotWritableError
from qa_service.printed import printable
from qa_service.sources.files import (
    NEW,
    OLD,
    THEIRS,
    Files,
    beside,
    check_files,
    is_beside,
    not_changed,
    sync_folders,
    write_durably,
)

logger = logging.getLogger(__name__)

JOURNAL, UNDOING = ".change", ".undo"


@dataclass(frozen=True, slots=True)
class Step:
    """One file: its place in the folder, whether there was one, the SHA-256 of what is to be there (None: nothing)."""

    place: str
    was: bool
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that has been made, to be kept or undone."""

    folder: Path
    index: str  # which index was published when it began
    steps: tuple[Step, ...]
    is_undone: bool = False  # whether putting back had begun

    def keep(self) -> None:
        """Let the old files go. Raises OSError; what was changed stays changed."""
        (self.folder / JOURNAL).unlink(missing_ok=True)
        sync_folders([self.folder])  # from here on no crash undoes it
        for step in self.steps:
            beside(self._path(step), OLD).unlink(missing_ok=True)

    def undo(self) -> None:
        """Put the old files back, as far as that is still to be done: by renames, which need no room.

        A file that somebody else has written meanwhile stays. Raises OSError; then it can be done again.
        """
        if (self.folder / JOURNAL).exists():
            (self.folder / JOURNAL).replace(self.folder / UNDOING)
            sync_folders([self.folder])
        for step in self.steps:
            self._undo(step)
            beside(self._path(step), NEW).unlink(missing_ok=True)
        self._sync()
        (self.folder / f"{JOURNAL}.{NEW}").unlink(missing_ok=True)
        (self.folder / UNDOING).unlink(missing_ok=True)
        sync_folders([self.folder])

    @property
    def is_whole(self) -> bool:
        """Whether every file was changed, and none put back; else the process was killed in between."""
        return not self.is_undone and not any(self._is_pending(step) for step in self.steps)

    def _path(self, step: Step) -> Path:
        return self.folder / step.place

    def _is_pending(self, step: Step) -> bool:
        path = self._path(step)
        if step.sha256 is None:
            return step.was and not beside(path, OLD).exists()
        return beside(path, NEW).exists()

    def _sync(self) -> None:
        sync_folders(self._path(step).parent for step in self.steps)

    def write_down(self) -> None:
        """Leave word of what is about to happen."""
        fields = {"index": self.index, "steps": [asdict(step) for step in self.steps]}
        aside = self.folder / f"{JOURNAL}.{NEW}"
        write_durably(aside, json.dumps(fields).encode())
        aside.replace(self.folder / JOURNAL)
        sync_folders([self.folder])

    def carry_out(self) -> None:
        """Set the old files aside, put the new ones in their places."""
        for step in self.steps:
            path, old = self._path(step), beside(self._path(step), OLD)
            if step.was:
                _set_aside(path, old, stays=step.sha256 is not None)
        self._sync()
        for step in self.steps:
            if step.sha256 is not None:
                beside(self._path(step), NEW).replace(self._path(step))
        self._sync()

    def _undo(self, step: Step) -> None:
        path, old = self._path(step), beside(self._path(step), OLD)
        if not old.exists():
            if not step.was and _digest(path) == step.sha256:
                path.unlink(missing_ok=True)
            return
        if path.exists() and not path.samefile(old) and _digest(path) != step.sha256:
            backup = beside(path, THEIRS)
            old.replace(backup)
            logger.warning(
                "%s was written by somebody else meanwhile and stays; what it held before the undone change is %s",
                printable(step.place),
                backup.name,
            )
            return
        old.replace(path)
        old.unlink(missing_ok=True)  # renaming one of two names of a file to the other does nothing


def make_change(folder: Path, wanted: Files, index: str) -> Change:
    """Make every file hold what is wanted; `index` is the one published now.

    Raises SourcesNotWritableError or NoRoomError, all files being as they were.
    """
    try:
        check_files(wanted)
        for path in wanted:
            beside(path, OLD).unlink(missing_ok=True)  # of a change that was kept: not to come back
        change = Change(folder, index, _steps(folder, wanted))
    except OSError as error:
        raise not_changed(error) from error
    try:
        for path, data in wanted.items():
            if data is not None:
                write_durably(beside(path, NEW), data)
        change.write_down()
        change.carry_out()
    except OSError as error:
        undo_change(change)
        raise not_changed(error) from error
    return change


def _steps(folder: Path, wanted: Files) -> tuple[Step, ...]:
    steps = (
        Step(path.relative_to(folder).as_posix(), path.exists(), None if data is None else _sha256(data))
        for path, data in wanted.items()
    )
    return tuple(step for step in steps if step.was or step.sha256)


def undo_change(change: Change) -> None:
    """Undo it. Raises SourcesNotWritableError where even that fails: then it is undone later."""
    try:
        change.undo()
    except OSError as error:
        why = error.strerror or str(error)
        raise SourcesNotWritableError(
            f"the change failed and can't be undone now ({why}); the files before it are set aside in the source "
            "folder and come back at the next change, POST /v1/reload or start that can write there"
        ) from error


def unfinished_change(folder: Path) -> Change | None:
    """The change that a process left in the middle. Raises SourcesNotWritableError when its notes can't be read."""
    for name in (UNDOING, JOURNAL):
        try:
            fields: dict[str, Any] = json.loads((folder / name).read_bytes())
            steps = tuple(Step(**step) for step in fields["steps"])
            places = [PurePosixPath(step.place) for step in steps]
            if any(place.is_absolute() or ".." in place.parts for place in places):
                raise ValueError("a place is outside of the folder")
            return Change(folder, fields["index"], steps, is_undone=name == UNDOING)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SourcesNotWritableError(
                f"a change of the sources was left in the middle, and {name} in their folder, which says how, can't be "
                f"read ({error})"
            ) from error
    return None


def drop_leftovers(folder: Path) -> None:
    """Remove what a process left that was killed before a change or after it was kept. Not where one is unfinished."""
    for path in folder.rglob(".*"):
        try:
            if is_beside(path) or path.name == f"{JOURNAL}.{NEW}":
                path.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("%s is of no use any more, but can't be removed: %s", printable(path.name), error.strerror)


def _set_aside(path: Path, old: Path, *, stays: bool) -> None:
    """Give it another name; with `stays` it keeps its own too until the new file takes it, where links can be had."""
    if stays:
        try:
            old.hardlink_to(path)
        except OSError:  # a file system without links, or no right to one
            path.rename(old)
    else:
        path.rename(old)


def _digest(path: Path) -> str | None:
    return _sha256(path.read_bytes()) if path.is_file() else None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
