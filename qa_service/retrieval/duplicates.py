"""Identical and near-identical statements from several places become one result that lists the others."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

FEWEST_WORDS = 6  # different ones, of a statement that says something by itself
SAME = 0.9  # Jaccard similarity of the words from which two statements say the same
_WORD = re.compile(r"\w+")


def collapse(
    order: Sequence[int], texts_of: Callable[[Sequence[int]], list[str]], top_k: int
) -> tuple[list[int], list[list[int]]]:
    """The first `top_k` of `order` that differ, and for each the later ones that say the same.

    Texts are read `top_k` at a time, and only until enough that differ are found.
    """
    kept: list[int] = []
    words: list[frozenset[str]] = []
    repeated: list[list[int]] = []
    for start in range(0, len(order), top_k):
        chunk = order[start : start + top_k]
        for candidate, text in zip(chunk, texts_of(chunk), strict=True):
            mine = _words(text)
            same = next((i for i, known in enumerate(words) if _alike(mine, known)), None)
            if same is not None:
                repeated[same].append(candidate)
            elif len(kept) < top_k:
                kept.append(candidate)
                words.append(mine)
                repeated.append([])
        if len(kept) == top_k:
            break
    return kept, repeated


def said_in_full(text: str, asked: str | None) -> str:
    """A statement, with the question in front where it is too short to say anything without: "Yes."."""
    return f"{asked} {text}" if asked and len(_words(text)) < FEWEST_WORDS else text


@lru_cache(2048)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()) or text.split())


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    smaller, larger = sorted((len(one), len(other)))
    if smaller < SAME * larger:
        return False
    shared = len(one & other)
    if shared < SAME * (len(one) + len(other) - shared):
        return False
    # Another number is another statement, however much else is the same.
    return not any(letter.isdigit() for word in one ^ other for letter in word)
