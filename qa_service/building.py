"""Runs a build in a process of its own, and says in plain words why one failed."""

import json
import logging
import os
import signal
import subprocess
import sys

from qa_service.errors import (
    BuildFailedError,
    BuildRunningError,
    IndexNotWritableError,
    NoRoomError,
    QAServiceError,
    SourceError,
    SourcesNotWritableError,
)
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.room import disk_errors_told
from qa_service.settings import ENV_PREFIX, Settings

logger = logging.getLogger(__name__)

NOT_BUILT = "the index could not be built, so the one from before is served"


def build_in_process(settings: Settings) -> list[SourceError]:
    """Run `qa-service build`; why it refused sources.

    Raises BuildRunningError, NoRoomError, IndexNotWritableError, SourcesNotWritableError, BuildFailedError. The log has
    what was refused and noted, or all that the build said when it failed.
    """
    command = [sys.executable, "-m", "qa_service", "build", "--json", "--model", settings.model]
    command += ["--source-dir", str(settings.source_dir), "--index-dir", str(settings.index_dir)]
    languages = {f"{ENV_PREFIX}MODEL_LANGUAGES": settings.model_languages} if settings.model_languages else {}
    with disk_errors_told(IndexFolder(settings.index_dir)):
        done = subprocess.run(
            command, env=os.environ | languages, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    if done.returncode == 0:
        return _told(done.stdout)
    if done.returncode == BuildRunningError.exit_status:
        raise BuildRunningError("another build is running; send this again when it is done")
    logger.error("the index could not be built (status %s):\n%s", done.returncode, done.stderr)
    raise _failure(done, settings)


def _failure(done: "subprocess.CompletedProcess[str]", settings: Settings) -> QAServiceError:
    """Why a build failed, in words for a client; places on this machine are the log's."""
    if done.returncode < 0:
        ended = signal.strsignal(-done.returncode) or f"signal {-done.returncode}"
        return BuildFailedError(f"{NOT_BUILT}: the build was ended from outside ({ended}), often for lack of memory")
    try:
        said = json.loads(done.stdout.splitlines()[-1])
        kind, why = str(said["failed"]), str(said["message"])
    except (ValueError, IndexError, KeyError, TypeError):
        return BuildFailedError(f"{NOT_BUILT}: the build broke off for a reason that only the log has")
    for error in (NoRoomError, IndexNotWritableError, SourcesNotWritableError):
        if kind == error.__name__:
            return error(why)
    places = {str(settings.source_dir): "the source folder", str(settings.index_dir): "the index folder"}
    for place in sorted(places, key=len, reverse=True):  # one may lie in the other
        why = why.replace(place, places[place])
    return BuildFailedError(f"{NOT_BUILT}: {why}; the log may have more")


def _told(output: str) -> list[SourceError]:
    """Logs what a build refused and noted, and gives what it refused."""
    try:
        said = json.loads(output.splitlines()[-1])
    except (ValueError, IndexError):  # it was published all the same
        logger.warning("the build did not tell what it refused: %s", output)
        return []
    refused = [SourceError(r["reason"], file=r["file"], line=r["line"]) for r in said["refused"]]
    for error in refused:
        logger.warning("refused: %s", error)
    for note in said["notes"]:
        logger.warning("note: %s", note)
    return refused
