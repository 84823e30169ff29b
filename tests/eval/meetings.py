"""A BEIR folder of five passages from two meetings."""

import json
from pathlib import Path
from typing import Any

CORPUS = [
    {
        "_id": "p1",
        "title": "Trams",
        "text": "Twelve trams run at night.",
        "metadata": {"meeting": "m1", "speaker": "A"},
    },
    {"_id": "p2", "title": "", "text": "The harbour levy pays wages.", "metadata": {"meeting": "m1", "speaker": "B"}},
    {"_id": "p3", "title": "", "text": "Purple apples withered.", "metadata": {"meeting": "m2", "speaker": "A"}},
    {"_id": "p4", "title": "", "text": "Trams, trams, trams.", "metadata": {"meeting": "m2"}},
    {"_id": "p5", "text": "Cider keeps its price.", "metadata": {"meeting": "m2"}},
]
QUERIES = [
    {"_id": "q1", "text": "trams at night"},
    {"_id": "q2", "text": "levy for wages"},
    {"_id": "q3", "text": "nobody judged this"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tp1\t1\nq2\tp2\t1\n"


def write_jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    """One JSON object per line."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def write_meetings(folder: Path) -> Path:
    """The whole folder."""
    (folder / "qrels").mkdir(parents=True)
    write_jsonl(folder / "corpus.jsonl", CORPUS)
    write_jsonl(folder / "queries.jsonl", QUERIES)
    (folder / "qrels" / "test.tsv").write_text(QRELS)
    return folder
