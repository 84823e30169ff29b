"""Whether a disk has room for a build, and plain words where it had not."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_service.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexNotWritableError,
    NoRoomError,
    QAServiceError,
    is_full,
)
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import current_generation
from qa_service.sources.files import Files, size_of

SAME_WHATEVER_IS_INDEXED = ("encoder/", "spelling/")
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)


def least_bytes(index: IndexFolder, before: int, after: int) -> int:
    """What the next generation takes at least, where sources of `before` bytes become `after`.

    Fewer sources take their share of what the index takes now. More take their own bytes more, which is too little:
    better that a build fails, which undoes itself, than that one which fits is refused.
    """
    try:
        files = Manifest.read(current_generation(index)).files
    except (IndexMissingError, IndexMismatchError, IndexDamagedError):
        return after
    sizes = {name: int(file["size"]) for name, file in files.items()}
    same = sum(size for name, size in sizes.items() if name.startswith(SAME_WHATEVER_IS_INDEXED))
    share = min(1.0, after / before) if before else 0.0
    return same + int((sum(sizes.values()) - same) * share) + max(0, after - before)


def check_room(needed: Iterable[tuple[Path, int]]) -> None:
    """Raises NoRoomError unless the disk of each folder has that many bytes free; folders on one disk add up."""
    together: dict[int, int] = {}
    for folder, size in needed:
        device = folder.stat().st_dev
        together[device] = together.get(device, 0) + size
        total, _, free = shutil.disk_usage(folder)
        if total and together[device] > free:  # some network folders don't tell their size
            raise NoRoomError(
                f"no room for this change: it needs at least {_mb(together[device])} of disk, {_mb(free)} are free; "
                "make room and send it again"
            )


def check_room_to_change(index: IndexFolder, folder: Path, sources: Iterable[Path], wanted: Files) -> None:
    """Raises NoRoomError where it is clear beforehand that there is none for a change of the `sources` in a folder."""
    before = {path: size_of(path) for path in sources}
    after = before | {path: len(data or b"") for path, data in wanted.items()}
    least = least_bytes(index, sum(before.values()), sum(after.values()))
    written = sum(len(data) for data in wanted.values() if data is not None)
    with disk_errors_told(index):
        check_room([(index.root, least), (folder, written)])


@contextmanager
def disk_errors_told(index: IndexFolder) -> Iterator[None]:
    """Raises NoRoomError or IndexNotWritableError where what is written fails for the disk's sake."""
    try:
        yield
    except OSError as error:
        raise _told(error, index) from error
    except RuntimeError as error:  # libraries in other languages put the system's words into theirs
        code = next((code for code in DISK_ERRORS if os.strerror(code) in str(error)), None)
        if code is None:
            raise
        raise _told(OSError(code, os.strerror(code)), index) from error


def _told(error: OSError, index: IndexFolder) -> QAServiceError:
    why = error.strerror or str(error)
    if not is_full(error):
        return IndexNotWritableError(f"the index can't be written ({why}); see to the disk of QA_SERVICE_INDEX_DIR")
    return NoRoomError(f"no room for the index ({why}): {_sizes(index)}; make room and try again")


def _sizes(index: IndexFolder) -> str:
    try:
        free = f"{_mb(shutil.disk_usage(index.root).free)} are free now that the unfinished one is removed"
        files = Manifest.read(current_generation(index)).files
    except (IndexMissingError, IndexMismatchError, IndexDamagedError):
        return free
    except OSError:
        return "how much is free can't be told"
    return f"the one before takes {_mb(sum(int(file['size']) for file in files.values()))}, {free}"


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
