"""Transcripts to a published generation: cut, encode, write, publish."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa_service.encoder.files import MODEL_FILE, SETTINGS_FILE, EncoderSettings
from qa_service.encoder.protocol import Encoder
from qa_service.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, SourceError
from qa_service.indexing.context import write_contexts
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.encoding import SAMPLE, Kept, Progress, encode_statements
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import GenerationFolder, IndexFolder
from qa_service.indexing.lexical import LexicalIndex
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import build_lock, current_generation, new_generation, publish
from qa_service.indexing.room import disk_errors_told
from qa_service.indexing.spelling import Spelling
from qa_service.indexing.store import write_store
from qa_service.indexing.weights import Weights
from qa_service.language.profile import profile_of
from qa_service.records import Statement, Transcript
from qa_service.sources.statements import Cut, cut_statements

EncoderFactory = Callable[[Path], Encoder]  # puts an encoder's files into a folder and opens it


@dataclass(frozen=True, slots=True)
class BuildInput:
    """What a build starts from."""

    transcripts: Sequence[Transcript]
    model: str
    sources_sha256: str = ""
    factory: str = "auto"  # see DenseIndex.build


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A finished build: its manifest, the paragraphs that had to be cut to fit the model, what was doubtful in reading.

    Each note begins with the id of its document.
    """

    manifest: Manifest
    cuts: list[Cut]
    notes: list[str]


def build_generation(
    index: IndexFolder, source: BuildInput, encoder_factory: EncoderFactory, progress: Progress | None = None
) -> BuildResult:
    """Build and publish a generation.

    Raises BuildRunningError when another build holds the folder, SourceError when there is no statement in the
    sources, ModelError when the encoder can't be had, NoRoomError, IndexNotWritableError. Until the last step readers
    see the generation before; of one that fails nothing stays.
    """
    with ExitStack() as held:
        held.enter_context(build_lock(index))
        held.enter_context(disk_errors_told(index))
        name = _name(source)
        folder = held.enter_context(new_generation(index, name))
        folder.encoder.mkdir()
        encoder = encoder_factory(folder.encoder)
        statements, cuts = _cut_all(source.transcripts, encoder)
        if not statements:
            raise SourceError("the sources hold no statement to index")
        manifest = _write(index, folder, source, statements, encoder, progress)
        open_generation(folder, model=source.model).close()  # what can't be opened is not published
        publish(index, folder, name)
    notes = [f"{t.document.id}: {note}" for t in source.transcripts for note in t.document.notes]
    return BuildResult(manifest, cuts, notes)


def _write(
    index: IndexFolder,
    folder: GenerationFolder,
    source: BuildInput,
    statements: Sequence[Statement],
    encoder: Encoder,
    progress: Progress | None,
) -> Manifest:
    """Everything but the encoder, the manifest last."""
    write_store(folder.statements, source.transcripts, statements)
    write_contexts(folder.contexts, source.transcripts, set(encoder.words()))
    _write_words(folder, source.transcripts, statements, encoder)
    with _kept(index, folder) as kept:
        vectors, tokens = encode_statements(encoder, statements, progress, kept)
    DenseIndex.build(vectors, source.factory).save(folder.dense, folder.vectors)
    tokens.save(folder.tokens)
    Weights.read().write(folder.weights)
    manifest = Manifest(
        id=folder.root.name.removeprefix("."),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=source.model,
        sources_sha256=source.sources_sha256,
        documents=len(source.transcripts),
        statements=len(statements),
    )
    manifest.write(folder)
    return manifest


def _write_words(
    folder: GenerationFolder, transcripts: Sequence[Transcript], statements: Sequence[Statement], encoder: Encoder
) -> None:
    languages = {t.document.id: t.document.language for t in transcripts}
    LexicalIndex.build([s.spoken for s in statements], [languages[s.document] for s in statements]).save(folder.lexical)
    mended = [t.document for t in transcripts if profile_of(t.document.language).spelling]
    words = Spelling.build((d.text for d in mended), {d.language for d in mended}, encoder.words())
    words.save(folder.spelling)


@contextmanager
def _kept(index: IndexFolder, folder: GenerationFolder) -> Iterator[Kept | None]:
    """The published generation, if the same encoder made it; None where there is none to take over from.

    Nor from one of so few statements that its token codec knows little but them.
    """
    mine = EncoderSettings.read(folder.encoder) if (folder.encoder / SETTINGS_FILE).exists() else None
    try:
        before = current_generation(index)
        manifest = Manifest.read(before)
        model = (before.encoder / MODEL_FILE).relative_to(before.root).as_posix()
        if mine is None or manifest.files.get(model, {}).get("sha256") != mine.onnx_sha256:
            raise IndexMismatchError("another encoder's vectors can't be taken over")
        if manifest.statements < SAMPLE:
            raise IndexMismatchError("a token codec of few statements can't be taken over")
        manifest.verify(before)  # damage taken over would get a checksum of its own
        generation = open_generation(before, model=mine.model)
    except (IndexMissingError, IndexMismatchError, IndexDamagedError):
        yield None
        return
    with closing(generation):
        rows = {(s.asked, s.spoken): row for row, s in enumerate(generation.store.all_statements())}
        yield Kept(rows, generation.dense, generation.tokens)


def _name(source: BuildInput) -> str:
    digest = hashlib.sha256(f"{source.model}{source.sources_sha256}".encode()).hexdigest()[:8]
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{digest}"


def _cut_all(transcripts: Sequence[Transcript], encoder: Encoder) -> tuple[list[Statement], list[Cut]]:
    statements: list[Statement] = []
    cuts: list[Cut] = []
    for transcript in transcripts:
        mine, long = cut_statements(transcript, encoder.token_spans, encoder.max_tokens)
        statements += mine
        cuts += long
    return statements, cuts
