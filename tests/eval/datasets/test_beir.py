"""A BEIR folder as transcripts."""

from pathlib import Path

import pytest

from eval.datasets.beir import load_collection, passage_key
from tests.eval.meetings import CORPUS, QRELS, QUERIES, write_jsonl, write_meetings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_meetings(tmp_path / "meetings")


def test_meetings_become_documents_and_passages_paragraphs(folder: Path) -> None:
    collection = load_collection(folder)
    assert [t.document.id for t in collection.transcripts] == ["m1", "m2"]
    assert collection.passages == {"m1#0": "p1", "m1#1": "p2", "m2#0": "p3", "m2#1": "p4", "m2#2": "p5"}
    answers = collection.transcripts[0].exchanges[0].answers
    assert [(a.speaker, a.piece.text) for a in answers] == [
        ("A", "Trams Twelve trams run at night."),
        ("B", "The harbour levy pays wages."),
    ]
    text = collection.transcripts[0].document.text
    assert all(text[a.piece.start : a.piece.end] == a.piece.text for a in answers)


def test_only_judged_queries_are_kept(folder: Path) -> None:
    collection = load_collection(folder)
    assert collection.queries == {"q1": "trams at night", "q2": "levy for wages"}
    assert collection.qrels == {"q1": {"p1": 1}, "q2": {"p2": 1}}


def test_a_corpus_without_meetings_is_one_document(folder: Path) -> None:
    write_jsonl(folder / "corpus.jsonl", [{"_id": "p1", "title": "Trams", "text": "Twelve."}])
    (transcript,) = load_collection(folder).transcripts
    assert transcript.document.id == "meetings"


def test_a_judged_query_without_text_says_what_to_pass(folder: Path) -> None:
    write_jsonl(folder / "queries.jsonl", QUERIES[1:])
    with pytest.raises(ValueError, match=r"test\.tsv:2: 1 judged queries have no text, as 'q1'; pass --queries"):
        load_collection(folder)


def test_a_broken_line_is_named(folder: Path) -> None:
    (folder / "corpus.jsonl").write_text('{"_id": "p1", "text": "Twelve."}\n{\n')
    with pytest.raises(ValueError, match=r"corpus\.jsonl:2: "):
        load_collection(folder)
    write_jsonl(folder / "corpus.jsonl", CORPUS)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1 p1 1\n")
    with pytest.raises(ValueError, match=r"test\.tsv:2: "):
        load_collection(folder)


@pytest.mark.parametrize(("statement", "passage"), [("m#3", "m#3"), ("m#3.2", "m#3"), ("v1.2#3.2", "v1.2#3")])
def test_a_part_belongs_to_its_passage(statement: str, passage: str) -> None:
    assert passage_key(statement) == passage


@pytest.mark.parametrize("record", ['{"_id": "a"}', '{"_id": "a", "text": null}', '{"text": "x"}', "[]", "{"])
@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
def test_a_record_of_the_wrong_shape_is_named(folder: Path, name: str, record: str) -> None:
    whole = (folder / name).read_text()
    (folder / name).write_text(f"\n{whole}{record}\n")
    with pytest.raises(ValueError, match=rf"{name}:{whole.count(chr(10)) + 2}: "):
        load_collection(folder)


def test_a_score_that_is_no_number_is_named(folder: Path) -> None:
    (folder / "qrels" / "test.tsv").write_text(QRELS + "\nq1\tp2\thigh\n")
    with pytest.raises(ValueError, match=r"test\.tsv:5: the score 'high'"):
        load_collection(folder)
