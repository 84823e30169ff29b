"""Exact search, against the same search written out in NumPy."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_service.errors import IndexDamagedError
from qa_service.indexing.dense import DenseIndex


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    random = np.random.default_rng(7).normal(size=(40, 16)).astype(np.float32)
    unit: NDArray[np.float32] = random / np.linalg.norm(random, axis=1, keepdims=True)
    return unit


@pytest.mark.parametrize("rows", [None, [3, 4, 5, 17, 39], [39]])
def test_search_finds_what_an_exact_scan_finds(
    vectors: NDArray[np.float32], tmp_path: Path, rows: list[int] | None
) -> None:
    DenseIndex.build(vectors).save(tmp_path / "dense.faiss")
    index = DenseIndex.load(tmp_path / "dense.faiss")
    query = vectors[3]
    cosines = vectors @ query
    best = sorted(rows if rows is not None else range(40), key=lambda row: -cosines[row])[:3]
    found, scores = index.search(query, 3, rows)
    assert found.tolist() == best
    assert scores == pytest.approx(cosines[best], abs=1e-6)


@pytest.mark.parametrize(("k", "rows", "count"), [(100, None, 40), (10, [1, 2], 2), (5, [], 0), (0, None, 0)])
def test_as_many_come_back_as_there_are(
    vectors: NDArray[np.float32], k: int, rows: list[int] | None, count: int
) -> None:
    found, scores = DenseIndex.build(vectors).search(vectors[0], k, rows)
    assert len(found) == len(scores) == count


def test_a_file_that_is_no_index_says_how_to_rebuild(tmp_path: Path) -> None:
    (tmp_path / "dense.faiss").write_bytes(b"nonsense")
    with pytest.raises(IndexDamagedError, match="rebuild with: qa-service build"):
        DenseIndex.load(tmp_path / "dense.faiss")
