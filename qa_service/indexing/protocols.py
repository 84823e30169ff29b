"""What answering needs of an open index, wherever that lies: in a folder (`generation.py`) or in a database.

A statement's row is a whole number that stays as long as the index is open. The statements of a document have rows
one after the other; the rows of all need not.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.anchors import Place
from qa_service.indexing.context import Context
from qa_service.indexing.coverage import TermCoverage
from qa_service.indexing.summaries import DocumentSummary
from qa_service.indexing.tokens import Gathered, TokenCodec
from qa_service.indexing.weights import Weights
from qa_service.records import Document, Exchange, Span, Statement

Float = NDArray[np.float32]
RowNumbers = NDArray[np.int64]


class Facts(Protocol):
    """What an index is: its version, its model, how much it holds."""

    @property
    def id(self) -> str:
        """The version; versions are in the order of their names."""

    @property
    def model(self) -> str:
        """The embedding model it was built with."""

    @property
    def documents(self) -> int:
        """How many."""

    @property
    def statements(self) -> int:
        """How many."""


class VectorSearch(Protocol):
    """The statements' vectors."""

    def __len__(self) -> int: ...

    def all_rows(self) -> RowNumbers:
        """Every row, in order."""

    def vectors(self, rows: RowNumbers) -> Float:
        """(k, d) vectors of `rows`."""

    def cosines(self, query: Float, rows: RowNumbers) -> Float:
        """The cosine of one (d,) vector with each of `rows`."""

    def search(self, query: Float, k: int, rows: RowNumbers | None = None) -> tuple[RowNumbers, Float]:
        """The k best rows for one (d,) vector and their cosines, best first; only among `rows` when given."""


class TermSearch(Protocol):
    """BM25 over the statements' terms."""

    def terms(self, question: str) -> list[str]:
        """The different terms of a question, sorted."""

    def best(self, asked: Sequence[str], k: int, allowed: RowNumbers | None = None) -> RowNumbers:
        """The at most `k` rows with the highest score above 0 among the `allowed` (None: all), in any order."""

    def coverage(self, asked: Sequence[str], rows: RowNumbers) -> TermCoverage:
        """Which of the terms `asked` stand in which of `rows`, and what these score."""


class TokenSource(Protocol):
    """The statements' compressed tokens."""

    @property
    def codec(self) -> TokenCodec:
        """How they are rounded."""

    def gather(self, rows: RowNumbers) -> Gathered:
        """The tokens of `rows`, ready to compare."""


class Speller(Protocol):
    """Mends misspelt words."""

    def corrected(self, question: str) -> str:
        """The question with each misspelt word mended."""


class Statements(Protocol):
    """Documents, exchanges and statements."""

    @property
    def first_row_of(self) -> Mapping[str, int]:
        """By document its first row, in order of row; documents without statements are left out."""

    @property
    def first_rows(self) -> RowNumbers:
        """Those rows alone."""

    def __len__(self) -> int: ...

    def close(self) -> None:
        """Give back what is held open."""

    def statements(self, rows: Sequence[int]) -> list[Statement]:
        """Statements by row, in the order asked for."""

    def all_statements(self) -> Iterator[Statement]:
        """Every statement in order of row."""

    def row_of(self, statement_id: str) -> int | None:
        """The row of a statement id."""

    def neighbours(self, row: int, count: int) -> tuple[list[Statement], list[Statement]]:
        """Up to `count` statements of the same document before and after a row, in reading order."""

    def rows_matching(self, filters: Mapping[str, Sequence[str]]) -> RowNumbers | None:
        """Rows that match, in order: values of one key are OR-ed, keys AND-ed. None when there is no filter."""

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """By `speaker`, `asker` and `tags`, where a value fits nobody's name and no document's tag: those there are."""

    def people(self, key: str) -> dict[str, tuple[int, list[str]]]:
        """By name of each `speaker` or `asker` the statements of that name and the documents; most first."""

    def fitting(self, key: str, typed: str) -> list[str]:
        """The names of each `speaker` or `asker` that what was typed is, or is a part of."""

    def documents(self) -> list[DocumentSummary]:
        """All documents in order of id."""

    def places(self, statement: Statement, span: Span) -> tuple[Place, Place]:
        """Where a statement stands in its file or recording, and where its span."""

    def document(self, document_id: str) -> Document | None:
        """A document with its text."""

    def exchanges(self, document_id: str) -> list[tuple[Exchange, list[Statement]]]:
        """A document's exchanges in order, each with its statements (`answers` is left empty)."""


class OpenIndex(Protocol):
    """One version of the index, open: everything a question needs, none of it changes while it is open."""

    @property
    def manifest(self) -> Facts:
        """What it is."""

    @property
    def store(self) -> Statements:
        """Documents, exchanges and statements."""

    @property
    def contexts(self) -> Mapping[str, Context]:
        """By document what is known of it beside its words."""

    @property
    def dense(self) -> VectorSearch:
        """Search by vector."""

    @property
    def lexical(self) -> TermSearch:
        """Search by words."""

    @property
    def spelling(self) -> Speller:
        """Mends misspelt words."""

    @property
    def tokens(self) -> TokenSource:
        """For late interaction."""

    @property
    def weights(self) -> Weights:
        """The learnt weights."""

    def close(self) -> None:
        """Give back what is held open."""


class Published(Protocol):
    """Where it stands which version is published; a `Path` of the file `CURRENT` is one."""

    def read_bytes(self) -> bytes:
        """A few bytes that change whenever another version is published. Raises OSError where they can't be read."""
