"""Compressed token vectors for late interaction: 128 dimensions of 4 bits, 64 bytes a token, memory-mapped.

Vectors are turned into the principal axes of the model's token space (no centring, so that inner products survive),
cut to the first 128, made unit length again, and each axis is rounded to 16 even steps. Even steps keep scoring
cheap: an inner product with codes needs no table, only one scale per axis.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexDamagedError

DIMENSIONS = 128
LEVELS = 16
FEW_TOKENS = 10_000  # 5 MB unpacked
# Tokens unpacked and multiplied at a time. They stay in the cache, and with up to 32 tokens of a question no product
# passes 10^6 multiplications, from where OpenBLAS first copies both sides into another order.
BLOCK = 240
REACH = 2.7  # deviations covered to each side: least squared error for 16 even steps of a Gaussian (Max 1960)

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenCodec:
    """How token vectors are rounded. `basis` (d, 128), `low` and `step` (128,), float32."""

    basis: Float
    low: Float
    step: Float

    @classmethod
    def fit(cls, vectors: Float, dimensions: int = DIMENSIONS) -> "TokenCodec":
        """From a sample (m, d) of unit token vectors."""
        dimensions = min(dimensions, vectors.shape[1])
        dimensions -= dimensions % 2
        _, axes = np.linalg.eigh(vectors.T @ vectors)
        basis = np.ascontiguousarray(axes[:, ::-1][:, :dimensions], dtype=np.float32)
        projected = _unit(vectors @ basis)
        mean, deviation = projected.mean(axis=0), np.maximum(projected.std(axis=0), 1e-6)
        step = 2 * REACH * deviation / (LEVELS - 1)
        return cls(basis, (mean - REACH * deviation).astype(np.float32), step.astype(np.float32))

    def project(self, vectors: Float) -> Float:
        """(t, d) vectors on the kept axes, unit length again: (t, 128)."""
        return _unit(vectors @ self.basis)

    def encode(self, vectors: Float) -> NDArray[np.uint8]:
        """(t, d) vectors as (t, 64) bytes, two axes a byte."""
        codes = np.clip(np.rint((self.project(vectors) - self.low) / self.step), 0, LEVELS - 1).astype(np.uint8)
        half = codes.shape[1] // 2
        packed: NDArray[np.uint8] = codes[:, :half] | (codes[:, half:] << 4)
        return packed

    def unpacked(self, packed: NDArray[np.uint8]) -> Float:
        """(t, 64) bytes as (t, 128) codes."""
        codes: Float = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)
        return codes

    def best_similarities(self, blocks: Iterable[Float], starts: NDArray[np.int64], query: Float) -> Float:
        """The best inner product of each of (q, d) query tokens with the stored tokens of each part: (parts, q).

        `blocks`: the stored tokens as `unpacked` gives them, some at a time, of which every part begins at one of
        `starts`.
        """
        asked = self.project(query)
        scaled = np.ascontiguousarray((asked * self.step).T)
        products = np.concatenate([(block @ scaled).T for block in blocks], axis=1)
        best: Float = np.maximum.reduceat(products, starts, axis=1).T + asked @ self.low
        return best


@dataclass(frozen=True, slots=True)
class Gathered:
    """The tokens of some rows one after the other, ready to compare.

    Their `packed` codes (t, 64); where each of their s sentences begins, `starts` (s,), and its number within its
    statement, `numbers` (s,); `begins` (c,): where each row's sentences begin among all.
    """

    packed: NDArray[np.uint8]
    starts: NDArray[np.int64]
    numbers: NDArray[np.uint8]
    begins: NDArray[np.int64]

    def blocks(self, codec: TokenCodec) -> Iterator[Float]:
        """The codes unpacked, `BLOCK` tokens at a time."""
        for start in range(0, len(self.packed), BLOCK):
            yield codec.unpacked(self.packed[start : start + BLOCK])


@dataclass(frozen=True, slots=True)
class TokenIndex:
    """All statements' tokens. Row i has tokens `starts[i] : starts[i] + counts[i]` of `codes` and `sentences`.

    `sentences` (N,) uint8 is the number of the sentence within its statement, the last number standing for all beyond.
    """

    codec: TokenCodec
    codes: NDArray[np.uint8]
    sentences: NDArray[np.uint8]
    starts: NDArray[np.int64]
    counts: NDArray[np.int32]
    # Of a small index: everything gathered and unpacked, once it was asked for.
    _all: list[tuple[Gathered, list[Float]]] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def load(cls, folder: Path) -> "TokenIndex":
        """Map a saved index. Raises IndexDamagedError when it can't be read or its parts disagree."""
        try:
            parts = {name: _map(folder / f"{name}.npy") for name in _MAPPED}
            codec = TokenCodec(*(np.load(folder / f"{name}.npy", allow_pickle=False) for name in _CODEC))
        except (OSError, ValueError) as error:
            raise IndexDamagedError(f"{folder} can't be read ({error}); rebuild with: qa-service build") from error
        index = cls(codec, parts["codes"], parts["sentences"], parts["starts"], parts["counts"])
        if len(index.codes) != len(index.sentences) or int(index.counts.sum()) != len(index.codes):
            raise IndexDamagedError(f"{folder} is damaged (token counts disagree); rebuild with: qa-service build")
        return index

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir()
        for name in _MAPPED:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        for name in _CODEC:
            np.save(folder / f"{name}.npy", getattr(self.codec, name), allow_pickle=False)

    def __len__(self) -> int:
        return len(self.starts)

    def gather(self, rows: NDArray[np.int64]) -> tuple[Gathered, Iterable[Float]]:
        """The tokens of `rows`, and blocks of their codes to go through once; a whole small index is unpacked once."""
        if len(rows) < len(self) or len(self.codes) > FEW_TOKENS or (rows[1:] < rows[:-1]).any():
            gathered = self._gather(rows)
            return gathered, gathered.blocks(self.codec)
        if not self._all:
            gathered = self._gather(rows)
            # In this order of memory a block is multiplied in a tenth less.
            self._all.append((gathered, [np.asfortranarray(block) for block in gathered.blocks(self.codec)]))
        return self._all[0]

    def _gather(self, rows: NDArray[np.int64]) -> Gathered:
        counts = self.counts[rows].astype(np.int64)
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        positions = np.repeat(self.starts[rows] - begins, counts) + np.arange(int(counts.sum()))
        sentences = self.sentences[positions]
        begins_anew = np.empty(len(sentences), dtype=bool)
        np.not_equal(sentences[1:], sentences[:-1], out=begins_anew[1:])
        begins_anew[begins] = True
        starts = np.flatnonzero(begins_anew)
        return Gathered(self.codes.take(positions, axis=0), starts, sentences[starts], np.searchsorted(starts, begins))


_MAPPED = ("codes", "sentences", "starts", "counts")
_CODEC = ("basis", "low", "step")


def assemble_tokens(codec: TokenCodec, parts: Iterable[tuple[int, NDArray[np.uint8], NDArray[np.uint8]]]) -> TokenIndex:
    """From (row, codes, sentence numbers) of every statement, in any order of rows."""
    rows, codes, sentences = zip(*parts, strict=True)
    counts = np.array([len(code) for code in codes], dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum(counts[:-1], dtype=np.int64)])
    order = np.argsort(rows)
    return TokenIndex(codec, np.concatenate(codes), np.concatenate(sentences), starts[order], counts[order])


def _map(path: Path) -> NDArray[Any]:
    """A saved array as a plain view of the mapped file: numpy's own memmap class makes every small slice slow."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _unit(vectors: Float) -> Float:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
