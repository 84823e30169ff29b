"""The development questions everything is tuned on, with the evidence the service gathers for each.

Our own dev questions, each transcript indexed by itself, and the dev halves of public collections: SciFact's train
queries, and those XQuAD and SQuAD 2.0 questions whose passage falls into the dev half by its hash.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.datasets.beir import Collection, load_collection, load_queries, passage_key
from eval.datasets.indexes import index_of
from eval.datasets.own import INTERVIEW, NAMED, load_questions, named_documents, other_documents, own_transcript
from qa_service.retrieval.evidence import Evidence
from qa_service.retrieval.fusion import FusionWeights, fuse
from qa_service.retrieval.reading import Reader
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

MOST = 300  # questions of one kind taken from a public collection
OWN = {"interview", "transcripts", "named"}


@dataclass(frozen=True, slots=True)
class Example:
    """A question, its grades by passage, what the service gathered, and which passage each candidate belongs to."""

    group: str  # "interview", "transcripts", "named", or the collection's name
    document: str
    category: str
    question: str
    grades: Mapping[str, int]
    evidence: Evidence
    passages: list[str]
    texts: list[str] = field(repr=False)

    @property
    def relevant_from(self) -> int:
        """The grade from which a passage counts as answering: 2 of 3 in our own sets, 1 in the public ones."""
        return 2 if self.group in OWN else 1


def own_examples(settings: Settings, split: str = "dev", documents: Sequence[str] = ()) -> Iterator[Example]:
    """Our own questions over the `documents` (none: all), those that name who, where or when as the group `named`.

    Of the split `test` thirteen documents have some.
    """
    for document in documents or [INTERVIEW, *other_documents()]:
        plain = load_questions(document, split)
        named = load_questions(document, split, NAMED) if document in named_documents() else []
        if not plain:
            continue
        group = "interview" if document == INTERVIEW else "transcripts"
        with index_of([own_transcript(document, settings.source_dir)], settings) as retriever:
            for name, questions in ((group, plain), ("named", named)):
                texts = {q.id: q.text for q in questions}
                for q, (evidence, passages, found) in zip(questions, _gather(retriever, texts, {}), strict=True):
                    yield Example(name, document, q.category, q.text, q.judgements, evidence, passages, found)


def public_examples(folder: Path, settings: Settings, split: str = "dev") -> Iterator[Example]:
    """A collection's questions of one split, at most `MOST` answerable and as many unanswerable ones."""
    name = folder.name
    scope = folder / "scope.tsv"
    collection = load_collection(folder, scope=scope if scope.exists() else None)
    queries, grades, unanswerable, _ = public_questions(folder, collection, split)
    texts = _most(queries)
    near = _most(unanswerable)
    with index_of(collection.transcripts, settings, evaluation_index(settings, folder)) as retriever:
        for category, chosen in (("answerable", texts), ("near-crowd", near)):
            gathered = _gather(retriever, chosen, collection.scope)
            for query, (evidence, passages, found) in zip(chosen, gathered, strict=True):
                named = [collection.passages[passage] for passage in passages]
                judged = grades.get(query, {})
                yield Example(name, name, category, chosen[query], judged, evidence, named, found)


def scored(example: Example, weights: FusionWeights) -> dict[str, float]:
    """Passage -> score, the best of its parts."""
    scores: dict[str, float] = {}
    for passage, score in zip(example.passages, fuse(example.evidence, weights).tolist(), strict=True):
        scores[passage] = max(scores.get(passage, float("-inf")), score)
    return scores


def examples_of(
    collections: Sequence[Path], settings: Settings, split: str, documents: Sequence[str] = ()
) -> list[Example]:
    """Our own, over the `documents` (none: all), and those of public collections."""
    examples = list(own_examples(settings, split, documents))
    for folder in collections:
        examples += public_examples(folder, settings, split)
    return examples


def evaluation_index(settings: Settings, folder: Path) -> Path:
    """Where a collection's index is kept for the next evaluation."""
    return settings.index_dir / "evaluation" / folder.name


def public_questions(
    folder: Path, collection: Collection, split: str
) -> tuple[dict[str, str], Mapping[str, Mapping[str, int]], dict[str, str], dict[str, str]]:
    """Queries of a split, grades, unanswerable queries of passages of the same half, and the passage of each of those.

    Where a collection brings train queries these are dev and its own are test.
    """
    if (folder / "queries_train.jsonl").exists():
        train = load_collection(folder, folder / "queries_train.jsonl", folder / "qrels" / "train.tsv")
        chosen = train if split == "dev" else collection
        return chosen.queries, chosen.qrels, {}, {}
    queries = {q: text for q, text in collection.queries.items() if half(min(collection.qrels[q])) == split}
    if not (folder / "near_miss.tsv").exists():
        return queries, collection.qrels, {}, {}
    lines = (folder / "near_miss.tsv").read_text(encoding="utf-8").splitlines()[1:]
    about = dict(line.split("\t") for line in lines)
    texts = load_queries(folder / "queries_unanswerable.jsonl")
    return queries, collection.qrels, {q: text for q, text in texts.items() if half(about[q]) == split}, about


def half(passage: str) -> str:
    """Which half of a collection a passage and its questions belong to."""
    return "dev" if int(hashlib.sha256(passage.encode()).hexdigest(), 16) % 2 == 0 else "test"


def _most(queries: Mapping[str, str]) -> dict[str, str]:
    """At most `MOST` of them, chosen by hash so that the choice does not depend on their order."""
    chosen = sorted(queries, key=lambda q: hashlib.sha256(q.encode()).hexdigest())[:MOST]
    return {q: queries[q] for q in chosen}


def _gather(
    retriever: Retriever, texts: Mapping[str, str], scope: Mapping[str, str]
) -> Iterator[tuple[Evidence, list[str], list[str]]]:
    """Each question read as the service reads it; its evidence, and of the candidates the passages and texts.

    `scope`: by question the only document that is searched, where there is one.
    """
    reader = Reader(retriever.generation)
    for question, text in texts.items():
        read = reader.read(text, {"document": [scope[question]]} if question in scope else {})
        evidence = retriever.gather([read.question], read.filters)[0]
        if evidence is None:
            raise ValueError("an evaluation index holds no statement")
        statements = retriever.generation.store.statements(evidence.rows.tolist())
        yield evidence, [passage_key(s.id) for s in statements], [s.text for s in statements]
