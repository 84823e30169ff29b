"""Compressed token vectors for late interaction: 128 dimensions of 4 bits, 64 bytes a token, memory-mapped.

Vectors are turned into the principal axes of the model's token space (no centring, so that inner products survive),
cut to the first 128, made unit length again, and each axis is rounded to 16 even steps. Even steps keep scoring
cheap: codes are compared as they are, as whole numbers with a question in whole numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.products import integer_products
from qa_service.errors import IndexDamagedError
from qa_service.indexing.arrays import map_array, save_array

DIMENSIONS = 128
BITS = 4  # of an axis
QUERY_STEPS = 127  # to each side, of a question's token
FEW_TOKENS = 50_000  # 6 MB unpacked
# By bits, the deviations covered to each side: about least squared error for even steps of a Gaussian (Max 1960)
REACH = {2: 1.494, 4: 2.7}

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenCodec:
    """How token vectors are rounded. `basis` (d, 128), `low` and `step` (128,), float32; `bits` of each axis."""

    basis: Float
    low: Float
    step: Float
    bits: int = BITS

    @classmethod
    def fit(cls, vectors: Float, dimensions: int = DIMENSIONS, bits: int = BITS) -> "TokenCodec":
        """From a sample (m, d) of unit token vectors."""
        dimensions = min(dimensions, vectors.shape[1])
        dimensions -= dimensions % (8 // bits)
        _, axes = np.linalg.eigh(vectors.T @ vectors)
        basis = np.ascontiguousarray(axes[:, ::-1][:, :dimensions], dtype=np.float32)
        projected = _unit(vectors @ basis)
        mean, deviation = projected.mean(axis=0), np.maximum(projected.std(axis=0), 1e-6)
        reach = REACH[bits] * deviation
        step = 2 * reach / (2**bits - 1)
        return cls(basis, (mean - reach).astype(np.float32), step.astype(np.float32), bits)

    def project(self, vectors: Float) -> Float:
        """(t, d) vectors on the kept axes, unit length again: (t, 128)."""
        return _unit(vectors @ self.basis)

    def encode(self, vectors: Float) -> NDArray[np.uint8]:
        """(t, d) vectors as (t, 64) bytes, two axes a byte."""
        most = 2**self.bits - 1
        codes = np.clip(np.rint((self.project(vectors) - self.low) / self.step), 0, most).astype(np.uint8)
        shifts = np.arange(0, 8, self.bits, dtype=np.uint8)
        parts = codes.reshape(len(codes), len(shifts), -1) << shifts[:, None]
        packed: NDArray[np.uint8] = np.bitwise_or.reduce(parts, axis=1)
        return packed

    def unpacked(self, packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(t, 64) bytes as (t, 128) codes."""
        shifts = range(0, 8, self.bits)
        codes = np.empty((len(packed), len(shifts), packed.shape[1]), dtype=np.uint8)
        for place, shift in enumerate(shifts):
            np.right_shift(packed, shift, out=codes[:, place])
        codes &= 2**self.bits - 1
        return codes.reshape(len(packed), -1)

    def best_similarities(self, codes: NDArray[np.uint8], starts: NDArray[np.int64], query: Float) -> Float:
        """The best inner product of each of (q, d) query tokens with the stored tokens of each part: (parts, q).

        `codes` (t, 128): the stored tokens as `unpacked` gives them, of which every part begins at one of `starts`.
        The query tokens are rounded to 255 steps each.
        """
        scaled = self.project(query) * self.step
        unit = np.maximum(np.abs(scaled).max(axis=1), 1e-9) / QUERY_STEPS
        whole = np.rint(scaled / unit[:, None]).astype(np.int8)
        products = integer_products(codes, np.ascontiguousarray(whole.T))
        nothing = whole @ (-self.low / self.step)  # what a stored token at 0 on every axis would give
        best: Float = (np.maximum.reduceat(products, starts, axis=0).astype(np.float32) - nothing) * unit
        return best


@dataclass(frozen=True, slots=True)
class Gathered:
    """The tokens of some rows one after the other, ready to compare.

    Their `codes` (t, 128); where each of their s sentences begins, `starts` (s,), and its number within its
    statement, `numbers` (s,); `begins` (c,): where each row's sentences begin among all.
    """

    codes: NDArray[np.uint8]
    starts: NDArray[np.int64]
    numbers: NDArray[np.uint8]
    begins: NDArray[np.int64]


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
    # Of a small index: everything gathered, once it was asked for.
    _all: list[Gathered] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def load(cls, folder: Path) -> "TokenIndex":
        """Map a saved index. Raises IndexDamagedError when it can't be read or its parts disagree."""
        try:
            parts = {name: map_array(folder / f"{name}.npy") for name in _MAPPED}
            basis, low, step = (np.load(folder / f"{name}.npy", allow_pickle=False) for name in _CODEC)
            codec = TokenCodec(basis, low, step, bits=8 * parts["codes"].shape[1] // len(low))
        except (OSError, ValueError, IndexError, ZeroDivisionError) as error:
            raise IndexDamagedError(f"{folder} can't be read ({error}); rebuild with: qa-service build") from error
        index = cls(codec, parts["codes"], parts["sentences"], parts["starts"], parts["counts"])
        if len(index.codes) != len(index.sentences) or int(index.counts.sum()) != len(index.codes):
            raise IndexDamagedError(f"{folder} is damaged (token counts disagree); rebuild with: qa-service build")
        if codec.bits not in REACH or codec.bits * len(low) != 8 * index.codes.shape[1]:
            raise IndexDamagedError(f"{folder} is damaged (its axes disagree); rebuild with: qa-service build")
        return index

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir()
        for name in _MAPPED:
            save_array(folder / f"{name}.npy", getattr(self, name))
        for name in _CODEC:
            save_array(folder / f"{name}.npy", getattr(self.codec, name))

    def __len__(self) -> int:
        return len(self.starts)

    def gather(self, rows: NDArray[np.int64]) -> Gathered:
        """The tokens of `rows`; those of a whole small index are unpacked once."""
        if len(rows) < len(self) or len(self.codes) > FEW_TOKENS or (rows[1:] < rows[:-1]).any():
            return self._gather(rows)
        if not self._all:
            self._all.append(self._gather(rows))
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
        codes = self.codec.unpacked(self.codes.take(positions, axis=0))
        return Gathered(codes, starts, sentences[starts], np.searchsorted(starts, begins))


Stored = tuple[int, NDArray[np.uint8], NDArray[np.uint8]]  # a row, its tokens' codes, their sentences' numbers

_MAPPED = ("codes", "sentences", "starts", "counts")
_CODEC = ("basis", "low", "step")


def assemble_tokens(codec: TokenCodec, parts: Iterable[Stored]) -> TokenIndex:
    """From (row, codes, sentence numbers) of every statement, in any order of rows."""
    rows, codes, sentences = zip(*parts, strict=True)
    counts = np.array([len(code) for code in codes], dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum(counts[:-1], dtype=np.int64)])
    order = np.argsort(rows)
    return TokenIndex(codec, np.concatenate(codes), np.concatenate(sentences), starts[order], counts[order])


def _unit(vectors: Float) -> Float:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
