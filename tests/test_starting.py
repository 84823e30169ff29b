"""What comes before anything is served: a change left in the middle is mended, an index that opens is found."""

import subprocess
from pathlib import Path

import pytest

from qa_service import composition, starting
from qa_service.composition import build_index, go_back, index_is_current
from qa_service.errors import IndexDamagedError, IndexMissingError, SourceError, SourcesNotWritableError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import published_name
from qa_service.settings import Settings
from qa_service.sources.change import JOURNAL, make_change
from qa_service.sources.folder import fingerprint
from qa_service.starting import bring_up_to_date
from tests import fakes


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A source and an index of it."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "trams.txt").write_text(fakes.TRAMS, encoding="utf-8")
    fakes.build_index(tmp_path / "index", digest=fingerprint(sources))
    return Settings(source_dir=sources, index_dir=tmp_path / "index", model=fakes.MODEL)


def leave_in_the_middle(settings: Settings) -> None:
    """As a process does that is killed while it builds."""
    path = settings.source_dir / "trams.txt"
    make_change(settings.source_dir, {path: fakes.APPLES.encode()}, published_name(IndexFolder(settings.index_dir)))
    (settings.index_dir / "generations" / ".half").mkdir()


def no_build(*_: object, **__: object) -> "subprocess.CompletedProcess[str]":
    return pytest.fail("the sources are as indexed: there is nothing to build")


def test_a_start_puts_back_what_a_killed_change_set_aside(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_in_the_middle(settings)
    assert not index_is_current(settings)
    monkeypatch.setattr(subprocess, "run", no_build)
    bring_up_to_date(settings)
    assert {path.name: path.read_text() for path in settings.source_dir.iterdir()} == {"trams.txt": fakes.TRAMS}
    assert not (settings.index_dir / "generations" / ".half").exists()


def test_a_build_by_hand_puts_it_back_before_it_reads_the_sources(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_in_the_middle(settings)
    monkeypatch.setattr(composition, "provide_encoder", lambda *_: fakes.FakeEncoder())
    build_index(settings)
    assert (settings.source_dir / "trams.txt").read_text() == fakes.TRAMS
    assert index_is_current(settings)


def test_sources_that_can_not_be_mended_are_not_indexed_half_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings.source_dir / JOURNAL).write_text("not readable")
    with pytest.raises(SourcesNotWritableError):
        build_index(settings)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    monkeypatch.setattr(starting, "open_service", lambda _: fakes.opener(settings.index_dir)())
    bring_up_to_date(settings)
    assert "serving the one from before" in capsys.readouterr().err


@pytest.mark.parametrize("is_named", [True, False])
def test_where_the_published_index_can_not_be_opened_nor_built_the_one_before_is_served(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_named: bool,  # noqa: FBT001
) -> None:
    before = published_name(IndexFolder(settings.index_dir))
    damaged = fakes.build_index(settings.index_dir).manifest.id
    (settings.index_dir / "generations" / damaged / "dense.faiss").unlink()
    if not is_named:
        (settings.index_dir / "CURRENT").write_text("nowhere\n")
    (settings.source_dir / "more.txt").write_text(fakes.APPLES)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))

    def open_service(_: Settings) -> object:
        return fakes.opener(settings.index_dir)()

    monkeypatch.setattr(starting, "open_service", open_service)
    bring_up_to_date(settings)
    assert published_name(IndexFolder(settings.index_dir)) == before
    said = capsys.readouterr().err
    assert f"going back to {before}" in said
    assert ("dense.faiss is missing" in said) == is_named


def test_where_none_can_be_opened_that_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (settings.index_dir / "generations").iterdir():
        (folder / "dense.faiss").unlink()
    assert go_back(settings) is None
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    with pytest.raises(IndexDamagedError, match=r"see above.*dense\.faiss is missing"):
        bring_up_to_date(settings)
    (settings.index_dir / "CURRENT").unlink()
    with pytest.raises(IndexMissingError, match="nothing to serve"):
        bring_up_to_date(settings)


@pytest.mark.parametrize("is_there", [True, False])
def test_without_a_transcript_a_first_start_says_where_to_put_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_there: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(subprocess, "run", no_build)
    settings = Settings(model=fakes.MODEL)
    if is_there:
        settings.source_dir.mkdir()
        (settings.source_dir / "README.md").write_text("no source")
    with pytest.raises(SourceError, match=rf"put a text into {tmp_path / 'source_texts'}, as NAME\.txt"):
        bring_up_to_date(settings)
    assert not settings.index_dir.exists()
