"""Opens a published generation for reading."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from qa_service.errors import IndexDamagedError
from qa_service.indexing.context import Context, read_contexts
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.layout import GenerationFolder
from qa_service.indexing.lexical import LexicalIndex
from qa_service.indexing.manifest import REBUILD, Manifest, forget_checksums
from qa_service.indexing.spelling import Spelling
from qa_service.indexing.store import StatementStore
from qa_service.indexing.tokens import TokenIndex
from qa_service.indexing.weights import Weights


@dataclass(frozen=True, slots=True)
class Generation:
    """One open generation: everything a question needs, none of it ever changed."""

    folder: GenerationFolder
    manifest: Manifest
    store: StatementStore
    contexts: Mapping[str, Context]
    dense: DenseIndex
    lexical: LexicalIndex
    spelling: Spelling
    tokens: TokenIndex
    weights: Weights

    def close(self) -> None:
        """Close its files."""
        self.store.close()


def open_generation(folder: GenerationFolder, *, model: str) -> Generation:
    """Verify and open a generation.

    Raises IndexMismatchError when it was built by another model or format, IndexDamagedError when a file is
    missing, damaged, or disagrees with the others about how many statements there are.
    """
    manifest = Manifest.read(folder)
    manifest.check_model(model)
    manifest.verify(folder)
    forget_checksums()
    with ExitStack() as on_failure:
        store = StatementStore(folder.statements)
        on_failure.callback(store.close)
        contexts = read_contexts(folder.contexts)
        dense = DenseIndex.load(folder.dense, folder.vectors)
        lexical = LexicalIndex.load(folder.lexical)
        spelling = Spelling.load(folder.spelling)
        tokens = TokenIndex.load(folder.tokens)
        counts = {"stored": len(store), "in dense": len(dense), "in lexical": len(lexical), "in tokens": len(tokens)}
        for part, count in counts.items():
            if count != manifest.statements:
                raise IndexDamagedError(
                    f"{folder.root}: {manifest.statements} statements announced, {count} {part}; {REBUILD}"
                )
        weights = Weights.read(folder.weights)
        generation = Generation(folder, manifest, store, contexts, dense, lexical, spelling, tokens, weights)
        on_failure.pop_all()
    return generation
