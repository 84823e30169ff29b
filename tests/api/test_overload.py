"""More questions than can be answered: some are refused at once, the others are answered as fast as ever."""

import asyncio
import json
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.errors import OverloadedError
from qa_service.serving import answering_thread
from qa_service.serving.answering_thread import AnsweringThread
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import ready_client, running_server
from tests.api.test_errors import JSON, refused

pytestmark = pytest.mark.alone

PATHS = {
    "/v1/ask": {"question": "trams"},
    "/v1/ask/batch": {"questions": ["trams"]},
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "trams"}]},
    "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
}
WORK_S = 0.02


class Slow(AnswerService):
    """Takes its time."""

    def ask_batch(self, *arguments: Any, **options: Any) -> Any:
        """As ever, later."""
        time.sleep(WORK_S)
        return super().ask_batch(*arguments, **options)


def slow_app(root: Path, **settings: Any) -> FastAPI:
    return create_app(Settings(index_dir=root, **settings), opener=lambda: Slow(fakes.open_retriever(root)))


@pytest.fixture
def full(index_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A service whose queue counts as full."""
    with ready_client(slow_app(index_root, unready_when_overloaded=True)) as client:
        monkeypatch.setattr(answering_thread, "LONGEST_WAIT_S", -1.0)
        yield client


@pytest.mark.parametrize("path", PATHS)
def test_a_question_too_many_is_refused_before_its_body_is_read(full: TestClient, path: str) -> None:
    for sent in ({"json": PATHS[path]}, {"content": b"{", "headers": JSON}):
        response = full.post(path, **sent)
        assert "send this one again" in refused(response, 503, "overloaded")["message"]
        assert response.headers["Retry-After"] == "1"


def test_what_has_no_body_is_refused_too(full: TestClient) -> None:
    response = full.get("/v1/ask?question=trams")
    refused(response, 503, "overloaded")
    assert response.headers["Retry-After"] == "1"


def test_an_overload_is_counted_and_told(full: TestClient) -> None:
    full.post("/v1/ask", json={"question": "trams"})
    assert 'qa_service_dropped_total{reason="overloaded"} 1.0' in full.get("/metrics").text
    refused(full.get("/health/ready"), 503, "overloaded")
    assert full.get("/health/live").status_code == 200


def with_thread(work: Callable[[AnsweringThread, Event], Any]) -> AnsweringThread:
    """The thread after `work`, which begins while it is busy until the event is set."""

    async def busy() -> AnsweringThread:
        thread, begun, go_on = AnsweringThread(), Event(), Event()

        def first_work() -> None:
            begun.set()
            go_on.wait()

        first = asyncio.create_task(thread.run(first_work))
        await asyncio.to_thread(begun.wait)
        await work(thread, go_on)
        go_on.set()
        await first
        thread.close()
        return thread

    return asyncio.run(busy())


def test_what_waited_too_long_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    async def late(thread: AnsweringThread, go_on: Event) -> None:
        monkeypatch.setattr(answering_thread, "OLDEST_S", -1.0)
        waiting = asyncio.create_task(thread.run(lambda: done.append(1)))
        await asyncio.sleep(0.01)
        go_on.set()
        with pytest.raises(OverloadedError):
            await waiting

    assert with_thread(late).dropped["late"] >= 1
    assert not done


def test_the_bound_is_a_time_not_a_number() -> None:
    async def fill(thread: AnsweringThread, go_on: Event) -> None:
        thread._mean_s = 0.5
        waiting = [asyncio.create_task(thread.run(lambda: None)) for _ in range(20)]
        await asyncio.sleep(0.01)
        go_on.set()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert sum(isinstance(outcome, OverloadedError) for outcome in outcomes) == 15

    assert with_thread(fill).dropped["overloaded"] == 15


def test_work_of_a_client_that_left_is_not_done(index_root: Path) -> None:
    with running_server(slow_app(index_root)) as address:
        host, port = address.removeprefix("http://").split(":")
        body = json.dumps({"question": "trams"}).encode()
        head = "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        clients = [socket.create_connection((host, int(port))) for _ in range(30)]
        for client in clients:
            client.sendall(head.encode() + body)
        time.sleep(2 * WORK_S)
        for client in clients:
            client.close()
        time.sleep(10 * WORK_S)
        counted = httpx2.get(f"{address}/metrics").text
        assert float(counted.split('qa_service_dropped_total{reason="gone"} ')[1].split()[0]) > 10


async def _ask_at(address: str, count: int, rate: float | None = None) -> list[tuple[int, float]]:
    """Status and time of each question, asked at a rate whatever comes back, or one after the other."""
    outcomes: list[tuple[int, float]] = []

    async def one(client: Any) -> None:
        started = time.perf_counter()
        response = await client.post(f"{address}/v1/ask", json={"question": "trams"})
        outcomes.append((response.status_code, time.perf_counter() - started))

    async with (
        httpx2.AsyncClient(timeout=60, limits=httpx2.Limits(max_connections=None)) as client,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(count):
            asked = group.create_task(one(client))
            if rate is None:
                await asked
            else:
                await asyncio.sleep(1 / rate)
    return outcomes


def test_what_is_taken_under_overload_is_answered_soon(index_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five times as many as can be answered; the bound is made four pieces of work to be reached in a test."""
    monkeypatch.setattr(answering_thread, "LONGEST_WAIT_S", 4 * WORK_S)
    with running_server(slow_app(index_root, recent_questions=0)) as address:
        alone = asyncio.run(_ask_at(address, 10))
        crowded = asyncio.run(_ask_at(address, 100, 5 / WORK_S))
        after = asyncio.run(_ask_at(address, 10))
    taken = sorted(seconds for status, seconds in crowded if status == 200)
    assert {status for status, _ in crowded} == {200, 503}
    assert {status for status, _ in after} == {200}
    assert len(taken) > len(crowded) / 20
    unloaded = max(seconds for _, seconds in alone)
    assert taken[int(0.99 * (len(taken) - 1))] < 12 * unloaded
    assert statistics.median(seconds for _, seconds in after) < 3 * statistics.median(seconds for _, seconds in alone)
