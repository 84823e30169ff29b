"""The page on which transcripts are added, as a browser without JavaScript sends its forms."""

import html as markup
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.pages.carried_file import pack, unpack
from qa_service.errors import BadRequestError, BuildFailedError, BuildRunningError
from qa_service.source_library import Sent
from tests import fakes
from tests.api.conftest import eventually, is_ready
from tests.api.pages.test_pages import BROWSER, text_of
from tests.api.v1.source_changes.service import ADDRESS, BEES, ELSEWHERE, Service, best, client_of
from tests.api.v1.source_changes.test_several import GEESE, NO_TALK, Files
from tests.api.v1.test_moments import TALK

OWN = BROWSER | {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}


def look(client: TestClient, files: Files, headers: dict[str, str] = OWN, **values: Any) -> Any:
    """The page that shows how files are read."""
    parts = [("file", (name, data)) for name, data in files]
    return client.post("/upload", files=parts, data={"step": "look", **values}, headers=headers, follow_redirects=False)


def keep(client: TestClient, page: Any, headers: dict[str, str] = OWN, **values: str) -> Any:
    """The page after the second click."""
    held = re.findall(r'name="held" value="([^"]+)"', page.text)
    assert held
    parts = [("step", (None, "keep")), *(("held", (None, one)) for one in held)]
    parts += [(name, (None, value)) for name, value in values.items()]
    return client.post("/upload", files=parts, headers=headers, follow_redirects=False)


def shown(response: Any) -> str:
    """What a person reads."""
    return markup.unescape(text_of(response.text))


def test_a_file_is_shown_as_it_is_read_and_kept_on_a_second_click(local: TestClient, service: Service) -> None:
    before = service.files()
    page = look(local, [("bees.txt", BEES)], title="On <bees>", tags="wax\n honey \n")
    assert page.status_code == 200
    for words in ("Nothing is kept yet", "On <bees>", "Reporter asks, line 1", "Ida Moss answers, line 3", "2 turns"):
        assert words in shown(page)
    assert (service.builds, service.files()) == (0, before)
    kept = keep(local, page)
    assert (kept.status_code, kept.headers["location"]) == (303, "/documents/bees")
    assert local.get("/documents/bees").status_code == 200
    assert best(local) == "bees#1"
    document = local.get("/v1/documents/bees").json()
    assert (document["title"], document["tags"]) == ("On <bees>", ["wax", "honey"])


def test_doubts_and_what_is_replaced_are_told_before_anything_is_kept(local: TestClient) -> None:
    doubtful = shown(look(local, [("trams.vtt", TALK.replace("<v Bo Strand>", "").replace("<v Ada Lund>", ""))]))
    assert "It will be replaced" in doubtful
    assert "What is doubtful" in doubtful


def test_several_files_are_kept_together_and_each_says_what_became_of_it(local: TestClient, service: Service) -> None:
    page = look(local, [("bees.txt", BEES), ("talk.vtt", NO_TALK), ("talk2.vtt", TALK), ("geese.txt", GEESE)])
    assert "talk.vtt:3:" in shown(page)
    assert "Keep these 3" in shown(page)
    kept = keep(local, page)
    assert kept.status_code == 200
    assert re.findall(r'href="/documents/(\w+)"', kept.text) == ["bees", "talk2", "geese"]
    assert service.builds == 1


@pytest.mark.parametrize(
    ("files", "values", "message"),
    [
        ([("talk.vtt", NO_TALK)], {}, "talk.vtt:3: "),
        ([("talk.xyz", "x")], {}, "talk.xyz: only "),
        ([("bees.txt", b"\x00" * 500)], {}, "NUL character"),
        ([("bees.txt", BEES)], {"date": "soon"}, "date"),
        ([("bees.txt", BEES)], {"media": "javascript:alert(1)"}, "media"),
        ([("bees.txt", BEES)], {"document": "../up"}, "can't be an id"),
        ([("bees.txt", BEES), ("geese.txt", GEESE)], {"title": "Both"}, "one file"),
        ([], {}, "choose a file first"),
        ([("bees.txt", BEES)] * 65, {}, "at most 64 files"),
        ([("bees.txt", "x" * 2**24), ("geese.txt", "x")], {}, "more than 16 MiB"),
    ],
)
def test_what_is_wrong_is_told_in_words(
    local: TestClient, service: Service, files: Files, values: dict[str, Any], message: str
) -> None:
    before = service.files()
    page = look(local, files or [("", "")], **values)
    assert (page.status_code, page.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert message in shown(page)
    assert 'name="held"' not in page.text
    assert (service.builds, service.files()) == (0, before)


def test_what_was_typed_is_still_there_beside_what_is_wrong_with_it(local: TestClient) -> None:
    page = look(local, [("bees.txt", BEES)], date="soon", title='"Bees"', speakers="Ida Moss\nUna", tags="wax")
    for kept in ('value="soon"', 'value="&#34;Bees&#34;"', ">Ida Moss\nUna</textarea>", "<details open>"):
        assert kept in page.text


@pytest.mark.parametrize("error", [BuildFailedError("no memory"), BuildRunningError("another change is being built")])
def test_a_change_that_fails_can_be_tried_again_without_choosing_the_file_again(
    local: TestClient, service: Service, error: Exception
) -> None:
    before, page = service.files(), look(local, [("bees.txt", BEES)])
    service.error = error
    failed = keep(local, page)
    assert failed.status_code in {409, 500}
    assert f"Nothing was kept: {error}" in shown(failed)
    assert service.files() == before
    service.error = None
    assert keep(local, failed).status_code == 303


FOREIGN = [
    {"Origin": "https://page.example"},
    {"Origin": "http://127.0.0.1:3000"},
    {"Origin": "http://localhost:8000"},
    {"Origin": "null"},
    {"Origin": "http://[bad"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("keys", [None, "first"])
def test_a_form_of_another_origin_changes_nothing(tmp_path: Path, headers: dict[str, str], keys: str | None) -> None:
    service = Service(tmp_path, api_keys=keys)
    with client_of(service) as client:
        eventually(client, "/health/ready", is_ready)
        before, page = service.files(), look(client, [("bees.txt", BEES)], key="first")
        assert page.status_code == 200
        for response in (
            look(client, [("bees.txt", BEES)], BROWSER | headers, key="first"),
            keep(client, page, BROWSER | headers, key="first"),
        ):
            assert response.status_code == 403
            assert "another site" in shown(response)
        assert (service.builds, service.files()) == (0, before)


def test_where_keys_are_set_both_steps_need_one(tmp_path: Path) -> None:
    service = Service(tmp_path, api_keys="first, sécond")
    with client_of(service, ELSEWHERE) as client:
        eventually(client, "/health/ready", is_ready)
        assert 'name="key" type="password" required' in client.get("/upload").text
        for key, status in (("", 401), ("firs", 403)):
            refused = look(client, [("bees.txt", BEES)], title="Bees", key=key)
            assert refused.status_code == status
            assert 'value="Bees"' in refused.text
        page = look(client, [("bees.txt", BEES)], key="sécond")
        assert "sécond" not in page.text
        refused = keep(client, page, key="firs")
        assert (refused.status_code, service.builds) == (403, 0)
        assert "Nothing was kept" in shown(refused)
        assert keep(client, refused, key="sécond").status_code == 303


@pytest.mark.parametrize(
    ("settings", "who"),
    [({}, {"client": ELSEWHERE}), ({"host": "0.0.0.0"}, {})],  # noqa: S104
)
def test_without_keys_only_this_machine_may_add(tmp_path: Path, settings: dict[str, str], who: dict[str, Any]) -> None:
    service = Service(tmp_path, **settings)
    with client_of(service, **who) as far:
        eventually(far, "/health/ready", is_ready)
        page = far.get("/upload")
        assert page.status_code == 403
        assert "QA_SERVICE_API_KEYS" in shown(page)
        assert "<form" not in page.text
        assert look(far, [("bees.txt", BEES)]).status_code == 403
    assert service.builds == 0


def bent(**changes: Any) -> str:
    """A held file that somebody changed."""
    return pack(
        "bees.txt", Sent(**{"document": "bees", "data": BEES.encode(), "fields": {}, "suffix": ".txt"} | changes)
    )


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ("", "changed on its way"),
        ("AAAA", "changed on its way"),
        (bent()[:-8], "changed on its way"),
        (bent(suffix="/../../evil.txt"), "changed on its way"),
        (bent(suffix=".py"), "changed on its way"),
        (bent(data=b"\x00" * (2**25)), "changed on its way"),
        (bent(document="../evil"), "can't be an id"),
        (bent(fields={"titel": "x"}), "titel"),
        (bent(data=b"no transcript"), "bees.txt"),
    ],
)
def test_a_form_that_was_changed_on_its_way_keeps_nothing(
    local: TestClient, service: Service, held: str, message: str
) -> None:
    before = service.files()
    parts = [("step", (None, "keep")), ("held", (None, held))]
    response = local.post("/upload", files=parts, headers=OWN)
    assert response.status_code == 422
    assert message in shown(response)
    assert service.files() == before


def test_what_is_held_comes_back_as_it_was() -> None:
    sent = Sent("bees", b"\n\x00\xff" + BEES.encode(), {"title": "Bées", "tags": ["a"]}, ".txt")
    assert unpack(pack("Bées.txt", sent)) == ("Bées.txt", sent)
    with pytest.raises(BadRequestError):
        unpack("é")


def test_the_document_may_have_another_name_than_its_file(local: TestClient) -> None:
    kept = keep(local, look(local, [("My bees (1).txt", BEES)], document="bees-2024"))
    assert kept.headers["location"] == "/documents/bees-2024"
    kept = keep(local, look(local, [("My bees (1).txt", fakes.APPLES)]))
    assert kept.headers["location"] == "/documents/My-bees-1"
