"""`qa-service database …`: prepare a database, load an index into it and dump it back, choose among versions."""

import argparse
import hashlib
import sys
from contextlib import closing

from tqdm import tqdm

from qa_service.composition import coverage_of
from qa_service.databases import DatabaseStore, database_of
from qa_service.errors import QAServiceError
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.indexing.summaries import DocumentSummary
from qa_service.postgres.connecting import Database
from qa_service.postgres.dumping import dump
from qa_service.postgres.loading import load
from qa_service.postgres.prepared import Source
from qa_service.postgres.schema import migrate
from qa_service.postgres.versions import drop_others, listed, use
from qa_service.settings import Settings
from qa_service.sources.files_read import source_files
from qa_service.sources.folder import read_bytes


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run one of the commands; 0 when it worked. Raises QAServiceError."""
    database = database_of(settings)
    try:
        {
            "migrate": lambda: _migrate(database),
            "load": lambda: _load(database, settings),
            "dump": lambda: _dump(settings),
            "versions": lambda: _versions(database),
            "use": lambda: _say(f"version {use(database, arguments.version)} is answered from"),
            "prune": lambda: drop_others(database),
        }[arguments.action]()
    finally:
        database.close()
    return 0


def _migrate(database: Database) -> None:
    done = migrate(database)
    _say(f"applied: {', '.join(map(str, done))}" if done else "the database is prepared already")


def _load(database: Database, settings: Settings) -> None:
    migrate(database)
    files = {file.id: file for file in source_files(settings.source_dir)}

    def file_of(summary: DocumentSummary) -> Source | None:
        """The document's file, if it is still as it was read."""
        try:
            data = read_bytes(files[summary.id].path)
        except (KeyError, OSError):
            return None
        same = hashlib.sha256(data).hexdigest() == summary.sha256
        return Source(files[summary.id].path.name, data) if same else None

    folder = current_generation(IndexFolder(settings.index_dir))
    with (
        closing(open_generation(folder, model=settings.model)) as generation,
        tqdm(desc="loading", unit=" statements", file=sys.stderr, total=generation.manifest.statements) as bar,
    ):

        def show(done: int, _: int) -> None:
            bar.update(done - bar.n)

        version = load(database, generation, file_of, show)
    _say(f"version {version.name}: {version.documents} documents, {version.statements} statements")
    try:
        drop_others(database)
    except QAServiceError as error:  # a service still answers from one; the next load, or `prune`, drops it
        _say(f"older versions are still there: {error}")


def _dump(settings: Settings) -> None:
    store = DatabaseStore(settings, coverage_of(settings))
    try:
        with closing(store.open_index()) as index:
            manifest = dump(index, IndexFolder(settings.index_dir), settings.index_factory)
    finally:
        store.close()
    _say(f"index {manifest.id}: {manifest.documents} documents, {manifest.statements} statements")


def _versions(database: Database) -> None:
    for version, is_published in listed(database):
        mark = "*" if is_published else " "
        counts = f"{version.documents} documents, {version.statements} statements, {version.change} changes"
        print(f"{mark} {version.name}  {version.model}  {counts}")


def _say(message: str) -> None:
    print(message, file=sys.stderr)
