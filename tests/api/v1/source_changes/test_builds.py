"""The builds behind a change: one at a time, served when answered, or everything as it was."""

import contextlib
import errno
import io
import os
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from qa_service import building, cli, composition, source_library
from qa_service.errors import BuildFailedError, BuildRunningError, NoRoomError, SourceError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import build_lock, current_generation
from qa_service.settings import Settings
from qa_service.sources import change
from qa_service.sources.files import NEW, beside, write_durably
from qa_service.sources.formats.registry import READ
from tests import fakes
from tests.api.conftest import TIMEOUT_S, eventually, running_server
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import BEES, PLAIN, WRITES, Service, best, client_of, put


@pytest.mark.parametrize("error", [BuildFailedError("no"), OSError("no memory")])
def test_a_failed_build_leaves_everything_as_it_was(local: TestClient, service: Service, error: Exception) -> None:
    put(local, params={"title": "Bees"})
    before, version = service.files(), local.get("/version").json()
    service.error = error
    code = "build_failed" if isinstance(error, BuildFailedError) else "internal_error"
    refused(put(local, text=BEES.replace("oak", "elm")), 500, code)
    refused(put(local, "new"), 500, code)
    refused(local.delete("/v1/documents/bees"), 500, code)
    assert (service.files(), local.get("/version").json()) == (before, version)
    service.error = None
    assert put(local, "new").status_code == 201


def test_one_change_at_a_time(local: TestClient, service: Service) -> None:
    service.go_on.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(put, local)
        assert service.started.wait(TIMEOUT_S)
        assert best(local, "harbour levy wages") == "trams#5"
        response = put(local, "wasps")
        refused(response, 409, "build_running")
        assert int(response.headers["Retry-After"]) >= 1
        refused(local.delete("/v1/documents/trams"), 409, "build_running")
        refused(local.post("/v1/reload"), 409, "build_running")
        service.go_on.set()
        assert first.result().status_code == 201
    assert put(local, "wasps").status_code == 201


def test_a_build_started_by_hand_is_waited_for(local: TestClient, service: Service) -> None:
    with build_lock(IndexFolder(service.index)):
        refused(put(local), 409, "build_running")
    assert service.files().keys() == {"trams.txt"}


def test_a_change_that_lost_the_race_to_a_build_by_hand_builds_after_it(service: Service) -> None:
    lost = iter([BuildRunningError("another build is running"), None])
    build = service.build

    def build_after_losing() -> list[SourceError]:
        if error := next(lost):
            raise error
        return build()

    library = source_library.SourceLibrary(service.settings, build_after_losing)
    assert library.put("bees", BEES.encode(), {}) == (True, [])
    with fakes.opened(service.index) as retriever:
        assert [document.id for document in retriever.generation.store.documents()] == ["bees", "trams"]


def test_reload_builds_what_changed_and_says_what_it_serves(local: TestClient, service: Service) -> None:
    version = local.get("/version").json()["index_version"]
    same = local.post("/v1/reload").json()
    assert same == {"rebuilt": False, "index_version": version, "documents": 1, "statements": 4, "refused": []}
    (service.sources / "bees.txt").write_text(BEES)
    changed = local.post("/v1/reload").json()
    assert (changed["rebuilt"], changed["documents"], changed["statements"]) == (True, 2, 5)
    assert best(local) == "bees#1"


@pytest.mark.parametrize("damaged", ["tokens/codes.npy", "weights.json", "manifest.json"])
def test_reload_builds_a_damaged_index_anew(service: Service, damaged: str) -> None:
    path = current_generation(IndexFolder(service.index)).root / damaged
    path.write_bytes(path.read_bytes()[:-9])
    with client_of(service) as client:
        eventually(client, "/health/ready", lambda response: "rebuild with" in response.text)
        assert client.post("/v1/reload").json()["rebuilt"]
        assert best(client, "harbour levy wages") == "trams#5"
        assert not client.post("/v1/reload").json()["rebuilt"]


def test_sources_that_a_build_refuses_are_told_with_every_change(local: TestClient, service: Service) -> None:
    assert put(local).json()["refused"] == []
    (service.sources / "bees.txt").write_text("An editor broke this file.")
    changed = local.post("/v1/reload").json()
    assert (changed["rebuilt"], changed["documents"]) == (True, 1)
    assert changed["refused"] == [{"file": "bees.txt", "line": 1, "reason": changed["refused"][0]["reason"]}]
    assert "label" in changed["refused"][0]["reason"]
    assert put(local, "wasps").json()["refused"] == changed["refused"]
    assert local.delete("/v1/documents/wasps").json()["refused"] == changed["refused"]
    assert local.delete("/v1/documents/bees").json()["refused"] == []


def test_what_is_served_without_a_file_is_dropped_by_what_the_error_names(local: TestClient, service: Service) -> None:
    put(local)
    (service.sources / "bees.txt").unlink()
    assert "POST /v1/reload" in refused(local.delete("/v1/documents/bees"), 404, "not_found")["message"]
    assert local.get("/v1/documents/bees").status_code == 200
    local.post("/v1/reload")
    assert local.get("/v1/documents/bees").status_code == 404


def test_an_index_folder_that_can_not_be_written_is_told(local: TestClient, service: Service) -> None:
    lock = IndexFolder(service.index).changing
    lock.unlink(missing_ok=True)
    lock.mkdir()
    for method, path in WRITES:
        if (method, path) == ("POST", "/v1/documents"):
            response = local.post(path, files={"file": ("bees.txt", BEES)})
        else:
            response = local.request(method, path, content=BEES, headers=PLAIN)
        assert "QA_SERVICE_INDEX_DIR" in refused(response, 503, "index_not_writable")["message"]
    assert service.builds == 0


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("text/plain", "Reporter: Wh"),
        ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nReporter: Wh'),
    ],
)
def test_a_client_that_hangs_up_is_no_error_of_ours(
    service: Service, kind: str, start: str, caplog: pytest.LogCaptureFixture
) -> None:
    counted = 'path="/v1/documents/{document}",status="400"'
    with running_server(service.app()) as address:
        host, port = address.removeprefix("http://").split(":")
        head = f"PUT /v1/documents/bees HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: 999\r\n\r\n"
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"{head}{start}".encode())
        end = time.monotonic() + TIMEOUT_S
        while counted not in (metrics := httpx2.get(f"{address}/metrics").text):
            assert time.monotonic() < end, metrics
            time.sleep(0.01)
    assert 'status="500"' not in metrics
    assert "failed" not in caplog.text
    assert service.builds == 0


def test_a_published_index_that_does_not_open_is_told(local: TestClient, service: Service) -> None:
    service.pointer = "nowhere"
    refused(put(local), 503, "not_ready")
    assert best(local, "harbour levy wages") == "trams#5"


@pytest.mark.parametrize("kind", ["folder", "missing", "file", "pipe", "read-only"])
def test_a_folder_that_can_not_be_written_is_told(
    local: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:

    def fail(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    if kind in {"folder", "missing"}:
        service.sources.rename(service.sources.parent / "real")
    if kind == "folder":
        service.sources.symlink_to(service.sources.parent / "real")
    if kind == "file":
        (service.sources / "bees.txt").symlink_to(service.sources / "trams.txt")
    if kind == "pipe":
        os.mkfifo(service.sources / "bees.json")
    if kind == "read-only":
        monkeypatch.setattr("qa_service.sources.change.write_durably", fail)
    error = refused(put(local), 503, "sources_not_writable")
    assert any(why in error["message"] for why in ("symbolic link", "no regular file", "QA_SERVICE_SOURCE_DIR"))
    assert service.builds == 0


def test_a_second_file_that_can_not_be_written_undoes_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = write_durably
    second = beside(tmp_path / "a.txt", NEW)

    def failing(path: Path, content: bytes) -> None:
        if path == second:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr("qa_service.sources.change.write_durably", failing)
    with pytest.raises(NoRoomError, match="No space"):
        change.make_change(tmp_path, {tmp_path / "a.json": b"{}", tmp_path / "a.txt": b"x"}, "")
    assert list(tmp_path.iterdir()) == []


def test_the_real_builder_tells_what_went_wrong(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(source_dir=tmp_path / "none", index_dir=tmp_path / "index")
    with pytest.raises(BuildFailedError, match=r"no transcripts .* in the source folder; .* the log") as error:
        building.build_in_process(settings)
    assert str(tmp_path) not in str(error.value)
    assert f"no transcripts ({READ}) in {tmp_path}" in caplog.text
    with build_lock(IndexFolder(settings.index_dir)), pytest.raises(BuildFailedError):  # ours failed before the lock
        building.build_in_process(settings)


def test_a_build_that_lost_the_race_to_another_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one may have ended by then: its lock tells nothing."""
    lost = subprocess.CompletedProcess([], BuildRunningError.exit_status, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: lost)
    with pytest.raises(BuildRunningError):
        building.build_in_process(Settings(source_dir=tmp_path, index_dir=tmp_path / "index"))


def test_the_real_builder_knows_which_languages_the_model_does(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str | None] = []

    def run(command: list[str], *, env: dict[str, str], **_: Any) -> subprocess.CompletedProcess[str]:
        given.append(env.get("QA_SERVICE_MODEL_LANGUAGES"))
        return subprocess.CompletedProcess(command, 0, '{"refused": [], "notes": []}', "")

    monkeypatch.setattr(subprocess, "run", run)
    building.build_in_process(Settings(model_languages="en,de"))
    building.build_in_process(Settings())
    assert given == ["en,de", None]


def test_the_real_builder_logs_and_gives_what_was_refused_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The command line prints it as JSON in the process of its own, here without starting one."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "trams.txt").write_text(f"{fakes.TRAMS}\nAda Lund: {'Trams ' * 200}. {'Trams ' * 200}.\n")
    (sources / "bees.txt").write_text("An editor broke this file.")
    (sources / os.fsdecode(b"\xff.txt")).write_text(BEES)

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            return subprocess.CompletedProcess(command, cli.main(command[3:]), printed.getvalue(), "")

    monkeypatch.setattr(composition, "provide_encoder", lambda *_: fakes.FakeEncoder())
    monkeypatch.setattr(subprocess, "run", run)
    for name in ("SOURCE_DIR", "INDEX_DIR", "MODEL"):  # the command line sets them for the whole process
        monkeypatch.setenv(f"QA_SERVICE_{name}", "x")
    refused = building.build_in_process(Settings(source_dir=sources, index_dir=tmp_path / "index", model=fakes.MODEL))
    assert [(error.file, error.line) for error in refused] == [("bees.txt", 1)]
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings[:1] == [f"refused: {error}" for error in refused]
    assert any("trams#7 has 400 tokens" in warning for warning in warnings)
