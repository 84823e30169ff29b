"""The FAISS index: build, search, save, load. The only file that knows faiss.

Small indexes are exact. Larger ones are an inverted file of product-quantised vectors, 4 bits for four dimensions
(FAISS fast scan; André et al. 2017), which finds forty times as many candidates as asked for. Their cosines are taken
from all vectors in half precision beside it, which are mapped, not read.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_service.errors import BadRequestError, IndexDamagedError
from qa_service.indexing.arrays import map_array, save_array

EXACT_UP_TO = 50_000  # statements; beyond, scanning all would cost more than encoding the question
FEW = 20_000  # allowed rows that are scanned one by one rather than looked for in an approximate index
TRAINING_PER_LIST = 40  # vectors per list that k-means sees; FAISS warns below 39
REFINED = 40  # candidates by quantised vectors for each one wanted by cosine; 20 for 50 find .991 of a million, 40 .994
PROBED = 1 / 4  # share of the lists that is searched; `python -m eval growth` shows what it finds
# Kinds whose search takes our parameters; one that turns or refines vectors takes none for the index inside it.
SEARCHED = (faiss.IndexFlat, faiss.IndexIVF, faiss.IndexHNSW, faiss.IndexScalarQuantizer, faiss.IndexPQ)
EF_SEARCH = 256  # of HNSW graphs, when a factory string asks for one

Float = NDArray[np.float32]
Rows = Sequence[int] | NDArray[np.int64]


class DenseIndex:
    """Inner-product search over the statements' unit vectors, by row. Holds no state that a search changes."""

    def __init__(self, index: faiss.Index, vectors: NDArray[np.float16] | None = None) -> None:
        """`vectors` (n, d): where cosines come from when the index itself is not exact."""
        self._index = index
        self._vectors = vectors

    @classmethod
    def build(cls, vectors: Float, factory: str = "auto") -> "DenseIndex":
        """From (n, d) unit vectors; row i is statement i.

        `factory`: a FAISS factory string, or `auto` for exact up to 50,000 statements and an inverted file beyond.
        Raises BadRequestError when FAISS does not know the string, the index could not be searched with filters, or
        it needs more statements.
        """
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        count, dimension = vectors.shape
        chosen = factory_for(count, dimension) if factory == "auto" else factory
        try:
            index = faiss.index_factory(dimension, chosen, faiss.METRIC_INNER_PRODUCT)
        except RuntimeError as error:
            message = f"FAISS can't make an index {chosen!r}; use auto, Flat or, for many statements, IVF1024,SQ8"
            raise BadRequestError(message) from error
        if not isinstance(index, SEARCHED):
            message = f"an index {chosen!r} can't be searched as needed here; use auto, Flat, IVF1024,SQ8 or HNSW32"
            raise BadRequestError(message)
        try:
            if not index.is_trained:
                index.train(_sample(vectors, _lists(index) * TRAINING_PER_LIST))
            index.add(vectors)
        except RuntimeError as error:
            few = f"{count} statements are too few to train an index {chosen!r}"
            raise BadRequestError(f"{few}; set QA_SERVICE_INDEX_FACTORY to auto or Flat") from error
        return cls(index, None if isinstance(index, faiss.IndexFlat) else vectors.astype(np.float16))

    @classmethod
    def load(cls, path: Path, vectors: Path) -> "DenseIndex":
        """Map a saved index. Raises IndexDamagedError when it can't be read or its parts disagree."""
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
            if isinstance(index, faiss.IndexFlat):
                return cls(index)
            beside = map_array(vectors)
        except (RuntimeError, OSError, ValueError) as error:
            raise IndexDamagedError(f"{path} can't be read ({error}); rebuild with: qa-service build") from error
        if len(beside) != index.ntotal:
            raise IndexDamagedError(f"{vectors} is damaged (counts disagree); rebuild with: qa-service build")
        return cls(index, beside)

    def save(self, path: Path, vectors: Path) -> None:
        """Write to new files; `vectors` only where the index is not exact."""
        faiss.write_index(self._index, str(path))
        if self._vectors is not None:
            save_array(vectors, self._vectors)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def exact(self) -> bool:
        """Whether every vector is looked at."""
        return self._vectors is None

    def all_rows(self) -> NDArray[np.int64]:
        """Every row, in order."""
        return np.arange(len(self))

    def vectors(self, rows: NDArray[np.int64]) -> Float:
        """(k, d) vectors of `rows`."""
        if len(rows) == 0:
            return np.empty((0, self._index.d), dtype=np.float32)
        if self._vectors is not None:
            return self._vectors[rows].astype(np.float32)
        found: Float = self._index.reconstruct_batch(rows)
        return found

    def cosines(self, query: Float, rows: NDArray[np.int64]) -> Float:
        """The cosine of one (d,) vector with each of `rows`."""
        return np.asarray(self.vectors(rows) @ query)

    def search(self, query: Float, k: int, rows: Rows | None = None) -> tuple[NDArray[np.int64], Float]:
        """The k best rows for one (d,) vector and their cosines, best first; only among `rows` when given."""
        allowed = None if rows is None else np.asarray(rows, dtype=np.int64)
        k = min(k, len(self) if allowed is None else len(allowed))
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if allowed is not None and not self.exact and len(allowed) <= FEW:
            found = allowed
        else:
            wanted = k if self.exact else min(k * REFINED, len(self))
            _, labels = self._index.search(query[None, :], wanted, params=self._parameters(allowed))
            found = labels[0][labels[0] >= 0]
        scores = self.cosines(query, found)
        best = np.argsort(-scores, kind="stable")[:k]
        return found[best], scores[best]

    def _parameters(self, allowed: NDArray[np.int64] | None) -> Any:
        """Made anew for every call: parameters set on the index would be shared by all of them."""
        kinds: Any = faiss  # its type stubs lack the keywords
        chosen = {} if allowed is None else {"sel": faiss.IDSelectorBatch(allowed)}
        if lists := _lists(self._index):
            share = PROBED if allowed is None else min(1.0, PROBED * len(self) / len(allowed))
            return kinds.SearchParametersIVF(nprobe=max(8, math.ceil(lists * share)), **chosen)
        if isinstance(self._index, faiss.IndexHNSW):
            return kinds.SearchParametersHNSW(efSearch=EF_SEARCH, **chosen)
        return kinds.SearchParameters(**chosen) if chosen else None


def factory_for(count: int, dimension: int) -> str:
    """The FAISS factory string for `count` statements: exact, then an inverted file of about 4·√n lists."""
    if count <= EXACT_UP_TO:
        return "Flat"
    codes = f"PQ{dimension // 4}x4fs" if dimension % 4 == 0 else "SQ8"
    return f"IVF{2 ** round(math.log2(4 * math.sqrt(count)))},{codes}"


def _lists(index: faiss.Index) -> int:
    return int(index.nlist) if isinstance(index, faiss.IndexIVF) else 0


def _sample(vectors: Float, most: int) -> Float:
    if not most or len(vectors) <= most:
        return vectors
    return vectors[np.sort(np.random.default_rng(0).permutation(len(vectors))[:most])]
