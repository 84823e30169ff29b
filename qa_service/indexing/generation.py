"""Opens a published generation for reading."""

from dataclasses import dataclass

from qa_service.errors import IndexDamagedError
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.layout import GenerationFolder
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.store import StatementStore


@dataclass(frozen=True, slots=True)
class Generation:
    """One open generation: everything a question needs, none of it ever changed."""

    folder: GenerationFolder
    manifest: Manifest
    store: StatementStore
    dense: DenseIndex


def open_generation(folder: GenerationFolder, *, model: str) -> Generation:
    """Verify and open a generation.

    Raises IndexMismatchError when it was built by another model or format, IndexDamagedError when a file is
    missing, damaged, or disagrees with the others about how many statements there are.
    """
    manifest = Manifest.read(folder)
    manifest.check_model(model)
    manifest.verify(folder)
    store = StatementStore(folder.statements)
    dense = DenseIndex.load(folder.dense)
    if not len(store) == len(dense) == manifest.statements:
        raise IndexDamagedError(
            f"{folder.root}: {manifest.statements} statements announced, {len(store)} stored, {len(dense)} "
            "vectors; rebuild with: qa-service build"
        )
    return Generation(folder, manifest, store, dense)
