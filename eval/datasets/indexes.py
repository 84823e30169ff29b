"""Builds, with the service's own pipeline, the index an evaluation runs on."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from qa_service.composition import provide_encoder
from qa_service.encoder.export import model_digest
from qa_service.encoder.files import EncoderSettings
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from qa_service.indexing.build import BuildInput, build_generation
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import current_generation
from qa_service.indexing.weights import Weights
from qa_service.records import Transcript
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings


@contextmanager
def index_of(transcripts: Sequence[Transcript], settings: Settings, keep: Path | None = None) -> Iterator[Retriever]:
    """A retriever over `transcripts`; built in `keep` (and used again while nothing changed), else thrown away."""
    with tempfile.TemporaryDirectory() as scratch:
        index = IndexFolder(keep or Path(scratch))
        digest = hashlib.sha256("".join(t.document.sha256 for t in transcripts).encode()).hexdigest()
        if not _is_built(index, settings.model, digest):
            with tqdm(desc="encoding", unit=" passages") as bar:

                def show(done: int, total: int) -> None:
                    if bar.total is None:
                        bar.reset(total)
                    bar.update(done - bar.n)

                source = BuildInput(transcripts, settings.model, digest, settings.index_factory)
                build_generation(index, source, lambda folder: provide_encoder(settings, folder), show)
        with closing(open_generation(current_generation(index), model=settings.model)) as generation:
            # A kept index has the weights it was built with; what is measured are those of today.
            encoder = OnnxEncoder(generation.folder.encoder, whole=settings.question_encoder == "whole")
            yield Retriever(replace(generation, weights=Weights.read()), encoder)


def _is_built(index: IndexFolder, model: str, digest: str) -> bool:
    """Whether it is of these transcripts, by this version and by the encoder as it is now."""
    try:
        folder = current_generation(index)
        manifest, encoder = Manifest.read(folder), EncoderSettings.read(folder.encoder)
    except (IndexMissingError, IndexMismatchError, IndexDamagedError):
        return False
    return (manifest.model, manifest.sources_sha256, encoder.source_sha256) == (model, digest, model_digest(model))
