"""The time of a question by stage, in process, for `python -m eval speed`.

The parts are timed while whole questions are answered, by a clock around the functions that do them: a flow put
together for the measurement could differ from the one that answers.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from statistics import median
from typing import Any
from unittest.mock import patch

from qa_service.answering import AnswerService
from qa_service.api.models.answers import AskRequest
from qa_service.api.models.convert import answer_model
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.lexical import LexicalIndex
from qa_service.indexing.spelling import Spelling
from qa_service.indexing.store import StatementStore
from qa_service.retrieval import evidence, retriever
from qa_service.retrieval.retriever import Retriever

WARM = 20  # questions that are also asked before, and don't count then
# Stage -> whose functions it is, and their names. What they call counts for the outermost.
PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "mend misspelt words": ((Spelling, "corrected"),),
    "vectors (FAISS)": ((DenseIndex, "search"), (DenseIndex, "cosines")),
    "words (BM25)": ((LexicalIndex, "terms"), (LexicalIndex, "best"), (LexicalIndex, "coverage")),
    "late interaction": ((evidence, "match_tokens"), (retriever, "fuse")),
    "read statements": ((StatementStore, "statements"), (StatementStore, "rows_matching")),
    "spans": ((retriever, "best_span"),),
    "confidence": ((retriever, "answer_features"), (retriever, "confidences")),
}


class Stopwatch:
    """Milliseconds by stage since the last `reset`; a stage within another counts for the outer one."""

    def __init__(self) -> None:
        self.taken: defaultdict[str, float] = defaultdict(float)
        self._running = False

    def reset(self) -> None:
        """Begin a new question."""
        self.taken = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens within."""
        if self._running:
            yield
            return
        self._running, begun = True, time.perf_counter()
        try:
            yield
        finally:
            self.taken[name] += (time.perf_counter() - begun) * 1000
            self._running = False

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, counted."""

        @wraps(function)
        def timed(*values: Any, **named: Any) -> Any:
            with self.stage(name):
                return function(*values, **named)

        return timed


def stages(opened: Retriever, questions: Sequence[str]) -> dict[str, float]:
    """Median milliseconds a question spends in each stage, in all others, and in all, from JSON to JSON.

    `tokenise` is measured by itself and taken off `encode`.
    """
    service, watch = AnswerService(opened), Stopwatch()
    taken: dict[str, list[float]] = defaultdict(list)
    parts = {"encode": ((type(opened.encoder), "encode_questions"),), **PARTS}
    with ExitStack() as stack:
        for name, owners in parts.items():
            for owner, function in owners:
                timed = watch.around(name, getattr(owner, function))
                stack.enter_context(patch.object(owner, function, timed))
        for question in questions[:WARM]:
            _one(service, opened, question, watch)
        for question in questions:
            for name, milliseconds in _one(service, opened, question, watch).items():
                taken[name].append(milliseconds)
    return {name: median(times) for name, times in taken.items()}


def _one(service: AnswerService, opened: Retriever, question: str, watch: Stopwatch) -> dict[str, float]:
    body = AskRequest(question=question, min_confidence=0).model_dump_json().encode()
    watch.reset()
    with watch.stage("tokenise"):
        opened.encoder.token_spans(question)
    begun = time.perf_counter()
    with watch.stage("read and write JSON"):
        asked = AskRequest.model_validate_json(body)
        options = asked.options()
    answer = service.ask(asked.question, options)
    with watch.stage("read and write JSON"):
        answer_model(answer, "q-0", explain=asked.explain).model_dump_json().encode()
    whole = (time.perf_counter() - begun) * 1000
    found = {name: watch.taken[name] for name in ("tokenise", "encode", *PARTS, "read and write JSON")}
    found["encode"] -= found["tokenise"]
    return found | {"everything else": whole - sum(found.values()), "all": whole}
