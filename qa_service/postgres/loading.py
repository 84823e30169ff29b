"""A folder's index into the database, without encoding anything again: beside what is there, then published at once."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from qa_service.indexing.generation import Generation
from qa_service.indexing.summaries import DocumentSummary
from qa_service.postgres.artefacts import store_artefacts
from qa_service.postgres.bm25 import Counted, counted, counted_words
from qa_service.postgres.connecting import Database, Row
from qa_service.postgres.postings import write_postings
from qa_service.postgres.prepared import Prepared, Source, write_documents
from qa_service.postgres.schema import check_schema
from qa_service.postgres.versions import Version, hold_loading, make_tables, publish

TOGETHER = 20_000  # statements that are written together
LINKS, LOOKED_AT = 24, 200  # of each vector in the graph; those among which a new one's are chosen
GRAPH_MEMORY = "1GB"  # for making the graph of a version's vectors
Files = Callable[[DocumentSummary], Source | None]  # the file that a document was read from, if it is at hand
Progress = Callable[[int, int], None]


def load(database: Database, generation: Generation, files: Files, progress: Progress | None = None) -> Version:
    """Load an open generation and publish it, all in one transaction. The version as it is published."""
    with database.transaction() as connection:
        check_schema(connection)
        hold_loading(connection)
        numbers, holding, counted_all = _count(generation)
        version = _new_version(connection, generation, counted_all)
        make_tables(connection, version.number)
        store_artefacts(connection, version.number, generation.folder.root)
        first = _write_terms(connection, version, numbers, holding)
        write_postings(connection, version, counted_all, first)
        done = 0
        for together in _together(_prepared(generation, counted_all, first, files)):
            write_documents(connection, version, together)
            done += sum(len(one.statements) for one in together)
            if progress:
                progress(done, version.statements)
        _index(connection, version)
        publish(connection, version.number)
    with database.connection() as connection:
        for table in ("documents", "statements", "vectors", "codes", "terms", "postings"):
            connection.execute(f"ANALYZE {version.table(table)}".encode())
    return version


def _count(generation: Generation) -> tuple[dict[str, int], Counter[str], list[Counted]]:
    """The terms' numbers, how many statements hold each, and each statement's terms."""
    languages = {d.id: d.language for d in generation.store.documents()}
    numbers: dict[str, int] = {}
    holding: Counter[str] = Counter()
    found = []
    for statement in generation.store.all_statements():
        words = counted_words(statement.spoken, languages[statement.document])
        for word in words:
            numbers.setdefault(word, len(numbers))
        holding.update(words.keys())
        found.append(counted(words, numbers))
    return numbers, holding, found


def _new_version(connection: Connection[Row], generation: Generation, counted_all: list[Counted]) -> Version:
    manifest = generation.manifest
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{manifest.id.rpartition('-')[2]}"
    dimension = generation.dense.vectors(np.zeros(1, dtype=np.int64)).shape[1]
    terms = sum(one.length for one in counted_all)
    next_row = manifest.statements + manifest.documents  # room for documents without statements
    held = manifest.statements
    fields = (name, manifest.model, manifest.sources_sha256, dimension, 0, manifest.documents, held, terms, held)
    columns = "name, model, sources_sha256, dimension, change, documents, statements, terms, packed, next_row"
    (number,) = connection.execute(
        f"INSERT INTO versions ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING number".encode(),
        [*fields, next_row],
    ).fetchone() or (0,)
    return Version(number, *fields)


def _write_terms(
    connection: Connection[Row], version: Version, numbers: Mapping[str, int], holding: Mapping[str, int]
) -> int:
    """The terms with their numbers; the first of these."""
    (first,) = connection.execute(
        "SELECT setval('term_ids', nextval('term_ids') + %s) - %s", [len(numbers), len(numbers)]
    ).fetchone() or (0,)
    command = f"COPY {version.table('terms')} (term, id, statements) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(command.encode()) as copy:
        for term, number in numbers.items():
            copy.write_row((term, first + number, holding[term]))
    return int(first)


def _prepared(generation: Generation, counted_all: list[Counted], first: int, files: Files) -> Iterator[Prepared]:
    """The generation's documents; those without statements get the rows behind all others."""
    store, row, empty = generation.store, 0, generation.manifest.statements
    summaries = {summary.id: summary for summary in store.documents()}
    order = [*store.first_row_of, *(id_ for id_ in summaries if id_ not in store.first_row_of)]
    for id_ in order:
        document, exchanges = store.document(id_), store.exchanges(id_)
        if document is None:
            continue
        rows = np.arange(row, row + summaries[id_].statements)
        statements = store.statements(rows.tolist())
        mine = [
            Counted(one.terms + np.int32(first), one.counts, one.length) for one in counted_all[row : row + len(rows)]
        ]
        tokens = [_tokens(generation, int(number)) for number in rows]
        yield Prepared(
            document,
            [exchange for exchange, _ in exchanges],
            statements,
            _vectors(generation, rows),
            tokens,
            mine,
            generation.contexts[id_],
            source=files(summaries[id_]),
            first_row=row if statements else empty,
        )
        row += len(statements)
        empty += not statements


def _vectors(generation: Generation, rows: NDArray[np.int64]) -> NDArray[np.float32] | NDArray[np.float16]:
    """As exact as the folder has them."""
    vectors = generation.dense.vectors(rows)
    return vectors if generation.dense.exact else vectors.astype(np.float16)


def _tokens(generation: Generation, row: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    start = int(generation.tokens.starts[row])
    own = slice(start, start + int(generation.tokens.counts[row]))
    return generation.tokens.codes[own], generation.tokens.sentences[own]


def _together(documents: Iterator[Prepared]) -> Iterator[list[Prepared]]:
    found: list[Prepared] = []
    for one in documents:
        found.append(one)
        if sum(len(each.statements) for each in found) >= TOGETHER:
            yield found
            found = []
    if found:
        yield found


def _index(connection: Connection[Row], version: Version) -> None:
    """What is searched by; made when all is there, which takes a fraction of the time."""
    connection.execute(f"SET LOCAL maintenance_work_mem = '{GRAPH_MEMORY}'")
    vectors = version.table("vectors")
    connection.execute(
        f"CREATE INDEX ON {vectors} USING hnsw ((embedding::halfvec({version.dimension})) halfvec_ip_ops) "
        f"WITH (m = {LINKS}, ef_construction = {LOOKED_AT})".encode()
    )
