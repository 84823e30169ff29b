"""The published version of the index in a database, opened for answering, again and again as it changes."""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
from psycopg import Connection

from qa_service.errors import DatabaseUnavailableError, IndexDamagedError, IndexMismatchError
from qa_service.indexing.context import Context
from qa_service.indexing.layout import GenerationFolder
from qa_service.indexing.spelling import Spelling
from qa_service.indexing.tokens import TokenCodec
from qa_service.indexing.weights import Weights
from qa_service.postgres.artefacts import fetch_artefacts
from qa_service.postgres.catalogue import Catalogue
from qa_service.postgres.codes import Codes, TokenSource
from qa_service.postgres.connecting import BROKEN, Database, Row, meaning
from qa_service.postgres.postings import Postings
from qa_service.postgres.searching import VectorSearch
from qa_service.postgres.session import Session
from qa_service.postgres.statements import Recent, StatementStore
from qa_service.postgres.terms import TermSearch
from qa_service.postgres.versions import Version

FETCHED = "fetched"  # folder in the index folder, of a folder for each version


@dataclass(frozen=True, slots=True)
class DatabaseIndex:
    """One version after one change, open: what a question needs beside the database."""

    manifest: Version
    folder: GenerationFolder
    store: StatementStore
    contexts: Mapping[str, Context]
    dense: VectorSearch
    lexical: TermSearch
    spelling: Spelling
    tokens: TokenSource
    weights: Weights
    also_close: Callable[[], None] | None = None

    def close(self) -> None:
        """Let the snapshot go."""
        self.store.close()
        if self.also_close is not None:
            self.also_close()


@dataclass(slots=True)
class _Kept:
    """What holds for every change of a version, and the documents as they were known last."""

    version: int
    folder: GenerationFolder
    codes: Codes
    postings: Postings
    spelling: Spelling
    weights: Weights
    recent: Recent
    catalogue: Catalogue | None = None


class Opener:
    """Opens what is published. Use one per thread that answers."""

    def __init__(
        self, database: Database, folder: Path, model: str, also_close: Callable[[], None] | None = None
    ) -> None:
        """`folder`: where fetched files are kept; `model`: what questions are encoded by.

        `also_close` is called when what was opened is closed.
        """
        self._also_close = also_close
        self._database, self._folder, self._model = database, folder / FETCHED, model
        self._kept: _Kept | None = None
        self._session: Session | None = None

    def open(self) -> DatabaseIndex:
        """Open what is published now.

        Raises DatabaseUnavailableError, DatabaseMismatchError, IndexMissingError, IndexMismatchError,
        IndexDamagedError, IndexNotWritableError.
        """
        session = Session(self._database)
        try:
            opened = self._opened(session)
        except BaseException:
            session.close()
            raise
        self._session = session
        return opened

    def renew(self) -> None:
        """Let the server clear away what the open version does not need."""
        if self._session is not None:
            self._session.renew()

    def _opened(self, session: Session) -> DatabaseIndex:
        version = session.version
        if version.model != self._model:
            raise IndexMismatchError(
                f"the index in the database was built with the model {version.model!r}, the setting says "
                f"{self._model!r}; set QA_SERVICE_MODEL, or load an index of that model"
            )
        if self._kept is None or self._kept.version != version.number:
            self._kept = self._fetched(version)
        kept = self._kept
        kept.catalogue = catalogue = Catalogue.read(session, kept.catalogue)
        words: Counter[str] = Counter()
        for known in catalogue.documents.values():
            words.update(known.words)
        return DatabaseIndex(
            version,
            kept.folder,
            StatementStore(session, catalogue, kept.recent),
            {id_: known.context for id_, known in catalogue.documents.items()},
            VectorSearch(session, catalogue, kept.codes),
            TermSearch(session, catalogue, kept.codes, kept.postings),
            kept.spelling.with_words(words),
            TokenSource(session, kept.codes),
            kept.weights,
            self._also_close,
        )

    def _fetched(self, version: Version) -> _Kept:
        folder = GenerationFolder(self._folder / version.name)
        fetch_artefacts(self._database, version.number, folder.root)
        drop_fetched(self._folder, version.name)
        codes = Codes(version.dimension, read_codec(folder))
        spelling, weights = Spelling.load(folder.spelling), Weights.read(folder.weights)
        return _Kept(version.number, folder, codes, Postings(), spelling, weights, Recent())


def drop_fetched(folder: Path, but: str) -> None:
    """Remove what was fetched of older versions; the newest other one stays, to go back to."""
    others = sorted(path for path in folder.glob("[!.]*") if path.name != but)
    for path in others[:-1]:
        shutil.rmtree(path, ignore_errors=True)  # another service may be doing the same


def read_codec(folder: GenerationFolder) -> TokenCodec:
    """The codec of a version. Raises IndexDamagedError."""
    try:
        basis, low, step = (
            np.load(folder.tokens / f"{name}.npy", allow_pickle=False) for name in ("basis", "low", "step")
        )
    except (OSError, ValueError) as error:
        raise IndexDamagedError(f"{folder.tokens} can't be read ({error}); remove it, it is fetched anew") from error
    return TokenCodec(basis, low, step)


class Pointer:
    """Where it stands which version is published, after which change."""

    def __init__(self, database: Database, renew: Callable[[], None]) -> None:
        """`renew` is called now and then, while nothing has changed."""
        self._database, self._renew = database, renew
        self._connection: Connection[Row] | None = None

    def read_bytes(self) -> bytes:
        """A few bytes that change with every change of the index. Raises DatabaseUnavailableError."""
        try:
            if self._connection is None:
                self._connection = self._database.lend()
            found = self._connection.execute(
                "SELECT v.number, v.change FROM published p JOIN versions v ON v.number = p.version"
            ).fetchone()
        except psycopg.Error as error:
            self.close()
            if isinstance(error, BROKEN):
                raise DatabaseUnavailableError("the connection to the database was lost") from error
            raise meaning(error) from error
        self._renew()
        return repr(found).encode()

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._database.back(connection, broken=True)
