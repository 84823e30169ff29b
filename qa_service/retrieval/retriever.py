"""The main flow of a question: encode, gather evidence, fuse, pick the spans, say how sure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa_service.encoder.protocol import Encoder
from qa_service.indexing.protocols import OpenIndex
from qa_service.language.detect import language_of_question
from qa_service.language.profile import profile_of
from qa_service.records import Hit, Signal, Span, Statement
from qa_service.retrieval.answerability import answer_features, asks_something
from qa_service.retrieval.asked_before import LOOKED_AT, SURE, is_asked_in, words_of
from qa_service.retrieval.candidates import DEPTH, documents_of
from qa_service.retrieval.confidence import ConfidenceModel, confidences
from qa_service.retrieval.duplicates import collapse, said_in_full
from qa_service.retrieval.evidence import Evidence, gather_evidence
from qa_service.retrieval.fusion import FusionWeights, fuse
from qa_service.retrieval.known_words import KnownWords
from qa_service.retrieval.spans import best_span
from qa_service.retrieval.topics import is_spoken_of, topic_of

AHEAD = 0.001  # of the others' scores, where something tells for certain what comes first: scores tell the order


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best statements for `question`, misspelt words mended, and how sure we are that the first answers it."""

    question: str
    hits: list[Hit]
    confidence: float  # 0 to 1


class Retriever:
    """Ranks the statements of one generation. Use one per thread."""

    def __init__(self, generation: OpenIndex, encoder: Encoder) -> None:
        self.generation = generation
        self.encoder = encoder
        self._fusion = FusionWeights.of(generation.weights)
        self._known = KnownWords(generation)
        self._languages = {d.id: profile_of(d.language) for d in generation.store.documents()}
        self._confidence = ConfidenceModel.of(generation.weights)

    def threshold(self, false_answers: str) -> float:
        """The confidence below which a question counts as not answered, for a false-answer rate in percent."""
        return self.generation.weights.threshold(false_answers)

    def close(self) -> None:
        """Close the index."""
        self.generation.close()

    def rank(
        self,
        questions: Sequence[str],
        top_k: int,
        filters: Mapping[str, Sequence[str]],
        *,
        explain: bool = False,
        by_document: bool = False,
    ) -> list[Ranking]:
        """The `top_k` best statements for each question among those that match the filters.

        Twice as many candidates are looked at, since what several places say is one result.
        `explain` adds to each every signal's value and rank; `by_document` gives the best of each of `top_k` documents.
        """
        found = self._evidence(questions, filters, max(DEPTH, 2 * top_k), top_k if by_document else 0)
        return [
            self._rank(question, evidence, top_k, explain=explain, by_document=by_document)
            for question, evidence in found
        ]

    def gather(self, questions: Sequence[str], filters: Mapping[str, Sequence[str]]) -> list[Evidence | None]:
        """Candidates and signals for each question, as it is read; None where no statement matches the filters."""
        return [evidence for _, evidence in self._evidence(questions, filters, DEPTH)]

    def _evidence(
        self, questions: Sequence[str], filters: Mapping[str, Sequence[str]], depth: int, documents: int = 0
    ) -> Iterator[tuple[str, Evidence | None]]:
        """Each question as it is read, with its evidence; one after the other, for evidence is large."""
        allowed = self.generation.store.rows_matching(filters)
        for question in map(self._as_meant, questions):
            encoded = self.encoder.encode_questions([question])
            vector, tokens = encoded.sentences[0], encoded.tokens[0]
            yield (
                question,
                gather_evidence(question, vector, tokens, self.generation, self._known, allowed, depth, documents),
            )

    def _as_meant(self, question: str) -> str:
        """With misspelt words mended, in a language where that is known."""
        return self.generation.spelling.corrected(question) if language_of_question(question).spelling else question

    def _rank(
        self, question: str, evidence: Evidence | None, top_k: int, *, explain: bool, by_document: bool
    ) -> Ranking:
        if evidence is None:
            return Ranking(question, [], 0.0)
        scores = fuse(evidence, self._fusion)
        order: list[int] = np.argsort(-scores, kind="stable").tolist()
        first = order[:LOOKED_AT]
        certain = self._replies_to(question, evidence, first) or self._spoken_of(question, evidence, first)
        if certain:
            scores[certain] += scores.max() - scores[certain].min() + AHEAD
            order = certain + [candidate for candidate in order if candidate not in certain]
        if by_document:
            kept = self._best_of_each(order, evidence)[:top_k]
            repeated: list[list[int]] = [[] for _ in kept]
        else:
            kept, repeated = collapse(order, lambda chosen: self._compared(evidence, chosen), top_k)
        statements = self._statements(evidence, kept)
        texts = [statement.spoken for statement in statements]
        sure = [0.0] * len(kept)
        if asks_something(question):
            spoken = [self._languages[statement.document] for statement in statements]
            sure = confidences(answer_features(evidence, kept, texts, spoken), self._confidence)
            if certain:
                sure = [max(p, SURE) if candidate in certain else p for candidate, p in zip(kept, sure, strict=True)]
        signals: list[dict[str, Signal]] = _signals(evidence, kept) if explain else [{} for _ in kept]
        hits = []
        for place, candidate in enumerate(kept):
            matches, own = evidence.matches, evidence.matches.sentences_of(candidate)
            start, end = best_span(texts[place], matches.covered[own], matches.numbers[own], matches.weights)
            span = Span(statements[place].text[start:end], start, end)
            row, score = int(evidence.rows[candidate]), float(scores[candidate])
            others = tuple(int(row) for row in evidence.rows[repeated[place]])
            hits.append(Hit(row, score, sure[place], span, signals[place], others))
        return Ranking(question, hits, sure[0])

    def _best_of_each(self, order: Sequence[int], evidence: Evidence) -> list[int]:
        """The first candidate of each document; what another one says as well stays, at its own date."""
        documents = documents_of(evidence.rows[list(order)], self.generation.store.first_rows)
        _, firsts = np.unique(documents, return_index=True)
        return [order[place] for place in sorted(firsts.tolist())]

    def _replies_to(self, question: str, evidence: Evidence, candidates: Sequence[int]) -> list[int]:
        """Those of the candidates that were said in reply to these very words; none where they were asked twice."""
        words = words_of(question)
        if words is None:
            return []
        statements = self.generation.store.statements(evidence.rows[list(candidates)].tolist())
        found = [(c, s) for c, s in zip(candidates, statements, strict=True) if is_asked_in(words, s.asked)]
        return [c for c, _ in found] if len({(s.document, s.section) for _, s in found}) == 1 else []

    def _spoken_of(self, question: str, evidence: Evidence, candidates: Sequence[int]) -> list[int]:
        """Those of the candidates that speak of the topic, where a question only names one."""
        topic = topic_of(question) if language_of_question(question).frames else None
        if topic is None:
            return []
        texts = [statement.spoken for statement in self._statements(evidence, candidates)]
        return [c for c, text in zip(candidates, texts, strict=True) if is_spoken_of(topic, text)]

    def _compared(self, evidence: Evidence, candidates: Sequence[int]) -> list[str]:
        """What tells whether two statements say the same: of a short reply its question as well."""
        return [said_in_full(s.spoken, s.asked) for s in self._statements(evidence, candidates)]

    def _statements(self, evidence: Evidence, candidates: Sequence[int]) -> list[Statement]:
        return self.generation.store.statements(evidence.rows[list(candidates)].tolist())


def _signals(evidence: Evidence, chosen: Sequence[int]) -> list[dict[str, Signal]]:
    """Each signal's raw value and rank among the candidates, for the `chosen` candidates."""
    values = {
        "late_interaction": evidence.matches.scores,
        "best_sentence": evidence.matches.sentence_scores,
        "dense": evidence.dense,
        "bm25": evidence.coverage.scores,
    }
    ranks = {name: np.argsort(np.argsort(-column, kind="stable")) + 1 for name, column in values.items()}
    return [{name: Signal(float(column[i]), int(ranks[name][i])) for name, column in values.items()} for i in chosen]
