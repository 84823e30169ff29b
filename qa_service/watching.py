"""Builds whenever the source folder has changed and come to rest."""

import time
from collections.abc import Callable
from pathlib import Path

PAUSE_S = 1.0
Stamp = frozenset[tuple[str, int, int]]


def watch(folder: Path, build: Callable[[], None], pause_s: float = PAUSE_S) -> None:
    """Call `build` after each change of the folder that nothing has followed for a pause. Ends with KeyboardInterrupt.

    A change during a build is seen after it.
    """
    built = seen = stamp(folder)
    while True:
        time.sleep(pause_s)
        now = stamp(folder)
        if now == seen and now != built:
            built = now
            build()
        seen = now


def stamp(folder: Path) -> Stamp:
    """The files in a folder and in folders inside, hidden ones left out: place, size and time of the last write."""
    found = set()
    for path in folder.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        try:
            file = path.stat()
        except OSError:  # it has just gone
            continue
        if path.is_file():
            found.add((path.as_posix(), file.st_size, file.st_mtime_ns))
    return frozenset(found)
