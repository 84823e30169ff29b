"""A disk that fails: every call that changes something on it is a step, counted from 0."""

import errno
import os
import shutil
import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from qa_service.indexing.dense import DenseIndex

ALLOCATES: list[tuple[Any, str]] = [
    (Path, "mkdir"),
    (Path, "hardlink_to"),
    (shutil, "copy2"),
    (DenseIndex, "save"),  # written by a library
]
NEEDS_NO_ROOM: list[tuple[Any, str]] = [
    (Path, "rename"),
    (Path, "replace"),
    (Path, "unlink"),
    (shutil, "rmtree"),
]


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Fault:
    """Fails at one step. `lasts`: and at all later ones. `full`: only what needs room fails, from then on."""

    def __init__(
        self,
        patch: pytest.MonkeyPatch,
        fails_at: int,
        error: int | type[Killed],
        *,
        lasts: bool = False,
        full: bool = False,
    ) -> None:
        self._steps = count()
        self._fails_at, self._error, self._lasts, self._full = fails_at, error, lasts or full, full
        self.reached = False
        for owner, name in ALLOCATES:
            patch.setattr(owner, name, self._around(getattr(owner, name)))
        for owner, name in NEEDS_NO_ROOM:
            patch.setattr(owner, name, self._around(getattr(owner, name), needs_room=False))
        opened, synced = Path.open, os.fsync

        def sync(descriptor: int) -> None:
            self.step(needs_room=not stat.S_ISDIR(os.fstat(descriptor).st_mode))
            synced(descriptor)

        patch.setattr(os, "fsync", sync)

        def open_file(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
            if mode.startswith("r"):
                return opened(path, mode, *args, **options)
            exists = path.exists() and mode.startswith("w")
            self.step(needs_room=not exists)
            return _File(opened(path, mode, *args, **options), self)

        patch.setattr(Path, "open", open_file)

    def step(self, *, needs_room: bool = True) -> None:
        """Fail, or not yet."""
        at = next(self._steps)
        if at < self._fails_at or (at > self._fails_at and not self._lasts) or (self._full and not needs_room):
            return
        self.reached = True
        if isinstance(self._error, int):
            raise OSError(self._error, os.strerror(self._error))
        raise self._error

    def _around(self, work: Callable[..., Any], *, needs_room: bool = True) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            self.step(needs_room=needs_room)
            return work(*args, **options)

        return step


class _File:
    """An open file, each write to which is a step."""

    def __init__(self, file: Any, fault: Fault) -> None:
        self._file, self._fault = file, fault

    def write(self, data: Any) -> Any:
        self._fault.step()
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


FULL = [errno.ENOSPC, errno.EDQUOT]
ERRORS = [*FULL, errno.EIO, errno.EROFS]
