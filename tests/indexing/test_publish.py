"""No failure at any step of a build leaves an index that can't be read."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from qa_service.encoder.protocol import Encoder
from qa_service.errors import (
    BuildRunningError,
    IndexDamagedError,
    IndexMissingError,
    IndexNotWritableError,
    NoRoomError,
)
from qa_service.indexing.build import BuildInput, build_generation
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.generation import Generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import build_lock, current_generation, drop_unfinished, point_at
from tests import fakes
from tests.faults import ERRORS, FULL, Fault


def generations(root: Path) -> list[str]:
    """Names of all generation folders, unfinished ones too."""
    return sorted(path.name for path in (root / "generations").iterdir())


def served(root: Path) -> str:
    """The id of the index that opens and verifies now."""
    with fakes.opened(root) as retriever:
        return retriever.generation.manifest.id


def test_a_failure_at_any_step_leaves_an_index_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails one step later each time, for one reason after the other, until a build gets through."""
    serving = fakes.build_index(tmp_path).manifest.id
    failed = 0
    for step in count():
        error = ERRORS[step % len(ERRORS)]
        with monkeypatch.context() as patch:
            fault = Fault(patch, step, error)
            try:
                newest = fakes.build_index(tmp_path).manifest.id
            except (NoRoomError, IndexNotWritableError) as told:
                assert isinstance(told, NoRoomError) == (error in FULL), f"step {step}"
                assert os.strerror(error) in str(told)
                newest, failed = serving, failed + 1
        serving = served(tmp_path)
        assert serving == newest, f"step {step}"
        assert serving == generations(tmp_path)[-1]
        assert not [name for name in generations(tmp_path) if name.startswith(".")], f"step {step}"
        if not fault.reached:
            break
    assert failed > 40


def test_a_first_build_that_fails_at_its_last_step_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch, pytest.raises(IndexNotWritableError, match="Input/output"):
        patch.setattr(Path, "replace", failing)
        fakes.build_index(tmp_path)
    assert generations(tmp_path) == []


@pytest.mark.parametrize("end", [RuntimeError("write error (No space left on device)"), KeyboardInterrupt()])
def test_however_a_build_ends_nothing_of_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    before = fakes.build_index(tmp_path).manifest.id

    def failing(*_: object) -> None:
        raise end

    with monkeypatch.context() as patch, pytest.raises((NoRoomError, KeyboardInterrupt)):
        patch.setattr(DenseIndex, "save", failing)
        fakes.build_index(tmp_path)
    assert generations(tmp_path) == [before]


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        (sqlite3.SQLITE_FULL, NoRoomError, "database or disk is full"),
        (sqlite3.SQLITE_IOERR_WRITE, IndexNotWritableError, "disk I/O error"),
    ],
)
def test_a_library_that_can_not_write_is_told_like_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, error: type[Exception], told: str
) -> None:
    raised = sqlite3.OperationalError(told)
    raised.sqlite_errorcode = code

    def failing(*_: object) -> None:
        raise raised

    monkeypatch.setattr("qa_service.indexing.store._write_store", failing)
    with pytest.raises(error, match=told):
        fakes.build_index(tmp_path)


def test_what_can_not_be_opened_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library may write half a file and say nothing; the checksum is then that of half a file."""
    before = fakes.build_index(tmp_path).manifest.id
    save = DenseIndex.save

    def half(index: DenseIndex, path: Path, vectors: Path) -> None:
        save(index, path, vectors)
        os.truncate(path, path.stat().st_size // 2)

    with monkeypatch.context() as patch, pytest.raises(IndexDamagedError):
        patch.setattr(DenseIndex, "save", half)
        fakes.build_index(tmp_path)
    assert served(tmp_path) == before
    assert generations(tmp_path) == [before]


def test_a_generation_whose_process_was_killed_before_naming_it_goes_with_the_next_build(tmp_path: Path) -> None:
    before = fakes.build_index(tmp_path).manifest.id
    shutil.copytree(tmp_path / "generations" / before, tmp_path / "generations" / "9-never-named")
    with build_lock(IndexFolder(tmp_path)):
        drop_unfinished(IndexFolder(tmp_path))
    assert generations(tmp_path) == [before]
    (tmp_path / "CURRENT").write_text("nowhere")
    with build_lock(IndexFolder(tmp_path)):
        drop_unfinished(IndexFolder(tmp_path))
    assert generations(tmp_path) == [before], "what CURRENT was to name is not known"


@pytest.mark.parametrize("name", ["file", "file/below", "loop"])
def test_an_index_folder_that_can_not_be_made_says_what_to_set(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(IndexNotWritableError, match="QA_SERVICE_INDEX_DIR"):
        fakes.build_index(tmp_path / name)


def test_a_failed_first_build_leaves_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(NoRoomError, match="No space left"):
        Fault(patch, 5, errno.ENOSPC)
        fakes.build_index(tmp_path)
    with pytest.raises(IndexMissingError):
        current_generation(IndexFolder(tmp_path))
    assert fakes.build_index(tmp_path).manifest.id == served(tmp_path)


def test_a_killed_build_leaves_the_index_before(tmp_path: Path) -> None:
    """The process ends without any clean-up, in the middle of encoding."""
    before = fakes.build_index(tmp_path).manifest.id
    program = (
        "import os, sys, pathlib; from tests import fakes;"
        "fakes.FakeEncoder.encode_passages = lambda *_: os._exit(9);"
        "fakes.build_index(pathlib.Path(sys.argv[1]))"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=root, check=False)
    assert killed.returncode == 9
    assert served(tmp_path) == before
    after = fakes.build_index(tmp_path).manifest.id
    assert served(tmp_path) == after
    assert generations(tmp_path) == [before, after]


def test_a_second_build_meanwhile_is_refused(tmp_path: Path) -> None:
    refused: list[BuildRunningError] = []

    def encoder(_: Path) -> Encoder:
        with pytest.raises(BuildRunningError, match="another build is running") as error:
            fakes.build_index(tmp_path)
        refused.append(error.value)
        return fakes.FakeEncoder()

    first = build_generation(IndexFolder(tmp_path), BuildInput(fakes.two_transcripts(), fakes.MODEL), encoder)
    assert len(refused) == 1
    assert served(tmp_path) == first.manifest.id


def test_the_lock_is_free_after_a_failed_build(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="broken"), build_lock(IndexFolder(tmp_path)):
        raise OSError("broken")
    fakes.build_index(tmp_path)


def test_readers_see_the_index_before_until_the_last_step(tmp_path: Path) -> None:
    before = fakes.build_index(tmp_path).manifest.id
    seen: list[str] = []

    def encoder(_: Path) -> Encoder:
        seen.append(served(tmp_path))
        return fakes.FakeEncoder()

    build_generation(IndexFolder(tmp_path), BuildInput(fakes.two_transcripts(), fakes.MODEL), encoder)
    assert seen == [before]
    assert served(tmp_path) != before


def test_old_generations_are_dropped_and_the_one_before_is_kept(tmp_path: Path) -> None:
    built = [fakes.build_index(tmp_path).manifest.id for _ in range(4)]
    assert generations(tmp_path) == built[-2:]


@pytest.mark.parametrize("name", [".DS_Store", "0note.txt"])
def test_a_stray_file_among_the_generations_stops_no_build(tmp_path: Path, name: str) -> None:
    (tmp_path / "generations").mkdir()
    (tmp_path / "generations" / name).write_text("")
    built = [fakes.build_index(tmp_path).manifest.id for _ in range(4)]
    assert generations(tmp_path) == sorted([name, *built[-2:]])


def test_the_generation_before_can_be_published_again(tmp_path: Path) -> None:
    before, after = (fakes.build_index(tmp_path).manifest.id for _ in range(2))
    point_at(IndexFolder(tmp_path), before)
    assert served(tmp_path) == before != after
    newest = fakes.build_index(tmp_path).manifest.id
    assert generations(tmp_path) == [before, newest], "the one gone back to is kept, not the one left"


def test_what_fails_after_publishing_is_logged_and_does_not_undo_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    built = [fakes.build_index(tmp_path).manifest.id for _ in range(2)]

    def busy(path: Path) -> None:
        raise OSError(errno.EBUSY, "busy", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("qa_service.indexing.publish.shutil.rmtree", busy)
        newest = fakes.build_index(tmp_path).manifest.id
    assert served(tmp_path) == newest
    assert generations(tmp_path) == [*built, newest]
    assert f"generation {newest} is published, but what came after failed" in caplog.text


def test_an_open_index_answers_on_after_its_files_are_dropped(tmp_path: Path) -> None:
    fakes.build_index(tmp_path)
    with fakes.opened(tmp_path) as retriever:
        for _ in range(2):
            fakes.build_index(tmp_path)
        assert isinstance(retriever.generation, Generation)
        assert not retriever.generation.folder.root.exists()
        hits = retriever.rank(["harbour levy wages"], 1, {})[0].hits
        assert retriever.generation.store.statements([hits[0].row])[0].id == "trams#5"
