"""The exact sentence: which sentence, or adjoining sentences, of a statement answer best."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa_service.language.sentences import sentence_spans

GAIN = 0.05  # how much more of the question a neighbouring sentence must cover to be taken along
MAX_SENTENCES = 3

Float = NDArray[np.float32]


@lru_cache(2048)
def _bounds(text: str) -> list[tuple[int, int]]:
    return sentence_spans(text)


def best_span(text: str, covered: Float, numbers: NDArray[np.uint8], weights: Float) -> tuple[int, int]:
    """(start, end) of the part of `text` that covers the question best.

    `covered` (s, q) is how well each of the statement's sentences covers each question token, `numbers` (s,) which
    sentence that is, `weights` (q,) the question tokens' shares. The best sentence is extended to a neighbour as long
    as that raises the covered share by `GAIN`.
    """
    bounds = _bounds(text)
    places = {number: place for place, number in enumerate(numbers.tolist()) if number < len(bounds)}
    if len(bounds) < 2 or not places:
        return 0, len(text)
    shares = (covered * weights).sum(axis=1).tolist()  # `@` may warn of numbers that nobody gave it, on some processors
    first = last = max(places, key=lambda number: shares[places[number]])
    best = covered[places[first]]
    while last - first + 1 < MAX_SENTENCES:
        joined = {n: np.maximum(best, covered[places[n]]) for n in (first - 1, last + 1) if n in places}
        choice = max(joined, key=lambda n: float(joined[n] @ weights), default=None)
        if choice is None or float((joined[choice] - best) @ weights) < GAIN:
            break
        best, first, last = joined[choice], min(first, choice), max(last, choice)
    return bounds[first][0], bounds[last][1]
