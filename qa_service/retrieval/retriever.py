"""The main flow of a question: encode, rank, pick the span, say how sure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_service.encoder.protocol import Encoder
from qa_service.indexing.generation import Generation
from qa_service.records import Hit, Signal, Span
from qa_service.retrieval.confidence import DEFAULT_THRESHOLD, confidence_from_cosine


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best statements for a question, and how sure we are that the first answers it (0 to 1)."""

    hits: list[Hit]
    confidence: float


class Retriever:
    """Ranks the statements of one generation. Use one per thread."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self.generation = generation
        self._encoder = encoder

    @property
    def threshold(self) -> float:
        """The default confidence below which a question counts as not answered."""
        return DEFAULT_THRESHOLD

    def rank(self, questions: Sequence[str], top_k: int, filters: Mapping[str, Sequence[str]]) -> list[Ranking]:
        """The `top_k` best statements for each question among those that match the filters."""
        rows = self.generation.store.rows_matching(filters)
        batch = self._encoder.encode_questions(questions)
        rankings = []
        for vector in batch.sentences:
            found, scores = self.generation.dense.search(vector, top_k, rows)
            statements = self.generation.store.statements([int(row) for row in found])
            hits = [
                Hit(
                    row=int(row),
                    score=float(score),
                    confidence=confidence_from_cosine(float(score)),
                    span=Span(statement.text, 0, len(statement.text)),
                    signals={"dense": Signal(float(score), rank)},
                )
                for rank, (row, score, statement) in enumerate(zip(found, scores, statements, strict=True), start=1)
            ]
            rankings.append(Ranking(hits, hits[0].confidence if hits else 0.0))
        return rankings
