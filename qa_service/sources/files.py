"""Files of the source folder: which names fit, what may be changed, and writes that a power cut can't undo."""

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from qa_service.errors import NoRoomError, QAServiceError, SourcesNotWritableError, is_full
from qa_service.printed import printable

ADVICE = "QA_SERVICE_SOURCE_DIR must name a real folder that the service may write to"
LONGEST_NAME = 255  # bytes, on every common file system
NEW, OLD, THEIRS = "new", "old", "bak"  # written for a path and not there yet; was there; somebody else's stays instead
_BESIDE = re.compile(rf"\.[0-9a-f]{{32}}\.({NEW}|{OLD})")

Files = Mapping[Path, bytes | None]  # what each file is to hold; None where there is to be none


def fits(document: str) -> bool:
    """Whether a file system can hold the longest name made for this id."""
    return has_room(Path(f"{document}.json"))


def has_room(path: Path) -> bool:
    """Whether a file system can hold a file of this name."""
    return len(os.fsencode(path.name)) <= LONGEST_NAME


def size_of(path: Path) -> int:
    """A file's size; 0 where it can't be looked at."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def check_folder(folder: Path) -> None:
    """Raises SourcesNotWritableError unless the folder is there and is not reached by a symbolic link."""
    if folder.is_symlink():
        raise SourcesNotWritableError(f"the source folder is a symbolic link; {ADVICE}")
    if not folder.is_dir():
        raise SourcesNotWritableError(f"the source folder does not exist; {ADVICE}")


def check_files(wanted: Iterable[Path]) -> None:
    """Raises SourcesNotWritableError for a path that is something else than a file."""
    for path in wanted:
        if path.is_symlink():
            raise SourcesNotWritableError(
                f"{printable(path.name)} is a symbolic link; put the file itself in its place"
            )
        if path.exists() and not path.is_file():
            raise SourcesNotWritableError(f"{printable(path.name)} is no regular file; remove it")


def beside(path: Path, what: str) -> Path:
    """A name in the same folder, and so on the same file system, that no build reads and that always fits."""
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()
    return path.with_name(f".{digest[:32]}.{what}")


def is_beside(path: Path) -> bool:
    """Whether it is such a name, of a file that is new or old."""
    return _BESIDE.fullmatch(path.name) is not None


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file to the disk itself. Leaves none where that fails."""
    path.unlink(missing_ok=True)  # of a process that was killed
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def sync_folders(folders: Iterable[Path]) -> None:
    """Have the names in these folders on the disk itself."""
    for folder in sorted(set(folders)):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network folders can't be synced, nor need it
                raise
        finally:
            os.close(descriptor)


def not_changed(error: OSError) -> QAServiceError:
    """What to raise where the sources could not be changed and are as before."""
    why = error.strerror or str(error)
    if is_full(error):
        return NoRoomError(f"the source folder has no room for this change ({why}); make room and send it again")
    return SourcesNotWritableError(f"the source folder can't be changed ({why}); {ADVICE}")
