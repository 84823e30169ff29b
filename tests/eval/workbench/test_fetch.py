"""Public collections become BEIR folders; here small files of the publishers' form stand for them."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import eval.__main__ as command
from eval.datasets.beir import load_collection
from eval.workbench import fetch as fetching
from eval.workbench.fetch import COLLECTIONS, fetch
from eval.workbench.sets import load_set
from qa_service.settings import Settings


def squad(*questions: dict[str, Any]) -> bytes:
    paragraphs = [{"context": "Normans lived in Normandy.", "qas": list(questions)}, {"context": "Rollo.", "qas": []}]
    return json.dumps({"version": "v2.0", "data": [{"title": "Normans", "paragraphs": paragraphs}]}).encode()


SQUAD = squad(
    {"id": "a", "question": " Where did they live?", "is_impossible": False, "answers": []},
    {"id": "b", "question": "Where did they not live?", "is_impossible": True, "answers": []},
)
XQUAD = squad({"id": "a", "question": "Where?"}, {"id": "b", "question": "Who?"}, {"id": "c", "question": "Where?"})


def scifact() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("scifact/corpus.jsonl", json.dumps({"_id": "1", "title": "T", "text": "Cells."}) + "\n")
        queries = [{"_id": "q1", "text": "cells"}, {"_id": "q2", "text": "more cells"}]
        archive.writestr("scifact/queries.jsonl", "".join(json.dumps(q) + "\n" for q in queries))
        for split, query in (("test", "q1"), ("train", "q2")):
            archive.writestr(f"scifact/qrels/{split}.tsv", f"query-id\tcorpus-id\tscore\n{query}\t1\t1\n")
    return packed.getvalue()


def as_published(monkeypatch: pytest.MonkeyPatch, name: str, data: bytes) -> None:
    """Have these bytes be what the publishers have."""
    fields = {field: getattr(COLLECTIONS[name], field) for field in fetching.Published.__slots__}
    changed = fetching.Published(**fields | {"sha256": hashlib.sha256(data).hexdigest()})
    monkeypatch.setitem(COLLECTIONS, name, changed)


@pytest.mark.parametrize(("name", "data"), [("squad2", SQUAD), ("xquad", XQUAD), ("scifact", scifact())])
def test_a_collection_becomes_a_folder_that_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes
) -> None:
    as_published(monkeypatch, name, data)
    file = tmp_path / "downloaded"
    file.write_bytes(data)
    monkeypatch.chdir(tmp_path)
    assert command.main(["fetch", name, "--file", "downloaded"]) == 0
    folder = tmp_path / "collections" / COLLECTIONS[name].folder
    assert load_collection(folder).queries
    assert "licence" in (folder / "README.md").read_text()
    asked = [q for split in ("dev", "test") for q in load_set(f"{folder}:{split}", Settings()).asked]
    assert asked


def test_squads_questions_without_an_answer_are_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_published(monkeypatch, "squad2", SQUAD)
    (tmp_path / "file").write_bytes(SQUAD)
    folder = fetch("squad2", tmp_path, tmp_path / "file")
    assert load_collection(folder).queries == {"a": "Where did they live?"}
    assert "b\t0:Normans" in (folder / "near_miss.tsv").read_text()
    assert json.loads((folder / "queries_unanswerable.jsonl").read_text())["_id"] == "b"


def test_a_question_that_comes_twice_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_published(monkeypatch, "xquad", XQUAD)
    (tmp_path / "file").write_bytes(XQUAD)
    assert load_collection(fetch("xquad", tmp_path, tmp_path / "file")).queries == {"c": "Where?", "b": "Who?"}


def test_a_file_that_is_not_the_published_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(SQUAD)
    with pytest.raises(ValueError, match="is not the published file"):
        fetch("squad2", tmp_path, tmp_path / "file")
    assert not (tmp_path / "squad2-dev").exists()


def test_where_there_is_no_network_it_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {field: getattr(COLLECTIONS["xquad"], field) for field in fetching.Published.__slots__}
    monkeypatch.setitem(COLLECTIONS, "xquad", fetching.Published(**fields | {"url": "http://127.0.0.1:9/xquad.json"}))
    with pytest.raises(ValueError, match="download it by hand and name it with --file"):
        fetch("xquad", tmp_path)
