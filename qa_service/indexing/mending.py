"""Finishes or undoes the change of the sources that a killed process left in the middle, before anything reads them."""

import fcntl
import logging
from pathlib import Path

from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import build_lock, open_lock, published_name, try_to_drop_unfinished
from qa_service.sources.change import Change, drop_leftovers, undo_change, unfinished_change

logger = logging.getLogger(__name__)


def mend(index: IndexFolder, sources: Path) -> None:
    """Mend the sources unless a change is under way in another process. Changes nothing where nothing is to be mended.

    Raises SourcesNotWritableError, IndexNotWritableError and NoRoomError where it can't be done now, BuildRunningError
    while a build runs, which may be of that very change.
    """
    if unfinished_change(sources) is None:
        return
    with open_lock(index, index.changing) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        with build_lock(index):
            mend_held(index, sources)
            try_to_drop_unfinished(index)


def mend_held(index: IndexFolder, sources: Path) -> None:
    """The same for who holds both locks. Raises SourcesNotWritableError."""
    change = unfinished_change(sources)
    if change is None:
        drop_leftovers(sources)
    elif change.is_whole and published_name(index) > change.index:  # names begin with their time
        logger.warning("a change of the sources was published, then its process ended; it is kept")
        keep_change(change)
    else:
        logger.warning("a change of the sources was left in the middle; what was there before comes back")
        undo_change(change)


def keep_change(change: Change) -> None:
    """Let the files before go. What fails is logged: the change is published."""
    try:
        change.keep()
    except OSError:
        logger.exception("a change is published, but the files before it could not be removed; they are later")
