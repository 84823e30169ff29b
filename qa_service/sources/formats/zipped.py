"""What a zip archive may hold before a library opens it: how many files, and how many bytes they really are."""

import zipfile
from io import BytesIO
from struct import error as StructError
from zlib import error as ZlibError

from qa_service.errors import SourceError

MOST_FILES = 5_000
MOST_UNPACKED = 200_000_000  # bytes of all files together; pictures are the most of it
CHUNK = 1 << 16
_DAMAGED = "the file is damaged (it is no whole zip archive); save it anew from Word"

_DAMAGES = (zipfile.BadZipFile, ZlibError, StructError, EOFError, NotImplementedError, OSError, ValueError)


def check_zip(data: bytes) -> frozenset[str]:
    """The names of the files inside. Raises SourceError for too many bytes, declared or real, and for XML entities."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = archive.infolist()
            if len(files) > MOST_FILES:
                raise SourceError(f"{len(files)} files inside, more than {MOST_FILES}; save the text as a new document")
            if any(file.flag_bits & 1 for file in files):
                raise SourceError("the file is encrypted; save it without a password")
            if sum(file.file_size for file in files) > MOST_UNPACKED:
                raise _too_large()
            unpacked = 0
            for file in files:
                unpacked = _unpack(archive, file, unpacked)
            return frozenset(archive.namelist())
    except _DAMAGES as error:
        raise SourceError(_DAMAGED) from error


def _unpack(archive: zipfile.ZipFile, file: zipfile.ZipInfo, unpacked: int) -> int:
    """How many bytes are unpacked with this file's."""
    markup = file.filename.endswith((".xml", ".rels"))
    before = b""
    with archive.open(file) as opened:
        while chunk := opened.read(CHUNK):
            unpacked += len(chunk)
            if unpacked > MOST_UNPACKED:
                raise _too_large()
            if markup and b"<!ENTITY" in (before + chunk).replace(b"\0", b""):
                raise SourceError("the file defines XML entities, which Word never does; save it anew from Word")
            before = chunk[-32:]
    return unpacked


def _too_large() -> SourceError:
    return SourceError(
        f"unpacked, the file holds more than {MOST_UNPACKED // 1_000_000} MB; save it without pictures, or split it"
    )
