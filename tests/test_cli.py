"""The command line where no model is needed: usage, settings, what went wrong."""

import json
import os
import re
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from qa_service import __version__, cli, starting
from qa_service.answering import AnswerService
from qa_service.api.models.source_changes import InspectionModel, TurnModel
from qa_service.cli import main
from qa_service.errors import BuildRunningError, IndexDamagedError, IndexMissingError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import build_lock, current_generation
from qa_service.settings import Settings
from qa_service.sources.folder import fingerprint
from qa_service.sources.formats.registry import READ
from qa_service.sources.inspection import inspect_file
from qa_service.starting import bring_up_to_date
from tests import fakes
from tests.api import dated


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize("arguments", [[], ["dance"], ["ask"], ["ask", "trams", "--top-k", "many"], ["build", "extra"]])
def test_wrong_usage_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: qa-service" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["build"], ["serve"], ["ask", "trams"]])
@pytest.mark.parametrize(("name", "value"), [("QA_SERVICE_PORT", "0"), ("QA_SERVICE_WORKERS", "many")])
def test_a_wrong_setting_is_exit_1_and_named(
    command: list[str], name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert main(command) == 1
    assert f"error: {name}: " in capsys.readouterr().err


def test_an_option_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("QA_SERVICE_SOURCE_DIR", "from-the-environment")
    assert main(["build", "--source-dir", str(tmp_path / "from-the-option")]) == 1
    assert "from-the-option" in capsys.readouterr().err


def test_a_folder_without_sources_is_exit_1_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """The working directory is an empty one."""
    assert main(["build"]) == 1
    error = capsys.readouterr().err
    assert f"no transcripts ({READ}) in source_texts" in error
    assert "QA_SERVICE_SOURCE_DIR" in error
    assert "Traceback" not in error


def test_when_every_source_is_refused_each_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("source_texts")
    folder.mkdir()
    (folder / "a.txt").write_text("Nobody is named here.\n")
    (folder / "b.txt").write_text("")
    assert main(["build"]) == 1
    error = capsys.readouterr().err
    assert "a.txt:1: no line opens with a speaker's label" in error
    assert "b.txt:1: the file is empty" in error
    assert not Path("index/CURRENT").exists()


@pytest.mark.parametrize("command", [["serve"], ["ask", "trams"]])
def test_an_index_of_another_model_is_refused_with_the_command_to_rebuild(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    fakes.build_index(Path("index"))
    assert main(command) == 1
    error = capsys.readouterr().err
    assert f"'{fakes.MODEL}'" in error
    assert "rebuild with: qa-service build" in error


@pytest.fixture
def sources() -> Path:
    """One transcript, in the working directory."""
    folder = Path("source_texts")
    folder.mkdir()
    (folder / "trams.txt").write_text(fakes.TRAMS)
    return folder


def test_a_build_while_another_runs_says_so(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with build_lock(IndexFolder(Path("index"))):
        assert main(["build"]) == BuildRunningError.exit_status
    assert "error: another build is running" in capsys.readouterr().err


def test_of_two_starts_at_once_one_builds_and_the_other_waits(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other build ends only when the start was told of it, and leaves nothing to build."""
    told = Event()

    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        with pytest.raises(BuildRunningError), build_lock(IndexFolder(Path("index"))):
            pass
        told.set()
        return subprocess.CompletedProcess([], BuildRunningError.exit_status)

    monkeypatch.setattr(subprocess, "run", run)
    built = fakes.build_index(Path("aside"), digest=fingerprint(sources)).manifest.id
    with ThreadPoolExecutor(1) as threads, ExitStack() as other:
        other.enter_context(build_lock(IndexFolder(Path("index"))))
        start = threads.submit(bring_up_to_date, Settings(model=fakes.MODEL))
        assert told.wait(10)
        assert not start.done()
        Path("index/generations").rmdir()
        Path("aside/generations").rename("index/generations")
        Path("aside/CURRENT").rename("index/CURRENT")
        other.close()
        start.result(10)
    assert current_generation(IndexFolder(Path("index"))).root.name == built


def test_a_start_whose_build_fails_takes_the_index_from_before_if_that_opens(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    with pytest.raises(IndexMissingError, match="see above"):
        bring_up_to_date(Settings(model=fakes.MODEL))
    fakes.build_index(Path("index"), digest="before")
    monkeypatch.setattr(starting, "open_service", lambda _: fakes.opener(Path("index"))())
    bring_up_to_date(Settings(model=fakes.MODEL))
    current_generation(IndexFolder(Path("index"))).statements.write_bytes(b"")
    with pytest.raises(IndexDamagedError, match=r"see above.*is damaged"):
        bring_up_to_date(Settings(model=fakes.MODEL))


def test_what_was_built_and_refused_is_printed_as_json(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("qa_service.composition.provide_encoder", lambda *_: fakes.FakeEncoder())
    (sources / "bees.txt").write_text("")
    assert main(["build", "--json"]) == 0
    built = json.loads(capsys.readouterr().out)
    assert built == {
        "index_version": current_generation(IndexFolder(Path("index"))).root.name,
        "documents": 1,
        "statements": 4,
        "refused": [{"file": "bees.txt", "line": 1, "reason": built["refused"][0]["reason"]}],
        "notes": [],
    }


def test_inspect_prints_a_line_a_turn_and_every_note(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = fakes.TRAMS.replace("harbour levy", "levy").replace(" It was raised by two cents in March.", "")
    (sources / "trams.txt").write_text(f"{text}\nReporter:\n\nAda Lund: So it is.\n")
    assert main(["inspect", str(sources / "trams.txt")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "trams: Night trams of Lindhaven",
        "date: none",
        "language: en (from the text)",
        "   1  line 3     asks     Reporter  |  How many night trams run in Lindhaven?",
        "   2  line 5     answers  Ada Lund  |  Twelve trams run between midnight and dawn. On Saturdays the depot se…",
        "   3  line 9     asks     Reporter  |  Who pays for the drivers?",
        "   4  line 11    answers  Bo Strand  |  A levy covers their wages.",
        "   5  line 13    answers  Ada Lund  |  Nobody pays more than one crown for a ticket.",
        "note: line 15: a label without words behind it; skipped",
        "5 turns, 5 answer paragraphs",
    ]


def test_inspect_tells_the_date_and_where_it_is_from(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = sources / "trams-2023-05-14.txt"
    (sources / "trams.txt").rename(file)
    assert main(["inspect", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "date: 2023-05-14 (from the file name)"


def test_ask_filters_and_orders_by_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = dated.build(tmp_path)
    monkeypatch.setattr(cli, "_open_or_build", lambda _: AnswerService(fakes.open_retriever(root)))
    always = ["ask", dated.QUESTION, "--min-confidence", "0", "--group-by", "document"]

    def heads(*more: str) -> list[str]:
        assert main([*always, *more]) == 0
        return [re.sub(r" \(.*, ", " ", line) for line in capsys.readouterr().out.splitlines() if line[:1] == "["]

    assert heads("--order", "oldest", "--top-k", "9") == [
        "[1] Ada Lund, 2023-03-14 bank-1#2)",
        "[2] Ada Lund, 2023-09 bank-2#2)",
        "[3] Ada Lund, 2024 bank-3#2)",
        "[4] Ada Lund bank-4#2)",
    ]
    assert heads("--from", "2023-04", "--to", "2023") == ["[1] Ada Lund, 2023-09 bank-2#2)"]
    assert heads("--tag", "BANK", "--order", "newest") == [
        "[1] Ada Lund, 2023-09 bank-2#2)",
        "[2] Ada Lund, 2023-03-14 bank-1#2)",
    ]
    assert main(["ask", dated.QUESTION, "--tag", "ban"]) == 0
    assert "Not every tag you gave is in the sources. There are: Bank, rates." in capsys.readouterr().out
    assert main(["ask", dated.QUESTION, "--from", "2024", "--to", "2023"]) == 1
    assert capsys.readouterr().err == "error: from (2024) is later than to (2023); change them over\n"


def test_inspect_prints_nobody_where_nobody_is_named(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sources / "trams.txt").write_text("Q: How many trams run?\n\nA: Nine.\n")
    assert main(["inspect", str(sources / "trams.txt")]) == 0
    assert "   2  line 3     answers  nobody by name  |  Nine." in capsys.readouterr().out.splitlines()


def test_inspect_prints_the_object_as_json(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", str(sources / "trams.txt")]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert seen == json.loads(json.dumps(asdict(inspect_file(sources / "trams.txt"))))
    assert seen.keys() == InspectionModel.model_fields.keys()
    assert seen["turns"][2].keys() == TurnModel.model_fields.keys()
    assert not Path("index").exists()


def test_a_file_that_inspect_can_not_read_is_exit_1_with_the_reason(
    sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sources / "a.txt").write_text("\nNobody is named here.\n")
    (sources / "trams.json").write_text('{"titel": "Trams"}')
    for name, reason in (
        ("a.txt", "a.txt:2: no line opens with a speaker's label"),
        ("trams.txt", "trams.json: titel: "),
        ("missing.txt", "missing.txt: can't be read: No such file or directory"),
    ):
        assert main(["inspect", str(sources / name)]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(f"error: {reason}")


def test_who_reads_only_the_first_lines_gets_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    def much(*_: Any) -> int:
        print("x" * 100_000)
        return 0

    monkeypatch.setattr(cli, "_ask", much)
    with os.fdopen(writing, "w") as closed:
        monkeypatch.setattr("sys.stdout", closed)
        assert main(["ask", "trams"]) == 0


def test_an_address_that_is_taken_is_told_before_listening(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "bring_up_to_date", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 1
    error = capsys.readouterr().err
    assert "name another with --host and --port" in error
    assert "listening on" not in error
