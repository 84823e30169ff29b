"""The composition root: settings in, a built index or a ready service out."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from threadpoolctl import threadpool_limits

from qa_service.answering import AnswerService
from qa_service.encoder.files import FILES, EncoderSettings
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.protocol import Encoder
from qa_service.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, ModelError, SourceError
from qa_service.indexing.build import BuildInput, BuildResult, build_generation
from qa_service.indexing.encoding import Progress
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import current_generation
from qa_service.indexing.weights import Weights
from qa_service.retrieval.confidence import ConfidenceModel
from qa_service.retrieval.fusion import FusionWeights
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from qa_service.sources.folder import fingerprint, read_folder

BUILD_THREADS = os.cpu_count() or 1  # a build has the machine to itself; serving uses one thread per process


def build_index(settings: Settings, progress: Progress | None = None) -> tuple[BuildResult, list[SourceError]]:
    """Build and publish the index of the source folder; also returns the sources that were refused.

    Raises SourceError when no source can be parsed, ModelError, BuildRunningError.
    """
    sources = read_folder(settings.source_dir)
    if not sources.transcripts:
        raise SourceError("no source could be parsed:\n" + "\n".join(str(error) for error in sources.refused))
    index = IndexFolder(settings.index_dir)
    source = BuildInput(sources.transcripts, settings.model, fingerprint(settings.source_dir), settings.index_factory)
    result = build_generation(index, source, lambda folder: provide_encoder(settings, folder), progress)
    return result, sources.refused


def provide_encoder(settings: Settings, folder: Path) -> Encoder:
    """Put the setting's encoder into `folder`: the one already exported if it is of this model, else a new export."""
    known = _exported(settings)
    if known is None:
        from qa_service.encoder.export import export_encoder  # needs torch: only where there is no export yet

        export_encoder(settings.model, folder)
    else:
        for name in FILES:
            if (known / name).exists():
                shutil.copy2(known / name, folder / name)
    return OnnxEncoder(folder, threads=BUILD_THREADS)


def _exported(settings: Settings) -> Path | None:
    """The current generation's encoder, if it was exported from the model the setting names, as it is now."""
    from qa_service.encoder.export import model_digest

    try:
        folder = current_generation(IndexFolder(settings.index_dir)).encoder
        exported = EncoderSettings.read(folder)
    except (IndexMissingError, IndexDamagedError):
        return None
    if exported.model != settings.model:
        return None
    try:
        now = model_digest(settings.model)
    except ModelError:  # the model's package is not installed here: its export is all there is
        return folder
    return folder if now == exported.source_sha256 else None


def index_is_current(settings: Settings) -> bool:
    """Whether there is an index of the sources as they are now, whose learnt numbers are of this version.

    Raises IndexMismatchError when there is one, built by another model or format.
    """
    try:
        folder = current_generation(IndexFolder(settings.index_dir))
        manifest, weights = Manifest.read(folder), Weights.read(folder.weights)
    except (IndexMissingError, IndexDamagedError):
        return False
    manifest.check_model(settings.model)
    return manifest.sources_sha256 == fingerprint(settings.source_dir) and _are_of_this_version(weights)


def _are_of_this_version(weights: Weights) -> bool:
    try:
        ConfidenceModel.of(weights)
        FusionWeights.of(weights)
    except IndexMismatchError:
        return False
    return True


def open_retriever(settings: Settings) -> Retriever:
    """Open the published index. Raises IndexMissingError, IndexMismatchError, IndexDamagedError, ModelError."""
    generation = open_generation(current_generation(IndexFolder(settings.index_dir)), model=settings.model)
    with ExitStack() as on_failure:
        on_failure.callback(generation.close)
        retriever = Retriever(generation, OnnxEncoder(generation.folder.encoder))
        on_failure.pop_all()
    threadpool_limits(1)  # of BLAS and OpenMP, whose idle threads would spin on the cores that answer
    return retriever


def open_service(settings: Settings) -> AnswerService:
    """A service that answers from the published index. Raises what `open_retriever` raises."""
    return AnswerService(open_retriever(settings), settings.false_answers, settings.recent_questions)
