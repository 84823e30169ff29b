"""Exact search, against the same search written out in NumPy."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_service.errors import BadRequestError, IndexDamagedError
from qa_service.indexing.dense import DenseIndex, factory_for


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    random = np.random.default_rng(7).normal(size=(40, 16)).astype(np.float32)
    unit: NDArray[np.float32] = random / np.linalg.norm(random, axis=1, keepdims=True)
    return unit


@pytest.mark.parametrize("rows", [None, [3, 4, 5, 17, 39], [39]])
def test_search_finds_what_an_exact_scan_finds(
    vectors: NDArray[np.float32], tmp_path: Path, rows: list[int] | None
) -> None:
    DenseIndex.build(vectors).save(tmp_path / "dense.faiss", tmp_path / "vectors.npy")
    index = DenseIndex.load(tmp_path / "dense.faiss", tmp_path / "vectors.npy")
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
        DenseIndex.load(tmp_path / "dense.faiss", tmp_path / "vectors.npy")


def unit(count: int, dimension: int = 32) -> np.ndarray:
    vectors = np.random.default_rng(3).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.mark.parametrize("factory", ["IVF16,PQ16x4fs", "IVF16,SQ8", "HNSW16,SQ8", "SQ8"])
def test_an_approximate_index_survives_saving_and_finds_what_the_exact_one_finds(tmp_path: Path, factory: str) -> None:
    vectors = unit(2000)
    DenseIndex.build(vectors, factory).save(tmp_path / "dense.faiss", tmp_path / "vectors.npy")
    index, exact = DenseIndex.load(tmp_path / "dense.faiss", tmp_path / "vectors.npy"), DenseIndex.build(vectors)
    assert exact.exact
    assert not index.exact
    rows, scores = index.search(vectors[5], 10)
    assert rows[0] == 5
    assert scores[0] == pytest.approx(1, abs=1e-3)  # cosines come from the half-precision vectors
    wanted, _ = exact.search(vectors[5], 10, np.arange(100, 130))
    found, _ = index.search(vectors[5], 10, np.arange(100, 130))
    assert found.tolist() == wanted.tolist()  # few allowed rows are all looked at


def test_filtered_search_of_many_rows_gives_k_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.indexing.dense.FEW", 10)
    index = DenseIndex.build(unit(2000), "IVF16,SQ8")
    allowed = np.arange(0, 2000, 20)
    found, _ = index.search(unit(2000)[1], 10, allowed)
    assert len(found) == 10
    assert set(found.tolist()) <= set(allowed.tolist())


def test_vectors_that_do_not_belong_to_the_index_are_refused(tmp_path: Path) -> None:
    DenseIndex.build(unit(2000), "IVF16,SQ8").save(tmp_path / "dense.faiss", tmp_path / "vectors.npy")
    np.save(tmp_path / "vectors.npy", np.zeros((3, 32), dtype=np.float16))
    with pytest.raises(IndexDamagedError, match="counts disagree"):
        DenseIndex.load(tmp_path / "dense.faiss", tmp_path / "vectors.npy")


def test_an_unknown_factory_string_says_what_to_use() -> None:
    with pytest.raises(BadRequestError, match="use auto"):
        DenseIndex.build(unit(10), "Nonsense7")


@pytest.mark.parametrize("factory", ["PCA32,IVF8,SQ8", "OPQ16,IVF8,PQ16", "IVF8,SQ8,RFlat", "NSG16"])
def test_an_index_that_could_not_be_searched_with_filters_is_refused(factory: str) -> None:
    with pytest.raises(BadRequestError, match="can't be searched as needed here; use auto"):
        DenseIndex.build(unit(400), factory)


@pytest.mark.parametrize("factory", ["IVF1024,SQ8", "IVF4096,Flat", "PQ8"])
def test_too_few_statements_for_a_factory_string_say_what_to_use(factory: str) -> None:
    with pytest.raises(BadRequestError, match=r"27 statements are too few.*auto or Flat"):
        DenseIndex.build(unit(27), factory)


def test_the_kind_of_index_follows_its_size() -> None:
    assert factory_for(50_000, 384) == "Flat"
    assert factory_for(1_000_000, 384) == "IVF4096,PQ96x4fs"
    assert factory_for(1_000_000, 50) == "IVF4096,SQ8"
