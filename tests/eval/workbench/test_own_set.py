"""A set of one's own, from questions in a file to a report: pooled, judged on the page, measured, drifted."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import eval.__main__ as command
from eval.workbench import systems
from eval.workbench.judge import Judging, judge_app
from eval.workbench.own_set import Judgement, grades_of, kappa, read_judgements, read_pool, read_questions
from qa_service.records import Transcript
from qa_service.retrieval.retriever import Retriever
from tests import fakes

LEVY, FERRY = "Who pays the harbour levy?", "When does the ferry leave?"


@contextmanager
def index_of(transcripts: Sequence[Transcript], *_: Any) -> Iterator[Retriever]:
    """What `eval.datasets.indexes.index_of` does, with the fake encoder."""
    root = Path("own-index").absolute()
    fakes.build_index(root, transcripts)
    with fakes.opened(root) as retriever:
        yield retriever


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(systems, "index_of", index_of)
    folder = tmp_path / "mine"
    (folder / "transcripts").mkdir(parents=True)
    (folder / "transcripts" / "trams.txt").write_text(fakes.TRAMS)
    (folder / "questions.txt").write_text(f"# a comment\n{LEVY}\n\n  {FERRY}\n")
    return folder


def run(*arguments: str) -> int:
    return command.main(list(arguments))


def judge_all(folder: Path, judge: str, words: str) -> None:
    """Grade 3 what holds the words and is about the levy, 0 all else."""
    with TestClient(judge_app(Judging(folder, judge))) as client:
        while (task := client.get("/task").json())["passage"]:
            grade = 3 if words in task["words"] and task["text"] == LEVY else 0
            sent = {"question": task["question"], "passage": task["passage"], "grade": grade}
            assert client.post("/grade", json=sent).status_code == 200


def test_from_questions_to_a_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", "mine") == 1
    assert "python -m eval pool" in capsys.readouterr().err
    assert run("pool", "--set", "mine", "--depth", "3") == 0
    judge_all(folder, "anna", "levy")
    judge_all(folder, "ben", "levy")
    assert run("agreement", "--set", "mine", "anna", "ben") == 0
    assert "kappa 1.000" in capsys.readouterr().out
    assert run("run", "mine", "--output", "out") == 0
    assert "| mine | default | 2 |" in capsys.readouterr().out
    assert "nobody answers it" in Path("out/report.html").read_text()
    assert run("drift", "--set", "mine") == 0


def test_what_was_judged_stays_when_the_judge_comes_back(folder: Path) -> None:
    run("pool", "--set", "mine")
    first = Judging(folder, "anna").task()
    with TestClient(judge_app(Judging(folder, "anna"))) as client:
        sent = {"question": first.question, "passage": first.passage, "grade": 2}
        assert client.post("/grade", json=sent).status_code == 200
        assert client.post("/grade", json=sent | {"grade": 1}).status_code == 200
        assert client.post("/grade", json=sent | {"grade": 4}).status_code == 422
        assert client.post("/grade", json=sent | {"passage": "trams#99"}).status_code == 422
        assert "Keys: 0 to 3" in client.get("/").text
    again = Judging(folder, "anna")
    assert again.task().place == 1
    assert again.task(0).grade == 1
    assert again.task(99).passage == ""
    (judgement,) = read_judgements(folder)
    assert (judgement.judge, judgement.grade) == ("anna", 1)
    assert judgement.time.startswith("20")


def test_the_pool_does_not_tell_which_system_found_what(folder: Path) -> None:
    run("pool", "--set", "mine", "--depth", "2", "--systems", "default")
    some = {one.question: list(one.passages) for one in read_pool(folder)}
    run("pool", "--set", "mine", "--depth", "2", "--systems", "default,bm25")
    for one in read_pool(folder):
        assert set(some[one.question]) <= set(one.passages)
        assert len(set(one.passages)) == len(one.passages)


def test_drift_names_what_reads_otherwise_and_what_is_gone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("pool", "--set", "mine")
    judge_all(folder, "anna", "levy")
    text = folder / "transcripts" / "trams.txt"
    text.write_text(fakes.TRAMS.replace("levy", "tax"))
    assert run("drift", "--set", "mine") == 1
    assert "reads otherwise now; anna gave it 3" in capsys.readouterr().out
    text.rename(text.with_name("renamed.txt"))
    assert run("drift", "--set", "mine") == 1
    assert "is gone" in capsys.readouterr().out
    with pytest.raises(ValueError, match="make it anew"):
        Judging(folder, "anna")


def judgement(judge: str, passage: str, grade: int) -> Judgement:
    return Judgement("q", passage, grade, judge, "2026-11-28", "0")


def test_kappa_is_that_of_cohen() -> None:
    a, b = [3, 3, 0, 0, 2, 0, 0, 3, 0, 0], [3, 0, 0, 0, 3, 1, 0, 2, 0, 2]
    made = [judgement("a", str(i), g) for i, g in enumerate(a)] + [judgement("b", str(i), g) for i, g in enumerate(b)]
    value, count = kappa(made, "a", "b")
    assert count == 10
    assert value == pytest.approx((0.8 - 0.52) / (1 - 0.52))
    with pytest.raises(ValueError, match="there are judgements of a, b"):
        kappa(made, "a", "c")


def test_of_several_judges_the_lower_middle_grade_counts() -> None:
    made = [
        judgement("a", "p", 3),
        judgement("b", "p", 0),
        judgement("a", "o", 2),
        judgement("b", "o", 3),
        judgement("c", "o", 3),
    ]
    assert grades_of(made) == {"q": {"p": 0, "o": 3}}


@pytest.mark.parametrize(
    ("text", "reason"), [(f"{LEVY}\n{LEVY}\n", "questions.txt:2.*twice"), ("# none\n", "no question")]
)
def test_questions_that_are_off_are_told(folder: Path, text: str, reason: str) -> None:
    (folder / "questions.txt").write_text(text)
    with pytest.raises(ValueError, match=reason):
        read_questions(folder)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        json.dumps({"question": "q"}),
        json.dumps({"question": "q", "passage": "p", "grade": 7, "judge": "a", "time": "", "sha256": ""}),
    ],
)
def test_a_judgement_that_is_off_is_named_with_its_line(folder: Path, line: str) -> None:
    (folder / "judgements.jsonl").write_text(line + "\n")
    with pytest.raises(ValueError, match=r"judgements\.jsonl:1"):
        read_judgements(folder)
