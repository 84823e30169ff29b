"""Which files of the source folder are read, and the ids made from their names."""

import os
import shutil
from pathlib import Path

import pytest

from qa_service.sources.files_read import LONGEST_ID, id_of
from qa_service.sources.folder import fingerprint, read_folder
from tests import fakes

WHISPER = {
    "interview.txt": fakes.TRAMS,
    "interview.json": '{"segments": [], "word_segments": [], "language": "en"}',
    "interview.srt": "1\n00:00:00,000 --> 00:00:02,100\nHow many?\n",
    "interview.vtt": "WEBVTT\n\n00:00.000 --> 00:02.100\nHow many?\n",
    "interview.tsv": "start\tend\ttext\n0\t2100\tHow many?\n",
}


def put(folder: Path, *places: str) -> None:
    """The same transcript at each place; its title tells where it lies."""
    for place in places:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{place}\n\n{fakes.TRAMS.partition(chr(10))[2]}")


def ids(folder: Path) -> dict[str, str]:
    """By place the id it is served under."""
    return {t.document.title: t.document.id for t in read_folder(folder).transcripts}


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("Budget hearing 2024-03-07 (final).txt", "Budget-hearing-2024-03-07-final"),
        ("#12 [draft].txt", "12-draft"),
        ("100%.txt", "100"),
        ("cafe\u0301.txt", "caf\u00e9"),
        ("会议 记录.txt", "会议-记录"),
        ("-a.txt", "a"),
        ("a\nb.txt", "a-b"),
        ("2024/march.txt", "2024-march"),
        ("old ones/a.b/c.md", "old-ones-a.b-c"),
    ],
)
def test_an_id_is_made_from_a_name_that_is_none(name: str, document: str) -> None:
    assert id_of(name) == document


@pytest.mark.parametrize("document", ["trams", "v1.2", "_a", "a_", "2024-03-07", "café", "会议记录", "x" * 200])
@pytest.mark.parametrize("ending", [".txt", ".md", ".TXT", ".Md"])
def test_a_name_that_is_an_id_stays(document: str, ending: str) -> None:
    assert id_of(document + ending) == document


@pytest.mark.parametrize("name", ["---.txt", "???.md", "(…).txt", "🍎.txt", " .txt"])
def test_a_name_without_letters_still_gives_an_id(name: str) -> None:
    assert id_of(name) == "transcript"


@pytest.mark.parametrize("name", ["x" * 201, "many words " * 20, "字 " * 80])
def test_a_very_long_name_is_cut(name: str) -> None:
    document = id_of(f"{name}.txt")
    assert LONGEST_ID - 2 < len(document) <= LONGEST_ID
    assert id_of(f"{document}.txt") == document


def test_a_name_whose_bytes_are_no_text_gives_an_id(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 1.txt")
    (tmp_path / name).write_text(fakes.TRAMS)
    assert [t.document.id for t in read_folder(tmp_path).transcripts] == ["caf-1"]


@pytest.mark.parametrize(
    ("first", "second", "document"),
    [("a-b.txt", "a b.txt", "a-b"), ("a.txt", "a.md", "a"), ("inside-a.txt", "inside/a.txt", "inside-a")],
)
def test_of_two_files_with_one_id_both_come(tmp_path: Path, first: str, second: str, document: str) -> None:
    put(tmp_path, second, first)
    sources = read_folder(tmp_path)
    assert sources.refused == []
    found = ids(tmp_path)
    assert found[first] == document
    assert found[second].startswith(f"{document}-")
    assert found[second] != document


def test_ids_stay_over_rebuilds_and_when_other_files_come(tmp_path: Path) -> None:
    one, copy = tmp_path / "one", tmp_path / "copy"
    put(one, "a b.txt", "a-b.txt", "c.md", "c.txt", "in/a.txt")
    before = ids(one)
    assert ids(one) == before
    shutil.copytree(one, copy)
    assert ids(copy) == before
    put(one, "d.txt", "a [b].txt", "a (b).txt", "in/b.txt")
    after = ids(one)
    assert before.items() < after.items()
    assert len(set(after.values())) == len(after) == 9


def test_files_that_are_no_sources_are_passed_over_in_silence(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "README.md", "readme.txt", "LICENSE", "inside/README.md", ".hidden.txt", ".DS_Store")
    sources = read_folder(tmp_path)
    assert ([t.document.id for t in sources.transcripts], sources.refused) == (["a"], [])


def test_markdown_and_endings_in_capitals_are_read(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "b.TXT", "c.MD")
    assert ids(tmp_path) == {"a.md": "a", "b.TXT": "b", "c.MD": "c"}


def test_folders_inside_are_read_but_hidden_ones_and_links_to_folders_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    put(folder, "a.txt", "2024/march/b.txt", ".git/c.txt", "2024/.old/d.txt")
    put(tmp_path, "elsewhere/e.txt")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "loop").symlink_to(folder)
    assert ids(folder) == {"a.txt": "a", "2024/march/b.txt": "2024-march-b"}
    assert read_folder(folder).refused == []


def test_metadata_lie_beside_the_file_inside_its_folder(tmp_path: Path) -> None:
    put(tmp_path, "inside/a.txt", "a.txt")
    (tmp_path / "inside" / "a.json").write_text('{"title": "Inside"}')
    assert ids(tmp_path) == {"a.txt": "a", "Inside": "inside-a"}


def test_a_refused_file_inside_a_folder_is_named_with_its_place(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "b c.txt").write_text("Nobody is named here.\n")
    (tmp_path / "inside" / "d.odt").write_text("")
    assert [error.file for error in read_folder(tmp_path).refused] == ["inside/d.odt", "inside/b c.txt"]


def test_other_endings_are_refused_by_name(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "c.odt", "d.RTF", "e.srt")
    sources = read_folder(tmp_path)
    assert [error.file for error in sources.refused] == ["c.odt", "d.RTF", "e.srt"]
    assert "not *.rtf; save it as plain text" in sources.refused[1].reason


def test_whispers_output_folder_is_one_document_with_notes_of_the_rest(tmp_path: Path) -> None:
    for name, text in WHISPER.items():
        (tmp_path / name).write_text(text)
    sources = read_folder(tmp_path)
    assert sources.refused == []
    assert [t.document.id for t in sources.transcripts] == ["interview"]
    notes = sources.transcripts[0].document.notes
    assert "interview.srt, interview.tsv, interview.vtt beside it: not read" in notes
    assert any(note.startswith("interview.json holds 'segments'") for note in notes)


@pytest.mark.parametrize("place", ["inside/c.txt", "inside/b.json", "inside/deeper/c.md"])
def test_the_fingerprint_tells_a_change_inside_a_folder(tmp_path: Path, place: str) -> None:
    put(tmp_path, "a.txt", "inside/b.txt")
    seen = [fingerprint(tmp_path)]
    for _ in range(2):
        put(tmp_path, place)
        (tmp_path / place).write_text(f"Host: How?\n\nAda Lund: So.{' ' * len(seen)}")
        seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == 3
    (tmp_path / place).unlink()
    assert fingerprint(tmp_path) == seen[0]


def test_the_fingerprint_tells_a_file_that_was_moved_into_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "b.txt")
    before = fingerprint(tmp_path)
    (tmp_path / "inside").mkdir()
    (tmp_path / "b.txt").rename(tmp_path / "inside" / "b.txt")
    assert fingerprint(tmp_path) != before


def test_the_fingerprint_passes_over_what_is_no_source(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    before = fingerprint(tmp_path)
    put(tmp_path, "README.md", ".git/b.txt", "a.srt", "b.odt")
    assert fingerprint(tmp_path) == before


SAID = (
    '{"segments": [{"start": 0.0, "end": 2.1, "text": " How many trams run?", "speaker": "SPEAKER_00"},'
    ' {"start": 2.2, "end": 4.0, "text": " Nine of them run.", "speaker": "SPEAKER_01"}], "language": "en"}'
)
SAID_VTT = "WEBVTT\n\n00:00.000 --> 00:02.100\nHow many trams run?\n\n00:02.200 --> 00:04.000\nNine of them run.\n"


def test_the_file_that_says_most_is_read_where_a_program_wrote_several(tmp_path: Path) -> None:
    files = {
        "a.txt": "[SPEAKER_00]: How many trams run?\n[SPEAKER_01]: Nine of them run.\n",
        "a.json": SAID,
        "a.vtt": SAID_VTT,
        "a.srt": SAID_VTT,
        "a.tsv": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    readers = []
    for name in ("a.json", "a.vtt", "a.srt"):
        sources = read_folder(tmp_path)
        assert (len(sources.transcripts), sources.refused) == (1, [])
        document = sources.transcripts[0].document
        readers.append((document.id, document.reader))
        assert any("beside it: not read" in note for note in document.notes)
        (tmp_path / name).unlink()
    assert readers[0] == ("a", "recognised")
    assert read_folder(tmp_path).transcripts[0].document.reader == "text"


def test_a_text_in_which_somebody_changed_a_word_goes_before_what_a_program_wrote(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ada Lund: How many trams run?\n\nBo Strand: Ten of them run.\n")
    (tmp_path / "a.json").write_text(SAID)
    (tmp_path / "a.vtt").write_text(SAID_VTT)
    (transcript,) = read_folder(tmp_path).transcripts
    assert transcript.document.speakers == ("Bo Strand",)
    assert "a.json, a.vtt beside it: not read" in transcript.document.notes


def test_metadata_of_a_recognisers_json_lie_in_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(SAID)
    (tmp_path / "a.metadata.json").write_text('{"title": "Trams", "names": {"SPEAKER_01": "Bo Strand"}}')
    (transcript,) = read_folder(tmp_path).transcripts
    assert (transcript.document.title, transcript.document.speakers) == ("Trams", ("Bo Strand",))


def test_metadata_of_subtitles_lie_beside_them(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text(SAID_VTT)
    (tmp_path / "a.json").write_text('{"title": "Trams"}')
    (transcript,) = read_folder(tmp_path).transcripts
    assert (transcript.document.id, transcript.document.title) == ("a", "Trams")


@pytest.mark.parametrize(("first", "second"), [("a.vtt", "a_.vtt"), ("a-b.vtt", "a b.txt"), ("a-b.vtt", "a b.json")])
def test_of_two_files_of_any_format_with_one_id_both_come(tmp_path: Path, first: str, second: str) -> None:
    (tmp_path / "inside").mkdir()
    for name in (first, second):
        text = {".vtt": SAID_VTT, ".json": SAID, ".txt": fakes.TRAMS}[Path(name).suffix]
        (tmp_path / name).write_text(text)
    documents = [t.document.id for t in read_folder(tmp_path).transcripts]
    assert len(set(documents)) == 2
    assert Path(first).stem in documents


def test_subtitles_are_read_where_a_part_of_the_json_beside_them_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(SAID.replace('"text": " Nine of them run.", ', ""))
    (tmp_path / "a.vtt").write_text(SAID_VTT)
    (transcript,) = read_folder(tmp_path).transcripts
    assert transcript.document.reader == "captions"
    assert "a.json beside it: not read" in transcript.document.notes
    (tmp_path / "a.vtt").unlink()
    (tmp_path / "b.txt").write_text(fakes.TRAMS)
    assert [(e.file, e.reason.partition(";")[0]) for e in read_folder(tmp_path).refused] == [
        ("a.json", "1.text: Field required")
    ]
