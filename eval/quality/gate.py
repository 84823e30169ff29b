"""`python -m eval gate`: fails where ranking or confidence fell behind what is committed in `reports/gate.json`.

Dev questions over the interview and two transcripts that the encoder has not seen, and a small public collection: a
minute at most, for every change. Answering always fails as answering never does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from eval.datasets.beir import load_collection
from eval.datasets.examples import public_questions
from eval.datasets.indexes import index_of
from eval.datasets.own import DATA, INTERVIEW, Question, load_questions, own_transcript
from eval.quality.own_questions import Scored, score_questions, summarise
from qa_service.indexing.weights import Weights
from qa_service.records import Transcript
from qa_service.settings import Settings

COMMITTED = Path(__file__).parents[1] / "reports" / "gate.json"
DOCUMENTS = (INTERVIEW, "blood-service-briefing", "rent-control-hearing")
PUBLIC = DATA / "public" / "squad2-small"
RANKING, ANSWERED, SILENT = ("nDCG@10", "AUROC against all"), "answered, answerable", "silent, unanswerable"
MEASURES = (*RANKING, ANSWERED, SILENT)
ERRORS = 2.0  # standard errors that a value may lie below the committed one
OF_INTERVAL = 2 * 1.96  # standard errors from end to end of a 95 % interval
GOOD = 3  # the grade of a public passage that answers

Measured = Mapping[str, Mapping[str, float]]  # document and measure -> `value` and `error`


def measure_gate(settings: Settings) -> Measured:
    """Each measure of each document, with its standard error."""
    threshold = Weights.read().threshold(settings.false_answers)
    measured: dict[str, Mapping[str, float]] = {}
    for name, transcripts, questions in _sets(settings):
        with index_of(transcripts, settings) as retriever:
            found = measures_of(score_questions(retriever, questions), threshold)
        measured |= {f"{name}, {what}": value for what, value in found.items()}
    return measured


def measures_of(scored: Sequence[Scored], threshold: float) -> dict[str, dict[str, float]]:
    """What the gate looks at: higher is better for each. The error of a share is at least that of one question."""
    summary = summarise(scored, threshold)
    unanswerable = summary["answered, unanswerable"]
    found = {name: (summary[name].value, summary[name].high - summary[name].low) for name in (*RANKING, ANSWERED)}
    found[SILENT] = 1 - unanswerable.value, unanswerable.high - unanswerable.low
    yes = sum(one.question.answerable for one in scored)
    least = {ANSWERED: 1 / yes, SILENT: 1 / (len(scored) - yes)}
    return {
        name: {"value": round(value, 4), "error": round(max(width / OF_INTERVAL, least.get(name, 0.0)), 4)}
        for name, (value, width) in found.items()
    }


def _sets(settings: Settings) -> Iterator[tuple[str, list[Transcript], list[Question]]]:
    for document in DOCUMENTS:
        yield document, [own_transcript(document, settings.source_dir)], load_questions(document, "dev")
    yield PUBLIC.name, *public_set()


def public_set() -> tuple[list[Transcript], list[Question]]:
    """The public collection that is in the repository, its questions in the form of ours."""
    collection = load_collection(PUBLIC)
    statements = {passage: statement for statement, passage in collection.passages.items()}
    queries, qrels, unanswerable, _ = public_questions(PUBLIC, collection, "test")
    questions = [
        Question(q, PUBLIC.name, "test", "answerable", text, {statements[p]: GOOD for p in qrels[q]})
        for q, text in queries.items()
    ]
    questions += [Question(q, PUBLIC.name, "test", "near-crowd", text, {}) for q, text in unanswerable.items()]
    return collection.transcripts, questions


def fallen(measured: Measured, committed: Measured) -> list[str]:
    """What lies too far below the committed value, or was not measured, in words."""
    found = []
    for name, kept in committed.items():
        if name not in measured:
            found.append(f"{name}: not measured, committed is {kept['value']}")
        elif measured[name]["value"] < (least := kept["value"] - ERRORS * kept["error"]):
            found.append(f"{name}: {measured[name]['value']}, at least {least:.4f} is wanted")
    return found


def read_committed() -> Measured:
    """The committed values."""
    values: Measured = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return values


def write_committed(measured: Measured) -> None:
    """Commit to these values from now on."""
    COMMITTED.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
