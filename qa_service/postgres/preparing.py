"""A transcript to what is written of it: cut, encoded and compressed as the published version was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa_service.encoder.protocol import Encoder
from qa_service.indexing.context import context_of
from qa_service.indexing.encoding import encode_statements
from qa_service.indexing.layout import GenerationFolder
from qa_service.indexing.spelling import count_words
from qa_service.indexing.tokens import TokenCodec
from qa_service.language.profile import profile_of
from qa_service.postgres.artefacts import fetch_artefacts
from qa_service.postgres.bm25 import counted, counted_words
from qa_service.postgres.connecting import Database
from qa_service.postgres.opening import FETCHED, read_codec
from qa_service.postgres.prepared import Prepared, Source
from qa_service.postgres.versions import Version
from qa_service.records import Statement, Transcript
from qa_service.sources.statements import cut_statements

EncoderOf = Callable[[Path], Encoder]  # opens the encoder in a folder


@dataclass(frozen=True, slots=True)
class Kept:
    """A transcript and the file it was read from."""

    transcript: Transcript
    source: Source


@dataclass(frozen=True, slots=True)
class Encoded:
    """A transcript with everything but the numbers of its terms, which the database gives."""

    kept: Kept
    statements: Sequence[Statement]
    prepared: Prepared
    words: Sequence[Mapping[str, int]]  # of each statement its terms, with counts

    def numbered(self, numbers: Mapping[str, int], first_row: int) -> Prepared:
        """With those, and its first row."""
        self.prepared.counted = [counted(words, numbers) for words in self.words]
        self.prepared.first_row = first_row
        return self.prepared


class Preparing:
    """Encodes for one version. Use one per thread."""

    def __init__(self, database: Database, version: Version, folder: Path, encoder_of: EncoderOf) -> None:
        """Fetches the version's encoder and codec into `folder`. Raises what `fetch_artefacts` raises, ModelError."""
        self.version = version
        generation = GenerationFolder(folder / FETCHED / version.name)
        fetch_artefacts(database, version.number, generation.root)
        self._encoder = encoder_of(generation.encoder)
        self._codec: TokenCodec = read_codec(generation)
        self._vocabulary = frozenset(self._encoder.words())

    def encoded(self, kept: Kept) -> Encoded:
        """Cut and encode a transcript; new documents use the version's codec."""
        transcript, encoder = kept.transcript, self._encoder
        document = transcript.document
        statements, _ = cut_statements(transcript, encoder.token_spans, encoder.max_tokens)
        vectors = np.empty((0, encoder.dimension), dtype=np.float32)
        tokens = []
        if statements:
            vectors, index = encode_statements(encoder, statements, codec=self._codec)
            for start, count in zip(index.starts.tolist(), index.counts.tolist(), strict=True):
                tokens.append((index.codes[start : start + count], index.sentences[start : start + count]))
        mended = profile_of(document.language).spelling
        prepared = Prepared(
            document,
            transcript.exchanges,
            statements,
            vectors,
            tokens,
            [],
            context_of(transcript, self._vocabulary),
            count_words(document.text) if mended else {},
            kept.source,
        )
        words = [counted_words(statement.spoken, document.language) for statement in statements]
        return Encoded(kept, statements, prepared, words)
