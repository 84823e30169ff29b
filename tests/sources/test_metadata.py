"""What `NAME.json` says of a transcript, and what is no metadata."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service.records import Transcript
from qa_service.sources.folder import read_folder, read_transcript
from qa_service.sources.metadata import LONGEST_TAG, MOST_TAGS
from tests import fakes

SEGMENTS = """\
SPEAKER_00: How many night trams run?

SPEAKER_01: Nine run, from the harbour.

SPEAKER_00: Who pays for them?

SPEAKER_01: The harbour levy does.
"""
TABLES_TURNED = """\
Ada Lund: Nine trams run at night. The depot is small.

Bo Strand: How many trams ran last year? Was it ten?

Ada Lund: Ten did, before the levy rose.

Bo Strand: Who pays the drivers?

Ada Lund: The harbour pays.
"""


def said(transcript: Transcript) -> list[tuple[str | None, str | None]]:
    """(who asks, who answers) of every exchange."""
    return [(e.asker, answer.speaker) for e in transcript.exchanges for answer in e.answers]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"segments": [{"start": 0.0, "tokens": [1, 2]}], "language": "en"}', "holds 'segments'"),
        ('{"text": " How many?"}', "holds 'text'"),
        ('{"words": []}', "holds 'words'"),
        ('{"Results": {}, "title": "Trams"}', "holds 'Results'"),
        ('[{"start": 0.0, "text": " How many?"}]', "holds no JSON object"),
        ('"How many?"', "holds no JSON object"),
    ],
)
def test_another_programs_json_is_no_metadata_and_a_note_says_so(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    (tmp_path / "trams.json").write_text(content)
    sources = read_folder(tmp_path)
    assert sources.refused == []
    document = sources.transcripts[0].document
    assert (document.title, document.speakers) == ("Night trams of Lindhaven", ("Ada Lund", "Bo Strand"))
    assert document.notes == (f"trams.json {told}, so it is another program's output; not used as metadata",)


@pytest.mark.parametrize("content", ['{"titel": "Trams"}', '{"title": "Trams", "titel": "Trams"}'])
def test_a_typo_is_refused_by_the_fields_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    (tmp_path / "trams.json").write_text(content)
    sources = read_folder(tmp_path)
    assert sources.transcripts == []
    assert [error.file for error in sources.refused] == ["trams.json"]
    assert sources.refused[0].reason.startswith("titel: ")


@pytest.mark.parametrize(
    "content",
    ['{"names": {"SPEAKER_00": ""}}', '{"names": ["Ada Lund"]}', '{"roles": {"Ada Lund": " "}}', '{"names": {"A": 1}}'],
)
def test_names_and_roles_are_checked(tmp_path: Path, content: str) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    (tmp_path / "trams.json").write_text(content)
    assert read_folder(tmp_path).refused[0].reason.startswith(("names", "roles"))


@pytest.mark.parametrize("labels", [("SPEAKER_00", "SPEAKER_01"), ("speaker_00", "Speaker_01"), ("AL", "BS")])
@pytest.mark.parametrize("form", [str, str.upper, str.lower])
def test_names_stand_for_labels_whatever_their_capitals(labels: tuple[str, str], form: Callable[[str], str]) -> None:
    text = SEGMENTS
    for printed, label in zip(("SPEAKER_00", "SPEAKER_01"), labels, strict=True):
        text = text.replace(printed, label)
    names = dict(zip(map(form, labels), ("Ada Lund", "Bo Strand"), strict=True))
    transcript = fakes.transcript("trams", text, names=names)
    assert said(transcript) == [("Ada Lund", "Bo Strand")] * 2
    assert transcript.document.speakers == ("Bo Strand",)


def test_a_label_that_names_do_not_mention_stays() -> None:
    transcript = fakes.transcript("trams", SEGMENTS, names={"SPEAKER_01": "Bo Strand"})
    assert said(transcript) == [("SPEAKER_00", "Bo Strand")] * 2


def test_two_labels_may_stand_for_one_person() -> None:
    text = SEGMENTS + "\nSPEAKER_02: And never the drivers.\n"
    transcript = fakes.transcript("trams", text, names={"SPEAKER_01": "Bo Strand", "SPEAKER_02": "Bo Strand"})
    assert said(transcript) == [("SPEAKER_00", "Bo Strand")] * 3


def test_names_are_composed() -> None:
    transcript = fakes.transcript("trams", SEGMENTS, names={"SPEAKER_01": "Jose\u0301 Lund"})
    assert transcript.document.speakers == ("Jos\u00e9 Lund",)


def test_a_role_makes_a_person_ask_whatever_the_turns_show() -> None:
    assert said(fakes.transcript("trams", TABLES_TURNED))[1:] == [("Bo Strand", "Ada Lund")] * 2
    turned = fakes.transcript("trams", TABLES_TURNED, roles={"Ada Lund": "interviewer"})
    assert said(turned) == [("Ada Lund", "Bo Strand")] * 2


def test_a_role_is_told_of_a_name_whatever_its_capitals_and_after_names() -> None:
    text = TABLES_TURNED.replace("Ada Lund", "SPEAKER_00")
    turned = fakes.transcript("trams", text, names={"SPEAKER_00": "Ada Lund"}, roles={"ada lund": "Interviewer"})
    assert said(turned) == [("Ada Lund", "Bo Strand")] * 2


def test_the_file_beside_the_text_may_hold_names_and_roles(tmp_path: Path) -> None:
    (tmp_path / "trams.txt").write_text(TABLES_TURNED)
    (tmp_path / "trams.json").write_text('{"names": {"Bo Strand": "Bo Berg"}, "roles": {"Ada Lund": "interviewer"}}')
    assert said(read_transcript(tmp_path / "trams.txt")) == [("Ada Lund", "Bo Berg")] * 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            '{"date": "14 May 2023"}',
            "date: '14 May 2023' is no date; give a year, a month or a day as in 2023, 2023-09 or",
        ),
        ('{"date": "2023-02-30"}', "date: '2023-02-30' is not in the calendar; give a year, a month or a day"),
        ('{"date": 2023}', "date: Input should be a valid string"),
        ('{"tags": "bank"}', "tags: Input should be a valid array"),
        ('{"tags": ["bank", "Bank"]}', "tags: 'Bank' is given twice; name each tag once"),
        ('{"tags": ["bank", " "]}', "tags.1: String should have at least 1 character"),
        (
            json.dumps({"tags": ["x" * (LONGEST_TAG + 1)]}),
            f"tags.0: String should have at most {LONGEST_TAG} characters",
        ),
        (
            json.dumps({"tags": list(map(str, range(MOST_TAGS + 1)))}),
            f"tags: List should have at most {MOST_TAGS} items",
        ),
    ],
)
def test_a_wrong_date_or_tag_is_refused_with_what_is_taken(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "trams.txt").write_text(fakes.TRAMS)
    (tmp_path / "trams.json").write_text(content)
    sources = read_folder(tmp_path)
    assert sources.transcripts == []
    assert sources.refused[0].reason.startswith(told)


def test_date_and_tags_come_with_the_document() -> None:
    tags = [" Bank ", "x" * LONGEST_TAG, "caf\u0065\u0301"]
    document = fakes.transcript("trams-2021", fakes.TRAMS, date=" 2023-09", tags=tags).document
    assert (document.date, document.date_from) == ("2023-09", "metadata")
    assert document.tags == ("Bank", "x" * LONGEST_TAG, "caf\u00e9")
    plain = fakes.transcript("trams", fakes.TRAMS).document
    assert (plain.date, plain.date_from, plain.tags, plain.roles) == (None, None, (), {})


def test_roles_are_those_of_the_labels_and_the_metadatas_count_more() -> None:
    text = fakes.TRAMS.replace("Ada Lund:", "Ada Lund (Director of Trams):", 1).replace(
        "Bo Strand:", "BO STRAND (TREASURER):"
    )
    document = fakes.transcript("trams", text).document
    assert document.roles == {"Ada Lund": "Director of Trams", "BO STRAND": "TREASURER"}
    told = fakes.transcript("trams", text, roles={"Ada Lund": "director"}, speakers=["Ada Lund", "Bo Strand"]).document
    assert told.roles == {"Ada Lund": "director", "Bo Strand": "TREASURER"}


def test_a_metadatas_role_is_one_persons_whatever_the_capitals() -> None:
    text = fakes.TRAMS.replace("Ada Lund:", "Ada Lund (Director of Trams):", 1)
    assert fakes.transcript("trams", text, roles={"ada lund": "director"}).document.roles == {"ada lund": "director"}
