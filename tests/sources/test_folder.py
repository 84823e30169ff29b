"""Transcripts with their metadata."""

import hashlib
from pathlib import Path

from qa_service.sources.folder import fingerprint, read_folder, read_transcript
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
