"""Arrays written in pieces and mapped."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa_service.indexing.arrays import PIECE, map_array, save_array

ARRAYS: list[np.ndarray[Any, Any]] = [
    np.arange(3 * PIECE + 5, dtype=np.uint8).reshape(-1, 1),
    np.asfortranarray(np.arange(12, dtype=np.float16).reshape(3, 4)),
    np.array([b"was", b"what"], dtype="S12"),
    np.empty((0, 4), dtype=np.int64),
]


@pytest.mark.parametrize("array", ARRAYS, ids=["more than a piece", "other order", "words", "empty"])
def test_what_is_saved_is_mapped_and_is_an_npy_file(array: np.ndarray[Any, Any], tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    save_array(path, array)
    for found in (map_array(path), np.load(path, allow_pickle=False)):
        np.testing.assert_array_equal(found, array)
        assert found.dtype == array.dtype


def test_no_write_is_larger_than_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    open_path = Path.open

    class Watched:
        def __init__(self, file: Any) -> None:
            self._file = file

        def __enter__(self) -> "Watched":
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def write(self, content: Any) -> int:
            sizes.append(len(content))
            return int(self._file.write(content))

    monkeypatch.setattr(Path, "open", lambda path, *values, **named: Watched(open_path(path, *values, **named)))
    save_array(tmp_path / "array.npy", ARRAYS[0])
    assert max(sizes) == PIECE


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    save_array(tmp_path / "array.npy", ARRAYS[0])
    with pytest.raises(FileExistsError):
        save_array(tmp_path / "array.npy", ARRAYS[1])
