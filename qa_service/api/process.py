"""What a serving process owes others: it ends when it is told to, and a worker with its parent or when it hangs."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from functools import partial
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from fastapi import FastAPI

from qa_service.api.app import create_app
from qa_service.parent import end_with_parent

logger = logging.getLogger(__name__)

LAST_S = 9.0  # after SIGTERM the process is gone
HUNG_S = (
    30.0  # without a turn of the event loop a worker does not come back; the longest work of any request takes .1 s
)


def served_app() -> FastAPI:
    """The application of a process that does nothing but serve it; the factory that uvicorn is given."""
    if parent := multiprocessing.parent_process():
        _end_with(parent)
        _end_when_hung(asyncio.get_running_loop())
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, partial(_end_soon, signal.getsignal(told)))
    return create_app()


def _end_soon(before: Any, told: int, frame: FrameType | None) -> None:
    """End as the server does, and at the latest by the system's alarm clock, which no thread and no client holds up."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, LAST_S)
    if callable(before):
        before(told, frame)


def _end_when_hung(loop: asyncio.AbstractEventLoop) -> None:
    """Be gone when the event loop stands still, so that the parent starts another worker.

    A busy answering thread, however long its work takes, lets the loop go on.
    """

    def watch() -> None:
        turned = threading.Event()
        while not loop.is_closed():
            turned.clear()
            with suppress(RuntimeError):  # closed in between
                loop.call_soon_threadsafe(turned.set)
            if not turned.wait(HUNG_S) and not loop.is_closed():
                logger.critical("the event loop stood still for %g s; this worker ends", HUNG_S)
                os._exit(1)
            time.sleep(HUNG_S / 10)

    threading.Thread(target=watch, name="hung", daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    """Be gone at once when the parent is: a worker that stays would hold the port, and nobody could end it by name.

    Linux sees to it whatever this process does; the pipe whose other end the parent holds tells it elsewhere.
    """

    def watch() -> None:
        parent.join()
        os._exit(1)

    end_with_parent()
    threading.Thread(target=watch, name="parent", daemon=True).start()
