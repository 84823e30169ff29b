"""What costs little to send and much to read is refused by count, and nobody else waits meanwhile."""

import json
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from qa_service.api.bounds import BY_PATH, Bounds, Counted, TooMuchError
from tests.api.conftest import app_over, running_server
from tests.api.test_errors import JSON, refused

pytestmark = pytest.mark.alone

ACCEPT = {"Accept": "application/json, text/event-stream"}
CALL = (
    '{"jsonrpc":"2.0","id":1,"method":"tools/call",'
    '"params":{"name":"search_statements","arguments":{"question":"a",%s}}}'
)
SMALL = {
    "/v1/ask": '{"question":"trams",%s}',
    "/v1/ask/batch": '{"questions":["trams"],%s}',
    "/v1/chat/completions": '{"messages":[{"role":"user","content":"trams"}],%s}',
    "/mcp": CALL,
}


def keys(count: int) -> str:
    return ",".join(f'"{number:x}":0' for number in range(count))


def bombs(path: str) -> Iterator[tuple[str, str]]:
    """As many keys, items, levels, digits as the path's bytes allow, and names as long."""
    room = BY_PATH[path].size - 300
    yield "keys", keys(room // 10)
    yield "items", '"x":[' + ",".join("0" * (room // 2)) + "]"
    yield "empty objects", '"x":[' + ",".join(["{}"] * (room // 3)) + "]"
    yield "depth", '"x":' + "[" * (room // 2 - 5) + "]" * (room // 2 - 5)
    yield "depth by keys", '"x":' + '{"a":' * (room // 6 - 5) + "0" + "}" * (room // 6 - 5)
    yield "digits", '"x":' + "9" * (room - 10)
    yield "names", '"' + "n" * (room - 10) + '":0'
    yield "names of escapes", '"' + "\\u0061" * (room // 6 - 10) + '":0'
    yield "filters", '"filters":{' + keys(room // 10) + "}"
    yield "values", '"filters":{"speaker":[' + ",".join("0" * (room // 2 - 20)) + "]}"
    yield "strings", '""' * (room // 2)


BOMBS = [(path, kind, SMALL[path] % inside) for path in SMALL for kind, inside in bombs(path)]
NAMED = [f"{path} {kind}" for path, kind, _ in BOMBS]


@pytest.fixture(scope="module")
def address(index_root: Path) -> Iterator[str]:
    with running_server(app_over(index_root)) as address:
        yield address


def slowest_meanwhile(address: str, path: str, body: str) -> tuple[Any, float]:
    """The answer to a request, and the longest that anybody waited for another while it was worked on."""
    with ThreadPoolExecutor(1) as pool, httpx2.Client() as client:
        client.get(f"{address}/health/live")
        sent = pool.submit(httpx2.post, address + path, content=body, headers=JSON | ACCEPT, timeout=60)
        longest = 0.0
        while not sent.done():
            started = perf_counter()
            assert client.get(f"{address}/health/live").status_code == 200
            longest = max(longest, perf_counter() - started)
    return sent.result(), longest


@pytest.mark.parametrize(("path", "kind", "body"), BOMBS, ids=NAMED)
def test_nobody_waits_for_a_bomb(address: str, path: str, kind: str, body: str) -> None:
    """Nothing takes much longer than reading a plain text of the most bytes that any path takes."""
    plain = json.dumps({"questions": ["a"] * 257 + ["x" * (BY_PATH["/v1/ask/batch"].size - 3_000)]})
    longest = min(slowest_meanwhile(address, path, body)[1] for _ in range(4))  # other programs make one wait, too
    allowed = max(slowest_meanwhile(address, "/v1/ask/batch", plain)[1] for _ in range(2))
    answer, _ = slowest_meanwhile(address, path, body)
    assert longest < 10 * allowed
    assert answer.status_code < 500
    assert len(answer.content) < 20_000


@pytest.mark.parametrize(("path", "kind", "body"), BOMBS, ids=NAMED)
def test_a_bomb_takes_no_memory(client: TestClient, path: str, kind: str, body: str) -> None:
    """Not a multiple of what was sent."""
    content = body.encode()
    client.post(path, content=SMALL[path] % '"x":0', headers=JSON | ACCEPT)
    tracemalloc.start()
    client.post(path, content=content, headers=JSON | ACCEPT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * len(content) + 8 * 2**20


@pytest.mark.parametrize("path", [path for path in SMALL if path != "/mcp"])
@pytest.mark.parametrize(("inside", "what"), [(keys(30_000), "keys"), ('"x":[' + "0," * 60_000 + "0]", "items")])
def test_what_there_are_too_many_of_is_told(client: TestClient, path: str, inside: str, what: str) -> None:
    response = client.post(path, content=SMALL[path] % inside, headers=JSON)
    if len(SMALL[path] % inside) > BY_PATH[path].size:
        refused(response, 413, "too_large")
    else:
        assert what in refused(response, 422, "invalid_request")["message"]


def test_the_query_of_a_url_is_counted(client: TestClient) -> None:
    many = "&".join(f"a{number}=1" for number in range(100))
    assert "names" in refused(client.get(f"/v1/ask?question=a&{many}"), 422, "invalid_request")["message"]
    same = "&speaker=a" * 5_000
    assert "parameters" in refused(client.get(f"/v1/ask?question=a{same}"), 422, "invalid_request")["message"]


def test_what_was_sent_is_not_repeated_whole(client: TestClient) -> None:
    for response in (
        client.post("/v1/ask", json={"question": "a", "n" * 30_000: 1}),
        client.get(f"/v1/documents/{'d' * 30_000}"),
        client.get(f"/v1/ask?question=a&{'n' * 30_000}=1"),
        client.post("/v1/chat/completions", json={"model": "m" * 30_000, "messages": []}),
    ):
        assert 400 <= response.status_code < 500
        assert len(response.content) < 8_000


def counts(body: bytes, size: int) -> bool:
    """Whether a body in pieces is within 3 keys, 4 items and 2 levels."""
    counted = Counted(Bounds(size=10_000, keys=3, items=4, depth=2))
    try:
        for start in range(0, len(body), size):
            counted.add(body[start : start + size])
    except TooMuchError:
        return False
    return True


@pytest.mark.parametrize("size", [1, 2, 3, 5, 10_000])
@pytest.mark.parametrize(
    ("body", "fits"),
    [
        (rb'{"a":1,"b":[1,2,3],"c":{}}', True),
        (rb'{"a":1,"b":2,"c":3,"d":4}', False),
        (rb"[1,2,3,4,5]", True),
        (rb"[1,2,3,4,5,6]", False),
        (rb"[[[]]]", False),
        (rb"[[],[],[],[],[]]", True),
        (rb'{"a":",,,,,,,,::::::{{{{[[[["}', True),
        (rb'{"a\":{{{\\\"":"\\","b":"\\\\\"::::,,,,"}', True),
        (rb'{"a":"\\","b":"\\","c":"\\","d":0}', False),
        (b"[" + b"9" * 64 + b"]", True),
        (b"[" + b"9" * 65 + b"]", False),
        (b'["' + b"9" * 650 + b'"]', True),
        ('{"a":1}'.encode("utf-16"), False),
    ],
)
def test_what_is_counted_does_not_depend_on_the_pieces(body: bytes, *, fits: bool, size: int) -> None:
    assert counts(body, size) is fits


@pytest.mark.parametrize("unit", [b'\\"', b'""', b"\\\\", b"{}", b",", b'"\\', b"9", b"[", b"]"])
def test_counting_takes_a_time_that_grows_with_the_length(unit: bytes) -> None:
    def seconds(length: int) -> float:
        body = b'"' + unit * (length // len(unit))
        pieces = [body[start : start + 65_536] for start in range(0, len(body), 65_536)]
        best = float("inf")
        for _ in range(3):
            counted = Counted(Bounds(size=2**40, keys=2**40, items=2**40, depth=2**40))
            started = perf_counter()
            try:
                for piece in pieces:
                    counted.add(piece)
            except TooMuchError:
                pass
            best = min(best, perf_counter() - started)
        return best

    assert seconds(8 * 2**20) < 40 * seconds(2**20)
