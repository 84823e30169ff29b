"""A change of the sources is made, kept or undone whole, whatever fails and wherever the process is killed."""

import contextlib
import errno
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from qa_service.errors import SourcesNotWritableError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.mending import mend, mend_held
from qa_service.indexing.publish import point_at
from qa_service.sources.change import JOURNAL, make_change, unfinished_change
from qa_service.sources.files import NEW, OLD, THEIRS, Files, beside
from tests.faults import Fault, Killed

BEFORE = {"a.txt": b"old text", "a.json": b"old metadata", "inside/b.md": b"beside it"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sources, with an index beside them that has a name."""
    folder = tmp_path / "sources"
    (folder / "inside").mkdir(parents=True)
    for place, data in BEFORE.items():
        (folder / place).write_bytes(data)
    (tmp_path / "index" / "generations").mkdir(parents=True)
    point_at(index_of(folder), "1")
    return folder


def index_of(folder: Path) -> IndexFolder:
    return IndexFolder(folder.parent / "index")


def held(folder: Path) -> dict[str, bytes]:
    """Every file of the folder, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def replaced(folder: Path) -> Files:
    return {folder / "a.json": b"new metadata", folder / "a.txt": b"new text"}


def dropped(folder: Path) -> Files:
    return {folder / "inside" / "b.md": None, folder / "inside" / "b.json": None}


def added(folder: Path) -> Files:
    return {folder / "c.json": None, folder / "c.txt": b"another"}


def after(folder: Path, wanted: Files) -> dict[str, bytes]:
    places = {path.relative_to(folder).as_posix(): data for path, data in wanted.items()}
    return {place: data for place, data in (BEFORE | places).items() if data is not None}


CHANGES = pytest.mark.parametrize("wanted", [replaced, dropped, added])
Wanted = Callable[[Path], Files]


@CHANGES
def test_a_change_is_made_and_kept_or_undone(folder: Path, wanted: Wanted) -> None:
    change = make_change(folder, wanted(folder), "1")
    visible = {place: data for place, data in held(folder).items() if not place.rpartition("/")[2].startswith(".")}
    assert visible == after(folder, wanted(folder))
    change.undo()
    assert held(folder) == BEFORE
    make_change(folder, wanted(folder), "1").keep()
    assert held(folder) == after(folder, wanted(folder))


def make_and_undo(folder: Path, wanted: Files) -> None:
    make_change(folder, wanted, "1").undo()


def make_and_keep(folder: Path, wanted: Files) -> None:
    change = make_change(folder, wanted, "1")
    (folder.parent / "index" / "CURRENT").write_bytes(b"2\n")  # the index of it is published
    change.keep()


@CHANGES
@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("work", [make_and_undo, make_and_keep])
def test_a_process_killed_at_any_step_loses_nothing(
    folder: Path,
    wanted: Wanted,
    work: Callable[[Path, Files], None],
    links: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After mending there is the one or the other, whole, and nothing else in the folder."""
    outcomes = []
    for step in count():
        with monkeypatch.context() as patch:
            if not links:
                patch.setattr(Path, "hardlink_to", no_links)
            fault = Fault(patch, step, Killed, lasts=True)
            with contextlib.suppress(Killed):
                work(folder, wanted(folder))
        published = (folder.parent / "index" / "CURRENT").read_text() == "2\n"
        mend(index_of(folder), folder)
        mend_held(index_of(folder), folder)
        assert held(folder) == (after(folder, wanted(folder)) if published else BEFORE), f"step {step}"
        outcomes.append(published)
        restore(folder)
        if not fault.reached:
            break
    assert step > 10
    assert (True in outcomes) == (work is make_and_keep)


def no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def restore(folder: Path) -> None:
    """As the fixture has it."""
    for place in held(folder):
        (folder / place).unlink()
    for place, data in BEFORE.items():
        (folder / place).write_bytes(data)
    point_at(index_of(folder), "1")


@CHANGES
def test_an_undo_that_is_killed_is_undone_even_if_an_index_came_out_meanwhile(
    folder: Path, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build may publish and then be counted as failed; a mixture of both must not come of it."""
    for step in count():
        change = make_change(folder, wanted(folder), "1")
        point_at(index_of(folder), "2")
        with monkeypatch.context() as patch:
            fault = Fault(patch, step, Killed, lasts=True)
            with contextlib.suppress(Killed):
                change.undo()
        began = not (folder / JOURNAL).exists()
        mend(index_of(folder), folder)
        mend_held(index_of(folder), folder)
        assert held(folder) == (BEFORE if began else after(folder, wanted(folder))), f"step {step}"
        restore(folder)
        if not fault.reached:
            break
    assert step > 3


def test_the_old_file_comes_back_by_rename(folder: Path) -> None:
    """The very file, not a copy of it: that would need room."""
    number = (folder / "a.txt").stat().st_ino
    change = make_change(folder, replaced(folder), "1")
    assert (folder / "a.txt").stat().st_ino != number
    change.undo()
    assert (folder / "a.txt").stat().st_ino == number


@pytest.mark.parametrize("wanted", [replaced, dropped])
def test_what_somebody_else_wrote_meanwhile_stays_and_the_old_text_is_kept(
    folder: Path, wanted: Wanted, caplog: pytest.LogCaptureFixture
) -> None:
    change = make_change(folder, wanted(folder), "1")
    path = list(wanted(folder))[-1 if wanted is replaced else 0]
    path.write_bytes(b"written by hand")
    change.undo()
    backup = beside(path, THEIRS).relative_to(folder).as_posix()
    place = path.relative_to(folder).as_posix()
    assert held(folder) == BEFORE | {place: b"written by hand", backup: BEFORE[place]}
    assert f"{place} was written by somebody else" in caplog.text
    assert beside(path, THEIRS).name in caplog.text


def test_what_somebody_else_wrote_in_a_new_place_stays(folder: Path) -> None:
    change = make_change(folder, added(folder), "1")
    (folder / "c.txt").write_bytes(b"written by hand")
    change.undo()
    assert held(folder) == BEFORE | {"c.txt": b"written by hand"}


def test_a_file_set_aside_by_a_change_that_was_kept_never_comes_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.txt"
    beside(path, OLD).write_bytes(b"of long ago")
    path.unlink()
    make_change(folder, {path: b"new"}, "1").undo()
    assert not path.exists()
    assert not beside(path, OLD).exists()


@pytest.mark.parametrize("place", ["../outside.txt", "/etc/outside.txt"])
def test_notes_that_lead_out_of_the_folder_are_refused(folder: Path, place: str) -> None:
    step = {"place": place, "was": False, "sha256": None}
    (folder / JOURNAL).write_text(json.dumps({"index": "", "steps": [step]}))
    with pytest.raises(SourcesNotWritableError, match="outside"):
        mend(index_of(folder), folder)


@pytest.mark.parametrize("notes", [b"", b"[]", b'{"index": "1"}', b'{"index": "1", "steps": [{}]}', b"\xff"])
def test_notes_that_can_not_be_read_are_told_and_nothing_is_touched(folder: Path, notes: bytes) -> None:
    beside(folder / "a.txt", OLD).write_bytes(b"set aside")
    (folder / JOURNAL).write_bytes(notes)
    before = held(folder)
    with pytest.raises(SourcesNotWritableError, match="left in the middle"):
        mend(index_of(folder), folder)
    assert held(folder) == before


HOLDS = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_change_under_way_in_another_process_is_left_alone(folder: Path) -> None:
    make_change(folder, replaced(folder), "1")
    command = [sys.executable, "-c", HOLDS, str(index_of(folder).changing)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        mend(index_of(folder), folder)
        is_left = unfinished_change(folder) is not None
        other.kill()
    assert is_left
    mend(index_of(folder), folder)
    assert held(folder) == BEFORE


@CHANGES
def test_a_change_that_fails_leaves_nothing_beside_the_sources(
    folder: Path, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = 0
    for step in count():
        with monkeypatch.context() as patch:
            fault = Fault(patch, step, errno.EIO)
            try:
                change = make_change(folder, wanted(folder), "1")
            except SourcesNotWritableError:
                change, failed = None, failed + 1
        if change:  # where no link can be had, it works without
            change.undo()
        assert held(folder) == BEFORE, f"step {step}"
        if not fault.reached:
            break
    assert failed > 5


def test_new_files_left_by_a_killed_process_are_dropped(folder: Path) -> None:
    beside(folder / "inside" / "x.txt", NEW).write_bytes(b"half")
    mend_held(index_of(folder), folder)
    assert held(folder) == BEFORE
