"""Keeps the sources over the network: a changed file, a new index of it, or everything as it was.

One change at a time, over all processes. Builds run in a process of their own, as at the start of `serve`.
"""

import fcntl
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_service.assemble import coverage_of, index_is_current
from qa_service.errors import (
    BadRequestError,
    BuildFailedError,
    BuildRunningError,
    LastDocumentError,
    NotFoundError,
    SourceError,
)
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import build_lock, open_lock, wait_for_build
from qa_service.settings import ENV_PREFIX, Settings
from qa_service.sources.files import Files, change, check_folder, fits, has_room
from qa_service.sources.files_read import DOCUMENT_ID, SourceFile, id_of, is_source, source_files
from qa_service.sources.folder import read_source
from qa_service.sources.inspection import Inspection, inspect_data
from qa_service.sources.metadata import Metadata, first_error

logger = logging.getLogger(__name__)
LOCK = ".changing"
TRIES = 3  # builds begun by hand that are waited for

Build = Callable[[], list[SourceError]]  # builds and publishes, or raises a QAServiceError; gives what it refused


class Keeper:
    """Changes the source folder and has the index built. Every method blocks until the new index is published."""

    def __init__(self, settings: Settings, build: Build | None = None) -> None:
        """Tests pass a `build` with a fake encoder."""
        self._settings = settings
        self._folder = settings.source_dir
        self._build = build or (lambda: build_in_process(settings))

    def put(self, document: str, data: bytes, fields: Mapping[str, Any]) -> tuple[bool, list[SourceError]]:
        """Keep a transcript under this id, with the metadata in `fields` and no other.

        Returns whether it is new, and why other sources were refused by the build.
        Raises BadRequestError for an id no file can have, SourceError with the line when it can't be parsed,
        BuildRunningError, SourcesNotWritableError, BuildFailedError; then nothing has changed.
        """
        metadata = _metadata(fields)
        self.inspect(document, data, fields)
        with self._changing():
            text = self._text(document)
            is_new = not text.exists()
            return is_new, self._publish(_with_metadata(text, _json(metadata)) | {text: data})

    def inspect(self, document: str, data: bytes, fields: Mapping[str, Any]) -> Inspection:
        """How `put` would read it; nothing is kept. Raises BadRequestError and SourceError as `put` does."""
        new = DOCUMENT_ID.fullmatch(document) and fits(document) and is_source(Path(f"{document}.txt"))
        if not new and not self._text(document).is_file():
            rule = "letters and digits, after the first also '.', '_' and '-', 200 at most; no README or LICENSE"
            message = f"{document!r} can't be an id; use {rule}"
            raise BadRequestError(message, param="document")
        try:
            return inspect_data(document, data, _metadata(fields), coverage=coverage_of(self._settings))
        except SourceError as error:
            raise SourceError(error.reason, file=f"{document}.txt", line=error.line) from error

    def delete(self, document: str) -> list[SourceError]:
        """Drop a transcript and its metadata; why other sources were refused by the build.

        Raises NotFoundError, LastDocumentError, and what `put` raises.
        """
        with self._changing():
            text = self._text(document)
            if not text.is_file():
                message = f"no source file of {document!r} to delete; if it is still served, POST /v1/reload drops it"
                raise NotFoundError(message)
            if not any(_parses(other) for other in source_files(self._folder) if other.path != text):
                raise LastDocumentError(f"{document!r} is the only document that is left; put another one first")
            shared = any(f.path != text and f.metadata == text.with_suffix(".json") for f in source_files(self._folder))
            return self._publish({text: None} | ({} if shared else _with_metadata(text, None)))

    def refresh(self) -> list[SourceError] | None:
        """Build unless the index is current; why sources were refused, None where nothing was built.

        Raises what `put` raises.
        """
        with self._changing():
            return None if index_is_current(self._settings) else self._build()

    def _text(self, document: str) -> Path:
        """The file that has this id, whatever its name; the one it is to have where there is none."""
        found = next((file.path for file in source_files(self._folder) if file.id == document), None)
        return found or self._folder / f"{id_of(document)}.txt"

    def _publish(self, wanted: Files) -> list[SourceError]:
        check_folder(self._folder)
        before = change(wanted)
        with ExitStack() as on_failure:
            on_failure.callback(change, before)
            refused = self._build_after_others()
            on_failure.pop_all()
        return refused

    def _build_after_others(self) -> list[SourceError]:
        """A build begun by hand since the change may have read only a part of it, so it is waited for."""
        for _ in range(TRIES):
            try:
                return self._build()
            except BuildRunningError:
                wait_for_build(IndexFolder(self._settings.index_dir))
        return self._build()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the sources for one change, when nothing is being built."""
        index = IndexFolder(self._settings.index_dir)
        with open_lock(index, index.root / LOCK) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BuildRunningError("another change is being built; send this one again when it is done") from error
            with build_lock(index):
                pass  # a build started by hand would not see this change
            yield


def build_in_process(settings: Settings) -> list[SourceError]:
    """Run `qa-service build`; why it refused sources. Raises BuildRunningError, BuildFailedError.

    The log has what was refused and noted, or why it failed.
    """
    command = [sys.executable, "-m", "qa_service", "build", "--json", "--model", settings.model]
    command += ["--source-dir", str(settings.source_dir), "--index-dir", str(settings.index_dir)]
    languages = {f"{ENV_PREFIX}MODEL_LANGUAGES": settings.model_languages} if settings.model_languages else {}
    done = subprocess.run(
        command, env=os.environ | languages, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return _told(done.stdout)
    if done.returncode == BuildRunningError.exit_status:
        raise BuildRunningError("another build is running; send this again when it is done")
    ended = f" (ended by signal {-done.returncode})" if done.returncode < 0 else ""
    logger.error("the index could not be built%s:\n%s", ended, done.stderr)
    raise BuildFailedError("the index could not be built, so the one from before is served; the log says why")


def _told(output: str) -> list[SourceError]:
    """Logs what a build refused and noted, and gives what it refused."""
    try:
        said = json.loads(output.splitlines()[-1])
    except (ValueError, IndexError):  # it was published all the same
        logger.warning("the build did not tell what it refused: %s", output)
        return []
    refused = [SourceError(r["reason"], file=_printable(r["file"]), line=r["line"]) for r in said["refused"]]
    for error in refused:
        logger.warning("refused: %s", error)
    for note in said["notes"]:
        logger.warning("note: %s", note)
    return refused


def _printable(name: str) -> str:
    """A file's name, whose bytes need not be UTF-8, so that JSON can hold it."""
    return name.encode("utf-8", "backslashreplace").decode()


def _with_metadata(text: Path, content: bytes | None) -> dict[Path, bytes | None]:
    """What the file beside a transcript is to hold; empty where its name is too long for there to be one."""
    file = text.with_suffix(".json")
    return {file: content} if has_room(file) else {}


def _parses(file: SourceFile) -> bool:
    try:
        read_source(file)
    except SourceError:
        return False
    return True


def _metadata(fields: Mapping[str, Any]) -> Metadata:
    try:
        return Metadata.model_validate(fields)
    except ValidationError as error:
        name, message = first_error(error)
        raise BadRequestError(f"{name}: {message}", param=name) from error


def _json(metadata: Metadata) -> bytes | None:
    given = metadata.model_dump(exclude_defaults=True)
    return (json.dumps(given, ensure_ascii=False, indent=2) + "\n").encode() if given else None
