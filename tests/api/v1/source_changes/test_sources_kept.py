"""Changing the sources over HTTP: what is kept, replaced, dropped and refused."""

import json

import pytest
from fastapi.testclient import TestClient

from qa_service.api.bounds import MAX_SOURCE_BYTES
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import BEES, Service, best, put


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
    [
        (b"A: \0", "text/plain"),
        (b"%PDF-1.7\n\xff\0", "text/plain"),
        (b"{}", "text/csv"),
        (b"x", "application/rtf"),
    ],
)
def test_what_is_no_text_is_refused(local: TestClient, text: bytes, kind: str) -> None:
    refused(put(local, text=text, headers={"Content-Type": kind}), 415, "unsupported_media_type")


def test_a_text_may_be_16_mib(local: TestClient) -> None:
    refused(put(local, text=b"x" * (MAX_SOURCE_BYTES + 1)), 413, "too_large")
    refused(put(local, text=iter([b"x" * 2**20] * 17)), 413, "too_large")  # type: ignore[arg-type]
    refused(put(local, text=b"\xff" * MAX_SOURCE_BYTES), 422, "invalid_source")


@pytest.mark.parametrize(("encoding", "said"), [("cp1252", "cp1252"), ("utf-16", "utf_16")])
def test_text_that_is_not_utf8_is_read_and_a_note_says_as_what(local: TestClient, encoding: str, said: str) -> None:
    text = "Reporter: How much is a tram?\n\nAda Lund: It costs £9, René says.\n"
    kept = put(local, text=text.encode(encoding))
    assert kept.json()["notes"][0].startswith(f"not UTF-8; read as {said}"), kept.text
    assert local.get("/v1/statements/bees%231").json()["text"] == "It costs £9, René says."


def test_what_is_not_there_can_not_be_deleted_nor_the_last(local: TestClient, service: Service) -> None:
    refused(local.delete("/v1/documents/bees"), 404, "not_found")
    (service.sources / "broken.txt").write_text("No one speaks here.")
    refused(local.delete("/v1/documents/trams"), 409, "last_document")
    assert service.files().keys() == {"trams.txt", "broken.txt"}
