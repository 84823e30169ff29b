"""Keeps the sources in a database: a changed document is encoded and replaced by itself, in one transaction."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from qa_service.databases import database_of
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.protocol import Encoder
from qa_service.errors import NotFoundError, SourceError
from qa_service.postgres.prepared import Source
from qa_service.postgres.preparing import EncoderOf, Kept
from qa_service.postgres.reading import exists, file_of, published_id
from qa_service.postgres.writing import Writer
from qa_service.settings import Settings
from qa_service.source_library import SourceLibrary, Unkept
from qa_service.sources.folder import parse_transcript
from qa_service.sources.formats.registry import media_type_of
from qa_service.sources.placing import Kept as Placed
from qa_service.sources.placing import Sent, metadata_of


class DatabaseLibrary(SourceLibrary):
    """Changes the documents in a database. Every method blocks until the change is there for all."""

    def __init__(self, settings: Settings, encoder_of: EncoderOf | None = None) -> None:
        """`encoder_of` opens an encoder; tests pass a fake one, and then texts are read in this process, too."""
        super().__init__(settings, list if encoder_of else None)
        self._database = database_of(settings)
        self._writer = Writer(self._database, settings.index_dir, encoder_of or _encoder)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def put_all(self, sent: Sequence[Sent]) -> tuple[list[Placed | Unkept], list[SourceError]]:
        """Keep several transcripts in one transaction: what became of each. Nothing else is read, so nothing refused.

        Raises what `Writer.put` raises; then nothing has changed.
        """
        problems = self._problems(sent)
        wanted = [one for n, one in enumerate(sent) if n not in problems]
        is_new = iter(self._writer.put([_kept(one) for one in wanted]) if wanted else [])
        return [problems[n] if n in problems else Placed(next(is_new)) for n in range(len(sent))], []

    def delete(self, document: str) -> list[SourceError]:
        """Drop a document. Raises what `Writer.delete` raises."""
        self._writer.delete(document)
        return []

    def refresh(self) -> list[SourceError] | None:
        """Nothing is ever to be built: what was written is there."""
        return None

    def published(self) -> str:
        """The version that is published, after which change. Raises IndexMissingError."""
        return published_id(self._database)

    def source(self, document: str, sha256: str) -> tuple[str, str, bytes]:
        """The file of this checksum that a document was read from. Raises NotFoundError where it is not kept."""
        found = file_of(self._database, document)
        if found is None or hashlib.sha256(found.data).hexdigest() != sha256:
            raise NotFoundError(f"the file of {document!r} is not kept in the database; put it again to keep it")
        return found.name, media_type_of(found.name), found.data

    def _exists(self, document: str) -> bool:
        return "\0" not in document and exists(self._database, document)


def _encoder(folder: Path) -> Encoder:
    return OnnxEncoder(folder, parallel=os.cpu_count() or 1)


def _kept(sent: Sent) -> Kept:
    name = f"{sent.document}{sent.suffix or '.txt'}"
    try:
        transcript = parse_transcript(sent.document, sent.data, metadata_of(sent.fields), name)
    except SourceError as error:
        raise SourceError(error.reason, file=name, line=error.line) from error
    return Kept(transcript, Source(name, sent.data))
