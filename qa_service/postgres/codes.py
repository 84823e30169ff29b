"""What candidates are measured by, fetched together: exact vectors, compressed tokens, terms."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.tokens import Gathered, Stored, TokenCodec, TokenIndex
from qa_service.postgres.bm25 import Counted
from qa_service.postgres.session import Session

RECENT = 8192  # statements whose codes are kept in memory, about 40 MB
_PRECISION: dict[int, np.dtype[Any]] = {2: np.dtype("<f2"), 4: np.dtype("<f4")}  # bytes of an axis, as it was loaded
_FIELDS = '"row", vector, tokens, sentences, terms, counts, length'


@dataclass(frozen=True, slots=True)
class Coded:
    """Of one statement."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.uint8]
    sentences: NDArray[np.uint8]
    counted: Counted


class Codes:
    """Of one version: a row's never change, so they are kept from one change to the next. Use one per thread."""

    def __init__(self, dimension: int, codec: TokenCodec) -> None:
        self._dimension, self.codec = dimension, codec
        self._width = codec.bits * len(codec.low) // 8
        self._recent: OrderedDict[int, Coded] = OrderedDict()

    def of(self, session: Session, rows: Sequence[int]) -> list[Coded]:
        """Of some rows, in the order asked for."""
        recent = self._recent
        if missing := [row for row in rows if row not in recent]:
            sql = f'SELECT {_FIELDS} FROM {session.version.table("codes")} WHERE "row" = ANY(%s)'
            for record in session.rows(sql, [missing]):
                recent[record[0]] = self._coded(*record[1:])
        found = [recent[row] for row in rows]
        for row in rows:
            recent.move_to_end(row)
        while len(recent) > RECENT:
            recent.popitem(last=False)
        return found

    def found_by(self, session: Session, sql: str, values: Sequence[Any]) -> NDArray[np.int64]:
        """The rows that a query finds, in order; their codes come along, unless most are kept already."""
        if session.version.statements <= RECENT:
            return np.sort(np.fromiter((row for (row,) in session.rows(sql, values)), dtype=np.int64))
        table = session.version.table("codes")
        joined = f'WITH found AS MATERIALIZED ({sql}) SELECT {_FIELDS} FROM found JOIN {table} USING ("row")'
        records = session.rows(joined, values)
        for row, *fields in records:
            self._recent[row] = self._coded(*fields)
        return np.sort(np.array([record[0] for record in records], dtype=np.int64))

    def counted_of(self, session: Session, rows: Sequence[int]) -> list[Counted]:
        """The terms alone, of more rows than are compared closely."""
        known = {row: self._recent[row].counted for row in rows if row in self._recent}
        if missing := [row for row in rows if row not in known]:
            sql = f'SELECT "row", terms, counts, length FROM {session.version.table("codes")} WHERE "row" = ANY(%s)'
            known |= {row: _counted(*fields) for row, *fields in session.rows(sql, [missing])}
        return [known[row] for row in rows]

    def _coded(self, vector: bytes, tokens: bytes, sentences: bytes, terms: bytes, counts: bytes, length: int) -> Coded:
        exact = np.frombuffer(vector, dtype=_PRECISION[len(vector) // self._dimension]).astype(np.float32)
        packed = np.frombuffer(tokens, dtype=np.uint8).reshape(-1, self._width)
        return Coded(exact, packed, np.frombuffer(sentences, dtype=np.uint8), _counted(terms, counts, length))


def _counted(terms: bytes, counts: bytes, length: int) -> Counted:
    return Counted(np.frombuffer(terms, dtype="<i4"), np.frombuffer(counts, dtype="<u2"), length)


class TokenSource:
    """The tokens of one version after one change."""

    def __init__(self, session: Session, codes: Codes) -> None:
        self._session, self._codes = session, codes
        self.codec = codes.codec

    def stored(self, rows: NDArray[np.int64], first: int) -> Iterator[Stored]:
        """As they are kept, with numbers from `first` on in place of rows."""
        for number, one in enumerate(self._codes.of(self._session, rows.tolist()), start=first):
            yield number, one.tokens, one.sentences

    def gather(self, rows: NDArray[np.int64]) -> Gathered:
        """The tokens of `rows`, ready to compare."""
        found = self._codes.of(self._session, rows.tolist())
        counts = np.array([len(one.tokens) for one in found], dtype=np.int32)
        starts = np.concatenate([[0], np.cumsum(counts[:-1], dtype=np.int64)])
        tokens = np.concatenate([one.tokens for one in found])
        sentences = np.concatenate([one.sentences for one in found])
        return TokenIndex(self.codec, tokens, sentences, starts, counts).gather(np.arange(len(found)))
