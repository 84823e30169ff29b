"""Several serving processes, each with a listening socket of its own, among which the kernel spreads connections.

With one socket for all, whichever process wakes first takes every connection that waits: of sixteen clients that came
at once, one process was seen to serve all while the other idled. The parent holds all sockets: what has connected and
is not yet accepted when a process ends waits for the one that takes its place.
"""

import socket
import sys
from collections.abc import Callable
from typing import Any

from uvicorn import Config
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from qa_service.errors import AddressError


class Workers(Multiprocess):
    """Serving processes, by places; a process that takes another's place takes its socket."""

    def __init__(self, config: Config) -> None:
        """Bind a socket for each. Raises AddressError when the address can't be had."""
        family, address = check_address(config.host, config.port)
        self._held = [listening(family, address, config.backlog)]
        self._address = family, self._held[0].getsockname()  # its port, where any would do
        self._held += [listening(*self._address, config.backlog) for _ in range(config.workers - 1)]
        self._place = 0
        super().__init__(config, [])

    @property
    def sockets(self) -> list[socket.socket]:
        """What a process is started with, by the library: the socket of the place it is to take."""
        return [self._held[self._place]]

    @sockets.setter
    def sockets(self, _: list[socket.socket]) -> None:
        """The library's own assignment."""

    def init_processes(self) -> None:
        """Start a process for each place."""
        for place in range(len(self._held)):
            self._place = place
            self.processes.append(process := Process(self.config, self.sockets))
            process.start()

    def restart_all(self) -> None:
        """Replace one after the other, each once its successor serves; the first that doesn't ends it."""
        self._one_by_one(super().restart_all)

    def keep_subprocess_alive(self) -> None:
        """Replace those that ended or hang."""
        self._one_by_one(super().keep_subprocess_alive)

    def terminate_all(self) -> None:
        """Who connects from here on is refused rather than left waiting."""
        for held in self._held:
            held.close()
        super().terminate_all()

    def handle_ttin(self) -> None:
        """One place more."""
        self._held.append(listening(*self._address, self.config.backlog))
        self._place = len(self._held) - 1
        super().handle_ttin()

    def handle_ttou(self) -> None:
        """One place less."""
        super().handle_ttou()
        if len(self._held) > len(self.processes):
            self._held.pop().close()

    def _one_by_one(self, work: Callable[[], None]) -> None:
        """The library's `work` over all processes, for one place at a time."""
        everyone = self.processes
        for place in range(len(everyone)):
            self._place = place
            self.processes = everyone[place : place + 1]
            work()
            everyone[place] = self.processes[0]
        self.processes = everyone


def run_workers(config: Config) -> None:
    """Serve with `config.workers` processes until told to end. Raises AddressError when the address can't be had."""
    if sys.platform != "linux":  # elsewhere the kernel does not spread connections over such sockets
        Multiprocess(config, sockets=[config.bind_socket()]).run()
        return
    Workers(config).run()


def listening(family: int, address: Any, backlog: int) -> socket.socket:
    """A listening socket that shares its address with others of the same user. Raises OSError."""
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(address)
    made.listen(backlog)
    return made


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
