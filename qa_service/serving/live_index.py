"""The open index behind all interfaces: one thread answers, a watcher swaps in each newly published generation."""

import asyncio
import gc
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from qa_service.answering import AnswerService
from qa_service.errors import IndexDamagedError, IndexMissingError, QAServiceError
from qa_service.indexing.protocols import Published
from qa_service.serving.answering_thread import AnsweringThread
from qa_service.serving.soundness import Looks, Upkeep

logger = logging.getLogger(__name__)

WATCH_INTERVAL_S = 0.5
LONGEST_PAUSE_S = 15.0  # between tries to open an index that can't be opened
NOT_OPENED = IndexMissingError("the index is still being opened; try again in a second")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What is known of an open index without asking the thread that owns it."""

    version: str
    model: str
    documents: int
    statements: int


class LiveIndex:
    """Runs core calls on the one thread that owns the encoder, so that no request blocks the event loop."""

    def __init__(self, open_service: Callable[[], AnswerService], current: Published, upkeep: Upkeep) -> None:
        """`open_service` opens the published index; `current` tells when that changes."""
        self._upkeep, self._looks = upkeep, Looks()
        self._open_service = open_service
        self._current = current
        self._thread = AnsweringThread()
        self._service: AnswerService | None = None
        self._facts: IndexInfo | None = None
        self._opened: bytes | None = b""  # what `CURRENT` named when an index was opened last
        self._failed: bytes | None = b""  # and when that failed last, how long it is let be, and until when
        self._pause, self._again_at = 0.0, 0.0
        self._opening = asyncio.Lock()
        self._told = ""
        self._problem: QAServiceError = NOT_OPENED

    @property
    def ready(self) -> bool:
        """Whether an index is open."""
        return self._service is not None

    @property
    def facts(self) -> IndexInfo | None:
        """The open index; None while there is none."""
        return self._facts

    @property
    def waiting(self) -> int:
        """How many calls wait for the thread."""
        return self._thread.waiting

    @property
    def overloaded(self) -> bool:
        """Whether so many calls wait that no more are taken."""
        return self._thread.overloaded

    @property
    def dropped(self) -> Mapping[str, int]:
        """How many calls were not done, by why."""
        return self._thread.dropped

    def check_room(self) -> None:
        """Raises OverloadedError while no more calls are taken."""
        self._thread.check_room()

    @property
    def problem(self) -> QAServiceError:
        """Why no index is open, to be raised: without the traceback of the raises before, or that would grow."""
        return self._problem.with_traceback(None)

    async def call(self, work: Callable[[AnswerService], T]) -> T:
        """Run `work` with the open service. Raises what it raises, or why no index is open."""

        def on_thread() -> T:
            if self._service is None:
                raise self.problem
            try:
                return work(self._service)
            except QAServiceError:
                raise
            except Exception:
                self._looks.doubt()  # it may be the index's
                raise

        return await self._thread.run(on_thread)

    def open(self) -> bool:
        """Open the published index and swap it in; the one before stays if that fails.

        Returns whether it was opened. The same problem is logged once.
        """
        try:
            opened = self._open_service()
        except QAServiceError as error:
            self._problem = error
            if self._is_news(error):
                logger.error("the index was not opened: %s", error)
            return False
        except Exception as error:  # the outermost boundary: whatever went wrong, the watcher goes on
            self._problem = IndexDamagedError("the index could not be opened; the log says why")
            if self._is_news(error):
                logger.exception("the index was not opened")
            return False
        self._told, self._problem = "", NOT_OPENED
        self._swap_in(opened)
        self._looks.opened()
        gc.unfreeze()  # so that the index before can go
        gc.collect()
        gc.freeze()  # what lives as long as the index need not be looked through again and again
        logger.info("serving index %s", opened.index_version)
        return True

    def _is_news(self, error: Exception) -> bool:
        """Whether the try before met another problem or none."""
        before, self._told = self._told, repr(error)
        return before != self._told

    def _swap_in(self, service: AnswerService | None) -> None:
        before, self._service = self._service, service
        self._facts = IndexInfo(service.index_version, service.model, *service.size) if service else None
        if before is not None:
            before.close()

    async def watch(self) -> None:
        """Open the index, then again whenever a new generation is published; runs until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(WATCH_INTERVAL_S)

    async def _look_at_files(self) -> None:
        """When that is due; a damaged index is served no more, and the one before it is published, if there is one."""
        facts, run = self._facts, asyncio.get_running_loop().run_in_executor
        if facts is None or not self._looks.due:
            return
        self._looks.looked()
        damage = await run(None, self._upkeep.damage, facts.version)
        if damage is None or await run(None, self._read_current) != self._opened:
            return  # sound, or another one is published and opened next
        logger.error("index %s is served no more: %s", facts.version, damage)
        self._problem = damage
        await self._thread.run(lambda: self._swap_in(None), can_wait=True)
        try:
            older = await run(None, self._upkeep.go_back)
        except QAServiceError as error:  # a build runs, which makes a new one, or the folder can't be written to
            logger.error("going back to another index is not possible now: %s", error)
            return
        if older:
            logger.error("going back to index %s; what was changed since is missing: POST /v1/reload builds it", older)

    async def refresh(self, *, at_once: bool = False) -> None:
        """Open the published generation unless it is open already and sound.

        One that could not be opened is tried again after a pause, which doubles each time, or `at_once`: whatever was
        in the way (no memory, too many open files) may have gone.
        """
        async with self._opening:
            await self._look_at_files()
            named = await asyncio.get_running_loop().run_in_executor(None, self._read_current)
            if named == self._opened and self.ready:
                return
            if named == self._failed and monotonic() < self._again_at and not at_once:
                return
            if await self._thread.run(self.open, can_wait=True):
                self._opened, self._failed, self._pause = named, b"", 0.0
            else:
                self._pause = min(LONGEST_PAUSE_S, max(WATCH_INTERVAL_S, 2 * self._pause))
                self._failed, self._again_at = named, monotonic() + self._pause

    def _read_current(self) -> bytes | None:
        try:
            return self._current.read_bytes()
        except (OSError, QAServiceError):
            return None

    async def close(self) -> None:
        """Let the thread finish its work, close the index and end."""
        await self._thread.run(lambda: self._swap_in(None), can_wait=True)
        self._thread.close()
