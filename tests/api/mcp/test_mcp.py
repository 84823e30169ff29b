"""The real `mcp` client over streamable HTTP and over standard input and output."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mcp import Client, StdioServerParameters, stdio_client

from qa_service.api.app import create_app
from qa_service.api.hosts import allowed
from qa_service.api.mcp.http import McpEndpoint
from qa_service.api.models.answers import AnswerModel
from qa_service.settings import Settings
from tests import fakes
from tests.api import dated
from tests.api.chat.test_chat import LEVY
from tests.api.conftest import app_over, ready_client, running_server
from tests.conftest import ROOT

TOOLS = {"search_statements", "get_statement", "get_exchange", "get_document", "list_documents"}
Mode = Literal["auto", "legacy"]
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address(index_root: Path) -> Iterator[str]:
    with running_server(app_over(index_root)) as address:
        yield address


def talk(server: Any, work: Callable[[Client], Awaitable[Any]], mode: Mode = "auto") -> Any:
    """What `work` returns in a session with the server."""

    async def session() -> Any:
        async with Client(server, mode=mode) as client:
            return await work(client)

    return asyncio.run(session())


def call(address: str, tool: str, **arguments: Any) -> Any:
    """The result of one call."""
    return talk(f"{address}/mcp", lambda client: client.call_tool(tool, arguments))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_tools_are_listed_and_called_in_both_modes(address: str, mode: Mode) -> None:
    async def work(client: Client) -> tuple[Any, Any]:
        arguments = {"question": LEVY, "top_k": 2, "min_confidence": 0, "context": 1}
        return await client.list_tools(), await client.call_tool("search_statements", arguments)

    listed, found = talk(f"{address}/mcp", work, mode)
    assert {tool.name for tool in listed.tools} == TOOLS
    for tool in listed.tools:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations.read_only_hint
        assert all("description" in p or "$ref" in p for p in tool.input_schema["properties"].values())
    assert not found.is_error
    answer = AnswerModel.model_validate(found.structured_content)
    assert (answer.results[0].id, len(answer.results)) == ("trams#5", 2)
    assert AnswerModel.model_validate_json(found.content[0].text) == answer


def test_search_gives_what_ask_gives(address: str) -> None:
    options = {"question": LEVY, "min_confidence": 0, "filters": {"speaker": ["Ada Lund"]}, "top_k": 2, "context": 1}
    found = call(address, "search_statements", **options).structured_content
    asked = httpx2.post(f"{address}/v1/ask", json=options).json()
    vary = {"request_id": "", "took_ms": 0}
    assert found | vary == asked | vary


def test_search_by_date_gives_what_ask_gives(tmp_path: Path) -> None:
    root = dated.build(tmp_path)
    options = {"question": dated.QUESTION, "min_confidence": 0, "order": "newest", "group_by": "document"}
    options |= {"filters": {"date": {"from": "2023"}, "tags": ["bank"]}}
    with running_server(app_over(root)) as address:
        found = call(address, "search_statements", **options).structured_content
        asked = httpx2.post(f"{address}/v1/ask", json=options).json()
        wrong = call(address, "search_statements", question="x", filters={"date": {}})
    assert found | {"request_id": "", "took_ms": 0} == asked | {"request_id": "", "took_ms": 0}
    assert [result["citation"]["date"] for result in found["results"]] == ["2023-09", "2023-03-14"]
    assert wrong.is_error
    assert "give at least one" in wrong.content[0].text


def test_sources_can_be_read(address: str) -> None:
    statement = call(address, "get_statement", id="trams#5", context=1).structured_content
    assert statement == httpx2.get(f"{address}/v1/statements/trams%235?context=1").json()
    document = call(address, "get_document", id="trams").structured_content
    assert document == httpx2.get(f"{address}/v1/documents/trams").json()
    exchange = call(address, "get_exchange", document="trams", section=2).structured_content
    assert exchange == document["exchanges"][1]
    assert call(address, "list_documents").structured_content == httpx2.get(f"{address}/v1/documents").json()


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("search_statements", {}, "question"),
        ("search_statements", {"question": "  "}, "the question is empty; ask in words"),
        ("search_statements", {"question": "trams", "top_k": 101}, "less than or equal to 100"),
        ("search_statements", {"question": "trams", "filters": {"party": ["Greens"]}}, "filters.party"),
        ("get_statement", {"id": "trams#4"}, "search_statements gives ids"),
        ("get_document", {"id": "buses"}, "no document 'buses'; list_documents lists them"),
        ("get_exchange", {"document": "trams", "section": 9}, "its sections are 1, 2"),
        ("dance", {}, "Unknown tool: dance"),
    ],
)
def test_a_bad_call_is_an_error_that_says_what_to_do(
    address: str, tool: str, arguments: dict[str, Any], told: str
) -> None:
    result = call(address, tool, **arguments)
    assert result.is_error
    assert told in result.content[0].text
    assert "/v1/" not in result.content[0].text


def test_an_argument_that_a_tool_does_not_know_is_refused(address: str) -> None:
    result = call(address, "search_statements", question=LEVY, filter={"speaker": ["Nobody"]})
    assert result.is_error
    assert "unknown argument 'filter'; search_statements takes question, top_k, filters" in result.content[0].text


def test_there_is_no_stream_to_listen_to(index_root: Path) -> None:
    with ready_client(app_over(index_root)) as client:
        response = client.get("/mcp", headers={"Accept": "text/event-stream", "Host": "localhost"})
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_without_an_index_a_call_says_so(tmp_path: Path) -> None:
    app = app_over(tmp_path)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        request = {"name": "list_documents", "arguments": {}}
        response = client.post("/mcp", json=LIST | {"method": "tools/call", "params": request}, headers=HEADERS)
    result = response.json()["result"]
    assert result["isError"]
    assert "try again later" in result["content"][0]["text"]


def guarded(app: FastAPI, host: str, **headers: str) -> int:
    """The status with which a request under that host name is answered."""
    with ready_client(app) as client:
        return client.post("/mcp", json=LIST, headers=HEADERS | {"Host": host} | headers).status_code


@pytest.mark.parametrize(
    ("settings", "host", "headers", "status"),
    [
        ({}, "127.0.0.1:8000", {}, 200),
        ({}, "localhost:8000", {"Origin": "http://localhost:3000"}, 200),
        ({}, "qa.example", {}, 421),
        ({}, "127.0.0.1:8000", {"Origin": "https://page.example"}, 403),
        ({"allowed_hosts": "other, qa.example"}, "qa.example", {}, 200),
        ({"allowed_hosts": "qa.example"}, "qa.example:8000", {"Origin": "https://qa.example:8000"}, 200),
        ({"public_url": "https://qa.example/base"}, "qa.example", {"Origin": "https://qa.example"}, 200),
        ({"cors_origins": "https://page.example"}, "127.0.0.1:8000", {"Origin": "https://page.example"}, 200),
        ({"cors_origins": "*"}, "127.0.0.1:8000", {"Origin": "https://page.example"}, 200),
        ({"cors_origins": "*"}, "qa.example", {"Origin": "https://page.example"}, 421),
    ],
)
def test_only_loopback_and_named_hosts_come_in(
    index_root: Path, settings: dict[str, Any], host: str, headers: dict[str, str], status: int
) -> None:
    app = create_app(Settings(index_dir=index_root, **settings), opener=fakes.opener(index_root))
    assert guarded(app, host, **headers) == status


def test_a_host_named_with_a_port_is_meant_with_that_port_only() -> None:
    hosts, _ = allowed(Settings(allowed_hosts="qa.example:81,[fd00::1]"))
    assert [host for host in hosts if "127" not in host and "local" not in host][-3:] == [
        "qa.example:81", "[fd00::1]", "[fd00::1]:*"
    ]  # fmt: skip


def test_a_failure_to_open_the_door_is_told_and_the_next_request_tries_again(
    index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, failures = McpEndpoint._build, [ValueError("no such host")]

    def failing(endpoint: McpEndpoint) -> Any:
        if failures:
            raise failures.pop()
        return build(endpoint)

    monkeypatch.setattr(McpEndpoint, "_build", failing)
    headers = HEADERS | {"Host": "localhost"}
    with ready_client(app_over(index_root)) as client:
        assert [client.post("/mcp", json=LIST, headers=headers).status_code for _ in range(2)] == [500, 200]


def test_the_application_starts_without_importing_mcp() -> None:
    code = "import sys; from qa_service.api.app import create_app; create_app(); print('mcp' in sys.modules)"
    done = asyncio.run(run(code))
    assert done.strip() == "False"


async def run(code: str) -> str:
    """What a Python process prints."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out.decode()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_desktop_client_talks_over_standard_input_and_output(tmp_path: Path, mode: Mode) -> None:
    fakes.build_index(tmp_path, [fakes.transcript("apples", fakes.APPLES)])
    code = (
        "from pathlib import Path; from tests import fakes; from qa_service.api.mcp.stdio import run_stdio; "
        "from qa_service.serving.soundness import Upkeep; from qa_service.settings import Settings; "
        f"root = Path({str(tmp_path)!r}); upkeep = Upkeep.of(Settings(index_dir=root)); "
        "run_stdio(fakes.opener(root), root / 'CURRENT', upkeep)"
    )
    server = stdio_client(StdioServerParameters(command=sys.executable, args=["-c", code], cwd=ROOT))
    arguments = {"question": LEVY, "min_confidence": 0}

    async def before_and_after_a_build(client: Client) -> list[str]:
        first = await client.call_tool("search_statements", arguments)
        await asyncio.to_thread(fakes.build_index, tmp_path)
        second = await client.call_tool("search_statements", arguments)
        return [result.structured_content["results"][0]["citation"]["document"] for result in (first, second)]

    assert talk(server, before_and_after_a_build, mode) == ["apples", "trams"]
