"""The command line where no model is needed: usage, settings, what went wrong."""

from pathlib import Path

import pytest

from qa_service import __version__
from qa_service.cli import main
from tests import fakes


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
    assert "no transcripts (*.txt) in source_texts" in error
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
