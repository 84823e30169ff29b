"""What a serving process owes those around it: it ends when it is told to, and a worker ends with its parent."""

import multiprocessing
import os
import signal
import threading
from functools import partial
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from fastapi import FastAPI

from qa_service.api.app import create_app
from qa_service.parent import end_with_parent

LAST_S = 9.0  # after SIGTERM the process is gone


def served_app() -> FastAPI:
    """The application of a process that does nothing but serve it; the factory that uvicorn is given."""
    if parent := multiprocessing.parent_process():
        _end_with(parent)
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, partial(_end_soon, signal.getsignal(told)))
    return create_app()


def _end_soon(before: Any, told: int, frame: FrameType | None) -> None:
    """End as the server does, and at the latest by the system's alarm clock, which no thread and no client holds up."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, LAST_S)
    if callable(before):
        before(told, frame)


def _end_with(parent: BaseProcess) -> None:
    """Be gone at once when the parent is: a worker that stays would hold the port, and nobody could end it by name.

    Linux sees to it whatever this process does; the pipe whose other end the parent holds tells it elsewhere.
    """

    def watch() -> None:
        parent.join()
        os._exit(1)

    end_with_parent()
    threading.Thread(target=watch, name="parent", daemon=True).start()
