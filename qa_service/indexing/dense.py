"""The FAISS index: build, search, save, load. The only file that knows faiss."""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexDamagedError


class DenseIndex:
    """Exact inner-product search over the statements' vectors, by row."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> "DenseIndex":
        """From (n, d) unit vectors; row i is statement i."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "DenseIndex":
        """Map a saved index. Raises IndexDamagedError when FAISS can't read it."""
        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP))
        except RuntimeError as error:
            raise IndexDamagedError(f"{path} can't be read ({error}); rebuild with: qa-service build") from error

    def save(self, path: Path) -> None:
        """Write to a new file."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosine of one (d,) vector with each of `rows`."""
        if len(rows) == 0:
            return np.empty(0, dtype=np.float32)
        vectors: NDArray[np.float32] = self._index.reconstruct_batch(rows)
        return vectors @ query

    def search(
        self, query: NDArray[np.float32], k: int, rows: Sequence[int] | NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k best rows for one (d,) vector and their cosines, best first; only among `rows` when given."""
        params = None
        if rows is not None:
            allowed = np.asarray(rows, dtype=np.int64)
            k = min(k, len(allowed))
            params = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        k = min(k, len(self))
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        scores, found = self._index.search(query[None, :], k, params=params)
        keep = found[0] >= 0
        return found[0][keep], scores[0][keep]
