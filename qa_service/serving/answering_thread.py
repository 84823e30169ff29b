"""The one thread that answers: work is queued for it, results come back to the event loop that asked.

One thread, because tokenizers can't be shared between threads and the encoder gains nothing from two. A plain queue
instead of an executor, whose futures and locks took their share of every question. It holds as much work as is done in
about two seconds: who would wait longer is told at once, and what nobody waits for any more is not done.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from queue import SimpleQueue
from time import monotonic
from typing import Any, TypeVar

from qa_service.errors import OverloadedError

LONGEST_WAIT_S = 2.0  # by the moving mean: beyond it nothing more is taken
OLDEST_S = 10.0  # what waited longer, such as behind one very long piece of work, is not begun
FIRST_MEAN_S = 0.005
SHARE = 0.05  # of the newest piece of work in the mean
FULL, LATE, GONE = "overloaded", "late", "gone"  # why work was not done
T = TypeVar("T")

is_gone: ContextVar[Callable[[], bool]] = ContextVar("is_gone")  # whether the client of this request has left


class AnsweringThread:
    """Runs callables one after the other, in the order they were handed in."""

    def __init__(self) -> None:
        self.dropped = Counter({FULL: 0, LATE: 0, GONE: 0})
        self._mean_s = FIRST_MEAN_S
        self._waiting: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="answering", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[], T], *, can_wait: bool = False) -> T:
        """What `work` returns, or raises, on the thread; the event loop goes on meanwhile.

        Raises OverloadedError where it would not be its turn soon, unless it `can_wait`.
        """
        if not can_wait:
            self.check_room()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Job(work, loop, future, None if can_wait else monotonic() + OLDEST_S))
        return await future

    def check_room(self) -> None:
        """Raises OverloadedError, and counts that, while as much waits as may."""
        if self.overloaded:
            self.dropped[FULL] += 1
            raise OverloadedError("too many questions wait already; send this one again in a second")

    @property
    def overloaded(self) -> bool:
        """Whether nothing more is taken."""
        return self._waiting.qsize() * self._mean_s > LONGEST_WAIT_S

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
            started = monotonic()
            if (why := job.needless(started)) is not None:
                self.dropped[why] += 1
                job.drop()
                continue
            job.run()
            if job.until is not None:  # opening an index is no question
                self._mean_s += SHARE * (monotonic() - started - self._mean_s)


class _Job:
    __slots__ = ("_future", "_gone", "_loop", "_work", "until")

    def __init__(
        self,
        work: Callable[[], Any],
        loop: asyncio.AbstractEventLoop,
        future: "asyncio.Future[Any]",
        until: float | None,
    ) -> None:
        self._work, self._loop, self._future, self.until = work, loop, future, until
        self._gone = is_gone.get(None)

    def needless(self, now: float) -> str | None:
        """Why it need not be done any more."""
        if self._future.cancelled() or (self.until is not None and self._gone is not None and self._gone()):
            return GONE
        return LATE if self.until is not None and now > self.until else None

    def drop(self) -> None:
        """Tell whoever still listens."""
        self._settle(self._future.set_exception, OverloadedError("this waited too long; send it again in a second"))

    def run(self) -> None:
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
