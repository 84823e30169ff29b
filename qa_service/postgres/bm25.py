"""BM25 in two parts: what a statement's own words give, and what all statements together say of a term.

The scores are those of `indexing/lexical.py`, whose library computes each score in the same order and precision.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.analysis import terms
from qa_service.indexing.lexical import K1, B


@dataclass(frozen=True, slots=True)
class Counted:
    """A statement's different terms by number, sorted, how often each stands there, and how many there are in all."""

    terms: NDArray[np.int32]
    counts: NDArray[np.uint16]
    length: int


def counted_words(text: str, language: str) -> Counter[str]:
    """How often each term stands in a statement."""
    return Counter(terms(text, language))


def counted(words: Mapping[str, int], numbers: Mapping[str, int]) -> Counted:
    """With the number of each term."""
    pairs = sorted((numbers[word], count) for word, count in words.items())
    ids = np.array([number for number, _ in pairs], dtype=np.int32)
    counts = np.array([count for _, count in pairs], dtype=np.uint16)
    return Counted(ids, counts, sum(words.values()))


def own_part(counts: NDArray[np.uint16], lengths: NDArray[np.float64] | int, mean: float) -> NDArray[np.float64]:
    """What a term that stands so often in a statement of such a length gives, below 1; `mean`: of all lengths."""
    often = counts.astype(np.float32)
    return np.asarray(often / (K1 * ((1 - B) + B * lengths / mean) + often), dtype=np.float64)


def idf(holding: NDArray[np.float64] | float, statements: int) -> NDArray[np.float32]:
    """What a term says that so many of all statements hold."""
    return np.log(1 + (statements - holding + 0.5) / (holding + 0.5)).astype(np.float32)


def scores_of(
    asked: NDArray[np.int32], weights: NDArray[np.float32], statements: Iterable[Counted], mean: float
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Which of the terms `asked` stand in which statement (c, t), and the statements' scores (c,)."""
    found = list(statements)
    held = np.zeros((len(found), len(asked)), dtype=bool)
    scores = np.zeros(len(found), dtype=np.float32)
    if not found or not len(asked):
        return held, scores
    lengths = np.array([len(one.terms) for one in found])
    ids, counts = np.concatenate([one.terms for one in found]), np.concatenate([one.counts for one in found])
    rows = np.repeat(np.arange(len(found)), lengths)
    words = np.array([one.length for one in found], dtype=np.float64)
    for place, (number, weight) in enumerate(zip(asked.tolist(), weights.tolist(), strict=True)):
        here = np.flatnonzero(ids == number)
        mine = rows[here]
        held[mine, place] = True
        scores[mine] += (weight * own_part(counts[here], words[mine], mean)).astype(np.float32)
    return held, scores
