"""A changed folder is built once it has come to rest."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service.watching import stamp, watch
from tests.api.test_process import ROOT, eventually


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> list[int]:
    """At which pauses it builds, where each step is taken within one; a build is counted behind its step."""
    left, builds, pauses = list(steps), list[int](), 0

    def sleep(_: float) -> None:
        nonlocal pauses
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()
        pauses += 1

    monkeypatch.setattr("qa_service.watching.time.sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        watch(folder, lambda: builds.append(pauses))
    return builds


def nothing() -> None:
    """Nobody changes anything."""


def test_it_builds_once_after_a_change_has_come_to_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one")
    steps = [nothing, lambda: file.write_text("two, longer"), lambda: file.write_text("three, longer still")]
    assert run(tmp_path, monkeypatch, *steps, nothing, nothing, nothing) == [4]


def test_new_and_removed_files_and_metadata_are_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    for change in (
        lambda: (tmp_path / "inside" / "b.vtt").write_text("b"),
        lambda: (tmp_path / "inside" / "b.json").write_text("{}"),
        lambda: (tmp_path / "inside" / "b.vtt").unlink(),
    ):
        assert run(tmp_path, monkeypatch, change, nothing, nothing) == [2]


def test_what_is_hidden_is_no_change(tmp_path: Path) -> None:
    before = stamp(tmp_path)
    (tmp_path / ".change").write_text("a journal")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.txt").write_text("a")
    assert stamp(tmp_path) == before


@pytest.mark.model
def test_the_program_builds_goes_on_after_an_error_and_ends(tmp_path: Path) -> None:
    sources, index = tmp_path / "sources", tmp_path / "index"
    sources.mkdir()
    (sources / "a.txt").write_text("Q: Who pays?\n\nAda Lund: We all do.\n")
    command = [sys.executable, "-m", "qa_service", "build", "--watch", "--source-dir", str(sources)]
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen([*command, "--index-dir", str(index)], cwd=ROOT, stderr=log)
        try:
            eventually(lambda: "watching" in (tmp_path / "log").read_text())
            (sources / "a.txt").write_text("nothing that could be read")
            eventually(lambda: "error:" in (tmp_path / "log").read_text())
            (sources / "a.txt").write_text("Q: Who pays?\n\nAda Lund: Every ship that calls.\n")
            eventually(lambda: (tmp_path / "log").read_text().count("built index") == 2)
            time.sleep(0.2)
            running.send_signal(signal.SIGINT)
            assert running.wait(30) == 0
        finally:
            running.kill()
