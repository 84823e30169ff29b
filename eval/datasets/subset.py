"""`python -m eval subset DIR`: a small part of a public collection's test half, chosen by hash, for the repository."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from eval.datasets.beir import load_collection
from eval.datasets.examples import public_questions


def write_subset(folder: Path, to: Path, *, questions: int, unanswerable: int, passages: int) -> None:
    """A BEIR folder of so many questions, the passages that they are about, and others up to `passages`."""
    collection = load_collection(folder)
    queries, qrels, silent, about = public_questions(folder, collection, "test")
    asked, nobody = _chosen(queries, questions), _chosen(silent, unanswerable)
    wanted = {passage for query in asked for passage in qrels[query]} | {about[query] for query in nobody}
    texts = {str(one["_id"]): one for one in map(json.loads, _lines(folder / "corpus.jsonl"))}
    others = _chosen([passage for passage in texts if passage not in wanted], passages - len(wanted))
    kept = wanted | set(others)
    (to / "qrels").mkdir(parents=True, exist_ok=True)
    _write(to / "corpus.jsonl", [one for passage, one in texts.items() if passage in kept])
    _write(to / "queries.jsonl", [{"_id": query, "text": queries[query]} for query in asked])
    _write(to / "queries_unanswerable.jsonl", [{"_id": query, "text": silent[query]} for query in nobody])
    judged = [f"{query}\t{passage}\t{grade}\n" for query in asked for passage, grade in qrels[query].items()]
    (to / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(judged), encoding="utf-8")
    near = [f"{query}\t{about[query]}\n" for query in nobody]
    (to / "near_miss.tsv").write_text("query-id\tcorpus-id\n" + "".join(near), encoding="utf-8")


def _chosen(names: Iterable[str], count: int) -> list[str]:
    """By hash, so that nothing but the names decides."""
    return sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())[: max(0, count)]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _write(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")
