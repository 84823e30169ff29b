"""`python -m eval.speed.scaling_probe DIR MODEL`: one built index, in a process of its own, whose memory tells."""

import json
import sys
import time
from pathlib import Path

import numpy as np

from eval.datasets.own import INTERVIEW, load_questions, other_documents
from qa_service.answering import AnswerService
from qa_service.composition import open_retriever
from qa_service.retrieval.candidates import DEPTH
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

QUESTIONS = 400
RECALL_QUESTIONS = 100
BLOCK = 65536


def main(folder: str, model: str) -> None:
    """Print one JSON object: milliseconds a question, recall@10 of the vector search, memory, time to open."""
    started = time.perf_counter()
    retriever = open_retriever(Settings(index_dir=Path(folder), model=model))
    service = AnswerService(retriever)
    opened = time.perf_counter() - started
    names = [INTERVIEW, *other_documents()]
    questions = [q.text for name in names for q in load_questions(name)][:: max(1, len(names))][:QUESTIONS]
    for question in questions[:30]:
        service.ask(question)
    times = []
    for question in questions:
        begun = time.perf_counter()
        service.ask(question)
        times.append((time.perf_counter() - begun) * 1000)
    report = {"open_s": opened, "p50_ms": np.median(times), "p99_ms": np.percentile(times, 99), **memory()}
    report["recall@10"] = recall(retriever, questions[:RECALL_QUESTIONS])
    print(json.dumps({name: round(float(value), 3) for name, value in report.items()}))


def memory() -> dict[str, float]:
    """Megabytes of this process: proportional set, and the part of it that is no mapped file."""
    fields = dict(line.split(":") for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    kilobytes = {name: int(value.split()[0]) for name, value in fields.items() if value.strip().endswith("kB")}
    return {"pss_mb": kilobytes["Pss"] / 1000, "anonymous_mb": kilobytes["Pss_Anon"] / 1000}


def recall(retriever: Retriever, questions: list[str]) -> float:
    """Share of the ten nearest vectors, found by looking at all of them, that the index finds."""
    dense = retriever.generation.dense
    asked = retriever.encoder.encode_questions(questions).sentences
    best = np.full((len(asked), 10), -2.0, dtype=np.float32)
    rows = np.zeros((len(asked), 10), dtype=np.int64)
    for start in range(0, len(dense), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(dense)))
        scores = np.hstack([best, asked @ dense.vectors(block).T])
        numbers = np.hstack([rows, np.broadcast_to(block, (len(asked), len(block)))])
        top = np.argpartition(-scores, 9, axis=1)[:, :10]
        best, rows = np.take_along_axis(scores, top, 1), np.take_along_axis(numbers, top, 1)
    found = [set(dense.search(vector, DEPTH)[0][:10].tolist()) for vector in asked]
    return float(np.mean([len(set(wanted.tolist()) & got) / 10 for wanted, got in zip(rows, found, strict=True)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
