"""Every serving process listens on a socket of its own, and connections reach all of them."""

import pickle
import select
import socket
import sys
from contextlib import ExitStack
from multiprocessing.reduction import ForkingPickler

import pytest
import uvicorn

from qa_service.api import workers
from qa_service.api.workers import OwnSocket, run_workers
from qa_service.errors import AddressError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the one socket is shared")


def handed_over(sock: OwnSocket) -> OwnSocket:
    """What another process gets of it."""
    received = pickle.loads(ForkingPickler.dumps(sock))  # noqa: S301 - as multiprocessing does it
    assert isinstance(received, OwnSocket)
    return received


def test_connections_are_spread_over_the_sockets_of_all_processes() -> None:
    with ExitStack() as stack:
        parents = stack.enter_context(OwnSocket.bound(socket.AF_INET, ("127.0.0.1", 0)))
        listening = [stack.enter_context(handed_over(parents)) for _ in range(2)]
        for sock in listening:
            assert sock.getsockname() == parents.getsockname()
            sock.listen(64)
        for _ in range(48):
            stack.enter_context(socket.create_connection(parents.getsockname()))
        accepted = [0, 0]
        for place, sock in enumerate(listening):
            while select.select([sock], [], [], 0.2)[0]:
                stack.enter_context(sock.accept()[0])
                accepted[place] += 1
        assert sum(accepted) == 48
        assert min(accepted) > 0


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.7"])
def test_an_address_in_use_or_elsewhere_is_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "Multiprocess", lambda *_, **__: pytest.fail("serves an address it can't have"))
    with OwnSocket.bound(socket.AF_INET, ("127.0.0.1", 0)) as taken:
        taken.listen(1)
        with pytest.raises(AddressError, match="name another with --host and --port"):
            run_workers(uvicorn.Config("no:app", host=host, port=taken.getsockname()[1], workers=2))
