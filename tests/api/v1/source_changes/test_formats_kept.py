"""Files of every format over the network: by media type or by name, kept as they are."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import BEES, Service, put
from tests.api.v1.source_changes.test_dry_run import served, tree

VTT = (
    "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Reporter>Where do the bees winter?\n\n"
    "00:02.000 --> 00:04.000\n<v Ida Moss>The bees winter in oak hollows.\n"
)
WHISPERX = {
    "segments": [
        {"start": 1.0, "end": 2.0, "text": " Where do the bees winter?", "speaker": "SPEAKER_00"},
        {"start": 2.0, "end": 4.0, "text": " The bees winter in oak hollows.", "speaker": "SPEAKER_01"},
    ]
}


def send(client: TestClient, data: str, kind: str, document: str = "bees", **params: Any) -> Any:
    """The response to a file of a media type."""
    return client.put(f"/v1/documents/{document}", content=data, headers={"Content-Type": kind}, params=params)


def kept(service: Service) -> set[str]:
    """The places of all files."""
    return set(tree(service)) - {"trams.txt"}


@pytest.mark.parametrize(
    ("kind", "name", "place"),
    [
        ("text/vtt", None, "bees.vtt"),
        ("text/vtt; charset=utf-8", None, "bees.vtt"),
        ("application/x-subrip", None, "bees.srt"),
        ("application/octet-stream", "Talk (final).VTT", "bees.vtt"),
        ("text/plain", "x.srt", "bees.srt"),
    ],
)
def test_subtitles_are_kept_under_the_ending_of_their_format(
    local: TestClient, service: Service, kind: str, name: str | None, place: str
) -> None:
    response = send(local, VTT, kind, **({"filename": name} if name else {}))
    assert (response.status_code, response.json()["reader"]["name"]) == (201, "captions")
    assert kept(service) == {place}
    assert local.get("/v1/documents/bees/source").text == VTT
    assert served(local) == ["bees", "trams"]


def test_a_forms_file_tells_its_format_by_its_name(local: TestClient, service: Service) -> None:
    files = {"file": ("talk.vtt", VTT.encode())}
    response = local.put("/v1/documents/bees", files=files, data={"media": "talk.mp3", "title": "Bees"})
    assert (response.status_code, response.json()["media"]) == (201, "talk.mp3")
    assert kept(service) == {"bees.vtt", "bees.json"}


def test_a_recognisers_json_has_its_metadata_beside_it(local: TestClient, service: Service) -> None:
    names = json.dumps({"SPEAKER_01": "Ida Moss"})
    assert send(local, json.dumps(WHISPERX), "application/json", names=names).status_code == 201
    assert kept(service) == {"bees.json", "bees.metadata.json"}
    assert local.get("/v1/documents/bees").json()["speakers"] == ["Ida Moss"]
    assert local.get("/v1/documents/bees/captions.vtt").text.count("<v Ida Moss>") == 1


@pytest.mark.parametrize("kinds", [("text/vtt", "json"), ("json", "text/plain"), ("text/plain", "text/vtt", "json")])
def test_another_format_takes_the_place_of_the_one_before(
    local: TestClient, service: Service, kinds: tuple[str, ...]
) -> None:
    bodies = {"text/vtt": VTT, "json": json.dumps(WHISPERX), "text/plain": BEES}
    places = {"text/vtt": "bees.vtt", "json": "bees.json", "text/plain": "bees.txt"}
    for kind in kinds:
        full = "application/json" if kind == "json" else kind
        assert send(local, bodies[kind], full, title="Bees").status_code in {200, 201}
        beside = "bees.metadata.json" if kind == "json" else "bees.json"
        assert kept(service) == {places[kind], beside}
        assert local.get("/v1/documents/bees").json()["title"] == "Bees"


def test_what_is_left_of_a_programs_output_does_not_come_up_in_place_of_a_deleted_document(
    local: TestClient, service: Service
) -> None:
    for name, text in {"bees.vtt": VTT, "bees.srt": VTT, "bees.json": json.dumps(WHISPERX)}.items():
        (service.sources / name).write_text(text)
    assert local.post("/v1/reload").json()["documents"] == 2
    assert local.delete("/v1/documents/bees").status_code == 200
    assert (kept(service), served(local)) == (set(), ["trams"])


def test_a_dry_run_reads_every_format_and_keeps_nothing(local: TestClient, service: Service) -> None:
    seen = send(local, VTT, "text/vtt", dry_run="true").json()
    assert [(turn["speaker"], turn["kind"]) for turn in seen["turns"]] == [
        ("Reporter", "asks"),
        ("Ida Moss", "answers"),
    ]
    assert kept(service) == set()


def test_bytes_of_no_told_format_are_refused_with_what_to_say(local: TestClient) -> None:
    error = refused(send(local, VTT, "application/octet-stream"), 422, "invalid_request")
    assert (error["param"], "such as talk.vtt" in error["message"]) == ("filename", True)


def test_what_can_not_be_read_is_refused_with_its_line_and_nothing_is_kept(local: TestClient, service: Service) -> None:
    error = refused(send(local, "WEBVTT\n\n00:01 --> soon\nx\n", "text/vtt"), 422, "invalid_source")
    assert error["details"][0]["line"] == 3
    assert kept(service) == set()


def test_a_file_that_was_changed_by_hand_is_not_given_as_what_was_read(local: TestClient, service: Service) -> None:
    (service.sources / "trams.txt").write_text(BEES)
    assert "was changed or removed" in refused(local.get("/v1/documents/trams/source"), 404, "not_found")["message"]


def test_an_id_may_end_like_a_file(local: TestClient, service: Service) -> None:
    assert put(local, "bees.srt").status_code == 201
    assert served(local) == ["bees.srt", "trams"]
    assert kept(service) == {"bees.srt.txt"}
