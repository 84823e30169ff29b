"""How a file is read, turn by turn."""

from dataclasses import replace
from pathlib import Path

import pytest

from qa_service.errors import SourceError
from qa_service.sources.inspection import FIRST_WORDS, SeenTurn, inspect_file
from tests import fakes

LONG = "Every one of the twelve trams that run at night stops at the harbour, the hospital and the university."


def write(folder: Path, text: str, metadata: str | None = None, name: str = "my trams.txt") -> Path:
    """A transcript with its metadata."""
    (folder / name).write_text(text, encoding="utf-8")
    if metadata is not None:
        (folder / name).with_suffix(".json").write_text(metadata, encoding="utf-8")
    return folder / name


def test_every_turn_comes_with_its_line_and_who_does_what(tmp_path: Path) -> None:
    seen = inspect_file(write(tmp_path, fakes.TRAMS))
    assert (seen.document, seen.title, seen.statements) == ("my-trams", "Night trams of Lindhaven", 4)
    assert seen.speakers == ("Ada Lund", "Bo Strand")
    assert [(t.number, t.line, t.speaker, t.kind, t.paragraphs) for t in seen.turns] == [
        (1, 3, "Reporter", "asks", 1),
        (2, 5, "Ada Lund", "answers", 2),
        (3, 9, "Reporter", "asks", 1),
        (4, 11, "Bo Strand", "answers", 1),
        (5, 13, "Ada Lund", "answers", 1),
    ]
    assert seen.turns[2] == SeenTurn(3, 9, "Reporter", None, "asks", 1, 5, "Who pays for the drivers?")
    assert seen.notes == ()


def test_first_words_are_cut(tmp_path: Path) -> None:
    text = f"Reporter: {LONG[:69]}?\n\nAda Lund: {LONG}\n\nReporter: {LONG[:70]}?\n\nAda Lund: Two\nlines.\n"
    begins = [turn.begins for turn in inspect_file(write(tmp_path, text)).turns]
    assert begins == [f"{LONG[:69]}?", f"{LONG[: FIRST_WORDS - 1]}…", f"{LONG[:69]}…", "Two lines."]
    assert max(map(len, begins)) == FIRST_WORDS == 70


def test_a_turn_that_neither_asks_nor_answers_is_an_aside(tmp_path: Path) -> None:
    text = (
        "BY MR. LUND:\n\nQ.   How many trams run?\n\nA.   Nine.\n\nMS. OKORO:  Objection.\n\n"
        "Q.   And buses?\n\nA.   Forty.\n"
    )
    turns = inspect_file(write(tmp_path, text)).turns
    assert [(t.speaker, t.kind) for t in turns] == [
        ("MR. LUND", "asks"),
        (None, "answers"),
        ("MS. OKORO", "aside"),
        ("MR. LUND", "asks"),
        (None, "answers"),
    ]


def test_metadata_beside_the_file_count(tmp_path: Path) -> None:
    text = fakes.TRAMS.replace("Reporter", "SPEAKER_00").replace("Ada Lund", "SPEAKER_01")
    metadata = '{"title": "Trams", "names": {"SPEAKER_00": "Mo"}, "speakers": ["SPEAKER_01", "BO STRAND"]}'
    seen = inspect_file(write(tmp_path, text, metadata))
    assert (seen.title, seen.speakers) == ("Trams", ("SPEAKER_01", "BO STRAND"))
    assert [turn.speaker for turn in seen.turns] == ["Mo", "SPEAKER_01", "Mo", "BO STRAND", "SPEAKER_01"]


def test_a_role_is_shown_and_decides(tmp_path: Path) -> None:
    seen = inspect_file(write(tmp_path, fakes.TRAMS, '{"roles": {"Bo Strand": "Minister of Transport"}}'))
    assert {turn.speaker: turn.role for turn in seen.turns} == {
        "Reporter": None,
        "Ada Lund": None,
        "Bo Strand": "Minister of Transport",
    }
    text = "Ada Lund: Nine trams run at night.\n\nBo Strand: Was it ten before?\n\nAda Lund: It was.\n"
    seen = inspect_file(write(tmp_path, text, '{"roles": {"Ada Lund": "interviewer"}}'))
    assert [turn.kind for turn in seen.turns] == ["asks", "answers", "asks"]


def test_doubts_are_notes_and_so_are_another_programs_json_and_encoding(tmp_path: Path) -> None:
    text = fakes.TRAMS + "\nReporter:\n\nAda Lund: So it is.\n"
    assert inspect_file(write(tmp_path, text)).notes == ("line 15: a label without words behind it; skipped",)
    seen = inspect_file(write(tmp_path, text, '{"segments": []}'))
    assert len(seen.notes) == 2
    assert seen.notes[1].startswith("my trams.json holds 'segments'")


def test_nothing_but_the_id_depends_on_the_name(tmp_path: Path) -> None:
    first, second = (inspect_file(write(tmp_path, fakes.TRAMS, name=name)) for name in ("a.md", "b.odt"))
    assert replace(first, document=second.document) == second


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [("", 1, "empty"), ("\n\nNobody is named here.\n", 3, "no line opens with a speaker's label")],
)
def test_a_refused_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        inspect_file(write(tmp_path, text))
    assert (refused.value.file, refused.value.line) == ("my trams.txt", line)
    assert str(refused.value).startswith(f"my trams.txt:{line}: ")


def test_metadata_that_are_off_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^my trams\.json: titel: "):
        inspect_file(write(tmp_path, fakes.TRAMS, '{"titel": "Trams"}'))


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_what_can_not_be_read_is_refused(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        (tmp_path / "a.txt").mkdir()
    with pytest.raises(SourceError, match=r"^a\.txt: can't be read: "):
        inspect_file(tmp_path / "a.txt")
