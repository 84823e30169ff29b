"""A BEIR folder, read as transcripts."""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.records import Document, Exchange, Paragraph, Piece, Transcript


@dataclass(frozen=True, slots=True)
class Collection:
    """A BEIR folder as transcripts: one document per meeting, one paragraph per passage."""

    transcripts: list[Transcript]
    passages: dict[str, str]  # statement id without its part -> passage id
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]
    scope: dict[str, str]  # query id -> meeting


def load_collection(
    folder: Path, queries: Path | None = None, qrels: Path | None = None, scope: Path | None = None
) -> Collection:
    """Read `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`, or the files given instead of the last two.

    Only queries with a judgement are kept, as in BEIR. Raises ValueError naming a file and line that is off.
    """
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    lines: dict[str, int] = {}
    judgements = qrels or folder / "qrels" / "test.tsv"
    for number, row in _tsv(judgements, 3):
        if row[2] == "score":
            continue
        lines.setdefault(row[0], number)
        try:
            judged[row[0]][row[1]] = int(row[2])
        except ValueError as error:
            raise ValueError(f"{judgements}:{number}: the score {row[2]!r} is no whole number") from error
    texts = load_queries(queries or folder / "queries.jsonl")
    missing = sorted(set(judged) - set(texts))
    if missing:
        place = f"{judgements}:{lines[missing[0]]}"
        raise ValueError(f"{place}: {len(missing)} judged queries have no text, as {missing[0]!r}; pass --queries")
    transcripts, passages = _transcripts(folder.name, list(_jsonl(folder / "corpus.jsonl")))
    scopes = {row[0]: row[1] for _, row in _tsv(scope, 2)} if scope else {}
    return Collection(transcripts, passages, {q: texts[q] for q in judged}, dict(judged), scopes)


def load_queries(path: Path) -> dict[str, str]:
    """Query id -> text of a BEIR queries file."""
    return {str(query["_id"]): query["text"] for query in _jsonl(path)}


def _transcripts(name: str, corpus: Sequence[Mapping[str, Any]]) -> tuple[list[Transcript], dict[str, str]]:
    meetings: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for passage in corpus:
        meetings[str((passage.get("metadata") or {}).get("meeting", name))].append(passage)
    transcripts, ids = [], {}
    for meeting, members in meetings.items():
        text, paragraphs = "", []
        for number, passage in enumerate(members):
            body = f"{passage.get('title') or ''} {passage['text']}".strip()
            speaker = (passage.get("metadata") or {}).get("speaker")
            paragraphs.append(Paragraph(number, speaker, Piece(body, len(text), len(text) + len(body))))
            ids[f"{meeting}#{number}"] = str(passage["_id"])
            text += body + "\n\n"
        digest = hashlib.sha256(text.encode()).hexdigest()
        speakers = tuple(dict.fromkeys(p.speaker for p in paragraphs if p.speaker))
        document = Document(meeting, meeting, "en", digest, text, speakers)
        transcripts.append(Transcript(document, (Exchange(1, None, None, tuple(paragraphs)),)))
    return transcripts, ids


def passage_key(statement_id: str) -> str:
    """A statement's id without the number of its part."""
    document, _, number = statement_id.rpartition("#")
    return f"{document}#{number.partition('.')[0]}"


def _jsonl(path: Path) -> list[dict[str, Any]]:
    records = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                if line.strip():
                    records.append(_record(json.loads(line)))
            except ValueError as error:
                raise ValueError(f"{path}:{number}: {error}") from error
    return records


def _record(fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict) or "_id" not in fields or not isinstance(fields.get("text"), str):
        raise ValueError("an object with `_id` and `text` expected")
    return fields


def _tsv(path: Path, columns: int) -> list[tuple[int, list[str]]]:
    """Line number and columns of every line that holds something."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=1)
        rows = [(number, row) for number, row in lines if row]
    for number, row in rows:
        if len(row) < columns:
            raise ValueError(f"{path}:{number}: {columns} columns separated by tabs expected")
    return rows
