"""`qa-service database …`, as somebody types it."""

import subprocess
import sys
from pathlib import Path

import pytest

from qa_service.cli import main
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import published_name
from tests import fakes
from tests.conftest import ROOT
from tests.postgres.conftest import new_database
from tests.postgres.server import Server


@pytest.fixture
def folder(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index folder with its sources, and a new database in the environment."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "trams.txt").write_text(fakes.TRAMS)
    fakes.build_index(tmp_path / "index", [fakes.transcript("trams", fakes.TRAMS)])
    for name, value in (
        ("DATABASE_URL", server.url(new_database(server))),
        ("INDEX_DIR", str(tmp_path / "index")),
        ("SOURCE_DIR", str(tmp_path / "sources")),
        ("MODEL", fakes.MODEL),
    ):
        monkeypatch.setenv(f"QA_SERVICE_{name}", value)
    return tmp_path


def test_from_a_folder_into_a_database_and_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["database", "migrate"]) == 0
    assert "applied: 1" in capsys.readouterr().err
    assert main(["database", "load"]) == 0
    assert "1 documents, 4 statements" in capsys.readouterr().err
    assert main(["database", "load"]) == 0
    capsys.readouterr()
    assert main(["database", "versions"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first[0] == " "
    assert second[0] == "*"
    assert main(["database", "use"]) == 0
    assert main(["database", "use", "nothing"]) == 1
    assert "no such version" in capsys.readouterr().err
    assert main(["database", "versions"]) == 0
    assert capsys.readouterr().out.startswith("*")
    assert main(["ask", "Which harbour levy covers wages?"]) == 0
    assert capsys.readouterr().out
    before = published_name(IndexFolder(folder / "index"))
    assert main(["database", "dump"]) == 0
    assert published_name(IndexFolder(folder / "index")) > before
    with fakes.opened(folder / "index") as retriever:
        assert retriever.rank(["harbour levy wages"], 1, {})[0].hits
    assert main(["database", "prune"]) == 0


@pytest.mark.parametrize("command", [["database", "versions"], ["ask", "Who pays?"]])
def test_a_database_that_is_not_there_is_one_line(server: Server, command: list[str], tmp_path: Path) -> None:
    """In a process of its own, which also ends."""
    environment = {
        "QA_SERVICE_DATABASE_URL": server.url("nothing", password="tell-nobody"),
        "QA_SERVICE_INDEX_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "qa_service", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: the database")
    assert len(done.stderr.splitlines()) == 1
    assert "tell-nobody" not in done.stderr


def test_without_an_address_the_commands_say_what_to_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QA_SERVICE_DATABASE_URL", raising=False)
    assert main(["database", "load"]) == 1
    assert "QA_SERVICE_DATABASE_URL" in capsys.readouterr().err
