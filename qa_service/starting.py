"""What comes before anything is served: sources mended, the index built where it is not current, or the one before."""

import subprocess
import sys

from qa_service.composition import check_sources, go_back, index_is_current, open_service
from qa_service.errors import (
    BuildRunningError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    QAServiceError,
)
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.mending import mend
from qa_service.indexing.publish import published_name, wait_for_build
from qa_service.settings import Settings

STDERR = 2


def bring_up_to_date(settings: Settings) -> None:
    """Build when there is no index of the sources as they are; in its own process, whose memory is then given back.

    Another build that runs is waited for: it may leave nothing to do. Raises SourceError where there is no transcript
    and no index.
    """
    if settings.database_url is not None:
        return  # what is published there is changed by `database load` and by writes
    build = [sys.executable, "-m", "qa_service", "build"]
    while not (_is_mended(settings) and index_is_current(settings)):
        _say("no index of the current sources yet: building it")
        ended = subprocess.run(build, check=False, stdout=STDERR).returncode  # stdout may carry MCP messages
        if ended == 0:
            return
        if ended != BuildRunningError.exit_status:
            _check_the_one_before(settings)
            return
        _say("waiting for the other build to end")
        wait_for_build(IndexFolder(settings.index_dir))


def _is_mended(settings: Settings) -> bool:
    """Mend the sources, if a change was left in the middle; else the build, which tries too, says why not.

    Raises SourceError where there is no transcript and no index.
    """
    try:
        mend(IndexFolder(settings.index_dir), settings.source_dir)
    except QAServiceError:
        return False
    if not published_name(IndexFolder(settings.index_dir)):
        check_sources(settings)
    return True


def _check_the_one_before(settings: Settings) -> None:
    """Raises why neither the index there is nor one before it can be served after a build that failed."""
    try:
        open_service(settings).close()
    except IndexMismatchError as error:
        raise IndexMismatchError(_not_served(error)) from error
    except (IndexMissingError, IndexDamagedError) as error:
        older = go_back(settings)
        if older is None:
            raise type(error)(_not_served(error)) from error
        _say(f"warning: the published index can't be opened ({error}); going back to {older}")
    _say("warning: the index could not be built (see above); serving the one from before")


def _not_served(error: QAServiceError) -> str:
    if isinstance(error, IndexMissingError):
        return "the index could not be built (see above), so there is nothing to serve"
    return f"the index could not be built (see above), and the one there is can't be served: {error}"


def _say(message: str) -> None:
    print(message, file=sys.stderr)
