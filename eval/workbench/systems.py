"""What can be measured: the service, the simpler ways it is compared with, a running service, another system's run."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from eval.datasets.beir import passage_key
from eval.datasets.indexes import index_of
from eval.workbench.sets import Asked, Corpus
from qa_service.composition import open_retriever
from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.scoped import ScopedRanker
from qa_service.settings import Settings

DEPTH = 100
RRF_K = 60  # of reciprocal rank fusion, as its authors have it
BASE = "all-MiniLM-L6-v2"
NAMES = ("default", "bm25", "dense", "rrf")

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a system made of a question: passage -> score, how sure it is that the first answers, and the seconds."""

    run: Mapping[str, float]
    confidence: float
    seconds: float


class System(Protocol):
    """Ranks the passages of one corpus."""

    def rank(self, asked: Asked) -> Ranked:
        """For one question."""


@contextmanager
def opened(name: str, corpus: Corpus, settings: Settings, keep: Path | None) -> Iterator[System]:
    """A built-in system over a corpus. `keep`: the folder of indexes that are used again."""
    base = settings.model_copy(update={"model": BASE})
    chosen = settings if name in {"default", "bm25"} else base
    folder = keep / chosen.model.replace("/", "_") / corpus.name if keep else None
    built = corpus.index if chosen is settings else None
    with _built(built, settings) if built else index_of(corpus.transcripts, chosen, folder) as retriever:
        kinds: dict[str, type[_Over]] = {"default": Default, "bm25": Words, "dense": Dense, "rrf": Fused}
        yield kinds[name](retriever, corpus.passages)


@contextmanager
def _built(index: Path, settings: Settings) -> Iterator[Retriever]:
    with closing(open_retriever(settings.model_copy(update={"index_dir": index}))) as retriever:
        yield retriever


class _Over(ABC):
    """A system over the service's own index."""

    def __init__(self, retriever: Retriever, passages: Mapping[str, str]) -> None:
        self.retriever = retriever
        self._passages = passages

    def rank(self, asked: Asked) -> Ranked:
        """For one question: a passage cut in several statements scores as its best one."""
        started = time.perf_counter()
        rows, scores, confidence = self.found(asked.text, {"document": [asked.document]} if asked.document else {})
        seconds = time.perf_counter() - started
        run: dict[str, float] = {}
        for statement, score in zip(self.retriever.generation.store.statements(rows), scores, strict=True):
            passage = passage_key(statement.id)
            passage = self._passages.get(passage, passage)
            run[passage] = max(run.get(passage, float("-inf")), score)
        return Ranked(run, confidence, seconds)

    @abstractmethod
    def found(self, question: str, filters: Mapping[str, list[str]]) -> tuple[list[int], list[float], float]:
        """Rows, their scores and the confidence."""

    def _words(self, question: str, filters: Mapping[str, list[str]]) -> tuple[Rows, Floats]:
        """The best rows by BM25 and their scores."""
        generation = self.retriever.generation
        terms, allowed = generation.lexical.terms(question), generation.store.rows_matching(filters)
        rows = generation.lexical.best(terms, DEPTH, allowed)
        scores = generation.lexical.coverage(terms, rows).scores
        order = np.argsort(-scores, kind="stable")
        return rows[order], scores[order]

    def _vector(self, question: str, filters: Mapping[str, list[str]]) -> tuple[Rows, Floats]:
        """The nearest rows by cosine."""
        generation = self.retriever.generation
        vector = self.retriever.encoder.encode_questions([question]).sentences[0]
        return generation.dense.search(vector, DEPTH, generation.store.rows_matching(filters))


class Default(_Over):
    """The service as it answers."""

    def __init__(self, retriever: Retriever, passages: Mapping[str, str]) -> None:
        super().__init__(retriever, passages)
        self._ranker = ScopedRanker.over(retriever)

    def found(self, question: str, filters: Mapping[str, list[str]]) -> tuple[list[int], list[float], float]:
        """With what says the same as a result at its place."""
        _, ranking = self._ranker.rank([question], DEPTH, filters)[0]
        placed = [(row, hit.score) for hit in ranking.hits for row in (hit.row, *hit.repeated)]
        return [row for row, _ in placed], [score for _, score in placed], ranking.confidence


class Words(_Over):
    """BM25 alone (Robertson & Zaragoza 2009)."""

    def found(self, question: str, filters: Mapping[str, list[str]]) -> tuple[list[int], list[float], float]:
        """The best score counts as confidence."""
        rows, scores = self._words(question, filters)
        return rows.tolist(), scores.tolist(), float(scores[0]) if len(scores) else 0.0


class Dense(_Over):
    """The base model's vectors alone."""

    def found(self, question: str, filters: Mapping[str, list[str]]) -> tuple[list[int], list[float], float]:
        """The best cosine counts as confidence."""
        rows, scores = self._vector(question, filters)
        return rows.tolist(), scores.tolist(), float(scores[0]) if len(scores) else 0.0


class Fused(_Over):
    """BM25 and the base model's vectors by reciprocal rank fusion (Cormack et al. 2009)."""

    def found(self, question: str, filters: Mapping[str, list[str]]) -> tuple[list[int], list[float], float]:
        """The best cosine counts as confidence: sums of ranks tell nothing of it."""
        fused: dict[int, float] = {}
        (words, _), (near, cosines) = self._words(question, filters), self._vector(question, filters)
        for rows in (words, near):
            for rank, row in enumerate(rows.tolist(), start=1):
                fused[row] = fused.get(row, 0.0) + 1 / (RRF_K + rank)
        best = sorted(fused, key=lambda row: -fused[row])
        return best, [fused[row] for row in best], float(cosines[0]) if len(cosines) else 0.0
