"""Every error the service raises on purpose. The core knows no HTTP; `api/errors.py` maps these to statuses.

QAServiceError
├── SourceError         a transcript or its metadata can't be read or made sense of
├── ModelError          the embedding model can't be loaded, exported or run
├── IndexMissingError   nothing has been published in the index folder yet
├── IndexMismatchError  the index was built by another model, format or setting
├── IndexDamagedError   a file of the index is missing or differs from its checksum
├── IndexNotWritableError  the index folder can't be made or written to
├── BuildRunningError   another build holds the index folder
├── BuildFailedError    a build that a change of the sources asked for did not work
├── SourcesNotWritableError  the source folder can't be changed from here
├── NoRoomError         the disk is full, or what may be used of it is
├── DatabaseUnavailableError  the database can't be reached, or refuses
├── DatabaseMismatchError  the database lacks what is needed: tables, pgvector, rights
├── LastDocumentError   without this document there would be nothing to serve
├── AddressError        the address to listen on can't be had
├── OverloadedError     more questions wait than are answered soon
├── BadRequestError     a question or one of its options is outside its bounds
└── NotFoundError       no document or statement has that id
    └── UnknownModelError   a chat asks for a model that is not served
"""

import errno

from qa_service.printed import printable

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: OSError) -> bool:
    """Whether it says that there is no room: on the disk, in a quota or under a limit of a file's size."""
    return error.errno in FULL


class QAServiceError(Exception):
    """Base of all errors raised on purpose; the message says what to do."""


class SourceError(QAServiceError):
    """A transcript can't be made sense of; names the file, the line and the reason."""

    def __init__(self, reason: str, *, file: str = "", line: int | None = None) -> None:
        file = printable(file)
        place = file if line is None else f"{file}:{line}" if file else f"line {line}"
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.file = file
        self.line = line


class ModelError(QAServiceError):
    """The embedding model can't be loaded, exported or run."""


class IndexMissingError(QAServiceError):
    """Nothing has been published in the index folder yet."""


class IndexMismatchError(QAServiceError):
    """The index was built by another model, format or setting."""


class IndexDamagedError(QAServiceError):
    """A file of the index is missing or differs from its checksum."""


class IndexNotWritableError(QAServiceError):
    """The index folder can't be made or written to."""


class BuildRunningError(QAServiceError):
    """Another build holds the index folder."""

    exit_status = 75  # of `qa-service build`, told from other failures by who started it: worth another try


class BuildFailedError(QAServiceError):
    """A build that a change of the sources asked for did not work."""


class SourcesNotWritableError(QAServiceError):
    """The source folder can't be changed from here."""


class NoRoomError(QAServiceError):
    """The disk is full, or what may be used of it is."""


class DatabaseUnavailableError(QAServiceError):
    """The database can't be reached, or refuses; what was asked may work when it is sent again."""


class DatabaseMismatchError(QAServiceError):
    """The database lacks what is needed: its tables, pgvector in a version that will do, a right."""


class LastDocumentError(QAServiceError):
    """Without this document there would be nothing to serve."""


class OverloadedError(QAServiceError):
    """More questions wait than are answered soon."""


class BadRequestError(QAServiceError):
    """A question or one of its options is outside its bounds."""

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class NotFoundError(QAServiceError):
    """No document or statement has that id."""


class UnknownModelError(NotFoundError):
    """A chat asks for a model that is not served."""

    param = "model"


class AddressError(QAServiceError):
    """The address to listen on is in use, or is none of this machine's."""
