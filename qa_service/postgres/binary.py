"""Values as PostgreSQL's binary COPY takes them: a million vectors as text would take minutes to write and read."""

import struct
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from qa_service.postgres.connecting import Row

TERMS = 1_000_000_000  # dimensions of a sparse vector, the most there may be: one for each term
_INT4 = 23  # the type's number in every PostgreSQL
_HEAD, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), struct.pack(">h", -1)
_PIECE = 1 << 18  # bytes sent at a time
Field = str | int | bytes | None


def int4(value: int | None) -> bytes | None:
    """An `int`."""
    return None if value is None else struct.pack(">i", value)


def int8(value: int) -> bytes:
    """A `bigint`."""
    return struct.pack(">q", value)


def text(value: str | None) -> bytes | None:
    """A `text`."""
    return None if value is None else value.encode()


def int4s(values: NDArray[np.int32]) -> bytes:
    """An `int[]`."""
    if not len(values):
        return struct.pack(">iii", 0, 0, _INT4)
    items = np.empty(len(values), dtype=[("length", ">i4"), ("value", ">i4")])
    items["length"], items["value"] = 4, values
    return struct.pack(">iiiii", 1, 0, _INT4, len(values), 1) + items.tobytes()


def halfvec(vector: NDArray[np.float32]) -> bytes:
    """A vector in half precision."""
    return struct.pack(">HH", len(vector), 0) + vector.astype(">f2").tobytes()


def sparsevec(numbers: NDArray[np.int32], values: NDArray[np.float32]) -> bytes:
    """A sparse vector; `numbers` are sorted and count from 0."""
    return (
        struct.pack(">iii", TERMS, len(numbers), 0) + numbers.astype(">i4").tobytes() + values.astype(">f4").tobytes()
    )


class Copy:
    """Rows on their way into one table."""

    def __init__(self, connection: Connection[Row], table: str, columns: Sequence[str]) -> None:
        names = SQL(", ").join(map(Identifier, columns))
        command = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(Identifier(table), names)
        self._cursor = connection.cursor()
        self._copying = self._cursor.copy(command)
        self._count = struct.pack(">h", len(columns))
        self._waiting = bytearray(_HEAD)

    def __enter__(self) -> Self:
        self._copy = self._copying.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._copy.write(bytes(self._waiting) + _END)
        self._copying.__exit__(kind, error, trace)
        self._cursor.close()

    def row(self, fields: Iterable[bytes | None]) -> None:
        """One row, of fields as above."""
        self._waiting += self._count
        for field in fields:
            if field is None:
                self._waiting += b"\xff\xff\xff\xff"
            else:
                self._waiting += struct.pack(">i", len(field)) + field
        if len(self._waiting) > _PIECE:
            self._copy.write(bytes(self._waiting))
            self._waiting.clear()
