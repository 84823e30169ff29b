"""What is no transcript is refused, with the line and the reason."""

from pathlib import Path

import pytest

from qa_service.errors import SourceError
from qa_service.sources.folder import parse_transcript, read_folder
from qa_service.sources.formats.registry import READ
from qa_service.sources.metadata import Metadata

GOOD = "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n"


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        pytest.param(b"", 1, "empty", id="empty file"),
        pytest.param(b" \n\n\t\r\n", 1, "empty", id="only white space"),
        pytest.param(b"\n\nNine trams run.\n\nAll are red.\n", 3, "label", id="no label"),
        pytest.param(b"Reporter: How\n\nmany\x00 trams?\n", 3, "NUL", id="NUL"),
        pytest.param(b"Reporter: How?\n\nAda Lund:\n", 1, "nobody answers", id="only a label without words answers"),
        pytest.param(b"Reporter: How?\r\rAda Lund: So.\r", 1, "CR only", id="CR alone"),
        pytest.param(b"Ada Lund: So.\rReporter: How?\n", 1, "CR only", id="CR alone but for the last"),
        pytest.param(
            b"Museums\n\n"
            + b"".join(b"%d:%02d Ada Lund: Why boats?\n" % time for time in [(9, 0), (9, 30), (10, 15)] * 2),
            3,
            "programme",
            id="a programme",
        ),
        pytest.param(b"Reporter: How many?\n\nReporter: How few?\n", 1, "nobody answers", id="only questions"),
    ],
)
def test_a_file_that_is_no_transcript_is_refused(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        parse_transcript("trams", data, Metadata())
    assert refused.value.line == line


def test_the_refusal_of_unlabelled_text_says_how_to_label_it() -> None:
    with pytest.raises(SourceError, match="begin each question with"):
        parse_transcript("trams", b"Nine trams run.\n", Metadata())


def test_the_other_files_are_still_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b.txt").write_text("Nobody is named here.\n")
    (tmp_path / "c.txt").write_text(GOOD)
    sources = read_folder(tmp_path)
    assert [t.document.id for t in sources.transcripts] == ["a", "c"]
    assert [(error.file, error.line) for error in sources.refused] == [("b.txt", 1)]
    assert str(sources.refused[0]).startswith("b.txt:1: ")


def test_what_looks_like_a_transcript_but_is_not_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "empty").mkdir()
    for name in ("a.txt", "B.TXT", "c.odt", "inside/d.txt", "README.md", "a.json"):
        (tmp_path / name).write_text("{}" if name == "a.json" else GOOD)
    sources = read_folder(tmp_path)
    assert [t.document.id for t in sources.transcripts] == ["B", "a", "inside-d"]
    assert {error.file: error.reason for error in sources.refused} == {
        "c.odt": f"only {READ} are read, not *.odt; save it as plain text"
    }


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ('{"titel": "Trams"}', "titel: "),
        ('{"speakers": "Ada Lund"}', "speakers: "),
        ('{"title": ""}', "title: "),
        ('{"title": " "}', "title: "),
        ('{"speakers": [""]}', "speakers.0: "),
        ("{", "JSON"),
    ],
)
def test_metadata_that_is_off_is_refused_by_name(tmp_path: Path, metadata: str, reason: str) -> None:
    (tmp_path / "trams.txt").write_text(GOOD)
    (tmp_path / "trams.json").write_text(metadata)
    error = read_folder(tmp_path).refused[0]
    assert error.file == "trams.json"
    assert reason in error.reason


def test_metadata_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text(GOOD)
    (tmp_path / "trams.json").write_bytes(b'{"title": "\xff"}')
    assert "UTF-8" in str(read_folder(tmp_path).refused[0])


@pytest.mark.parametrize("folder", ["missing", "."])
def test_a_folder_without_transcripts_says_which_setting_to_change(tmp_path: Path, folder: str) -> None:
    with pytest.raises(SourceError, match="QA_SERVICE_SOURCE_DIR"):
        read_folder(tmp_path / folder)
