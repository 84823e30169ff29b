"""A BEIR folder of five passages from two meetings, indexed and searched with the fake encoder."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import log2
from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main
from eval.datasets.beir import Collection, load_collection
from eval.quality import commands
from eval.quality.beir import evaluate, search, write_run
from qa_service.records import Transcript
from qa_service.retrieval.retriever import Retriever
from tests import fakes
from tests.eval.meetings import CORPUS, write_jsonl, write_meetings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_meetings(tmp_path / "meetings")


@contextmanager
def index_of(transcripts: Sequence[Transcript], *_: Any) -> Iterator[Retriever]:
    """What `eval.datasets.indexes.index_of` does, with the fake encoder."""
    root = Path("beir-index").absolute()
    fakes.build_index(root, transcripts)
    with fakes.opened(root) as retriever:
        yield retriever


def run_of(collection: Collection) -> dict[str, dict[str, float]]:
    """The run over a collection."""
    with index_of(collection.transcripts) as retriever:
        return search(retriever, collection)


def best_first(found: dict[str, float]) -> list[str]:
    """Passage ids by score."""
    return sorted(found, key=lambda passage: -found[passage])


def test_every_passage_is_searched(folder: Path) -> None:
    run = run_of(load_collection(folder))
    assert run.keys() == {"q1", "q2"}
    assert run["q1"].keys() == {"p1", "p2", "p3", "p4", "p5"}
    assert best_first(run["q2"])[0] == "p2"


def test_a_scope_restricts_a_query_to_its_meeting(folder: Path) -> None:
    (folder / "scope.tsv").write_text("q1\tm1\n")
    run = run_of(load_collection(folder, scope=folder / "scope.tsv"))
    assert run["q1"].keys() == {"p1", "p2"}
    assert best_first(run["q1"])[0] == "p1"
    assert run["q2"].keys() == {"p1", "p2", "p3", "p4", "p5"}


def test_a_scope_nobody_met_in_finds_nothing_and_counts_0(folder: Path) -> None:
    (folder / "scope.tsv").write_text("q1\tm9\nq2\tm1\n")
    collection = load_collection(folder, scope=folder / "scope.tsv")
    run = run_of(collection)
    assert run["q1"] == {}
    assert evaluate(collection, run)["p@1"] == pytest.approx((0 + 1) / 2)


def test_other_queries_and_qrels_may_be_given(folder: Path, tmp_path: Path) -> None:
    queries = write_jsonl(tmp_path / "other.jsonl", [{"_id": "x", "text": "cider price"}])
    (tmp_path / "other.tsv").write_text("query-id\tcorpus-id\tscore\nx\tp5\t2\n")
    collection = load_collection(folder, queries, tmp_path / "other.tsv")
    assert (collection.queries, collection.qrels) == ({"x": "cider price"}, {"x": {"p5": 2}})
    assert best_first(run_of(collection)["x"])[0] == "p5"


def test_a_passage_cut_in_parts_scores_as_its_best_part(folder: Path) -> None:
    long = "Filler " * 200 + ". " + "Trams at night " * 60
    write_jsonl(folder / "corpus.jsonl", [*CORPUS[1:], {"_id": "p1", "text": long}])
    run = run_of(load_collection(folder))
    assert run["q1"].keys() == {"p1", "p2", "p3", "p4", "p5"}
    assert best_first(run["q1"])[0] == "p1"


def test_the_report_holds_the_contracts_measures(folder: Path) -> None:
    collection = load_collection(folder)
    report = evaluate(collection, {"q1": {"p4": 0.9, "p1": 0.8}, "q2": {"p2": 0.7}})
    assert (report["queries"], report["passages"]) == (2, 5)
    assert report["ndcg@10"] == pytest.approx((1 / log2(3) + 1) / 2, abs=1e-4)
    assert report["mrr@10"] == pytest.approx((1 / 2 + 1) / 2)
    assert report["p@1"] == pytest.approx((0 + 1) / 2)
    assert report["recall@10"] == 1.0
    assert report["p@1_95"] == [0.0, 1.0]


def test_a_trec_run_has_six_columns_best_first(tmp_path: Path) -> None:
    write_run(tmp_path / "run.txt", {"q1": {"p4": 0.25, "p1": 0.5}, "q2": {}, "q3": {"p2": 1.0}})
    assert (tmp_path / "run.txt").read_text() == (
        "q1 Q0 p1 1 0.500000 qa-service\nq1 Q0 p4 2 0.250000 qa-service\nq3 Q0 p2 1 1.000000 qa-service\n"
    )


def test_the_command_prints_one_json_object_and_writes_the_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "index_of", index_of)
    (folder / "scope.tsv").write_text("q1\tm1\nq2\tm1\n")
    options = ["--scope", str(folder / "scope.tsv"), "--run", str(tmp_path / "run.txt"), "--json"]
    assert main(["beir", str(folder), *options]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["collection"] == "meetings"
    assert {"ndcg@10", "recall@10", "mrr@10", "p@1"} <= report.keys()
    assert report["p@1"] == 1.0
    assert [line.split()[:4] for line in (tmp_path / "run.txt").read_text().splitlines()] == [
        ["q1", "Q0", "p1", "1"],
        ["q1", "Q0", "p2", "2"],
        ["q2", "Q0", "p2", "1"],
        ["q2", "Q0", "p1", "2"],
    ]


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["beir", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith("error: ")
