"""Several transcripts in one request: one build, a result for each file, nothing lost."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.bounds import MAX_FILES
from qa_service.errors import BuildFailedError
from tests import fakes
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import BEES, Service, best
from tests.api.v1.test_moments import TALK

Files = list[tuple[str, str | bytes]]
GEESE = "Reporter: Who keeps the geese?\n\nUna Fell: A widow keeps the geese on the common.\n"
NO_TALK = "WEBVTT\n\n00:00:01.000 --> 00:00:zz\nHello.\n"


def post(client: TestClient, files: Files, **fields: Any) -> Any:
    """The response to several files."""
    parts = [("file", (name, data if isinstance(data, bytes) else data.encode())) for name, data in files]
    return client.post("/v1/documents", files=parts, data=fields)


def test_several_files_are_kept_by_one_build(local: TestClient, service: Service) -> None:
    response = post(local, [("bees.txt", BEES), ("geese.md", GEESE), ("a/b\\talk.vtt", TALK)], tags=["farm", "night"])
    assert response.status_code == 200, response.text
    said = response.json()
    assert [(f["file"], f["document"], f["kept"], f["new"]) for f in said["files"]] == [
        ("bees.txt", "bees", True, True),
        ("geese.md", "geese", True, True),
        ("talk.vtt", "talk", True, True),
    ]
    assert service.builds == 1
    assert local.get("/version").json()["index_version"] == said["index_version"]
    assert (best(local), best(local, "widow keeps geese common")) == ("bees#1", "geese#1")
    assert local.get("/v1/documents/talk").json()["tags"] == ["farm", "night"]
    assert {"bees.txt", "geese.md", "talk.vtt", "talk.json", "trams.txt"} <= service.files().keys()


def test_a_file_that_cannot_be_kept_says_why_and_the_others_are(local: TestClient, service: Service) -> None:
    long = b"\0" * 300
    files: Files = [("bees.txt", BEES), ("talk.vtt", NO_TALK), ("notes.xyz", "Notes."), ("README.txt", GEESE)]
    said = post(local, [*files, ("bees.vtt", TALK), ("zero.txt", long)]).json()["files"]
    assert [f["kept"] for f in said] == [True, False, False, False, False, False]
    by_name = {f["file"]: f for f in said}
    assert by_name["talk.vtt"]["line"] == 3
    assert "only " in by_name["notes.xyz"]["reason"]
    assert "can't be an id" in by_name["README.txt"]["reason"]
    assert "another file of this request has the id 'bees'" in by_name["bees.vtt"]["reason"]
    assert service.builds == 1
    assert set(service.files()) == {"trams.txt", "bees.txt"}


def test_metadata_may_come_beside_a_file(local: TestClient) -> None:
    files: Files = [("bees.txt", BEES), ("bees.json", '{"title": "On bees", "tags": ["wax"]}'), ("geese.txt", GEESE)]
    response = post(local, files, date="2024-05", tags="farm")
    assert [f["file"] for f in response.json()["files"]] == ["bees.txt", "geese.txt"]
    bees, geese = (local.get(f"/v1/documents/{name}").json() for name in ("bees", "geese"))
    assert (bees["title"], bees["tags"], bees["date"]) == ("On bees", ["wax"], "2024-05")
    assert (geese["tags"], geese["date"]) == (["farm"], "2024-05")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([("bees.txt", BEES), ("geese.json", '{"title": "x"}')], "metadata of no file"),
        ([("bees.txt", BEES), ("geese.txt", GEESE), ("geese.json", '{"titel": "x"}')], "titel"),
    ],
)
def test_metadata_that_fit_nothing_are_told(local: TestClient, files: Files, reason: str) -> None:
    said = post(local, files).json()["files"]
    assert said[0]["kept"]
    assert reason in said[1]["reason"]


def test_where_none_can_be_kept_nothing_is_built(local: TestClient, service: Service) -> None:
    before = service.files()
    error = refused(post(local, [("a.vtt", NO_TALK), ("b.xyz", "x")]), 422, "invalid_source")
    assert [one["file"] for one in error["details"]] == ["a.vtt", "b.xyz"]
    assert error["details"][0]["line"] == 3
    assert (service.builds, service.files()) == (0, before)


def test_if_the_build_fails_all_files_are_as_before(local: TestClient, service: Service) -> None:
    before = service.files()
    service.error = BuildFailedError("the index could not be built")
    refused(
        post(local, [("bees.txt", BEES), ("trams.txt", GEESE), ("trams.json", '{"title": "x"}')]), 500, "build_failed"
    )
    assert service.files() == before
    assert local.get("/v1/documents/trams/text").text == fakes.TRAMS


@pytest.mark.parametrize(
    ("fields", "files", "message"),
    [
        ({"title": "One for all"}, [("bees.txt", BEES)], "several files"),
        ({"titel": "x"}, [("bees.txt", BEES)], "titel"),
        ({"date": "soon"}, [("bees.txt", BEES)], "date"),
        ({}, [("bees.txt", BEES)] * (MAX_FILES + 1), "64"),
        ({"tags": "x"}, [], "file"),
    ],
)
def test_what_can_not_be_is_refused(
    local: TestClient, service: Service, fields: dict[str, str], files: Files, message: str
) -> None:
    response = post(local, files, **fields)
    assert response.status_code in {415, 422}
    assert message in response.json()["error"]["message"]
    assert service.builds == 0


def test_too_much_at_once_is_refused(local: TestClient, service: Service) -> None:
    response = local.post("/v1/documents", content=b"x", headers={"Content-Length": str(65 * 2**20)})
    refused(response, 413, "too_large")
    large = post(local, [("bees.txt", "x" * (16 * 2**20 + 1))])
    assert "more than 16 MiB" in refused(large, 422, "invalid_request")["message"]
    assert service.builds == 0
