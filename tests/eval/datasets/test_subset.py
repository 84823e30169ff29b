"""A part of a collection's test half, small enough for the repository."""

import json
from pathlib import Path

from eval.datasets.beir import load_collection
from eval.datasets.examples import half, public_questions
from eval.datasets.subset import write_subset
from tests.eval.meetings import write_jsonl


def whole(folder: Path) -> Path:
    """Forty passages, each with a question that it answers and one that nobody does."""
    (folder / "qrels").mkdir(parents=True)
    write_jsonl(folder / "corpus.jsonl", [{"_id": f"p{n}", "text": f"Tram {n} runs."} for n in range(40)])
    write_jsonl(folder / "queries.jsonl", [{"_id": f"q{n}", "text": f"tram {n}"} for n in range(40)])
    write_jsonl(folder / "queries_unanswerable.jsonl", [{"_id": f"u{n}", "text": f"ferry {n}"} for n in range(40)])
    judged = "".join(f"q{n}\tp{n}\t1\n" for n in range(40))
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}")
    near = "".join(f"u{n}\tp{n}\n" for n in range(40))
    (folder / "near_miss.tsv").write_text(f"query-id\tcorpus-id\n{near}")
    return folder


def test_a_subset_is_of_the_test_half_and_whole_in_itself(tmp_path: Path) -> None:
    folder = whole(tmp_path / "all")
    write_subset(folder, tmp_path / "small", questions=5, unanswerable=3, passages=12)
    small = load_collection(tmp_path / "small")
    queries, qrels, unanswerable, about = public_questions(tmp_path / "small", small, "test")
    assert (len(queries), len(unanswerable), len(small.passages)) == (5, 3, 12)
    needed = {p for grades in qrels.values() for p in grades} | {about[q] for q in unanswerable}
    assert needed <= set(small.passages.values())
    assert {half(passage) for passage in needed} == {"test"}
    assert public_questions(tmp_path / "small", small, "dev")[0] == {}
    assert json.loads((tmp_path / "small" / "corpus.jsonl").read_text().splitlines()[0])["text"].startswith("Tram")
