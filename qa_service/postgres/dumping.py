"""What is published in the database into an index folder, and published there: nothing is encoded again."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from qa_service.indexing.context import context_to_json
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import GenerationFolder, IndexFolder
from qa_service.indexing.lexical import LexicalIndex
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import build_lock, new_generation, publish
from qa_service.indexing.room import disk_errors_told
from qa_service.indexing.store import write_store
from qa_service.indexing.tokens import Stored, assemble_tokens
from qa_service.postgres.opening import DatabaseIndex
from qa_service.records import Statement, Transcript

TOGETHER = 4000  # rows read at a time


def dump(index: DatabaseIndex, target: IndexFolder, factory: str = "auto") -> Manifest:
    """Write an open version as a generation and publish that; `factory` as of `DenseIndex.build`.

    Raises BuildRunningError, NoRoomError, IndexNotWritableError, DatabaseUnavailableError; then nothing has changed.
    """
    digest = hashlib.sha256(index.manifest.id.encode()).hexdigest()[:8]
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{digest}"
    with build_lock(target), disk_errors_told(target), new_generation(target, name) as folder:
        manifest = _write(index, folder, name, factory)
        open_generation(folder, model=manifest.model).close()  # what can't be opened is not published
        publish(target, folder, name)
    return manifest


def _write(index: DatabaseIndex, folder: GenerationFolder, name: str, factory: str) -> Manifest:
    folder.encoder.mkdir()
    for file in index.folder.encoder.glob("[!.]*"):
        shutil.copy2(file, folder.encoder / file.name)
    statements = list(index.store.all_statements())
    write_store(folder.statements, _transcripts(index), statements)
    contexts = {id_: json.loads(context_to_json(context)) for id_, context in index.contexts.items()}
    folder.contexts.write_text(json.dumps(contexts, ensure_ascii=False), encoding="utf-8")
    _write_words(index, folder, statements)
    rows = index.dense.all_rows()
    vectors = np.concatenate([index.dense.vectors(rows[at : at + TOGETHER]) for at in range(0, len(rows), TOGETHER)])
    DenseIndex.build(vectors, factory).save(folder.dense, folder.vectors)
    assemble_tokens(index.tokens.codec, _tokens(index)).save(folder.tokens)
    index.weights.write(folder.weights)
    of_sources = index.manifest.sources_sha256 if index.manifest.change == 0 else ""
    known = index.manifest
    created = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(name, created, known.model, of_sources, known.documents, known.statements)
    manifest.write(folder)
    return manifest


def _transcripts(index: DatabaseIndex) -> Iterator[Transcript]:
    for summary in index.store.documents():
        document = index.store.document(summary.id)
        if document is not None:
            yield Transcript(document, tuple(exchange for exchange, _ in index.store.exchanges(summary.id)))


def _write_words(index: DatabaseIndex, folder: GenerationFolder, statements: list[Statement]) -> None:
    languages = {summary.id: summary.language for summary in index.store.documents()}
    LexicalIndex.build([s.spoken for s in statements], [languages[s.document] for s in statements]).save(folder.lexical)
    index.spelling.save(folder.spelling)


def _tokens(index: DatabaseIndex) -> Iterator[Stored]:
    rows = index.dense.all_rows()
    for at in range(0, len(rows), TOGETHER):
        yield from index.tokens.stored(rows[at : at + TOGETHER], at)
