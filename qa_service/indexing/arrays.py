"""Arrays of a generation on disk: `.npy` files, written in small pieces and mapped."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

# Linux keeps a file in memory in pieces as large as it was written in, and maps whole pieces: of a million statements'
# tokens, written at once, 400 questions mapped 4.0 GB, written so 1.6.
PIECE = 65536


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write to a new file what `map_array` and `numpy.load` read."""
    whole = np.ascontiguousarray(array)
    with path.open("xb", buffering=PIECE) as file:
        npy.write_array_header_2_0(file, npy.header_data_from_array_1_0(whole))
        content = whole.reshape(-1).view(np.uint8)
        for start in range(0, len(content), PIECE):
            file.write(content[start : start + PIECE].tobytes())


def map_array(path: Path) -> NDArray[Any]:
    """A saved array as a plain view of the mapped file: numpy's own memmap class makes every small slice slow.

    Raises OSError or ValueError when it can't be read.
    """
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
