"""The one thread that answers: work is queued for it, results come back to the event loop that asked.

One thread, because tokenizers can't be shared between threads and the encoder gains nothing from two. A plain queue
instead of an executor, whose futures and locks took their share of every question.
"""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class AnsweringThread:
    """Runs callables one after the other, in the order they were handed in."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="answering", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, or raises, on the thread; the event loop goes on meanwhile."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Job(work, loop, future))
        return await future

    @property
    def waiting(self) -> int:
        """How many callables wait for their turn."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Let it finish what is queued, then end."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            job.run()


class _Job:
    __slots__ = ("_future", "_loop", "_work")

    def __init__(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop, future: "asyncio.Future[Any]") -> None:
        self._work, self._loop, self._future = work, loop, future

    def run(self) -> None:
        if self._future.cancelled():  # whoever asked is gone
            return
        try:
            result = self._work()
        except BaseException as error:  # such as a panic in the tokenizers: the thread must go on
            told = error if isinstance(error, Exception) else RuntimeError(f"the work ended with {error!r}")
            self._settle(self._future.set_exception, told)
        else:
            self._settle(self._future.set_result, result)

    def _settle(self, settle: Callable[[Any], None], outcome: object) -> None:
        def unless_cancelled() -> None:
            if not self._future.done():
                settle(outcome)

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(unless_cancelled)
