"""Several serving processes, each with a listening socket of its own, among which the kernel spreads connections.

With one socket for all, whichever process wakes first takes every connection that waits: of sixteen clients that came
at once, one process was seen to serve all while the other idled.
"""

import socket
import sys
from typing import Any

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from qa_service.errors import AddressError


class OwnSocket(socket.socket):
    """Bound, not listening. Handed to another process it becomes a new socket bound to the same address."""

    @classmethod
    def bound(cls, family: int, address: Any) -> "OwnSocket":
        """A socket that shares its address with others of the same user. Raises OSError."""
        made = cls(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return OwnSocket.bound, (int(self.family), self.getsockname())


def run_workers(config: Config) -> None:
    """Serve with `config.workers` processes until told to end. Raises AddressError when the address can't be had."""
    if sys.platform != "linux":  # elsewhere the kernel does not spread connections over such sockets
        Multiprocess(config, sockets=[config.bind_socket()]).run()
        return
    Multiprocess(config, sockets=[OwnSocket.bound(*check_address(config.host, config.port))]).run()


def check_address(host: str, port: int) -> tuple[int, Any]:
    """The family and address to bind a socket to. Raises AddressError when that can't be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as alone:  # tells what a shared one would not: it is taken
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind(address)
    except OSError as error:
        problem = f"can't listen on {host}:{port} ({error.strerror})"
        raise AddressError(f"{problem}; name another with --host and --port") from error
    return family, address
