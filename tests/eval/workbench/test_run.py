"""`run`, `compare` and `report` over a small BEIR folder, with the fake encoder."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from ir_measures import nDCG

import eval.__main__ as command
from eval.workbench import measuring, systems
from eval.workbench.elsewhere import Service, Written, read_run
from eval.workbench.quality import by_question
from eval.workbench.results import Progress, RunResult
from eval.workbench.sets import Asked, load_set
from eval.workbench.systems import Ranked
from qa_service.api.app import create_app
from qa_service.records import Transcript
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import running_server
from tests.api.test_process import ROOT
from tests.eval.meetings import QRELS, write_meetings


@contextmanager
def index_of(transcripts: Sequence[Transcript], *_: Any) -> Iterator[Retriever]:
    """What `eval.datasets.indexes.index_of` does, with the fake encoder."""
    root = Path("workbench-index").absolute()
    fakes.build_index(root, transcripts)
    with fakes.opened(root) as retriever:
        yield retriever


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(systems, "index_of", index_of)
    return write_meetings(tmp_path / "meetings")


def test_a_run_leaves_results_trec_files_and_a_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["run", str(folder), "--output", "out"]) == 0
    assert "| meetings | default | 2 | 1.000" in capsys.readouterr().out
    for system in systems.NAMES:
        run = RunResult.read(Path("out") / f"meetings.{system}.json")
        assert [r.asked.id for r in run.results] == ["q1", "q2"]
        written = list(ir_measures.read_trec_run(f"out/meetings.{system}.run"))  # type: ignore[no-untyped-call]
        judged = list(ir_measures.read_trec_qrels("out/meetings.qrels"))  # type: ignore[no-untyped-call]
        theirs = {m.query_id: m.value for m in ir_measures.iter_calc([nDCG @ 10], judged, written)}
        assert by_question(run)["nDCG@10"] == theirs  # to the same digits
    page = Path("out/report.html").read_text()
    assert "<h2>meetings</h2>" in page
    assert not list(Path("out").glob(".*"))


def test_an_interrupted_run_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Stopping(systems.Words):
        def rank(self, asked_: Asked) -> Ranked:
            """Ends the process at the second question, once."""
            asked.append(asked_.id)
            if asked == ["q1", "q2"]:
                raise KeyboardInterrupt
            return super().rank(asked_)

    monkeypatch.setattr(systems, "Words", Stopping)
    arguments = ["run", str(folder), "--systems", "bm25", "--output", "out"]
    with pytest.raises(KeyboardInterrupt):
        command.main(arguments)
    assert command.main(arguments) == 0
    assert asked == ["q1", "q2", "q2"]
    assert len(RunResult.read(Path("out/meetings.bm25.json")).results) == 2


def test_what_was_done_of_another_version_of_the_set_is_refused(folder: Path) -> None:
    before = load_set(str(folder), Settings())
    Progress(Path("out"), "bm25", before)
    (folder / "qrels" / "test.tsv").write_text(QRELS.replace("q1\tp1\t1", "q1\tp4\t1"))
    assert load_set(str(folder), Settings()).sha256 != before.sha256
    assert command.main(["run", str(folder), "--systems", "bm25", "--output", "out"]) == 1


def test_results_are_compared_and_shown_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["run", str(folder), "--output", "out"])
    assert command.main(["compare", "out/meetings.default.json", "out/meetings.bm25.json"]) == 0
    assert "wins" in capsys.readouterr().out
    assert command.main(["report", "out", "--output", "shown"]) == 0
    assert Path("shown/report.html").exists()


def test_another_systems_run_and_a_running_service_are_measured_alike(folder: Path) -> None:
    Path("other.run").write_text("q1 Q0 p1 1 2.5 other\nq1 Q0 p4 2 1.5 other\n")
    questions = load_set(str(folder), Settings())
    fakes.build_index(Path("served"), questions.corpora[0].transcripts)
    with running_server(create_app(Settings(index_dir=Path("served")), opener=fakes.opener(Path("served")))) as url:
        arguments = ["--systems", "default", "--url", url, "--trec-run", "other.run", "--output", "out"]
        assert command.main(["run", str(folder), *arguments]) == 0
    runs = {name: RunResult.read(Path(f"out/meetings.{name}.json")) for name in ("default", "service", "other")}
    assert by_question(runs["service"]) == by_question(runs["default"])
    assert by_question(runs["other"])["nDCG@10"] == {"q1": 1, "q2": 0}


def test_a_service_that_is_not_there_is_told(folder: Path) -> None:
    with Service("http://127.0.0.1:9", {}) as service, pytest.raises(ValueError, match="is the service running"):
        service.rank(Asked("q", "Who?", "", {}))


@pytest.mark.parametrize("line", ["q1 Q0 p1 1 2.5", "q1 Q0 p1 1 high other", "q1 Q0 p1 1 nan other"])
def test_a_run_that_is_off_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "other.run"
    path.write_text(f"q0 Q0 p1 1 2.5 other\n{line}\n")
    with pytest.raises(ValueError, match=r"other\.run:2"):
        read_run(path)
    path.write_text("q0 Q0 p1 1 2.5 other\n" * 2)
    with pytest.raises(ValueError, match="twice"):
        Written(path)


@pytest.mark.parametrize(
    ("qrels", "reason"),
    [("q1\tp9\t1\n", r"test\.tsv:2: .*'p9'.*corpus\.jsonl lacks"), ("q1\tp1\t1\n", r"scope\.tsv:2: .*'m9'")],
)
def test_what_is_judged_and_not_there_is_told(folder: Path, qrels: str, reason: str) -> None:
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels)
    (folder / "scope.tsv").write_text("query-id\tmeeting\nq1\tm9\n")
    with pytest.raises(ValueError, match=reason):
        load_set(str(folder), Settings())


def test_unknown_names_are_told_with_what_there_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["run", "nowhere"]) == 1
    assert "interview" in capsys.readouterr().err
    assert command.main(["run", str(folder), "--systems", "best"]) == 1
    assert "default, bm25" in capsys.readouterr().err
    assert command.main(["run", f"{folder}:dev"]) == 1
    Path("no.json").write_text(json.dumps({"a": 1}))
    assert command.main(["report", "no.json", "--output", "out"]) == 1
    assert "no result of" in capsys.readouterr().err


def test_dev_halves_are_marked(tmp_path: Path) -> None:
    dev, test = (
        load_set(f"interview:{split}", Settings(source_dir=ROOT / "source_texts")) for split in ("dev", "test")
    )
    assert (dev.tuned_on, test.tuned_on) == (True, False)
    assert not {q.id for q in dev.asked} & {q.id for q in test.asked}
    assert measuring.SHOWN_FIRST < systems.DEPTH
