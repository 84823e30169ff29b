"""Public collections become BEIR folders; here small files of the publishers' form stand for them."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

import eval.__main__ as command
from eval.datasets.beir import load_collection
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


def changed(monkeypatch: pytest.MonkeyPatch, name: str, **to: Any) -> None:
    """Have a collection be published otherwise."""
    monkeypatch.setitem(COLLECTIONS, name, replace(COLLECTIONS[name], **to))


def as_published(monkeypatch: pytest.MonkeyPatch, name: str, data: bytes) -> None:
    """Have these bytes be what the publishers have."""
    (place,) = COLLECTIONS[name].files
    changed(monkeypatch, name, files={place: hashlib.sha256(data).hexdigest()})


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
    told = json.loads((folder / "about.json").read_text())
    assert told["licence"]
    assert told["trained_on"]
    assert told["sums"] == "checked"
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
    changed(monkeypatch, "xquad", address="http://127.0.0.1:9")
    with pytest.raises(ValueError, match="download it by hand and name it with --file"):
        fetch("xquad", tmp_path)


MEETING = {
    "meeting_transcripts": [
        {"speaker": "PM", "content": "Okay {vocalsound} ."},
        {"speaker": "PM", "content": "The remote {disfmarker} costs twelve euros , does it ?"},
        {"speaker": "UI", "content": "It does " + "so that the price is low . " * 60},
        {"speaker": "PM", "content": "We meet again on Monday ."},
    ],
    "specific_query_list": [{"query": "What does it cost? ", "relevant_text_span": [["0", "2"]]}],
}


def meetings(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """One meeting of QMSum's form in a folder laid out as its repository."""
    place, data = "data/Product/val/ES2003a.json", json.dumps(MEETING).encode()
    (folder / place).parent.mkdir(parents=True)
    (folder / place).write_bytes(data)
    changed(monkeypatch, "qmsum", files={place: hashlib.sha256(data).hexdigest()})


def test_a_turn_becomes_a_passage_or_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meetings(monkeypatch, tmp_path / "QMSum")
    folder = fetch("qmsum", tmp_path, tmp_path / "QMSum")
    collection = load_collection(folder, scope=folder / "scope.tsv")
    assert list(collection.passages.values()) == ["ES2003a-t1", "ES2003a-t2-0", "ES2003a-t2-1", "ES2003a-t3"]
    texts = [a.piece.text for t in collection.transcripts for e in t.exchanges for a in e.answers]
    assert texts[0] == "The remote costs twelve euros, does it?"
    assert max(len(text.split()) for text in texts) <= 220
    assert collection.queries == {"ES2003a-q0": "What does it cost?"}
    assert set(collection.qrels["ES2003a-q0"]) == {"ES2003a-t1", "ES2003a-t2-0", "ES2003a-t2-1"}
    assert collection.scope == {"ES2003a-q0": "ES2003a"}


def test_the_sums_of_all_58_meetings_are_known() -> None:
    sums = COLLECTIONS["qmsum"].files
    assert len(sums) == 58
    assert all(place.startswith("data/") and len(digest) == 64 for place, digest in sums.items())


def test_a_meeting_that_lacks_or_was_changed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meetings(monkeypatch, tmp_path / "QMSum")
    (tmp_path / "QMSum" / "data/Product/val/ES2003a.json").write_text("{}")
    with pytest.raises(ValueError, match=r"ES2003a\.json is not the published file"):
        fetch("qmsum", tmp_path, tmp_path / "QMSum")
    with pytest.raises(ValueError, match=r"1 files lack, the first is .*ES2003a\.json"):
        fetch("qmsum", tmp_path, tmp_path)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="name the folder that holds"):
        fetch("qmsum", tmp_path, tmp_path / "QMSum" / "data/Product/val/ES2003a.json")


NANO: dict[str, list[dict[str, Any]]] = {
    "corpus": [{"_id": "p1", "text": "Cells divide."}, {"_id": "p2", "text": "Steel rusts."}],
    "queries": [{"_id": "q1", "text": "rust"}],
    "qrels": [{"query-id": "q1", "corpus-id": "p2"}],
}


def nano(folder: Path, name: str, *, packed: bool) -> Path:
    """A set of NanoBEIR as its publisher has it, in parquet, or in JSON lines."""
    for part, rows in NANO.items():
        path = folder / name / part / "train-00000-of-00001.parquet"
        path.parent.mkdir(parents=True)
        if packed:
            parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_a_collection_of_nanobeir_becomes_a_folder(tmp_path: Path, *, packed: bool) -> None:
    folder = fetch("nanobeir", tmp_path, nano(tmp_path / "local", "NanoFiQA2018", packed=packed))
    found = load_set(str(folder / "NanoFiQA2018"), Settings())
    assert [(one.text, dict(one.grades)) for one in found.asked] == [("rust", {"p2": 1})]
    assert not found.tuned_on
    assert "not checked" in json.loads((folder / "NanoFiQA2018" / "about.json").read_text())["sums"]


def test_what_was_trained_on_is_marked_in_the_set(tmp_path: Path) -> None:
    folder = fetch("nanobeir", tmp_path, nano(tmp_path / "local", "NanoNQ", packed=False))
    assert load_set(str(folder / "NanoNQ"), Settings()).tuned_on
    with pytest.raises(ValueError, match="has no dev half"):
        load_set(f"{folder / 'NanoNQ'}:dev", Settings())


def test_a_part_of_nanobeir_that_lacks_is_named(tmp_path: Path) -> None:
    local = nano(tmp_path / "local", "NanoNQ", packed=False)
    path = local / "NanoNQ" / "qrels" / "train-00000-of-00001.parquet"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"NanoNQ/.*qrels.* is neither parquet nor"):
        fetch("nanobeir", tmp_path, local)
    path.unlink()
    with pytest.raises(ValueError, match="NanoNQ lacks qrels"):
        fetch("nanobeir", tmp_path, local)
