"""The composition root: settings in, a built index or a ready service out."""

import logging
import os
import shutil
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from threadpoolctl import threadpool_limits

from qa_service.answering import AnswerService
from qa_service.encoder.files import FILES, MODEL_FILE, QUESTION_FILE, SETTINGS_FILE, EncoderSettings
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.protocol import Encoder
from qa_service.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, ModelError, SourceError
from qa_service.indexing.build import BuildInput, BuildResult, build_generation
from qa_service.indexing.encoding import Progress
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import GenerationFolder, IndexFolder
from qa_service.indexing.manifest import Manifest, forget_checksums, sound_files
from qa_service.indexing.mending import mend
from qa_service.indexing.protocols import Published
from qa_service.indexing.publish import build_lock, current_generation, point_at, published_name
from qa_service.indexing.room import disk_errors_told
from qa_service.indexing.weights import Weights
from qa_service.language.profile import ENGLISH, Coverage, document_note, profile_of
from qa_service.retrieval.confidence import ConfidenceModel
from qa_service.retrieval.fusion import FusionWeights
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from qa_service.sources.files_read import source_files
from qa_service.sources.folder import fingerprint, read_folder

logger = logging.getLogger(__name__)

PACKAGED = (
    "transcript-MiniLM-L6",
    "all-MiniLM-L6-v2",
    "all-mpnet-base-v2",
)  # as in `encoder.export`, which serving must not import
BUILD_THREADS = os.cpu_count() or 1  # a build has the machine to itself; serving uses one thread per process


def build_index(settings: Settings, progress: Progress | None = None) -> tuple[BuildResult, list[SourceError]]:
    """Build and publish the index of the source folder; also returns the sources that were refused.

    Raises SourceError when no source can be parsed, ModelError, BuildRunningError, NoRoomError, IndexNotWritableError,
    SourcesNotWritableError where a change was left in the middle and can't be mended.
    """
    index = IndexFolder(settings.index_dir)
    mend(index, settings.source_dir)
    digest = fingerprint(settings.source_dir)  # first: what changes from here on is left to the next build
    sources = read_folder(settings.source_dir)
    if not sources.transcripts:
        raise SourceError("no source could be parsed:\n" + "\n".join(str(error) for error in sources.refused))
    source = BuildInput(sources.transcripts, settings.model, digest, settings.index_factory)
    result = build_generation(index, source, lambda folder: provide_encoder(settings, folder), progress)
    coverage, documents = coverage_of(settings), [transcript.document for transcript in sources.transcripts]
    told = [
        (d.id, document_note(profile_of(d.language), coverage, told=d.language_from == "metadata")) for d in documents
    ]
    notes = [f"{id_}: {note}" for id_, note in told if note]
    return replace(result, notes=notes + result.notes), sources.refused


def coverage_of(settings: Settings) -> Coverage:
    """The languages that the setting's model knows: as told, else English of a packaged one and any of others."""
    return Coverage.parse(settings.model_languages or (ENGLISH.code if settings.model in PACKAGED else "*"))


def provide_encoder(settings: Settings, folder: Path) -> Encoder:
    """Put the setting's encoder into `folder`: the one already exported if it is of this model, else a new export."""
    known = _exported(settings)
    if known is None:
        from qa_service.encoder.export import export_encoder  # only where there is no export yet

        export_encoder(settings.model, folder)
    else:
        for name in FILES:
            if (known / name).exists():
                shutil.copy2(known / name, folder / name)
    return OnnxEncoder(folder, parallel=BUILD_THREADS)


def _exported(settings: Settings) -> Path | None:
    """The current generation's encoder, if it is undamaged and of the model the setting names, as that is now."""
    from qa_service.encoder.export import model_digest

    try:
        generation = current_generation(IndexFolder(settings.index_dir))
        folder = generation.encoder
        exported = EncoderSettings.read(folder)
    except (IndexMissingError, IndexDamagedError):
        return None
    if not _is_of_this_version(exported, settings):
        return None
    if not _is_as_exported(generation, exported):
        logger.warning("the encoder in %s is damaged: exporting it anew", folder)
        return None
    try:
        now = model_digest(settings.model)
    except ModelError:  # the model's package is not installed here: its export is all there is
        return folder
    return folder if now == exported.source_sha256 else None


def _is_as_exported(generation: GenerationFolder, exported: EncoderSettings) -> bool:
    """By the manifest and by the export's own checksums: an index built from a damaged encoder lists the damage."""
    listed = sound_files(generation, generation.encoder)
    own = {MODEL_FILE: exported.onnx_sha256, QUESTION_FILE: exported.question_onnx_sha256}
    return bool(listed) and all(listed.get(generation.encoder / name, "") == known for name, known in own.items())


def _is_of_this_version(exported: EncoderSettings, settings: Settings) -> bool:
    from qa_service.encoder.export import own_digest

    return exported.model == settings.model and exported.own_sha256 == own_digest(settings.model)


def check_sources(settings: Settings) -> None:
    """Raises SourceError, which says where to put them, where there are no transcripts at all."""
    if not source_files(settings.source_dir):
        folder = settings.source_dir.absolute()
        raise SourceError(
            f"there are no transcripts yet: put a text into {folder}, as NAME.txt or NAME.md, and start again; "
            "QA_SERVICE_SOURCE_DIR, or --source-dir, names another folder"
        )


def index_is_current(settings: Settings) -> bool:
    """Whether there is an index of the sources as they are now, undamaged, of this format and version.

    Raises IndexMismatchError when there is one of this format, built by another model.
    """
    try:
        folder = current_generation(IndexFolder(settings.index_dir))
        manifest = Manifest.read(folder)
    except (IndexMissingError, IndexDamagedError, IndexMismatchError):
        return False
    manifest.check_model(settings.model)
    return manifest.sources_sha256 == fingerprint(settings.source_dir) and _can_be_served(folder, manifest, settings)


def _can_be_served(folder: GenerationFolder, manifest: Manifest, settings: Settings) -> bool:
    """Whether its files are undamaged, its encoder and learnt numbers those of this version."""
    try:
        manifest.verify(folder)
        if (folder.encoder / SETTINGS_FILE).exists() and not _is_of_this_version(
            EncoderSettings.read(folder.encoder), settings
        ):
            return False
        weights = Weights.read(folder.weights)
        ConfidenceModel.of(weights)
        FusionWeights.of(weights)
    except (IndexDamagedError, IndexMismatchError) as error:
        logger.warning("the index is not served as it is: %s", error)
        return False
    return True


class Store(Protocol):
    """Where versions of the index are published: a folder, or a database."""

    @property
    def published(self) -> Published:
        """Tells whether another version was published."""

    def open(self) -> AnswerService:
        """A service that answers from what is published. Raises why there is none."""

    def close(self) -> None:
        """Give back what is held open beside the services that were opened."""


class FolderStore:
    """The index folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.published: Published = IndexFolder(settings.index_dir).current

    def open(self) -> AnswerService:
        """Open the published generation. Raises what `open_service` raises."""
        return open_service(self._settings)

    def close(self) -> None:
        """Nothing else is held open."""


def store_of(settings: Settings) -> Store:
    """Where the settings say that the index is."""
    if settings.database_url is None:
        return FolderStore(settings)
    from qa_service.databases import DatabaseStore  # needs the extra `postgres`

    return DatabaseStore(settings, coverage_of(settings))


def open_retriever(settings: Settings) -> Retriever:
    """Open the published index. Raises IndexMissingError, IndexMismatchError, IndexDamagedError, ModelError.

    From a database also DatabaseUnavailableError, DatabaseMismatchError, IndexNotWritableError.
    """
    if settings.database_url is not None:
        from qa_service.databases import DatabaseStore

        return DatabaseStore(settings, coverage_of(settings), once=True).open_retriever()
    generation = open_generation(current_generation(IndexFolder(settings.index_dir)), model=settings.model)
    with ExitStack() as on_failure:
        on_failure.callback(generation.close)
        whole = settings.question_encoder == "whole"
        retriever = Retriever(generation, OnnxEncoder(generation.folder.encoder, whole=whole))
        on_failure.pop_all()
    threadpool_limits(1)  # of BLAS and OpenMP, whose idle threads would spin on the cores that answer
    return retriever


def open_service(settings: Settings) -> AnswerService:
    """A service that answers from the published index. Raises what `open_retriever` raises."""
    return AnswerService(
        open_retriever(settings), settings.false_answers, settings.recent_questions, coverage_of(settings)
    )


def verify_index(settings: Settings, version: str) -> None:
    """Compare every file of an index with its checksum. Raises IndexDamagedError, IndexMismatchError."""
    folder = GenerationFolder(IndexFolder(settings.index_dir).generations / version)
    forget_checksums()
    Manifest.read(folder).verify(folder)


def go_back(settings: Settings) -> str | None:
    """Publish the newest other generation that can be opened, where the published one can't be; its name, if any.

    Raises BuildRunningError, IndexNotWritableError, NoRoomError.
    """
    index = IndexFolder(settings.index_dir)
    with build_lock(index), disk_errors_told(index):
        for folder in sorted(index.generations.glob("[!.]*"), reverse=True):
            if folder.name == published_name(index):
                continue
            with suppress(IndexDamagedError, IndexMismatchError):
                open_generation(GenerationFolder(folder), model=settings.model).close()
                point_at(index, folder.name)
                return folder.name
    return None
