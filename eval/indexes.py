"""Builds, with the service's own pipeline, the index an evaluation runs on."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from qa_service.assemble import open_retriever, provide_encoder
from qa_service.errors import IndexMissingError
from qa_service.indexing.build import BuildInput, build_generation
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
        with closing(open_retriever(settings.model_copy(update={"index_dir": index.root}))) as opened:
            # A kept index has the weights it was built with; what is measured are those of today.
            yield Retriever(replace(opened.generation, weights=Weights.read()), opened.encoder)


def _is_built(index: IndexFolder, model: str, digest: str) -> bool:
    try:
        manifest = Manifest.read(current_generation(index))
    except IndexMissingError:
        return False
    return manifest.model == model and manifest.sources_sha256 == digest
