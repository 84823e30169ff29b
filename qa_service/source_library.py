"""Keeps the sources over the network: a changed file, a new index of it, or everything as it was.

One change at a time, over all processes. Builds run in a process of their own, as at the start of `serve`.
"""

import fcntl
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa_service.building import build_in_process
from qa_service.composition import coverage_of, index_is_current
from qa_service.errors import (
    BadRequestError,
    BuildRunningError,
    LastDocumentError,
    NotFoundError,
    QAServiceError,
    SourceError,
)
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.mending import keep_change, mend_held
from qa_service.indexing.publish import (
    build_lock,
    current_generation,
    drop_unfinished,
    open_lock,
    published_name,
    try_to_drop_unfinished,
    wait_for_build,
)
from qa_service.indexing.room import check_room_to_change, disk_errors_told
from qa_service.settings import Settings
from qa_service.sources.aside import inspect_aside
from qa_service.sources.change import make_change, undo_change
from qa_service.sources.families import metadata_beside
from qa_service.sources.files import Files, check_folder, fits
from qa_service.sources.files_read import (
    DOCUMENT_ID,
    SourceFile,
    id_of,
    is_source,
    source_files,
    unread_beside,
)
from qa_service.sources.folder import read_bytes, read_metadata
from qa_service.sources.formats.registry import MEDIA_TYPES as MEDIA_TYPES  # interfaces know no sources
from qa_service.sources.formats.registry import READ as READ
from qa_service.sources.formats.registry import media_type_of
from qa_service.sources.formats.registry import suffix_by as suffix_by
from qa_service.sources.inspection import Inspection as Inspection
from qa_service.sources.inspection import inspect_data
from qa_service.sources.placing import Kept as Kept
from qa_service.sources.placing import Sent as Sent
from qa_service.sources.placing import kept_files, metadata_of, of_format, with_metadata
from qa_service.sources.placing import sort_out as sort_out

logger = logging.getLogger(__name__)
TRIES = 3  # builds begun by hand that are waited for
Unkept = BadRequestError | SourceError  # why a file is not kept
Build = Callable[[], list[SourceError]]  # builds and publishes, or raises a QAServiceError; gives what it refused


class SourceLibrary:
    """Changes the source folder and has the index built. Every method blocks until the new index is published."""

    def __init__(self, settings: Settings, build: Build | None = None) -> None:
        """Tests pass a `build` with a fake encoder; then texts are read in this process, too."""
        self._settings = settings
        self._folder = settings.source_dir
        self._index = IndexFolder(settings.index_dir)
        self._build = build or (lambda: build_in_process(settings))
        self._read = inspect_data if build else inspect_aside

    def close(self) -> None:
        """Give back what is held open: nothing here."""

    def put(
        self, document: str, data: bytes, fields: Mapping[str, Any], suffix: str | None = None
    ) -> tuple[bool, list[SourceError]]:
        """Keep a transcript under this id, with the metadata in `fields` and no other.

        `suffix` tells its format; without one it is text. Other files of its name that might be read in its place go.
        Returns whether it is new, and why other sources were refused by the build.
        Raises BadRequestError for an id no file can have, SourceError with the line when it can't be parsed,
        BuildRunningError, SourcesNotWritableError, IndexNotWritableError, NoRoomError, BuildFailedError; then nothing
        has changed.
        """
        (result,), refused = self.put_all([Sent(document, data, fields, suffix)])
        if not isinstance(result, Kept):
            raise result
        return result.is_new, refused

    def put_all(self, sent: Sequence[Sent]) -> tuple[list[Kept | Unkept], list[SourceError]]:
        """Keep several transcripts by one build: what became of each.

        Also why other sources were refused by the build. Raises what `put` raises where none can be kept for a reason
        that is not its own; then nothing has changed.
        """
        problems = self._problems(sent)
        if len(problems) == len(sent):
            return [problems[n] for n in range(len(sent))], []
        results: list[Kept | Unkept] = []
        with self._changing():
            gone: dict[Path, bytes | None] = {}
            kept: dict[Path, bytes | None] = {}
            for n, one in enumerate(sent):
                if n in problems:
                    results.append(problems[n])
                    continue
                before = self._text(one.document)
                results.append(Kept(is_new=not before.exists()))
                gone |= {**with_metadata(before, None), **self._dropped(before)}
                kept |= kept_files(of_format(before, one.suffix), one.data, metadata_of(one.fields))
            return results, self._publish({**gone, **kept})

    def _problems(self, sent: Sequence[Sent]) -> dict[int, Unkept]:
        """By number why some can't be kept."""
        problems: dict[int, Unkept] = {}
        ids: set[str] = set()
        for n, one in enumerate(sent):
            try:
                self.inspect(one.document, one.data, one.fields, one.suffix)
                if one.document.casefold() in ids:  # one file on some file systems
                    message = f"another file of this request has the id {one.document!r}; send it under another name"
                    raise BadRequestError(message, param="document")
                ids.add(one.document.casefold())
            except (BadRequestError, SourceError) as error:
                problems[n] = error
        return problems

    def inspect(self, document: str, data: bytes, fields: Mapping[str, Any], suffix: str | None = None) -> Inspection:
        """How `put` would read it; nothing is kept. Raises BadRequestError and SourceError as `put` does."""
        suffix = suffix or ".txt"
        new = DOCUMENT_ID.fullmatch(document) and fits(document) and is_source(Path(f"{document}.txt"))
        if not new and not self._exists(document):
            rule = "letters and digits, after the first also '.', '_' and '-', 200 at most; no README or LICENSE"
            raise BadRequestError(f"{document!r} can't be an id; use {rule}", param="document")
        try:
            name = f"{document}{suffix}"
            return self._read(document, data, metadata_of(fields), name, coverage=coverage_of(self._settings))
        except SourceError as error:
            raise SourceError(error.reason, file=name, line=error.line) from error

    def delete(self, document: str) -> list[SourceError]:
        """Drop a transcript and its metadata; why other sources were refused by the build.

        Raises NotFoundError, LastDocumentError, and what `put` raises.
        """
        with self._changing():
            text = self._text(document)
            if not text.is_file():
                message = f"no source file of {document!r} to delete; if it is still served, POST /v1/reload drops it"
                raise NotFoundError(message)
            if not any(self._parses(other) for other in source_files(self._folder) if other.path != text):
                raise LastDocumentError(f"{document!r} is the only document that is left; put another one first")
            shared = any(f.path != text and f.metadata == metadata_beside(text) for f in source_files(self._folder))
            return self._publish({**self._dropped(text), **({} if shared else with_metadata(text, None))})

    def refresh(self) -> list[SourceError] | None:
        """Build unless the index is current; why sources were refused, None where nothing was built.

        Raises what `put` raises.
        """
        with self._changing():
            return None if index_is_current(self._settings) else self._build()

    def published(self) -> str:
        """The version that is published; later ones have later names. Raises IndexMissingError."""
        return current_generation(self._index).root.name

    def source(self, document: str, sha256: str) -> tuple[str, str, bytes]:
        """The file of this checksum that a document was read from: its name, its media type, its bytes.

        Raises NotFoundError where it is not there any more.
        """
        path = self._text(document)
        try:
            data = read_bytes(path)
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != sha256:
            raise NotFoundError(f"the file of {document!r} was changed or removed since; POST /v1/reload builds anew")
        return path.name, media_type_of(path.name), data

    def _text(self, document: str) -> Path:
        """The file that has this id, whatever its name; the one it is to have where there is none."""
        found = next((file.path for file in source_files(self._folder) if file.id == document), None)
        return found or self._folder / f"{id_of(f'{document}.txt')}.txt"

    def _exists(self, document: str) -> bool:
        return self._text(document).is_file()

    def _dropped(self, path: Path) -> Files:
        """A document's file, and what else would be read under its id if that were gone."""
        return dict.fromkeys([path, *unread_beside(self._folder, path)], None)

    def _parses(self, file: SourceFile) -> bool:
        try:
            self._read(file.id, read_bytes(file.path), read_metadata(file.metadata)[0], file.path.name)
        except (SourceError, OSError):
            return False
        return True

    def _publish(self, wanted: Files) -> list[SourceError]:
        check_folder(self._folder)
        check_room_to_change(self._index, self._folder, [file.path for file in source_files(self._folder)], wanted)
        change = make_change(self._folder, wanted, published_name(self._index))
        try:
            refused = self._build_after_others()
        except BaseException:
            self._drop_unfinished()  # first, for the room
            undo_change(change)
            raise
        keep_change(change)
        return refused

    def _drop_unfinished(self) -> None:
        """What a build left that was killed; one that failed has done this itself."""
        try:
            with build_lock(self._index):
                try_to_drop_unfinished(self._index)
        except QAServiceError as error:  # a build begun by hand runs, and has removed it
            logger.warning("what the failed build left is not looked for: %s", error)

    def _build_after_others(self) -> list[SourceError]:
        """A build begun by hand since the change may have read only a part of it, so it is waited for."""
        for _ in range(TRIES):
            try:
                return self._build()
            except BuildRunningError:
                wait_for_build(self._index)
        return self._build()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the sources for one change, when nothing is being built and what was left in the middle is mended."""
        with open_lock(self._index, self._index.changing) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BuildRunningError("another change is being built; send this one again when it is done") from error
            with build_lock(self._index):  # a build started by hand would not see this change
                mend_held(self._index, self._folder)
                with disk_errors_told(self._index):
                    drop_unfinished(self._index)
            yield
