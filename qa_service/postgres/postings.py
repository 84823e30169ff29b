"""Of each term the statements that hold it, packed: what a version was loaded with is searched as in a folder."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from qa_service.postgres.binary import Copy, int4
from qa_service.postgres.bm25 import Counted, own_part
from qa_service.postgres.connecting import Row
from qa_service.postgres.session import Session
from qa_service.postgres.versions import Version

LENGTHS = -1  # in place of a term: how many terms each statement has
MOST_KEPT = 10_000_000  # postings in memory, 60 MB


def write_postings(connection: Connection[Row], version: Version, statements: Sequence[Counted], first: int) -> None:
    """Write those of a version's statements, by row from 0; `first` is added to the terms' numbers."""
    with Copy(connection, version.table("postings"), ("term", "rows", "counts")) as copy:
        lengths = np.array([one.length for one in statements], dtype="<i4")
        copy.row([int4(LENGTHS), b"", lengths.tobytes()])
        for term, rows, counts in _by_term(statements):
            fields = [rows.astype("<i4").tobytes(), counts.astype("<u2").tobytes()]
            copy.row([int4(first + term), *fields])


def _by_term(statements: Sequence[Counted]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.uint16]]]:
    if not statements:
        return
    terms = np.concatenate([one.terms for one in statements])
    counts = np.concatenate([one.counts for one in statements])
    rows = np.repeat(np.arange(len(statements)), [len(one.terms) for one in statements])
    order = np.argsort(terms, kind="stable")
    terms, counts, rows = terms[order], counts[order], rows[order]
    begins = np.flatnonzero(np.diff(terms, prepend=-1))
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(terms)], strict=True):
        yield int(terms[begin]), rows[begin:end], counts[begin:end]


class Postings:
    """Of one version: they never change, so they are kept from one change to the next. Use one per thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[NDArray[np.int32], NDArray[np.uint16]]] = OrderedDict()
        self._count = 0
        self._lengths: NDArray[np.float64] | None = None

    def scores(
        self, session: Session, weights: Mapping[int, float], mean: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The score of every row for terms of such weights, and the rows of all terms one after the other."""
        lengths = self._all_lengths(session)
        scores = np.zeros(len(lengths), dtype=np.float32)
        listed = [np.empty(0, dtype=np.int64)]
        found = self._of(session, list(weights))
        for number, weight in weights.items():
            rows, counts = found[number]
            scores[rows] += (weight * own_part(counts, lengths[rows], mean)).astype(np.float32)
            listed.append(rows.astype(np.int64))
        return scores, np.concatenate(listed)

    def scores_at(
        self, session: Session, weights: Mapping[int, float], mean: float, rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """What terms of such weights add to the scores of some rows."""
        lengths, scores = self._all_lengths(session), np.zeros(len(rows), dtype=np.float32)
        found = self._of(session, list(weights))
        for number, weight in weights.items():
            holding, counts = found[number]
            if len(holding):
                places = np.minimum(np.searchsorted(holding, rows), len(holding) - 1)
                held = holding[places] == rows
                own = own_part(counts[places], lengths[rows], mean)
                scores += (weight * own).astype(np.float32) * held
        return scores

    def _of(self, session: Session, numbers: Sequence[int]) -> dict[int, tuple[NDArray[np.int32], NDArray[np.uint16]]]:
        kept = self._kept
        if missing := [number for number in numbers if number not in kept]:
            for number in missing:
                kept[number] = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint16)
            sql = f"SELECT term, rows, counts FROM {session.version.table('postings')} WHERE term = ANY(%s)"
            for number, rows, counts in session.rows(sql, [missing]):
                kept[number] = np.frombuffer(rows, dtype="<i4"), np.frombuffer(counts, dtype="<u2")
                self._count += len(kept[number][0])
        found = {number: kept[number] for number in numbers}
        for number in numbers:
            kept.move_to_end(number)
        while self._count > MOST_KEPT and len(kept) > len(numbers):
            self._count -= len(kept.popitem(last=False)[1][0])
        return found

    def _all_lengths(self, session: Session) -> NDArray[np.float64]:
        if self._lengths is None:
            sql = f"SELECT counts FROM {session.version.table('postings')} WHERE term = %s"
            found = session.rows(sql, [LENGTHS])
            self._lengths = np.frombuffer(found[0][0] if found else b"", dtype="<i4").astype(np.float64)
        return self._lengths
