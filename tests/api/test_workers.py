"""Every serving process listens on a socket of its own, and connections reach all of them."""

import select
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import uvicorn
from uvicorn.supervisors import multiprocess

from qa_service.api import workers
from qa_service.api.workers import Workers, listening, run_workers
from qa_service.errors import AddressError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the one socket is shared")


def test_connections_are_spread_over_the_sockets_of_all_processes() -> None:
    with ExitStack() as stack:
        first = stack.enter_context(listening(socket.AF_INET, ("127.0.0.1", 0), 64))
        sockets = [first, stack.enter_context(listening(socket.AF_INET, first.getsockname(), 64))]
        for _ in range(48):
            stack.enter_context(socket.create_connection(first.getsockname()))
        accepted = [0, 0]
        for place, sock in enumerate(sockets):
            while select.select([sock], [], [], 0.2)[0]:
                stack.enter_context(sock.accept()[0])
                accepted[place] += 1
        assert sum(accepted) == 48
        assert min(accepted) > 0


class Noting:
    """A process that notes the socket it was given."""

    def __init__(self, _: object, sockets: list[socket.socket]) -> None:
        self.socket, self.process, self.ended = sockets[0], self, False
        self.pid = self.exitcode = 0

    def start(self) -> None:
        """Nothing runs."""

    def wait_until_ready(self, *_: object) -> bool:
        """At once."""
        return True

    def is_alive(self, **_: float) -> bool:
        """Until it was told to end."""
        return not self.ended

    def terminate(self) -> None:
        """It ends."""
        self.ended = True

    kill = join = terminate


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Two processes that never run."""
    for module in (workers, multiprocess):
        monkeypatch.setattr(module, "Process", Noting)
    monkeypatch.setattr(multiprocess, "SIGNALS", {})
    made = Workers(uvicorn.Config("no:app", host="127.0.0.1", port=0, workers=2))
    made.init_processes()
    yield made
    made.terminate_all()


def places(of: Workers) -> list[socket.socket]:
    return [process.socket for process in of.processes]  # type: ignore[attr-defined]


def test_a_process_that_takes_anothers_place_takes_its_socket(two: Workers) -> None:
    before, sockets = list(two.processes), places(two)
    assert len(set(sockets)) == 2
    assert len({sock.getsockname() for sock in sockets}) == 1
    two.restart_all()
    assert places(two) == sockets
    assert not set(before) & set(two.processes)
    hung = two.processes[1]
    hung.terminate()
    two.keep_subprocess_alive()
    assert places(two) == sockets
    assert hung not in two.processes


def test_a_place_more_or_less_brings_its_socket(two: Workers) -> None:
    two.handle_ttin()
    assert len(set(places(two))) == 3
    added = places(two)[2]
    two.handle_ttou()
    assert len(two.processes) == 2
    assert added.fileno() == -1


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.7"])
def test_an_address_in_use_or_elsewhere_is_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workers, "run", lambda _: pytest.fail("serves an address it can't have"))
    taken = listening(socket.AF_INET, ("127.0.0.1", 0), 1)
    with taken, pytest.raises(AddressError, match="name another with --host and --port"):
        run_workers(uvicorn.Config("no:app", host=host, port=taken.getsockname()[1], workers=2))
