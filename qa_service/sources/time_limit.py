"""Reading a text ends in time, whatever the text holds."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from qa_service.errors import SourceError

READING_S = 60.0  # of processor time; the longest text that is not refused for its length takes a third of it
TOO_LONG = f"reading it takes more than {READING_S:.0f} seconds; split the file, or look for lines that hold no speech"


@contextmanager
def time_limited(seconds: float = READING_S) -> Iterator[None]:
    """Raises SourceError where what is done inside takes more processor time.

    Only in a process's main thread, which alone is interrupted by signals; servers read in another process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_: int, __: FrameType | None) -> None:
        raise SourceError(TOO_LONG)

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
