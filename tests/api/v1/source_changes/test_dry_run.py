"""What a transcript that is put would be read as, what was doubtful in it, and which file an id means."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.errors import BuildFailedError
from tests import fakes
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import BEES, Service, put

DRY = {"dry_run": "true"}
DOUBTFUL = BEES + "\nReporter:\n\nIda Moss: They sleep.\n"
NOTE = "line 5: a label without words behind it; skipped"
VOICES = BEES.replace("Reporter", "SPEAKER_00").replace("Ida Moss", "SPEAKER_01")


def upload(
    client: TestClient, document: str = "bees", text: str = BEES, *, form: Any = None, params: Any = None
) -> Any:
    """The response to a transcript sent as a form."""
    files = {"file": ("x.txt", text.encode())}
    return client.put(f"/v1/documents/{document}", files=files, data=form, params=params)


def tree(service: Service) -> dict[str, bytes]:
    """Every file of the sources, by its place, with what it holds."""
    files = (path for path in service.sources.rglob("*") if path.is_file())
    return {path.relative_to(service.sources).as_posix(): path.read_bytes() for path in files}


def place(service: Service, client: TestClient, name: str, text: str = BEES) -> Path:
    """A file laid into the sources by hand, and served."""
    path = service.sources / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert client.post("/v1/reload").json()["rebuilt"]
    return path


def served(client: TestClient) -> list[str]:
    """The ids of all documents."""
    return [document["id"] for document in client.get("/v1/documents").json()["documents"]]


def test_a_dry_run_tells_the_turns_and_doubts_and_changes_nothing(local: TestClient, service: Service) -> None:
    before, version = tree(service), local.get("/version").json()
    seen = put(local, text=DOUBTFUL, params=DRY | {"title": "Bees"})
    assert seen.status_code == 200
    body = seen.json()
    assert [(t["number"], t["line"], t["speaker"], t["kind"], t["begins"]) for t in body["turns"]] == [
        (1, 1, "Reporter", "asks", "Where do the bees winter?"),
        (2, 3, "Ida Moss", "answers", "The bees winter in oak hollows."),
    ]
    del body["turns"]
    read: dict[str, Any] = {"date": None, "date_from": None, "tags": [], "roles": {}}
    read |= {"language": "en", "language_from": "text", "language_covered": True}
    assert body == {
        "document": "bees", "title": "Bees", "speakers": ["Ida Moss"], "statements": 2, "notes": [NOTE], **read
    }  # fmt: skip
    assert (tree(service), local.get("/version").json(), service.builds) == (before, version, 0)
    assert served(local) == ["trams"]


def test_a_dry_run_of_a_document_that_is_there_leaves_it(local: TestClient, service: Service) -> None:
    before = tree(service)
    assert put(local, "trams", params=DRY).json()["title"] == "trams"
    assert (tree(service), service.builds) == (before, 0)
    assert local.get("/v1/documents/trams").json()["title"] == "Night trams of Lindhaven"


@pytest.mark.parametrize("where", ["form", "params"])
def test_a_dry_run_may_be_a_form(local: TestClient, service: Service, where: str) -> None:
    form, params = (DRY, None) if where == "form" else ({}, DRY)
    seen = upload(local, form=form | {"title": "Bees"}, params=params)
    assert seen.status_code == 200
    assert (seen.json()["title"], len(seen.json()["turns"])) == ("Bees", 2)
    assert tree(service).keys() == {"trams.txt"}
    assert service.builds == 0


@pytest.mark.parametrize("dry_run", ["false", "0"])
def test_a_run_that_is_not_dry_keeps(local: TestClient, service: Service, dry_run: str) -> None:
    assert put(local, params={"dry_run": dry_run}).status_code == 201
    assert tree(service).keys() == {"trams.txt", "bees.txt"}


@pytest.mark.parametrize(
    ("document", "more"),
    [
        ("bees", {"text": "Nobody is named here.\n"}),
        ("bees", {"text": ""}),
        ("bees", {"text": b"Reporter: \xff"}),
        ("bees", {"text": "Reporter: \0"}),
        ("bees", {"headers": {"Content-Type": "application/json"}}),
        ("bees", {"params": {"title": " "}}),
        ("bees", {"params": {"names": '["Ida Moss"]'}}),
        ("bees", {"params": {"colour": "red"}}),
        ("a b", {}),
        ("字" * 120, {}),
    ],
)
def test_a_dry_run_refuses_what_put_refuses(local: TestClient, service: Service, document: str, more: Any) -> None:
    def error(params: dict[str, str]) -> Any:
        response = put(local, document, **{**more, "params": more.get("params", {}) | params})
        body = response.json()["error"]
        del body["request_id"]
        return response.status_code, body

    status, body = error({})
    assert status in {415, 422}
    assert error(DRY) == (status, body)
    assert tree(service).keys() == {"trams.txt"}
    assert service.builds == 0


def test_an_answer_says_what_was_doubtful(local: TestClient) -> None:
    assert put(local).json()["notes"] == []
    assert put(local, text=DOUBTFUL).json()["notes"] == [NOTE]
    assert local.get("/v1/documents/bees").json()["notes"] == [NOTE]


@pytest.mark.parametrize("way", ["plain", "form"])
def test_names_and_roles_are_json_that_is_kept_and_used(local: TestClient, service: Service, way: str) -> None:
    said = {"names": {"SPEAKER_01": "Ida Moss"}, "roles": {"SPEAKER_00": "interviewer"}}
    fields = {name: json.dumps(value) for name, value in said.items()}
    kept = put(local, text=VOICES, params=fields) if way == "plain" else upload(local, text=VOICES, form=fields)
    assert kept.status_code == 201, kept.text
    assert json.loads((service.sources / "bees.json").read_text()) == said
    assert local.get("/v1/statements/bees%231").json()["speaker"] == "Ida Moss"


def test_a_dry_run_uses_names_and_roles(local: TestClient) -> None:
    turned = {"names": '{"SPEAKER_01": "Ida Moss"}', "roles": '{"Ida Moss": "interviewer", "SPEAKER_00": "witness"}'}
    turns = put(local, text=VOICES, params=DRY | turned).json()["turns"]
    assert [(t["speaker"], t["role"], t["kind"]) for t in turns] == [
        ("SPEAKER_00", "witness", "answers"),
        ("Ida Moss", "interviewer", "asks"),
    ]


@pytest.mark.parametrize(("name", "value"), [("names", '["x"]'), ("roles", '{"Ida Moss": 1}'), ("names", '{"x": ""}')])
def test_names_and_roles_that_are_off_are_refused(local: TestClient, service: Service, name: str, value: str) -> None:
    assert refused(put(local, params={name: value}), 422, "invalid_request")["param"].startswith(name)
    assert refused(upload(local, form={name: value}), 422, "invalid_request")["param"].startswith(name)
    assert tree(service).keys() == {"trams.txt"}


PLACES = [("my trams.txt", "my-trams"), ("notes.md", "notes"), ("inside/a.txt", "inside-a"), ("B.TXT", "B")]


@pytest.mark.parametrize(("name", "document"), PLACES)
def test_an_id_drops_its_very_file_whatever_that_is_called(
    local: TestClient, service: Service, name: str, document: str
) -> None:
    file = place(service, local, name)
    file.with_suffix(".json").write_text('{"title": "Bees"}')
    assert served(local) == sorted(["trams", document])
    assert local.delete(f"/v1/documents/{document}").status_code == 200
    assert tree(service).keys() == {"trams.txt"}
    assert served(local) == ["trams"]


@pytest.mark.parametrize(("name", "document"), PLACES)
def test_an_id_replaces_its_very_file_whatever_that_is_called(
    local: TestClient, service: Service, name: str, document: str
) -> None:
    file = place(service, local, name)
    elm = BEES.replace("oak", "elm")
    assert put(local, document, elm, params={"title": "Bees"}).status_code == 200
    assert tree(service) == {
        "trams.txt": fakes.TRAMS.encode(),
        name: elm.encode(),
        file.with_suffix(".json").relative_to(service.sources).as_posix(): b'{\n  "title": "Bees"\n}\n',
    }
    assert local.get(f"/v1/documents/{document}").json()["title"] == "Bees"


def test_of_two_files_with_one_id_each_is_dropped_by_its_own(local: TestClient, service: Service) -> None:
    place(service, local, "a-b.txt")
    place(service, local, "a b.txt", fakes.APPLES)
    other = next(document for document in served(local) if document not in {"a-b", "trams"})
    assert local.get(f"/v1/documents/{other}").json()["title"] == "Orchards after the drought"
    assert put(local, other, BEES.replace("oak", "elm")).status_code == 200
    assert "elm" in (service.sources / "a b.txt").read_text()
    assert local.delete(f"/v1/documents/{other}").status_code == 200
    assert tree(service).keys() == {"trams.txt", "a-b.txt"}


def test_the_last_document_stays_whatever_its_file_is_called(local: TestClient, service: Service) -> None:
    place(service, local, "my trams.txt")
    assert local.delete("/v1/documents/trams").status_code == 200
    refused(local.delete("/v1/documents/my-trams"), 409, "last_document")
    assert tree(service).keys() == {"my trams.txt"}


@pytest.mark.parametrize("name", ["README", "license"])
def test_a_name_that_is_no_source_is_no_id(local: TestClient, service: Service, name: str) -> None:
    before = service.files()
    for dry_run in ("false", "true"):
        assert refused(put(local, name, params={"dry_run": dry_run}), 422, "invalid_request")["param"] == "document"
    assert service.files() == before


def test_broken_json_in_a_parameter_is_named(local: TestClient) -> None:
    assert "names" in refused(put(local, params={"names": '{"Ida Moss"'}), 422, "invalid_request")["message"]


def test_a_very_long_file_name_can_be_dropped_and_comes_back_when_the_build_fails(
    local: TestClient, service: Service
) -> None:
    long = service.sources / f"{'x' * 250}.txt"
    long.write_text(BEES)
    local.post("/v1/reload")
    document = next(d["id"] for d in local.get("/v1/documents").json()["documents"] if d["id"].startswith("x"))
    service.error = BuildFailedError("no")
    assert local.delete(f"/v1/documents/{document}").status_code == 500
    assert long.read_text() == BEES
    service.error = None
    assert local.delete(f"/v1/documents/{document}").status_code == 200
    assert not long.exists()


@pytest.mark.parametrize(
    ("document", "text", "params", "told"),
    [
        ("bees", BEES, {"date": "2023-09", "tags": ["bees", "oak"]}, ("2023-09", "metadata", ["bees", "oak"], {})),
        ("bees", f"Oak hill, 14 May 2023\n\n{BEES}", {}, ("2023-05-14", "text", [], {})),
        (
            "bees-2023-05",
            BEES.replace("Ida Moss", "Ida Moss (keeper)"),
            {},
            ("2023-05", "file name", [], {"Ida Moss": "keeper"}),
        ),
    ],
)
def test_a_dry_run_tells_the_date_and_where_it_is_from_and_put_keeps_it(
    local: TestClient, document: str, text: str, params: dict[str, Any], told: tuple[Any, ...]
) -> None:
    seen = put(local, document, text=text, params=DRY | params).json()
    kept = put(local, document, text=text, params=params).json()
    listed = local.get(f"/v1/documents/{document}").json()
    for body in (seen, kept, listed):
        assert (body["date"], body["date_from"], body["tags"], body["roles"]) == told


def test_date_and_tags_may_come_in_a_form(local: TestClient, service: Service) -> None:
    upload(local, form={"date": "2023", "tags": ["bees", "oak"]})
    assert json.loads((service.sources / "bees.json").read_text()) == {"date": "2023", "tags": ["bees", "oak"]}


@pytest.mark.parametrize(
    ("params", "param", "told"),
    [
        ({"date": "14 May 2023"}, "date", "date: '14 May 2023' is no date; give a year, a month or a day as in 2023"),
        ({"date": "2023-02-30"}, "date", "is not in the calendar"),
        ({"tags": ["oak", "Oak"]}, "tags", "tags: 'Oak' is given twice"),
        ({"tags": "x" * 101}, "tags.0", "at most 100 characters"),
        ({"tags": list(map(str, range(51)))}, "tags", "at most 50 items"),
    ],
)
def test_a_wrong_date_or_tag_is_a_422_that_says_what_is_taken(
    local: TestClient, service: Service, params: dict[str, Any], param: str, told: str
) -> None:
    error = refused(put(local, params=params), 422, "invalid_request")
    assert error["param"] == param
    assert told in error["message"]
    assert service.files().keys() == {"trams.txt"}
