"""`python -m eval cost`: the time of a question, all signals against the vector alone, in one run."""

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median, quantiles

from qa_service.retrieval.retriever import Retriever

ROUNDS = 3
TOP_K = 5


def cost_of_a_question(retriever: Retriever, questions: Sequence[str]) -> Iterator[tuple[str, float, float]]:
    """Yield (what, median, 99th percentile) in milliseconds of encoding, of encoding and FAISS, and of everything.

    The three take turns, question by question, so that a change of the machine's speed meets all alike.
    """

    def encode(question: str) -> None:
        retriever.encoder.encode_questions([question])

    def dense(question: str) -> None:
        vector = retriever.encoder.encode_questions([question]).sentences[0]
        rows, _ = retriever.generation.dense.search(vector, TOP_K)
        retriever.generation.store.statements(rows.tolist())

    def everything(question: str) -> None:
        retriever.rank([question], TOP_K, {})

    stages: dict[str, Callable[[str], None]] = {
        "encoding alone": encode,
        "the vector alone": dense,
        "all signals": everything,
    }
    times: dict[str, list[float]] = {name: [] for name in stages}
    for question in questions[:20]:
        everything(question)
    for _ in range(ROUNDS):
        for question in questions:
            for name, stage in stages.items():
                started = time.perf_counter()
                stage(question)
                times[name].append((time.perf_counter() - started) * 1000)
    for name, taken in times.items():
        yield name, median(taken), quantiles(taken, n=100)[98]
