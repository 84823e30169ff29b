"""Keeps the sources over the network: a changed file, a new index of it, or everything as it was.

One change at a time, over all processes. Builds run in a process of their own, as at the start of `serve`.
"""

import fcntl
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_service.assemble import index_is_current
from qa_service.errors import (
    BadRequestError,
    BuildFailedError,
    BuildRunningError,
    LastDocumentError,
    NotFoundError,
    SourceError,
)
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import build_lock
from qa_service.settings import Settings
from qa_service.sources.files import Files, change, check_folder, fits
from qa_service.sources.folder import DOCUMENT_ID, Metadata, parse_transcript, read_transcript

logger = logging.getLogger(__name__)
LOCK = ".changing"


class Keeper:
    """Changes the source folder and has the index built. Every method blocks until the new index is published."""

    def __init__(self, settings: Settings, build: Callable[[], None] | None = None) -> None:
        """`build` builds and publishes or raises a QAServiceError; tests pass one with a fake encoder."""
        self._settings = settings
        self._folder = settings.source_dir
        self._build = build or (lambda: build_in_process(settings))

    def put(self, document: str, data: bytes, fields: Mapping[str, Any]) -> bool:
        """Keep a transcript under this id, with the metadata in `fields` and no other; whether it is new.

        Raises BadRequestError for an id no file can have, SourceError with the line when it can't be parsed,
        BuildRunningError, SourcesNotWritableError, BuildFailedError; then nothing has changed.
        """
        if not DOCUMENT_ID.fullmatch(document) or not fits(document):
            rule = "letters and digits, after the first also '.', '_' and '-', 200 at most"
            message = f"{document!r} can't be an id; use {rule}"
            raise BadRequestError(message, param="document")
        metadata = _metadata(fields)
        try:
            parse_transcript(document, data, metadata)
        except SourceError as error:
            raise SourceError(error.reason, file=f"{document}.txt", line=error.line) from error
        with self._changing():
            text = self._text(document)
            is_new = not text.exists()
            self._publish({text.with_suffix(".json"): _json(metadata), text: data})
            return is_new

    def delete(self, document: str) -> None:
        """Drop a transcript and its metadata. Raises NotFoundError, LastDocumentError, and what `put` raises."""
        with self._changing():
            text = self._text(document)
            if not DOCUMENT_ID.fullmatch(document) or not fits(document) or not text.is_file():
                raise NotFoundError(f"no source {document!r} to delete; GET /v1/documents lists what is served")
            if not any(_parses(other) for other in self._folder.glob("*.txt") if other != text):
                raise LastDocumentError(f"{document!r} is the only document that is left; put another one first")
            self._publish({text: None, text.with_suffix(".json"): None})

    def refresh(self) -> bool:
        """Build if the sources are not those of the index; whether that was so. Raises what `put` raises."""
        with self._changing():
            if index_is_current(self._settings):
                return False
            self._build()
            return True

    def _text(self, document: str) -> Path:
        return self._folder / f"{document}.txt"

    def _publish(self, wanted: Files) -> None:
        check_folder(self._folder)
        before = change(wanted)
        with ExitStack() as on_failure:
            on_failure.callback(change, before)
            self._build()
            on_failure.pop_all()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the sources for one change, when nothing is being built."""
        index = IndexFolder(self._settings.index_dir)
        index.root.mkdir(parents=True, exist_ok=True)
        with (index.root / LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BuildRunningError("another change is being built; send this one again when it is done") from error
            with build_lock(index):
                pass  # a build started by hand would not see this change
            yield


def build_in_process(settings: Settings) -> None:
    """Run `qa-service build`. Raises BuildRunningError, BuildFailedError; the log has what it said."""
    command = [sys.executable, "-m", "qa_service", "build", "--model", settings.model]
    command += ["--source-dir", str(settings.source_dir), "--index-dir", str(settings.index_dir)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return
    with build_lock(IndexFolder(settings.index_dir)):
        pass  # somebody else's build is why ours could not run
    logger.error("the index could not be built:\n%s", done.stderr)
    raise BuildFailedError("the index could not be built, so the one from before is served; the log says why")


def _parses(file: Path) -> bool:
    try:
        read_transcript(file)
    except SourceError:
        return False
    return True


def _metadata(fields: Mapping[str, Any]) -> Metadata:
    try:
        return Metadata.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadRequestError(f"{name}: {first['msg']}", param=name) from error


def _json(metadata: Metadata) -> bytes | None:
    given = metadata.model_dump(exclude_defaults=True)
    return (json.dumps(given, ensure_ascii=False, indent=2) + "\n").encode() if given else None
