"""`python -m eval storage DIR`: token storage against ranking quality, by re-encoding one collection's tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from eval.datasets.beir import Collection
from eval.quality.beir import evaluate, search
from qa_service.encoder.protocol import TokenVectors
from qa_service.indexing.encoding import encode_passages, passage_of
from qa_service.indexing.generation import Generation
from qa_service.indexing.tokens import TokenCodec, assemble_tokens
from qa_service.retrieval.retriever import Retriever

KINDS = ((4, 384), (4, 128), (4, 96), (4, 64), (2, 192), (2, 128))  # bits, dimensions


@dataclass(frozen=True, slots=True)
class ExactCodec:
    """Tokens as they are, to compare with."""

    def encode(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unchanged."""
        return vectors

    def unpacked(self, stored: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unchanged."""
        return stored

    def best_similarities(
        self, stored: NDArray[np.float32], starts: NDArray[np.int64], query: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The best inner products by part."""
        best: NDArray[np.float32] = np.maximum.reduceat(stored @ query.T, starts, axis=0)
        return best


@dataclass(frozen=True, slots=True)
class Stored:
    """One way to store tokens: its bytes a token, and the nDCG@10 of the whole ranking with it."""

    name: str
    bytes_per_token: int
    ndcg: float


def compare_storage(retriever: Retriever, collection: Collection) -> Iterator[Stored]:
    """Rank the collection with its tokens stored exactly, and at few bits in few dimensions."""
    generation = cast(Generation, retriever.generation)
    statements = generation.store.statements(range(len(generation.store)))
    passages = {row: passage_of(statement, retriever.encoder) for row, statement in enumerate(statements)}
    tokens: dict[int, TokenVectors] = {}
    for rows, _, found in encode_passages(retriever.encoder, passages):
        tokens |= dict(zip(rows, found, strict=True))
    sample = np.concatenate([tokens[row].vectors for row in range(0, len(tokens), max(1, len(tokens) // 512))])
    codecs: dict[str, Any] = {"float32, 384 dimensions": ExactCodec()}
    codecs |= {f"{bits} bits, {count} dimensions": TokenCodec.fit(sample, count, bits) for bits, count in KINDS}
    for name, codec in codecs.items():
        parts = [(row, codec.encode(t.vectors), np.zeros(len(t.ids), dtype=np.uint8)) for row, t in tokens.items()]
        index = assemble_tokens(cast(TokenCodec, codec), parts)
        changed = Retriever(replace(generation, tokens=index), retriever.encoder)
        report = evaluate(collection, search(changed, collection))
        yield Stored(name, int(index.codes.itemsize * index.codes.shape[1]), report["ndcg@10"])
