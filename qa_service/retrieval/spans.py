"""The exact sentence: which sentence, or adjoining sentences, of a statement answer best."""

import numpy as np
from numpy.typing import NDArray

from qa_service.records import Span
from qa_service.sources.sentences import sentence_spans

GAIN = 0.05  # how much more of the question a neighbouring sentence must cover to be taken along
MAX_SENTENCES = 3

Float = NDArray[np.float32]


def best_span(text: str, similarities: Float, sentences: NDArray[np.uint8], weights: Float) -> Span:
    """The span of `text` that covers the question best.

    `similarities` (t, q) are those of the statement's tokens with the question's, `sentences` (t,) the number of the
    sentence each token stands in, `weights` (q,) the question tokens' shares. The best sentence is extended to a
    neighbour as long as that raises the covered share by `GAIN`.
    """
    bounds = sentence_spans(text)
    present = [number for number in np.unique(sentences) if number < len(bounds)]
    if len(bounds) < 2 or not present:
        return Span(text, 0, len(text))
    covered = {int(n): similarities[sentences == n].max(axis=0) for n in present}
    first = last = max(covered, key=lambda n: float(covered[n] @ weights))
    best = covered[first]
    while last - first + 1 < MAX_SENTENCES:
        joined = {n: np.maximum(best, covered[n]) for n in (first - 1, last + 1) if n in covered}
        choice = max(joined, key=lambda n: float(joined[n] @ weights), default=None)
        if choice is None or float((joined[choice] - best) @ weights) < GAIN:
            break
        best, first, last = joined[choice], min(first, choice), max(last, choice)
    start, end = bounds[first][0], bounds[last][1]
    return Span(text[start:end], start, end)
