"""Transcripts with their metadata."""

import hashlib
import os
from pathlib import Path

import pytest

from qa_service.sources.folder import fingerprint, parse_transcript, read_folder, read_transcript
from qa_service.sources.metadata import Metadata
from tests import fakes


def test_without_metadata_the_text_speaks_for_itself(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    document = read_transcript(tmp_path / "trams.txt").document
    assert (document.id, document.title, document.language) == ("trams", "Night trams of Lindhaven", "en")
    assert document.speakers == ("Ada Lund", "Bo Strand")
    assert document.origin is None


def test_without_any_title_the_id_is_the_title(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text("Reporter: How many?\n\nAda Lund: Nine.")
    assert read_transcript(tmp_path / "trams.txt").document.title == "trams"


def test_metadata_wins_over_the_text(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    (tmp_path / "trams.json").write_text(
        '{"title": "Trams", "speakers": ["ADA LUND", "Bo Strand"], "language": "sv", "origin": "invented"}'
    )
    transcript = read_transcript(tmp_path / "trams.txt")
    document = transcript.document
    assert (document.title, document.language, document.origin) == ("Trams", "sv", "invented")
    assert document.speakers == ("ADA LUND", "Bo Strand")
    assert transcript.exchanges[0].answers[0].speaker == "ADA LUND"


def test_the_text_is_kept_byte_for_byte(tmp_path: Path) -> None:
    data = "\ufeffReporter: How?\r\n\r\nAda Lund: 🍎 Cafe\u0301.\r\n".encode()
    (tmp_path / "trams.txt").write_bytes(data)
    document = read_transcript(tmp_path / "trams.txt").document
    assert document.text.encode() == data
    assert document.sha256 == hashlib.sha256(data).hexdigest()


def test_files_come_in_order_of_name(tmp_path: Path) -> None:
    for name in ("c", "a", "b"):
        (tmp_path / f"{name}.txt").write_text(fakes.TRAMS)
    assert [t.document.id for t in read_folder(tmp_path).transcripts] == ["a", "b", "c"]


def test_the_fingerprint_tells_every_change_of_a_source(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    seen = [fingerprint(tmp_path)]
    (tmp_path / "README.md").write_text("not a source")
    assert fingerprint(tmp_path) == seen[0]
    (tmp_path / "trams.json").write_text("{}")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "trams.txt").write_text(fakes.TRAMS + "\n")
    seen.append(fingerprint(tmp_path))
    (tmp_path / "trams.txt").rename(tmp_path / "buses.txt")
    seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == len(seen)


def test_folders_named_like_sources_are_no_sources(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "b.json").mkdir()
    (tmp_path / "b.txt").write_text("Reporter: How many trams?\n\nAda Lund: Nine trams run.\n")
    sources = read_folder(tmp_path)
    assert ([t.document.id for t in sources.transcripts], sources.refused) == (["b"], [])
    before = fingerprint(tmp_path)
    (tmp_path / "c.txt").mkdir()
    assert fingerprint(tmp_path) == before


def make_unreadable(path: Path, kind: str) -> None:
    """A name in the folder behind which no text can be read."""
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path if kind == "loop" else path.with_name("missing"))


@pytest.mark.parametrize("kind", ["broken link", "loop", "pipe"])
@pytest.mark.parametrize("name", ["b.txt", "b.json"])
def test_what_can_not_be_read_is_refused_and_hinders_no_other(tmp_path: Path, kind: str, name: str) -> None:
    for document in ("a", "b"):
        (tmp_path / f"{document}.txt").write_text(fakes.TRAMS)
    (tmp_path / name).unlink(missing_ok=True)
    make_unreadable(tmp_path / name, kind)
    sources = read_folder(tmp_path)
    assert [t.document.id for t in sources.transcripts] == ["a"]
    assert [error.file for error in sources.refused] == [name]
    assert "can't be read" in sources.refused[0].reason


@pytest.mark.parametrize("kind", ["broken link", "loop", "pipe"])
def test_the_fingerprint_tells_when_a_file_can_be_read_again(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.txt").write_text(fakes.TRAMS)
    without = fingerprint(tmp_path)
    make_unreadable(tmp_path / "b.txt", kind)
    unreadable = fingerprint(tmp_path)
    (tmp_path / "b.txt").unlink()
    (tmp_path / "b.txt").write_text(fakes.TRAMS)
    assert len({without, unreadable, fingerprint(tmp_path)}) == 3


def test_metadata_may_open_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    (tmp_path / "trams.json").write_text('\ufeff{"title": "Trams"}', encoding="utf-8")
    assert read_transcript(tmp_path / "trams.txt").document.title == "Trams"


def test_speakers_of_the_metadata_are_kept_with_their_accents_composed(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text("Reporter: How many?\n\nJose\u0301 Lund: Nine.", encoding="utf-8")
    (tmp_path / "trams.json").write_text('{"speakers": ["Jose\u0301 Lund"]}', encoding="utf-8")
    transcript = read_transcript(tmp_path / "trams.txt")
    assert transcript.document.speakers == ("Jos\u00e9 Lund",)
    assert transcript.exchanges[0].answers[0].speaker == "Jos\u00e9 Lund"


def test_the_language_is_read_from_the_text_unless_it_is_told() -> None:
    read = parse_transcript("bahnen", fakes.BAHNEN.encode(), Metadata()).document
    assert (read.language, read.language_from) == ("de", "text")
    told = parse_transcript("bahnen", fakes.BAHNEN.encode(), Metadata(language="en")).document
    assert (told.language, told.language_from) == ("en", "metadata")
