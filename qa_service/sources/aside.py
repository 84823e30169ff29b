"""Reads a text in a process of its own, so that no text, however it is made, holds up the one that serves.

A thread would not do: a regular expression holds the interpreter's lock for as long as it runs, and can't be ended.
"""

import json
import logging
import resource
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from qa_service.errors import BuildFailedError, SourceError
from qa_service.language.profile import Coverage
from qa_service.parent import end_with_parent
from qa_service.sources.inspection import KNOWN, Inspection, SeenTurn, inspect_data
from qa_service.sources.metadata import Metadata
from qa_service.sources.time_limit import READING_S, TOO_LONG

logger = logging.getLogger(__name__)

KILLED_S = int(READING_S) + 5  # of processor time, where it did not end by itself
WAITED_S = 3 * READING_S  # on a machine that has other things to do


def inspect_aside(
    document: str, data: bytes, metadata: Metadata, name: str | None = None, coverage: Coverage = KNOWN
) -> Inspection:
    """As `inspect_data`. Raises SourceError also where it takes too long, BuildFailedError where it broke off."""
    said = {"document": document, "metadata": metadata.model_dump(), "name": name, "codes": coverage.codes}
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(
            command, input=json.dumps(said).encode() + b"\n" + data, capture_output=True, check=False, timeout=WAITED_S
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(TOO_LONG) from error
    if done.returncode < 0:
        raise SourceError(TOO_LONG)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        logger.exception("a text could not be read: %s", done.stderr.decode(errors="replace"))
        raise BuildFailedError("reading the text broke off for a reason that only the log has") from error
    if "reason" in found:
        raise SourceError(found["reason"], line=found["line"])
    turns = [SeenTurn(**turn) for turn in found.pop("turns")]
    lists: dict[str, Any] = {key: tuple(found.pop(key)) for key in ("speakers", "notes", "tags")}
    return Inspection(**found, **lists, turns=turns)


def main() -> None:
    """Read what `inspect_aside` sends on standard input, and answer on standard output."""
    end_with_parent()  # who waits for it; where that can't be, it ends a little later, by its own limits
    resource.setrlimit(resource.RLIMIT_CPU, (KILLED_S, KILLED_S))
    said = json.loads(sys.stdin.buffer.readline())
    metadata, coverage = Metadata.model_validate(said["metadata"]), Coverage(tuple(said["codes"]))
    try:
        found = asdict(inspect_data(said["document"], sys.stdin.buffer.read(), metadata, said["name"], coverage))
    except SourceError as error:
        found = {"reason": error.reason, "line": error.line}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
