"""Training questions for the adapter: dev data only, with passages that answer and look-alikes that don't."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from eval.beir import load_collection
from eval.development import public_questions
from eval.question_sets import INTERVIEW, TRANSCRIPTS, load_questions, other_documents
from qa_service.indexing.lexical import LexicalIndex
from qa_service.records import Transcript
from qa_service.sources.folder import read_transcript

LOOKALIKES = 10  # best-matching passages that don't answer, of which some are drawn each time
UNANSWERABLE_LOOKALIKES = 3
CONTEXT = 400  # last characters of the reporter's question put in front of a statement
# What the packaged adapter was never trained on: generalisation is watched and confidence calibrated on these.
HELD_OUT = (
    "agriculture-minister-interview",
    "bank-earnings-call",
    "digital-agency-press-conference",
    "energy-regulator-hearing",
    "environment-ministry-interview",
    "hospital-inquiry-hearing",
    "labour-ministry-briefing",
    "museum-director-interview",
    "oral-history-fisherman",
    "space-agency-press-conference",
    "transport-minister-interview",
    "university-president-interview",
)
PUBLIC_QUESTIONS = 800  # of each kind taken from SQuAD 2.0; the others are smaller or taken whole


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question with the numbers of passages that answer it, of look-alikes, and of all that are judged at all."""

    text: str
    positives: list[int]
    lookalikes: list[int]
    judged: frozenset[int]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Questions over the passages of one transcript or collection. `asked[i]`: the question passage i answers."""

    name: str
    passages: list[str]
    asked: list[str]
    answerable: list[TrainingQuestion] = field(repr=False)
    unanswerable: list[TrainingQuestion] = field(repr=False)
    own: bool = True


def own_sets(source_dir: Path, held_out: Sequence[str] = ()) -> list[TrainingSet]:
    """Our dev questions, a set per transcript, without the transcripts `held_out` to watch generalisation."""
    sets = []
    for name in [INTERVIEW, *other_documents()]:
        if name in held_out:
            continue
        transcript = read_transcript((source_dir if name == INTERVIEW else TRANSCRIPTS) / f"{name}.txt")
        passages, asked, numbers = _passages(transcript)
        questions = load_questions(name, "dev")
        graded = {q.text: {numbers[s]: g for s, g in q.judgements.items()} for q in questions}
        sets.append(_training_set(name, passages, asked, graded, {}, relevant_from=2))
    return sets


def public_set(folder: Path) -> TrainingSet:
    """The dev questions of a public collection."""
    collection = load_collection(folder)
    pieces = [a.piece.text for t in collection.transcripts for e in t.exchanges for a in e.answers]
    numbers = {passage: i for i, passage in enumerate(collection.passages.values())}
    queries, grades, unanswerable, about = public_questions(folder, collection, "dev")
    chosen = list(queries)
    if unanswerable:
        chosen = random.Random(0).sample(chosen, min(PUBLIC_QUESTIONS, len(chosen)))
    graded = {queries[q]: {numbers[p]: g for p, g in grades[q].items()} for q in chosen}
    near = random.Random(0).sample(list(unanswerable), min(PUBLIC_QUESTIONS, len(unanswerable)))
    graded |= {unanswerable[q]: {} for q in near}
    fixed = {unanswerable[q]: [numbers[about[q]]] for q in near}
    return _training_set(folder.name, pieces, [""] * len(pieces), graded, fixed, relevant_from=1)


def _passages(transcript: Transcript) -> tuple[list[str], list[str], dict[str, int]]:
    passages: list[str] = []
    asked: list[str] = []
    numbers: dict[str, int] = {}
    for exchange in transcript.exchanges:
        for answer in exchange.answers:
            numbers[f"{transcript.document.id}#{answer.number}"] = len(passages)
            passages.append(answer.piece.text)
            asked.append(exchange.question.text[-CONTEXT:] if exchange.question else "")
    return passages, asked, numbers


def _training_set(
    name: str,
    passages: list[str],
    asked: list[str],
    graded: Mapping[str, Mapping[int, int]],
    fixed: Mapping[str, list[int]],
    *,
    relevant_from: int,
) -> TrainingSet:
    index = LexicalIndex.build(passages, ["en"] * len(passages))
    kinds: dict[bool, list[TrainingQuestion]] = defaultdict(list)
    for text, grades in graded.items():
        order = [int(i) for i in np.argsort(-index.scores(text), kind="stable")[:30] if int(i) not in grades]
        positives = [i for i, grade in grades.items() if grade >= relevant_from]
        lookalikes = order[:LOOKALIKES] if grades else fixed.get(text, order[:UNANSWERABLE_LOOKALIKES])
        kinds[bool(grades)].append(TrainingQuestion(text, positives, lookalikes, frozenset(grades)))
    return TrainingSet(name, passages, asked, kinds[True], kinds[False], own=relevant_from == 2)
