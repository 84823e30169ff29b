"""The access log: one line of JSON for each request, without questions unless they are wanted."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.access_log import LOGGER
from qa_service.api.app import create_app
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import ready_client

QUESTION = "harbour levy wages"


@contextmanager
def logged(root: Path, **settings: Any) -> Iterator[tuple[TestClient, io.StringIO]]:
    """A client, and what is logged of what it does once the service is ready."""
    app = create_app(Settings(index_dir=root, access_log=True, **settings), opener=fakes.opener(root))
    with ready_client(app) as client:
        written = io.StringIO()
        handler = logging.StreamHandler(written)
        logging.getLogger(LOGGER).addHandler(handler)
        yield client, written
        logging.getLogger(LOGGER).removeHandler(handler)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def ask_in_every_way(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 200
    assert client.get("/v1/ask", params={"question": QUESTION}).status_code == 200
    assert client.post("/v1/ask/batch", json={"questions": [QUESTION]}).status_code == 200
    chat = {"model": "qa-service", "messages": [{"role": "user", "content": QUESTION}]}
    assert client.post("/v1/chat/completions", json=chat).status_code == 200
    assert client.get("/", params={"q": QUESTION}).status_code == 200


def test_each_request_has_a_line(index_root: Path) -> None:
    with logged(index_root) as (client, written):
        sent = client.get("/v1/documents", headers={"X-Request-ID": "mine"})
        client.get("/nowhere%0Aforged")
    first, second = lines(written)
    assert (first["request_id"], first["method"], first["path"], first["status"]) == (
        "mine", "GET", "/v1/documents", 200,
    )  # fmt: skip
    assert first["bytes"] == len(sent.content)
    assert first["ms"] > 0
    assert first["client"] == "testclient"
    assert second["status"] == 404


def test_no_question_is_in_it(index_root: Path) -> None:
    with logged(index_root) as (client, written):
        ask_in_every_way(client)
    assert len(lines(written)) == 5
    assert "harbour" not in written.getvalue()


def test_every_question_is_in_it_where_that_is_wanted(index_root: Path) -> None:
    with logged(index_root, access_log_questions=True) as (client, written):
        ask_in_every_way(client)
        client.get("/v1/documents")
    *asked, other = lines(written)
    assert [line["questions"] for line in asked] == [[QUESTION]] * 5
    assert "questions" not in other


def test_without_the_setting_nothing_is_logged(index_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ready_client(create_app(Settings(index_dir=index_root), opener=fakes.opener(index_root))) as client:
        ask_in_every_way(client)
    assert "harbour" not in capsys.readouterr().out
