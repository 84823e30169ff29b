"""A disk that fails at any step of PUT, DELETE or reload: the sources and the index stay, the client is told why."""

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service import building, source_library
from qa_service.errors import (
    BuildFailedError,
    IndexNotWritableError,
    NoRoomError,
    SourceError,
    SourcesNotWritableError,
)
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.mending import mend
from qa_service.indexing.publish import build_lock, new_generation, publish, published_name
from qa_service.indexing.room import disk_errors_told, least_bytes
from qa_service.settings import Settings
from qa_service.source_library import SourceLibrary
from qa_service.sources.change import Change, undo_change
from tests import fakes
from tests.api.conftest import eventually, is_ready
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import BEES, Service, best, client_of, put
from tests.faults import ERRORS, FULL, Fault

ROOT = Path(__file__).parents[4]
TOLD = (NoRoomError, IndexNotWritableError, SourcesNotWritableError)
OAK, ELM = BEES.encode(), BEES.replace("oak", "elm").encode()
BEFORE = {"bees.txt": OAK, "bees.json": b'{\n  "title": "Bees"\n}\n', "trams.txt": fakes.TRAMS.encode()}


class Folders:
    """Sources and an index whose builds write a single file, so that every step of a change can be tried."""

    def __init__(self, root: Path) -> None:
        self.sources, self.index = root / "sources", IndexFolder(root / "index")
        self.sources.mkdir()
        for name, data in BEFORE.items():
            (self.sources / name).write_bytes(data)
        self._built = count(1)
        self.build()
        self.source_library = SourceLibrary(Settings(source_dir=self.sources, index_dir=root / "index"), self.build)

    def build(self) -> list[SourceError]:
        """Everything of a build but its content."""
        name = f"{next(self._built):03}"
        with build_lock(self.index), disk_errors_told(self.index), new_generation(self.index, name) as folder:
            folder.manifest.write_text(str(self.held()), encoding="utf-8")
            publish(self.index, folder, name)
        return []

    def held(self) -> dict[str, bytes]:
        """The files that are read, and none that is set aside."""
        return {path.name: path.read_bytes() for path in self.sources.iterdir() if not path.name.startswith(".")}

    def hidden(self) -> list[str]:
        """What is set aside, and unfinished generations."""
        found = [*self.sources.iterdir(), *self.index.generations.iterdir()]
        return [path.name for path in found if path.name.startswith(".")]

    def as_before(self) -> None:
        """Sources as they were at first, and an index of them."""
        for path in self.sources.iterdir():
            path.unlink()
        for name, data in BEFORE.items():
            (self.sources / name).write_bytes(data)
        self.build()


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


CHANGES: dict[str, tuple[Callable[[SourceLibrary], object], dict[str, bytes]]] = {
    "put": (lambda library: library.put("bees", ELM, {}), {"bees.txt": ELM, "trams.txt": BEFORE["trams.txt"]}),
    "put a new one": (lambda library: library.put("elms", ELM, {"title": "E"}), BEFORE | {"elms.txt": ELM}),
    "delete": (lambda library: library.delete("bees"), {"trams.txt": BEFORE["trams.txt"]}),
    "reload": (lambda library: library.refresh(), BEFORE),
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", CHANGES)
def test_a_fault_at_any_step_changes_nothing_and_is_told(
    folders: Folders,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    error: int,
    full: bool,  # noqa: FBT001
) -> None:
    """`full`: from that step on whatever needs room fails, so the way back may need none."""
    work, wanted = CHANGES[name]
    failed = 0
    for step in count():
        before = published_name(folders.index)
        with monkeypatch.context() as patch:
            fault = Fault(patch, step, error, full=full)
            try:
                work(folders.source_library)
                is_made = True
            except TOLD as told:
                is_made = False
                assert os.strerror(error) in str(told)
                assert isinstance(told, NoRoomError) == (error in FULL)
        failed += not is_made
        if is_made:  # what fails after an index is published is only logged
            assert folders.held().items() >= wanted.items(), f"step {step}"
            assert published_name(folders.index) > before
        else:
            assert folders.held() == BEFORE, f"step {step}"
            assert published_name(folders.index) == before
            assert (folders.index.generations / before).is_dir()
            assert not [path for path in folders.index.generations.iterdir() if path.name.startswith(".")]
            work(folders.source_library)
        assert folders.held().items() >= wanted.items()
        folders.source_library.refresh()
        assert folders.hidden() == []
        folders.as_before()
        if not fault.reached:
            break
    assert failed > 6


@pytest.mark.parametrize("name", CHANGES)
def test_a_disk_that_turns_read_only_in_the_middle_is_mended_when_it_can_be_written(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Not even a rename works then: the change is told as not undone, and comes back by the next one."""
    work, wanted = CHANGES[name]
    later = 0
    for step in count():
        before = published_name(folders.index)
        with monkeypatch.context() as patch:
            fault = Fault(patch, step, errno.EROFS, lasts=True)
            try:
                work(folders.source_library)
                is_made = True
            except TOLD as told:
                is_made = False
                later += "come back" in str(told)
        assert (published_name(folders.index) > before) == is_made, f"step {step}"
        folders.source_library.refresh()
        assert folders.held().items() >= (wanted if is_made else BEFORE).items(), f"step {step}"
        assert is_made or folders.held() == BEFORE
        folders.source_library.refresh()
        assert folders.hidden() == []
        folders.as_before()
        if not fault.reached:
            break
    assert later or name == "reload"


def test_what_a_killed_build_leaves_is_removed_before_the_files_come_back(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> list[SourceError]:
        (folders.index.generations / ".half").mkdir()
        (folders.index.generations / ".half" / "file").write_bytes(b"half")
        raise BuildFailedError("killed")

    def undo_later(change: Change) -> None:
        assert not (folders.index.generations / ".half").exists()
        undo_change(change)

    monkeypatch.setattr(source_library, "undo_change", undo_later)
    library = SourceLibrary(Settings(source_dir=folders.sources, index_dir=folders.index.root), killed)
    with pytest.raises(BuildFailedError):
        library.put("bees", ELM, {})
    assert folders.held() == BEFORE
    assert folders.hidden() == []


PUTS_AND_IS_KILLED = """
import os, signal, sys
from pathlib import Path
from qa_service.source_library import SourceLibrary
from qa_service.settings import Settings
settings = Settings(source_dir=Path(sys.argv[1]), index_dir=Path(sys.argv[2]))
library = SourceLibrary(settings, lambda: os.kill(os.getpid(), signal.SIGKILL))
library.delete("bees") if sys.argv[3] == "delete" else library.put("bees", sys.stdin.buffer.read(), {})
"""


def run(program: str, folders: Folders, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", program, str(folders.sources), str(folders.index.root), *arguments]
    return subprocess.run(command, cwd=ROOT, input=ELM, check=False, capture_output=True)


@pytest.mark.parametrize("change", ["put", "delete"])
def test_what_a_service_leaves_that_is_killed_while_it_builds_comes_back(folders: Folders, change: str) -> None:
    assert run(PUTS_AND_IS_KILLED, folders, change).returncode == -9
    assert folders.held() != BEFORE
    mend(folders.index, folders.sources)
    assert folders.held() == BEFORE
    assert folders.hidden() == []


LIMITED = """
import resource, sys
from pathlib import Path
from qa_service.errors import NoRoomError
from qa_service.source_library import SourceLibrary
from qa_service.settings import Settings
from qa_service.sources.folder import read_folder
from tests import fakes
sources, index = Path(sys.argv[1]), Path(sys.argv[2])
def build():
    fakes.build_index(index, read_folder(sources).transcripts)
    return []
text = sys.stdin.buffer.read()
library = SourceLibrary(Settings(source_dir=sources, index_dir=index), build)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    library.put("bees", text, {})
except NoRoomError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system limits no file's size")
@pytest.mark.parametrize(("limit", "told"), [(50, "source folder has no room"), (100_000, "no room for the index")])
def test_a_limit_of_the_system_itself_changes_nothing(folders: Folders, limit: int, told: str) -> None:
    """Of 50 bytes not even the text fits; of 100,000 a file of the index does not."""
    before = published_name(folders.index)
    ended = run(LIMITED, folders, str(limit))
    assert told in ended.stderr.decode(), ended.stderr.decode()
    assert ended.returncode == 1
    assert folders.held() == BEFORE
    assert folders.hidden() == []
    assert published_name(folders.index) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 40 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip("there is no mount on this system")
    mounted = subprocess.run([mount, "-t", "tmpfs", "-o", "size=40m", "tmpfs", place], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("a file system can't be mounted here (that needs root)")
    yield place
    subprocess.run([umount, "--lazy", place], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Leave that many bytes free."""
    hog = disk / "hog"
    hog.write_bytes(b"\0" * (shutil.disk_usage(disk).free - leave))
    return hog


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
@pytest.mark.parametrize("is_foreseen", [True, False])
def test_on_a_full_disk_nothing_is_lost_and_with_room_again_it_works(
    small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    is_foreseen: bool,  # noqa: FBT001
) -> None:
    """A real one. Not foreseen: somebody else fills it while the build runs."""
    service = Service(small_disk)
    big = f"Reporter: {'Where? ' * 300_000}\n\nIda Moss: In oak hollows.\n"
    (service.sources / "big.txt").write_text(big)
    service._build()
    with client_of(service) as client:
        eventually(client, "/health/ready", is_ready)
        before, version = service.files(), client.get("/version").json()["index_version"]
        if method == "POST":
            (service.sources / "trams.json").write_text('{"title": "T"}')
            before = service.files()
        generations = list((service.index / "generations").iterdir())
        hog = fill(small_disk, leave=1_000_000)
        if not is_foreseen:
            monkeypatch.setattr(source_library, "check_room_to_change", lambda *_: None)
        error = refused(change_big(client, method), 507, "no_room")
        assert "MB" in error["message"]
        assert ("at least" in error["message"]) == (is_foreseen and method != "POST")
        assert service.files() == before
        assert list((service.index / "generations").iterdir()) == generations
        assert shutil.disk_usage(small_disk).free > 900_000
        assert best(client, "harbour levy wages") == "trams#5"
        hog.unlink()
        assert change_big(client, method).status_code == 200
        assert client.get("/version").json()["index_version"] > version


def change_big(client: TestClient, method: str) -> Any:
    """Replace the big text by a short one, drop it, or build."""
    if method == "PUT":
        return put(client, "big", "Q: What is?\n\nA: It is.\n")
    return client.post("/v1/reload") if method == "POST" else client.delete("/v1/documents/big")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NoRoomError("full"), 507, "no_room"),
        (IndexNotWritableError("broken"), 503, "index_not_writable"),
        (SourcesNotWritableError("broken"), 503, "sources_not_writable"),
    ],
)
def test_each_fault_has_its_status(
    local: TestClient, service: Service, error: Exception, status: int, code: str
) -> None:
    service.error = error
    assert refused(put(local), status, code)["message"] == str(error)
    assert service.files().keys() == {"trams.txt"}


def test_fewer_sources_need_less_and_none_is_refused_for_room_that_is_there(service: Service) -> None:
    index = IndexFolder(service.index)
    size = sum(p.stat().st_size for p in service.index.rglob("*") if p.is_file() and p.parent != service.index)
    same, fewer, more = (least_bytes(index, 1000, after) for after in (1000, 500, 1500))
    assert fewer < same <= size
    assert more == same + 500
    assert least_bytes(IndexFolder(service.index / "none"), 0, 1000) == 1000


@pytest.mark.parametrize(
    ("ended", "error", "told"),
    [
        ((-9, "", ""), BuildFailedError, "ended from outside (Killed)"),
        ((1, "", "Traceback"), BuildFailedError, "only the log has"),
        ((1, '{"failed": "NoRoomError", "message": "full"}', ""), NoRoomError, "full"),
        ((1, '{"failed": "IndexNotWritableError", "message": "no"}', ""), IndexNotWritableError, "no"),
        (
            (1, '{"failed": "ModelError", "message": "no model in {index}"}', ""),
            BuildFailedError,
            "in the index folder",
        ),
    ],
)
def test_why_a_build_failed_is_told_without_places_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: tuple[int, str, str], error: type[Exception], told: str
) -> None:
    status, out, err = ended
    done = subprocess.CompletedProcess([], status, out.replace("{index}", str(tmp_path / "index")), err)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(error) as raised:
        building.build_in_process(Settings(source_dir=tmp_path, index_dir=tmp_path / "index"))
    assert told in str(raised.value)
    assert str(tmp_path) not in str(raised.value)
