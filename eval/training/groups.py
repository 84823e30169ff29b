"""What the adapter is trained on: dev data only, in groups of questions over the same few passages.

A group is one step of training: every question of it meets every passage, so that the passages which only look like an
answer are there too. A transcript is a group by itself; a public collection is cut into many.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from eval.datasets.beir import load_collection
from eval.datasets.examples import public_questions
from eval.datasets.own import INTERVIEW, TRAINING, documents_of, load_questions, own_transcript
from qa_service.indexing.lexical import LexicalIndex

CONTEXT = 400  # last characters of the reporter's question put in front of a statement
ANSWERING, PASSAGES = 8, 20  # passages of a public group that answer, and all with their look-alikes
MOST_QUESTIONS = 48  # of a group in one step


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question with the grades of the group's passages that have any; none when nobody answers it."""

    text: str
    grades: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions over a few passages. `asked[i]`: the question that passage i answers, if any."""

    name: str
    passages: list[str] = field(repr=False)
    asked: list[str] = field(repr=False)
    questions: list[TrainingQuestion] = field(repr=False)


def own_group(name: str, source_dir: Path, split: str = "dev") -> Group:
    """All our questions of one split over one transcript."""
    transcript = own_transcript(name, source_dir)
    passages: list[str] = []
    asked: list[str] = []
    numbers: dict[str, int] = {}
    for exchange in transcript.exchanges:
        for answer in exchange.answers:
            numbers[f"{name}#{answer.number}"] = len(passages)
            passages.append(answer.piece.text)
            asked.append(exchange.question.text[-CONTEXT:] if exchange.question else "")
    questions = [
        TrainingQuestion(q.text, {numbers[s]: grade for s, grade in q.judgements.items()})
        for q in load_questions(name, split)
    ]
    return Group(name, passages, asked, questions)


def own_groups(source_dir: Path) -> list[Group]:
    """The interview's dev questions and those of every training transcript."""
    return [own_group(name, source_dir) for name in [INTERVIEW, *documents_of(TRAINING)]]


def public_groups(folder: Path) -> list[Group]:
    """The dev questions of a public collection, those about the same or neighbouring passages together."""
    collection = load_collection(folder)
    pieces = [a.piece.text for t in collection.transcripts for e in t.exchanges for a in e.answers]
    numbers = {passage: i for i, passage in enumerate(collection.passages.values())}
    queries, grades, unanswerable, about = public_questions(folder, collection, "dev")
    judged = {queries[q]: {numbers[p]: grade for p, grade in grades[q].items()} for q in queries}
    places = {queries[q]: min(judged[queries[q]]) for q in queries}
    judged |= {text: {} for text in unanswerable.values()}
    places |= {text: numbers[about[q]] for q, text in unanswerable.items()}
    index = LexicalIndex.build(pieces, ["en"] * len(pieces))
    return [_group(folder.name, pieces, chunk, judged, places, index) for chunk in _chunks(places, judged)]


def _chunks(places: Mapping[str, int], judged: Mapping[str, Mapping[int, int]]) -> Iterator[list[str]]:
    chunk: list[str] = []
    answering: set[int] = set()
    for text in sorted(places, key=lambda text: (places[text], text)):
        mine = {places[text], *judged[text]}
        if chunk and len(answering | mine) > ANSWERING:
            yield chunk
            chunk, answering = [], set()
        chunk.append(text)
        answering |= mine
    yield chunk


def _group(
    name: str,
    pieces: Sequence[str],
    texts: Sequence[str],
    judged: Mapping[str, Mapping[int, int]],
    places: Mapping[str, int],
    index: LexicalIndex,
) -> Group:
    """The questions `texts` with their passages, filled up with the passages that share most words with them."""
    rows = list(dict.fromkeys(row for text in texts for row in (places[text], *judged[text])))
    alike = [[int(i) for i in np.argsort(-index.scores(index.terms(text)), kind="stable")[:PASSAGES]] for text in texts]
    for row in (row for same_rank in zip(*alike, strict=True) for row in same_rank):
        if len(rows) >= PASSAGES:
            break
        if row not in rows:
            rows.append(row)
    places_of = {row: place for place, row in enumerate(rows)}
    questions = [TrainingQuestion(t, {places_of[row]: grade for row, grade in judged[t].items()}) for t in texts]
    return Group(name, [pieces[row] for row in rows], [""] * len(rows), questions)


def drawn(questions: Sequence[TrainingQuestion]) -> list[TrainingQuestion]:
    """At most `MOST_QUESTIONS` of them, at random."""
    return random.sample(list(questions), min(MOST_QUESTIONS, len(questions)))
