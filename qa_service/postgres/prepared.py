"""A document as it is written to the database: records, vectors, tokens and terms, in the order of its statements."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from qa_service.indexing.anchors import pack
from qa_service.indexing.context import Context, context_to_json
from qa_service.indexing.rows import document_row, exchange_row
from qa_service.postgres.binary import Copy, halfvec, int4, int4s, int8, sparsevec, text
from qa_service.postgres.bm25 import Counted, own_part
from qa_service.postgres.connecting import Row
from qa_service.postgres.versions import Version
from qa_service.records import Anchored, Document, Exchange, Statement

_SAID = ("title", "language", "sha256", "text", "speakers", "origin", "notes", "date", "date_from", "tags", "roles")
_READ = ("language_from", "text_sha256", "reader", "reader_version", "media")
_BESIDE = ("timeline", "pages", "locators", "context", "people", "words", "file", "file_name")
DOCUMENT = ("id", "first_row", "statements", *_SAID, *_READ, *_BESIDE)
EXCHANGE = ("document", "section", "asker", "question", "asked", "start", "end", "noise")
STATEMENT = (*("row", "id", "document", "section", "speaker", "text", "start", "end", "noise", "prefix", "suffix"),)
CODE = ("row", "vector", "tokens", "sentences", "terms", "counts", "length")


@dataclass(frozen=True, slots=True)
class Source:
    """The file a document was read from."""

    name: str
    data: bytes


@dataclass(slots=True)
class Prepared:
    """A document ready to be written, and its first row once that is given out.

    `tokens`: of each statement the codes (t, 64) and the sentences' numbers (t,). `words`: how often each word stands
    in it, where the version's list of words does not hold them yet.
    """

    document: Document
    exchanges: Sequence[Exchange]
    statements: Sequence[Statement]
    vectors: NDArray[Any]
    tokens: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]]
    counted: Sequence[Counted]
    context: Context
    words: Mapping[str, int] | None = None
    source: Source | None = None
    first_row: int = 0

    @property
    def rows(self) -> int:
        """How many rows it takes: one at least, so that no two documents begin with the same."""
        return max(1, len(self.statements))


def write_documents(connection: Connection[Row], version: Version, documents: Sequence[Prepared]) -> None:
    """Write documents that are not there yet into a version's tables, all but the words they are found by."""
    with Copy(connection, version.table("documents"), DOCUMENT) as copy:
        for one in documents:
            copy.row(_document(one))
    with Copy(connection, version.table("exchanges"), EXCHANGE) as copy:
        for one in documents:
            for exchange in one.exchanges:
                copy.row(_exchange(one.document.id, exchange))
    for table, columns, rows in (
        ("statements", STATEMENT, _statements),
        ("codes", CODE, _codes),
        ("vectors", ("row", "embedding"), _vectors),
    ):
        with Copy(connection, version.table(table), columns) as copy:
            for one in documents:
                for row, fields in enumerate(rows(one), start=one.first_row):
                    copy.row([int8(row), *fields])


def write_words(connection: Connection[Row], version: Version, documents: Sequence[Prepared]) -> None:
    """Write the words of documents that are put one by one; `version.terms` tells the mean length."""
    mean = version.terms / max(1, version.statements)
    with Copy(connection, version.table("lexical"), ("row", "terms", "weights")) as copy:
        for one in documents:
            for row, found in enumerate(one.counted, start=one.first_row):
                weights = own_part(found.counts, found.length, mean).astype(np.float32)
                copy.row([int8(row), int4s(found.terms), sparsevec(found.terms, weights)])


def _document(one: Prepared) -> Iterable[bytes | None]:
    d = one.document
    stored: list[Any] = list(document_row(d))  # id … notes, date …, language_from, begins, ends, text_sha256 …
    yield from (text(d.id), int8(one.first_row), int4(len(one.statements)))
    yield from (text(stored[place]) for place in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16))
    yield from (int4(d.reader_version), text(d.media))
    timeline, pages, locators = pack(d.anchored) if d.anchored != Anchored() else (None, None, None)
    yield from (timeline, pages, text(locators), text(context_to_json(one.context)), text(_people(one)))
    yield text(json.dumps(one.words, ensure_ascii=False)) if one.words is not None else None
    yield from (one.source.data, text(one.source.name)) if one.source else (None, None)


def _people(one: Prepared) -> str:
    """By `speaker` and `asker` how many statements each name has."""
    speakers = Counter(s.speaker for s in one.statements if s.speaker is not None)
    askers = Counter(s.asker for s in one.statements if s.asker is not None)
    return json.dumps({"speaker": speakers, "asker": askers}, ensure_ascii=False)


def _exchange(document: str, exchange: Exchange) -> Iterable[bytes | None]:
    record: list[Any] = list(exchange_row(document, exchange))
    id_, section, asker, question, asked, start, end, noise = record
    yield from (text(id_), int4(section), text(asker), text(question), text(asked), int4(start), int4(end), text(noise))


def _statements(one: Prepared) -> Iterable[list[bytes | None]]:
    for s in one.statements:
        before = [text(s.id), text(s.document), int4(s.section), text(s.speaker), text(s.text)]
        yield [*before, int4(s.start), int4(s.end), text(json.dumps(s.noise)), text(s.prefix), text(s.suffix)]


def _codes(one: Prepared) -> Iterable[list[bytes | None]]:
    for vector, (codes, sentences), found in zip(one.vectors, one.tokens, one.counted, strict=True):
        terms, counts = found.terms.astype("<i4").tobytes(), found.counts.astype("<u2").tobytes()
        stored = vector.astype(vector.dtype.newbyteorder("<")).tobytes()
        yield [stored, codes.tobytes(), sentences.tobytes(), terms, counts, int4(found.length)]


def _vectors(one: Prepared) -> Iterable[list[bytes | None]]:
    for vector in one.vectors:
        yield [halfvec(vector.astype(np.float32))]
