"""Changing the sources over HTTP: served when answered, or everything as it was."""

import contextlib
import io
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError

from qa_service import assemble, cli, keeping
from qa_service.api.app import create_app
from qa_service.api.middleware import MAX_SOURCE_BYTES
from qa_service.errors import BuildFailedError, BuildRunningError, SourceError, SourcesNotWritableError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import build_lock, current_generation
from qa_service.settings import Settings
from qa_service.sources import files
from qa_service.sources.folder import fingerprint, read_folder
from tests import fakes
from tests.api.conftest import TIMEOUT_S, eventually, is_ready, running_server
from tests.api.test_errors import refused

BEES = "Reporter: Where do the bees winter?\n\nIda Moss: The bees winter in oak hollows.\n"
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
HERE, ELSEWHERE = ("127.0.0.1", 50000), ("10.0.0.7", 50000)
ADDRESS = "http://127.0.0.1:8000"


class Service:
    """A service over folders of its own, whose builds can be made to wait or to fail."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.sources = root / "sources"
        self.index = root / "index"
        self.sources.mkdir()
        (self.sources / "trams.txt").write_text(fakes.TRAMS)
        self.settings = Settings(source_dir=self.sources, index_dir=self.index, model=fakes.MODEL, **settings)
        self.go_on = Event()
        self.go_on.set()
        self.started = Event()
        self.error: Exception | None = None
        self.builds = 0
        self.pointer = ""
        self._build()

    def _build(self) -> None:
        fakes.build_index(self.index, read_folder(self.sources).transcripts, fingerprint(self.sources))

    def build(self) -> list[SourceError]:
        """What the application calls."""
        self.builds += 1
        self.started.set()
        assert self.go_on.wait(TIMEOUT_S)
        if self.error:
            raise self.error
        self._build()
        if self.pointer:
            (self.index / "CURRENT").write_text(self.pointer)
        return read_folder(self.sources).refused

    def app(self) -> FastAPI:
        """The application."""
        return create_app(self.settings, fakes.opener(self.index), self.build)

    def files(self) -> dict[str, bytes]:
        """What the source folder holds."""
        return {path.name: path.read_bytes() for path in self.sources.iterdir()}


def client_of(service: Service, client: tuple[str, int] = HERE, address: str = ADDRESS) -> TestClient:
    """Somebody who calls from there, at that address."""
    return TestClient(service.app(), base_url=address, client=client, raise_server_exceptions=False)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def local(service: Service) -> Iterator[TestClient]:
    """A client on the same machine."""
    with client_of(service) as client:
        eventually(client, "/health/ready", is_ready)
        yield client


def put(client: TestClient, document: str = "bees", text: str | bytes = BEES, **more: Any) -> Any:
    """The response to a transcript."""
    return client.put(f"/v1/documents/{document}", content=text, **{"headers": PLAIN, **more})


def best(client: TestClient, question: str = "bees winter oak hollows") -> Any:
    """The first statement's id."""
    answer = client.post("/v1/ask", json={"question": question, "min_confidence": 0, "top_k": 1}).json()
    return answer["results"][0]["id"]


def test_a_document_is_asked_at_once_and_gone_at_once(local: TestClient, service: Service) -> None:
    kept = put(local, params={"title": "Bees", "speakers": ["Ida Moss", "Bo"], "origin": "a friend"})
    assert kept.status_code == 201
    assert kept.json() | {"id": "bees", "title": "Bees", "language": "en", "statements": 1} == kept.json()
    assert kept.json()["index_version"] == local.get("/version").json()["index_version"]
    assert best(local) == "bees#1"
    assert (service.sources / "bees.txt").read_text() == BEES
    metadata = json.loads((service.sources / "bees.json").read_text())
    assert metadata == {"title": "Bees", "speakers": ["Ida Moss", "Bo"], "origin": "a friend"}
    gone = local.delete("/v1/documents/bees")
    assert gone.status_code == 200
    version = local.get("/version").json()["index_version"]
    assert gone.json() == {"deleted": "bees", "index_version": version, "refused": []}
    assert best(local).startswith("trams#")
    assert service.files().keys() == {"trams.txt"}


def test_a_document_replaces_the_one_before_with_its_metadata(local: TestClient, service: Service) -> None:
    put(local, params={"title": "Bees"})
    replaced = put(local, text=BEES.replace("oak", "elm"))
    assert replaced.status_code == 200
    assert replaced.json()["title"] != "Bees"
    assert local.get("/v1/statements/bees%231").json()["text"] == "The bees winter in elm hollows."
    assert service.files().keys() == {"trams.txt", "bees.txt"}


def test_a_file_can_be_uploaded_with_a_form(local: TestClient) -> None:
    form = {"title": "Bees", "speakers": ["Ida Moss", "Bo"]}
    kept = local.put("/v1/documents/bees", files={"file": ("x.txt", BEES.encode())}, data=form)
    assert kept.status_code == 201, kept.text
    assert kept.json()["title"] == "Bees"
    assert local.get("/v1/documents/bees").json()["speakers"] == ["Ida Moss", "Bo"]


@pytest.mark.parametrize("form", [{"colour": "red"}, {"title": ""}, {"language": "x"}])
def test_a_form_is_checked(local: TestClient, service: Service, form: dict[str, str]) -> None:
    kept = local.put("/v1/documents/bees", files={"file": ("x.txt", BEES.encode())}, data=form)
    assert refused(kept, 422, "invalid_request")["param"] == next(iter(form))
    refused(put(local, params=form), 422, "invalid_request")
    assert service.files().keys() == {"trams.txt"}


def test_a_form_without_a_file_is_refused(local: TestClient) -> None:
    response = local.put("/v1/documents/bees", files={"text": ("x.txt", BEES.encode())})
    assert refused(response, 422, "invalid_request")["param"] == "file"
    broken = put(local, headers={"Content-Type": "multipart/form-data"})
    refused(broken, 422, "invalid_request")


@pytest.mark.parametrize("document", [".hidden", "-x", "a b", "a%00", "a%0A", "%2e%2e", "a\\b", "x" * 201, "字" * 120])
def test_an_id_that_no_file_can_have_is_refused(local: TestClient, service: Service, document: str) -> None:
    response = put(local, document.replace("\\", "%5C"))
    assert refused(response, 422, "invalid_request")["param"] == "document"
    assert service.files().keys() == {"trams.txt"}
    refused(local.delete(f"/v1/documents/{document.replace(chr(92), '%5C')}"), 404, "not_found")


@pytest.mark.parametrize("document", ["..%2Fx", "%2Fetc%2Fpasswd", "a%2Fb", "..%2F..%2Findex%2FCURRENT"])
def test_nothing_is_written_elsewhere(local: TestClient, service: Service, document: str) -> None:
    before = sorted(service.sources.parent.rglob("*"))
    assert put(local, document).status_code in {404, 405}
    assert local.delete(f"/v1/documents/{document}").status_code in {404, 405}
    assert sorted(service.sources.parent.rglob("*")) == before


def test_a_text_that_can_not_be_parsed_is_refused_with_its_place(local: TestClient, service: Service) -> None:
    error = refused(put(local, text="No one speaks here."), 422, "invalid_source")
    assert error["message"].startswith("bees.txt")
    assert error["details"][0]["file"] == "bees.txt"
    assert error["details"][0]["reason"] in error["message"]
    refused(put(local, text=""), 422, "invalid_source")
    assert service.files().keys() == {"trams.txt"}
    assert service.builds == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [(b"A: \xff", "text/plain"), (b"A: \0", "text/plain"), (b"{}", "application/json"), (b"x", "application/pdf")],
)
def test_what_is_no_text_is_refused(local: TestClient, text: bytes, kind: str) -> None:
    refused(put(local, text=text, headers={"Content-Type": kind}), 415, "unsupported_media_type")


def test_a_text_may_be_16_mib(local: TestClient) -> None:
    refused(put(local, text=b"x" * (MAX_SOURCE_BYTES + 1)), 413, "too_large")
    refused(put(local, text=iter([b"x" * 2**20] * 17)), 413, "too_large")  # type: ignore[arg-type]
    refused(put(local, text=b"\xff" * MAX_SOURCE_BYTES), 415, "unsupported_media_type")


def test_what_is_not_there_can_not_be_deleted_nor_the_last(local: TestClient, service: Service) -> None:
    refused(local.delete("/v1/documents/bees"), 404, "not_found")
    (service.sources / "broken.txt").write_text("No one speaks here.")
    refused(local.delete("/v1/documents/trams"), 409, "last_document")
    assert service.files().keys() == {"trams.txt", "broken.txt"}


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
        refused(put(local, "wasps"), 409, "build_running")
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

    keeper = keeping.Keeper(service.settings, build_after_losing)
    assert keeper.put("bees", BEES.encode(), {}) == (True, [])
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
    (service.index / keeping.LOCK).unlink(missing_ok=True)
    (service.index / keeping.LOCK).mkdir()
    for method, path in WRITES:
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
    if kind in {"folder", "missing"}:
        service.sources.rename(service.sources.parent / "real")
    if kind == "folder":
        service.sources.symlink_to(service.sources.parent / "real")
    if kind == "file":
        (service.sources / "bees.txt").symlink_to(service.sources / "trams.txt")
    if kind == "pipe":
        os.mkfifo(service.sources / "bees.json")
    if kind == "read-only":
        monkeypatch.setattr(files, "_replace", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    error = refused(put(local), 503, "sources_not_writable")
    assert any(why in error["message"] for why in ("symbolic link", "no regular file", "QA_SERVICE_SOURCE_DIR"))
    assert service.builds == 0


def test_a_second_file_that_can_not_be_written_undoes_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = files._replace

    def failing(path: Path, content: bytes | None) -> None:
        if path.suffix == ".txt":
            raise OSError(28, "No space left on device")
        replace(path, content)

    monkeypatch.setattr(files, "_replace", failing)
    with pytest.raises(SourcesNotWritableError, match="No space"):
        files.change({tmp_path / "a.json": b"{}", tmp_path / "a.txt": b"x"})
    assert list(tmp_path.iterdir()) == []


ADDED_BY_PROXIES = [
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via", "CF-Connecting-IP",
]  # fmt: skip
WRITES = [("PUT", "/v1/documents/bees"), ("DELETE", "/v1/documents/trams"), ("POST", "/v1/reload")]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_key_is_needed_once_there_is_one(tmp_path: Path, method: str, path: str) -> None:
    service = Service(tmp_path, api_keys="first, sécond")
    with TestClient(service.app(), raise_server_exceptions=False) as client:
        eventually(client, "/health/ready", is_ready)
        response = client.request(method, path)
        refused(response, 401, "key_needed")
        assert response.headers["WWW-Authenticate"] == "Bearer"
        for wrong in (
            {b"Authorization": b"Bearer firs"},
            {b"X-API-Key": "first, sécond".encode()},
            {b"X-API-Key": b"\xff"},
        ):
            refused(client.request(method, path, headers=wrong), 403, "not_allowed")
        refused(client.request(method, path, headers={"Authorization": "Basic first"}), 401, "key_needed")
        for right in ({b"Authorization": b"bearer first"}, {b"X-API-Key": "sécond".encode()}):
            assert client.request(method, path, headers=right).status_code in {200, 409, 415}
        assert client.post("/v1/ask", json={"question": "trams"}).status_code == 200


@pytest.mark.parametrize(
    ("settings", "who", "headers"),
    [
        ({"host": "0.0.0.0"}, {}, {}),  # noqa: S104
        ({}, {"client": ELSEWHERE}, {}),
        ({}, {"address": "http://rebound.example:8000"}, {}),
        ({}, {}, {"Host": "[127.0.0.1"}),
        ({}, {}, {"Origin": "https://page.example"}),
        ({}, {}, {"Origin": "null"}),
        *(({}, {}, {name: "127.0.0.1"}) for name in ADDED_BY_PROXIES),
    ],
)
def test_without_keys_only_this_machine_may_write(
    tmp_path: Path, settings: dict[str, str], who: dict[str, Any], headers: dict[str, str]
) -> None:
    service = Service(tmp_path, **settings)
    with client_of(service, **who) as far:
        for method, path in WRITES:
            error = refused(far.request(method, path, headers=headers), 403, "not_allowed")
            assert "QA_SERVICE_API_KEYS" in error["message"]
    assert service.builds == 0


@pytest.mark.parametrize("keys", [",", " , "])
def test_a_setting_without_a_key_is_refused(keys: str) -> None:
    with pytest.raises(ValidationError, match="api_keys"):
        Settings(api_keys=keys)


def test_the_real_builder_tells_what_went_wrong(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(source_dir=tmp_path / "none", index_dir=tmp_path / "index")
    with pytest.raises(BuildFailedError, match="log"):
        keeping.build_in_process(settings)
    assert "no transcripts" in caplog.text
    with build_lock(IndexFolder(settings.index_dir)), pytest.raises(BuildFailedError):  # ours failed before the lock
        keeping.build_in_process(settings)


def test_a_build_that_lost_the_race_to_another_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one may have ended by then: its lock tells nothing."""
    lost = subprocess.CompletedProcess([], BuildRunningError.exit_status, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: lost)
    with pytest.raises(BuildRunningError):
        keeping.build_in_process(Settings(source_dir=tmp_path, index_dir=tmp_path / "index"))


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

    monkeypatch.setattr(assemble, "provide_encoder", lambda *_: fakes.FakeEncoder())
    monkeypatch.setattr(subprocess, "run", run)
    for name in ("SOURCE_DIR", "INDEX_DIR", "MODEL"):  # the command line sets them for the whole process
        monkeypatch.setenv(f"QA_SERVICE_{name}", "x")
    refused = keeping.build_in_process(Settings(source_dir=sources, index_dir=tmp_path / "index", model=fakes.MODEL))
    assert [(error.file, error.line) for error in refused] == [("bees.txt", 1), ("\\udcff.txt", None)]
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings[:2] == [f"refused: {error}" for error in refused]
    assert "trams#7 has 400 tokens" in warnings[2]
