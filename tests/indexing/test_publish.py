"""No failure at any step of a build leaves an index that can't be read."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from qa_service.encoder.protocol import Encoder
from qa_service.errors import BuildRunningError, IndexMissingError, IndexNotWritableError
from qa_service.indexing.build import BuildInput, build_generation
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.manifest import Manifest
from qa_service.indexing.publish import build_lock, current_generation, point_at
from tests import fakes

STEPS: list[tuple[Any, str]] = [
    (Path, "mkdir"),
    (Path, "rename"),
    (Path, "replace"),
    (Path, "write_text"),
    (os, "fsync"),
    (shutil, "rmtree"),
    (DenseIndex, "save"),
    (Manifest, "write"),
]


class DiskFull:
    """Fails one of the steps of a build that touch the disk, counted from 0."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
        self._steps = count()
        self._fails_at = fails_at
        for owner, name in STEPS:
            monkeypatch.setattr(owner, name, self._around(getattr(owner, name)))

    def _around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if next(self._steps) == self._fails_at:
                raise OSError("no space left on device")
            return work(*args, **options)

        return step


def generations(root: Path) -> list[str]:
    """Names of all generation folders, unfinished ones too."""
    return sorted(path.name for path in (root / "generations").iterdir())


def served(root: Path) -> str:
    """The id of the index that opens and verifies now."""
    with fakes.opened(root) as retriever:
        return retriever.generation.manifest.id


def test_a_failure_at_any_step_leaves_an_index_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full one step later each time, until a build gets through; ids grow with time."""
    serving = fakes.build_index(tmp_path).manifest.id
    for step in count():
        with monkeypatch.context() as patch:
            DiskFull(patch, fails_at=step)
            try:
                newest = fakes.build_index(tmp_path).manifest.id
                break
            except (OSError, IndexNotWritableError):
                before, serving = serving, served(tmp_path)
        assert before <= serving, f"step {step}"
    assert step > 10
    assert served(tmp_path) == newest
    assert not [name for name in generations(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("name", ["file", "file/below", "loop"])
def test_an_index_folder_that_can_not_be_made_says_what_to_set(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(IndexNotWritableError, match="QA_SERVICE_INDEX_DIR"):
        fakes.build_index(tmp_path / name)


def test_a_failed_first_build_leaves_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(OSError, match="no space left"):
        DiskFull(patch, fails_at=3)
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
        assert not retriever.generation.folder.root.exists()
        hits = retriever.rank(["harbour levy wages"], 1, {})[0].hits
        assert retriever.generation.store.statements([hits[0].row])[0].id == "trams#5"
