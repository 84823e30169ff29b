"""No name of a file begins a line of its own in a log or an error."""

import logging
import logging.config
import sys
from pathlib import Path

import pytest

from qa_service.cli import main
from qa_service.errors import SourceError
from qa_service.printed import FORMAT, LogFormatter, log_config, printable
from qa_service.sources.folder import read_folder

FORGED = "2026-01-01 00:00:00,000 ERROR qa_service: all is lost"
STEERING = ["\n", "\r", "\r\n", "\x1b[2K", "\x85", "\u2028", "\u2029", "\u202e", "\0", "\x7f"]


@pytest.mark.parametrize("steers", STEERING)
def test_what_steers_is_escaped(steers: str) -> None:
    shown = printable(f"a{steers}b")
    assert len(shown.splitlines()) == 1
    assert not any(character in shown for character in steers if not character.isprintable())


@pytest.mark.parametrize("name", ["trams.txt", "Ätna 字幕 \u3000 🍎.txt", "مرحبا\u200c.txt"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert printable(name) == name


def test_bytes_that_are_no_text_are_escaped() -> None:
    assert printable("\udcff.txt") == "\\udcff.txt"


@pytest.mark.parametrize("steers", STEERING)
def test_a_record_is_one_line_at_the_margin(steers: str) -> None:
    try:
        raise ValueError(f"x{steers}{FORGED}")
    except ValueError:
        caught = sys.exc_info()
    record = logging.LogRecord("qa", logging.ERROR, "", 0, "refused: %s", (f"a{steers}{FORGED}",), caught)
    lines = LogFormatter(FORMAT).format(record).splitlines()
    assert len(lines) > 3, "the traceback is there"
    assert [line for line in lines if not line.startswith("    ")] == lines[:1]
    assert not lines[0].startswith(FORGED)


def test_a_worker_logs_alike(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        logging.config.dictConfig(log_config("info"))
        logging.getLogger("qa").warning("a\n%s", FORGED)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert f"WARNING qa: a\n    {FORGED}\n" in capsys.readouterr().err


@pytest.mark.parametrize("name", [f"a\n{FORGED}.txt", f"a\n{FORGED}.docx", f"a.doc\n{FORGED}"])
def test_a_refused_file_is_told_on_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "b.txt").write_text("Nobody is named here.")
    (sources / name).write_text("Nor here.")
    for error in read_folder(sources).refused:
        assert "\n" not in str(error)
        assert "\n" not in error.reason
    assert main(["build", "--source-dir", str(sources)]) == 1
    assert not [line for line in capsys.readouterr().err.splitlines() if line.startswith(FORGED)]


def test_an_error_of_a_source_names_it_safely() -> None:
    error = SourceError("bad", file=f"a\n{FORGED}.txt", line=3)
    assert str(error) == f"a\\n{FORGED}.txt:3: bad"
