"""Serving processes end when they must, seen from outside: the real program on a free port."""

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from qa_service.settings import ENV_PREFIX

pytestmark = pytest.mark.alone

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
PROGRAM = """
import sys
import time
import tests.fakes as fakes
from pathlib import Path
from qa_service.api import app, deadlines, process
from qa_service import cli, composition
deadlines.HEAD_S, deadlines.STILL_S, deadlines.BODY_S, deadlines.GRACE_S, process.LAST_S = 1, 1, 2, 1, 3
process.HUNG_S = 4
cli.bring_up_to_date = lambda _: None
composition.open_service = lambda s: fakes.opener(Path(s.index_dir))()
create = app.create_app
def create_app():
    made = create()
    @made.get("/never")
    async def never():
        Path("begun").touch()
        await made.state.live_index.call(lambda _: time.sleep(600))
    @made.get("/hang")
    async def hang():
        Path("hung").touch()
        time.sleep(600)
    return made
process.create_app = create_app
if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:]))
"""


class Program:
    """`qa-service serve` with the fake encoder."""

    def __init__(self, folder: Path, index: Path, workers: int = 1, files: int = 1024) -> None:
        self.folder, self._index, self._workers, self._files = folder, index, workers, files
        (folder / "program.py").write_text(PROGRAM)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it, anew if it was."""
        command = [sys.executable, "program.py", "serve", "--port", str(self.port), "--workers", str(self._workers)]
        paths = os.pathsep.join([str(ROOT), str(self.folder)])
        env = os.environ | {"PYTHONPATH": paths, f"{ENV_PREFIX}INDEX_DIR": str(self._index)}
        self.process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=env,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (self._files, self._files)),
        )
        eventually(self.is_live)
        return self.process

    def is_live(self) -> bool:
        """Whether it answers."""
        assert self.process.poll() is None, "it ended instead of serving"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def connection(self) -> socket.socket:
        """A new one, on which nothing is waited for longer than a test may take."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def answer(self, *pieces: bytes, pause_s: float = 0.0) -> tuple[int, dict[str, Any]]:
        """Status and JSON of what comes back until the end, where the pieces are sent with pauses between them."""
        with self.connection() as client:
            for piece in pieces:
                try:
                    client.sendall(piece)
                except OSError:  # answered and closed before all was sent
                    break
                if select.select([client], [], [], pause_s)[0]:
                    break
            received = b""
            while more := client.recv(65536):
                received += more
        head, _, body = received.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)

    def children(self) -> list[int]:
        """The processes it has started."""
        listed = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for children in listed for pid in children.read_text().split()]

    def workers(self) -> list[int]:
        """Those that serve: there is another that keeps account of what they share."""
        return [pid for pid in self.children() if b"spawn_main" in _command_of(pid)]

    def listens(self) -> bool:
        """Whether anybody takes connections there."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended
        return b""


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def program(request: pytest.FixtureRequest, tmp_path: Path, index_root: Path) -> Iterator[Program]:
    program = Program(tmp_path, index_root, **getattr(request, "param", {}))
    yield program
    program.process.kill()
    program.process.wait()
    eventually(lambda: not program.listens())


@pytest.mark.parametrize("program", [{"workers": 2}], indirect=True)
def test_workers_end_with_their_parent_and_the_port_is_free(program: Program) -> None:
    program.process.kill()
    program.process.wait()
    eventually(lambda: not program.listens())
    program.start()
    assert program.is_live()
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("program", [{"workers": 2}], indirect=True)
def test_a_hung_worker_is_replaced_and_a_busy_one_is_not(program: Program) -> None:
    before = set(program.workers())
    with program.connection() as busy, program.connection() as hung:
        busy.sendall(GET.replace(b"/health/live", b"/never") + b"\r\n")
        eventually(lambda: (program.folder / "begun").exists())
        hung.sendall(GET.replace(b"/health/live", b"/hang") + b"\r\n")
        eventually(lambda: (program.folder / "hung").exists())
        eventually(lambda: len(before - set(program.workers())) == 1)
        eventually(lambda: len(set(program.workers()) - before) == 1 and program.is_live())
        time.sleep(5)  # longer than a worker may stand still
        assert len(before - set(program.workers())) == 1


@pytest.mark.parametrize("program", [{"workers": 2}], indirect=True)
def test_workers_are_replaced_one_after_the_other_on_sighup(program: Program) -> None:
    before, answered, failed = set(program.workers()), 0, []
    end = time.monotonic() + PATIENCE_S
    program.process.send_signal(signal.SIGHUP)
    while before & set(program.workers()) or len(program.workers()) < 2:
        assert time.monotonic() < end
        body = json.dumps({"question": "harbour levy wages"}).encode()
        head = ASK.replace(b"100", str(len(body)).encode()).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        status, said = program.answer(head + body)  # OSError if it is reset, IndexError if it is closed unanswered
        answered += 1
        if status != 200:
            failed.append(said)
    assert answered > 10
    assert failed == []


GET = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
ASK = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"


def test_what_comes_too_slowly_or_too_long_is_refused(program: Program) -> None:
    many = b"".join(b"X-%d: a\r\n" % n for n in range(101))
    expected: list[tuple[int, str, tuple[bytes, ...], float]] = [
        (408, "too_slow", (b"",), 0),
        (408, "too_slow", (GET, *[b"X"] * 100), 0.1),
        (408, "too_slow", (ASK,), 0),
        (408, "too_slow", (ASK, *[b" "] * 99), 0.1),
        (414, "url_too_long", (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",), 0),
        (414, "url_too_long", (b"GET /", *[b"a" * 10_000] * 9), 0.01),
        (431, "head_too_large", (GET + many + b"\r\n",), 0),
        (431, "head_too_large", (GET + b"X: " + b"a" * 70_000 + b"\r\n\r\n",), 0),
        (431, "head_too_large", (GET + b"X: ", *[b"a" * 10_000] * 9), 0.01),
        (400, "invalid_http", (b"hello\r\n\r\n",), 0),
    ]
    for status, code, pieces, pause_s in expected:
        seen, body = program.answer(*pieces, pause_s=pause_s)
        assert (seen, body["error"]["code"]) == (status, code), pieces[0][:80]
        assert body["error"]["request_id"]
    assert program.is_live()


def test_who_sends_in_time_is_answered(program: Program) -> None:
    with closing(HTTPConnection("127.0.0.1", program.port, timeout=PATIENCE_S)) as client:
        client.connect()
        client.auto_open = 0
        for _ in range(2):  # on one connection, the second behind a pause
            client.request("GET", "/health/live")
            assert client.getresponse().read() == b'{"status":"live"}'
            time.sleep(1.5)
    body = json.dumps({"question": "How many trams?"}).encode().ljust(100)
    status, answer = program.answer(
        ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), body[:50], body[50:], pause_s=0.5
    )
    assert status == 200
    assert answer["request_id"]


@pytest.mark.parametrize("program", [{"files": 164}], indirect=True)
def test_held_connections_keep_nobody_out(program: Program) -> None:
    with ExitStack() as stack:
        for n in range(100):
            stack.enter_context(program.connection()).sendall(b"G")
            if n % 10 == 0:
                assert program.is_live()
        assert program.is_live()


def test_an_unfinished_body_does_not_keep_it_from_ending(program: Program) -> None:
    with program.connection() as client:
        client.sendall(ASK)
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(PATIENCE_S) in {0, -signal.SIGTERM}


def test_a_thread_that_does_not_end_does_not_keep_it_from_ending(program: Program) -> None:
    with program.connection() as client:
        client.sendall(GET.replace(b"/health/live", b"/never") + b"\r\n")
        eventually(lambda: (program.folder / "begun").exists())
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(PATIENCE_S) == -signal.SIGALRM


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends a little later")
def test_the_reading_of_a_text_ends_with_the_service(program: Program) -> None:
    text = b"Q: a?\n\nA: b.\n" + b"a\n\n" * 200_000
    head = b"PUT /v1/documents/a?dry_run=true HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
    with program.connection() as client:
        client.sendall(head + b"Content-Length: %d\r\n\r\n" % len(text) + text)
        eventually(lambda: bool(program.children()))
        (reading,) = program.children()
        program.process.kill()
        program.process.wait()
    eventually(lambda: not is_running(reading))


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended; who should take note of its end may not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
