"""`python -m eval.speed.stores INDEX QUESTIONS --database URL`: one index in a folder and in PostgreSQL, side by side.

The folder's index is loaded into the database, and both are asked the same questions, turn by turn. QUESTIONS is a
file of JSON lines with a `text` or a `question` each.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import SecretStr

from qa_service.answering import Answer, AnswerService, Options
from qa_service.composition import coverage_of, open_retriever
from qa_service.databases import DatabaseStore, database_of
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.postgres.connecting import Database
from qa_service.postgres.loading import load
from qa_service.postgres.schema import migrate
from qa_service.postgres.versions import Version, drop_others, published
from qa_service.retrieval.candidates import DEPTH
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings

TOP_K = 10
TIE = 1e-4  # statements whose scores differ by less may change places
WARM = 20  # questions that are asked first and not timed
BLOCK = 65536


@dataclass(slots=True)
class Compared:
    """What the two said, question by question."""

    same: int = 0
    confidence: float = 0.0  # the most it differs by
    differing: list[str] = field(default_factory=list)
    folder_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)


def compare(folder: AnswerService, database: AnswerService, questions: Sequence[str]) -> Compared:
    """Ask both, in turn; the first of each pair changes, so that neither is always the one that warms the machine."""
    compared = Compared()
    for question in questions[:WARM]:
        for service in (folder, database):
            service.ask(question)
    for number, question in enumerate(questions):
        answers: dict[bool, Answer] = {}
        for in_folder in (True, False) if number % 2 else (False, True):
            begun = time.perf_counter()
            answers[in_folder] = (folder if in_folder else database).ask(question, Options(TOP_K, min_confidence=0))
            took = (time.perf_counter() - begun) * 1000
            (compared.folder_ms if in_folder else compared.database_ms).append(took)
        if _same(answers[True], answers[False]):
            compared.same += 1
        else:
            compared.differing.append(question)
        compared.confidence = max(compared.confidence, abs(answers[True].confidence - answers[False].confidence))
    return compared


def _same(one: Answer, other: Answer) -> bool:
    """Whether they rank the same statements in the same order, ties aside."""
    pairs = list(zip(one.results, other.results, strict=False))
    return len(one.results) == len(other.results) and all(
        a.statement.id == b.statement.id or abs(a.hit.score - b.hit.score) < TIE for a, b in pairs
    )


def recall(folder: Retriever, database: Retriever, questions: Sequence[str]) -> float:
    """Share of the nearest vectors, found by looking at all of the folder's, that the database finds."""
    dense = folder.generation.dense
    asked = folder.encoder.encode_questions(list(questions)).sentences
    best = np.full((len(asked), DEPTH), -2.0, dtype=np.float32)
    rows = np.zeros((len(asked), DEPTH), dtype=np.int64)
    for start in range(0, len(dense), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(dense)))
        scores = np.hstack([best, asked @ dense.vectors(block).T])
        numbers = np.hstack([rows, np.broadcast_to(block, (len(asked), len(block)))])
        top = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
        best, rows = np.take_along_axis(scores, top, 1), np.take_along_axis(numbers, top, 1)
    wanted = min(DEPTH, len(dense))
    found = [set(database.generation.dense.search(vector, DEPTH)[0].tolist()) for vector in asked]
    return float(np.mean([len(set(w[:wanted].tolist()) & f) / wanted for w, f in zip(rows, found, strict=True)]))


def measure(settings: Settings, questions: Sequence[str], *, loaded: bool = False) -> dict[str, Any]:
    """Load the folder's index into the database, unless it is there, and compare the two."""
    with closing(database_of(settings)) as database:
        migrate(database)
        started = time.perf_counter()
        folder = current_generation(IndexFolder(settings.index_dir))
        if not loaded:
            with closing(open_generation(folder, model=settings.model)) as generation:
                load(database, generation, lambda _: None)
        took = time.perf_counter() - started
        with database.connection() as connection:
            version = published(connection)
        drop_others(database)
        size = _bytes(database, version)
    plain = settings.model_copy(update={"database_url": None})
    store = DatabaseStore(settings, coverage_of(settings))
    with closing(store), closing(open_retriever(plain)) as ours, closing(store.open_retriever()) as theirs:
        compared = compare(AnswerService(ours), AnswerService(theirs), questions)
        found = recall(ours, theirs, questions[:100])
    return {
        "statements": version.statements,
        "questions": len(questions),
        "same_ranking": compared.same,
        "confidence_differs_by": round(compared.confidence, 6),
        "recall_of_candidates": round(found, 4),
        "load_s": 0.0 if loaded else round(took, 1),
        "folder_mb": round(sum(file.stat().st_size for file in folder.root.rglob("*") if file.is_file()) / 1e6, 1),
        "database_mb": round(size / 1e6, 1),
        **_times("folder", compared.folder_ms),
        **_times("database", compared.database_ms),
        "differing": compared.differing[:5],
    }


def _times(name: str, milliseconds: Sequence[float]) -> dict[str, float]:
    return {f"{name}_p{p}_ms": round(float(np.percentile(milliseconds, p)), 1) for p in (50, 99)}


def _bytes(database: Database, version: Version) -> int:
    """Of the version's tables with their indexes."""
    with database.connection() as connection:
        sql = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE %s"
        found = connection.execute(sql, [f"%\\_{version.number}"]).fetchone()
    return int(found[0]) if found else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Print one JSON object."""
    parser = argparse.ArgumentParser("python -m eval.speed.stores", description=__doc__)
    parser.add_argument("index", type=Path, help="an index folder")
    parser.add_argument("questions", type=Path, help="JSON lines with a text or question each")
    parser.add_argument("--database", required=True, help="address of a database, whose other indexes go")
    parser.add_argument("--most", type=int, default=400, help="questions at most (400)")
    parser.add_argument("--loaded", action="store_true", help="the database holds that index already")
    chosen = parser.parse_args(argv)
    lines = [json.loads(line) for line in chosen.questions.read_text(encoding="utf-8").splitlines()]
    questions = [line.get("question") or line["text"] for line in lines][: chosen.most]
    settings = Settings(index_dir=chosen.index, database_url=SecretStr(chosen.database), recent_questions=0)
    print(json.dumps(measure(settings, questions, loaded=chosen.loaded)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
