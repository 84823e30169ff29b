"""Word documents: what stands in them, who speaks, what is left out, what is refused."""

import struct
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import SourceError
from qa_service.sources.formats import zipped
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.formats.word import FORMAT
from qa_service.sources.inspection import inspect_file
from qa_service.sources.metadata import Metadata
from qa_service.sources.parser import parse
from qa_service.sources.reading import read_file
from tests.sources.formats.dialogue import HEARING, clock
from tests.sources.formats.word_writer import add_xml, changed, document, made, read, run, teams

GOLDEN = Path(__file__).parent / "golden"
WORDS = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=9), min_size=1, max_size=12)


def turns(source: SourceText) -> list[tuple[str | None, str]]:
    return [(turn.speaker, source.text[turn.start : turn.end]) for turn in source.turns or ()]


def refused(data: bytes) -> str:
    with pytest.raises(SourceError) as error:
        FORMAT.read(data, Metadata())
    return str(error.value)


def test_teams_reads_as_recorded() -> None:
    source = read(teams(HEARING, clock))
    assert source.text == (GOLDEN / "teams.txt").read_text(encoding="utf-8")
    assert turns(source) == [(turn.speaker, turn.text) for turn in HEARING]
    assert [(t.begins, t.ends) for t in source.timeline][:2] == [(3, 11), (11, 58)]
    assert [source.text[t.start : t.end] for t in source.timeline] == [turn.text for turn in HEARING]
    assert all(t.ends > t.begins for t in source.timeline)


def test_teams_older_export_has_ranges() -> None:
    new = docx.Document()
    for begins, ends, name, text in (
        ("0:0:0.0", "0:0:3.240", "Lund, Ada", "So, Mr Vos."),
        ("0:0:3.9", "0:0:6.0", "Jeroen Vos", "Yes?"),
        ("0:0:7.0", "0:0:9.5", "Lund, Ada", "How many?"),
    ):
        paragraph = new.add_paragraph(f"{begins} --> {ends}")
        paragraph.add_run().add_break()
        paragraph.add_run(name).bold = True
        paragraph.add_run().add_break()
        paragraph.add_run(text)
    source = read(new)
    assert turns(source) == [("Lund, Ada", "So, Mr Vos."), ("Jeroen Vos", "Yes?"), ("Lund, Ada", "How many?")]
    assert [(t.begins, t.ends) for t in source.timeline] == [(0.0, 3.24), (3.9, 6.0), (7.0, 9.5)]


def test_words_own_transcript() -> None:
    new = docx.Document()
    new.add_heading("Audio file", 2)
    new.add_paragraph("hearing.m4a")
    new.add_heading("Transcript", 2)
    for time, name, text in (("00:00:03", "Speaker 1", "How many?"), ("00:00:07", "Speaker 2", "Nineteen of them."),
                             ("00:00:11", "Speaker 1", "Why?")):  # fmt: skip
        new.add_paragraph(f"{time} {name}")
        new.add_paragraph(text)
    source = read(new)
    assert turns(source) == [("Speaker 1", "How many?"), ("Speaker 2", "Nineteen of them."), ("Speaker 1", "Why?")]
    assert [t.begins for t in source.timeline] == [3, 7, 11]


@pytest.mark.parametrize("label", ["{name}  {time}", "{name} ({time}):", "{name} [{time}]", "[{time}] {name}:"])
def test_other_recorders_labels(label: str) -> None:
    paragraphs = []
    for turn in HEARING:
        paragraphs += [label.format(name=turn.speaker, time=f"00:{turn.begins // 60:02}:{turn.begins % 60:02}")]
        paragraphs += turn.paragraphs
    source = read(document(*paragraphs))
    assert turns(source) == [(turn.speaker, turn.text) for turn in HEARING]
    assert [t.begins for t in source.timeline] == [turn.begins for turn in HEARING]


def test_chapters_are_no_speakers() -> None:
    source = read(
        document("Opening 0:00", "Doors 3:10", "Drivers 7:45", "Ada Lund: How many?", "Jeroen Vos: Nineteen.")
    )
    assert source.turns is None


def test_a_time_in_a_sentence_is_no_label() -> None:
    source = read(document("The car left at 10:30", "We stood there.", "It came back at 11:15", "So it was late."))
    assert source.turns is None


def test_table_of_time_speaker_text() -> None:
    new = document("Night trams", "Transcribed by hand")
    table = new.add_table(1 + len(HEARING), 3)
    for cell, text in zip(table.rows[0].cells, ("Time", "Speaker", "Text"), strict=True):
        cell.text = text
    for row, turn in zip(table.rows[1:], HEARING, strict=False):
        row.cells[0].text, row.cells[1].text = clock(turn.begins), turn.speaker
        row.cells[2].text = "\n".join(turn.paragraphs)
    source = read(new)
    assert turns(source) == [(turn.speaker, turn.text) for turn in HEARING]
    assert [t.begins for t in source.timeline] == [turn.begins for turn in HEARING]
    assert "Time\tSpeaker\tText" in source.text or "Time Speaker Text" in source.text


def test_table_without_times_is_read_row_by_row() -> None:
    new = docx.Document()
    table = new.add_table(2, 2)
    for row, texts in zip(table.rows, (("Cars", "Nineteen"), ("Doors", "Twenty-five")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    new.add_paragraph("After it.")
    assert read(new).text == "Cars\tNineteen\n\nDoors\tTwenty-five\n\nAfter it.\n"


def test_a_name_in_bold_becomes_a_label() -> None:
    new = docx.Document()
    for turn in HEARING:
        paragraph = new.add_paragraph()
        paragraph.add_run(turn.speaker).bold = True
        paragraph.add_run(f" {turn.paragraphs[0]}")
    source = read(new)
    assert source.turns is None
    assert source.text.startswith("Ada Lund: Good evening.")
    said = [turn.name for turn in parse(source.text).turns]
    assert set(said) == {turn.speaker for turn in HEARING}


def test_bold_by_style_and_stress_inside() -> None:
    new = docx.Document()
    style = new.styles.add_style("Who", WD_STYLE_TYPE.CHARACTER)
    style.font.bold = True
    for name, text in (("Ada Lund", "How many?"), ("Jeroen Vos", "Nineteen."), ("Ada Lund", "Why?")):
        paragraph = new.add_paragraph()
        paragraph.add_run(name, style="Who")
        paragraph.add_run(f" {text}")
    paragraph = new.add_paragraph("It is ")
    paragraph.add_run("very").bold = True
    paragraph.add_run(" cold.")
    assert read(new).text.split("\n\n") == ["Ada Lund: How many?", "Jeroen Vos: Nineteen.", "Ada Lund: Why?",
                                            "It is very cold.\n"]  # fmt: skip


def test_interview_with_bold_questions() -> None:
    new = docx.Document()
    for turn in HEARING[:4]:
        new.add_paragraph().add_run(turn.paragraphs[0]).bold = turn.speaker != "Jeroen Vos"
    new.add_paragraph().add_run("Who decided that?").bold = True
    new.add_paragraph("The board.")
    source = read(new)
    assert [turn.kind for turn in source.turns or ()] == ["asks", "answers"] * 3
    assert {turn.speaker for turn in source.turns or ()} == {None}


def test_automatic_numbers_are_shown() -> None:
    new = docx.Document()
    numbering = new.part.numbering_part.element
    numbering.insert(0, docx.oxml.parse_xml(
        f'<w:abstractNum {docx.oxml.ns.nsdecls("w")} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="Q."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>'
        '<w:numFmt w:val="none"/><w:lvlText w:val="A."/></w:lvl></w:abstractNum>'))  # fmt: skip
    numbering.append(docx.oxml.parse_xml(
        f'<w:num {docx.oxml.ns.nsdecls("w")} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))  # fmt: skip
    for level, text in ((0, "How many?"), (1, "Nineteen."), (0, "Why?"), (1, "The doors.")):
        add_xml(new, f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="91"/></w:numPr></w:pPr>{run(text)}')
    assert read(new).text.split() == "Q. How many? A. Nineteen. Q. Why? A. The doors.".split()


def test_numbers_count_by_level_and_bullets_are_none() -> None:
    new = docx.Document()
    for text, style in (
        ("one", "List Number"),
        ("two", "List Number"),
        ("dot", "List Bullet"),
        ("three", "List Number"),
    ):
        new.add_paragraph(text, style=style)
    assert read(new).text.split("\n\n") == ["1. one", "2. two", "dot", "3. three\n"]


def test_deletions_go_insertions_stay() -> None:
    new = docx.Document()
    add_xml(new, run("Eighteen ") + f'<w:del w:id="1" w:author="x"><w:r><w:delText>seventeen</w:delText></w:r></w:del>'
                 f'<w:ins w:id="2" w:author="x">{run("nineteen")}</w:ins>' + run(" cars."))  # fmt: skip
    source = read(new)
    assert source.text == "Eighteen nineteen cars.\n"
    assert source.notes == ("1 tracked deletions are left out, insertions are kept",)


def test_a_deleted_paragraph_end_joins_two() -> None:
    new = docx.Document()
    add_xml(new, '<w:pPr><w:rPr><w:del w:id="1" w:author="x"/></w:rPr></w:pPr>' + run("Nineteen "))
    add_xml(new, run("cars."))
    assert read(new).text == "Nineteen cars.\n"


def test_footnotes_fields_and_hidden_text() -> None:
    new = docx.Document()
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGEREF x</w:instrText></w:r>'
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    shown = run("page 4") + run("secret", "<w:vanish/>") + note
    add_xml(new, run("See ") + field + shown + f"<w:hyperlink>{run(' here')}</w:hyperlink>")
    source = read(new)
    assert source.text == "See page 4 here\n"
    assert source.notes == ("1 footnotes or endnotes are left out of the reading", "1 runs of hidden text are left out")


def test_headers_and_footers_are_left_out_and_the_title_is_read() -> None:
    new = docx.Document()
    new.sections[0].header.paragraphs[0].text = "Running header"
    new.sections[0].footer.paragraphs[0].text = "Running footer"
    new.add_heading("Night trams", 0)
    new.add_paragraph("Ada Lund:\tHow many?\nOn one line.")
    source = read(new)
    assert source.text == "Night trams\n\nAda Lund:\tHow many?\nOn one line.\n"
    assert source.title == "Night trams"


def test_text_boxes_and_content_controls_are_read() -> None:
    new = docx.Document()
    box = f"<v:textbox><w:txbxContent><w:p>{run('In the box.')}</w:p></w:txbxContent></v:textbox>"
    shape = f"<v:shape xmlns:v='urn:schemas-microsoft-com:vml'>{box}</v:shape>"
    add_xml(new, f"{run('Before.')}<w:r><w:pict>{shape}</w:pict></w:r>")
    add_xml(new, f"<w:sdt><w:sdtContent>{run('Controlled.')}</w:sdtContent></w:sdt>")
    assert read(new).text == "Before.\n\nIn the box.\n\nControlled.\n"


@given(st.lists(WORDS, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_word_is_read_in_order(paragraphs: list[list[str]]) -> None:
    source = read(document(*(" ".join(words) for words in paragraphs)))
    assert source.text.split() == [part for words in paragraphs for word in words for part in word.split()]


@given(st.lists(st.tuples(st.sampled_from(["Ada Lund", "Jeroen Vos"]), WORDS), min_size=4, max_size=12))
@settings(max_examples=40, deadline=None)
def test_every_stated_turn_is_where_it_says(said: list[tuple[str, list[str]]]) -> None:
    new = docx.Document()
    for n, (name, words) in enumerate(said):
        new.add_paragraph(f"{name}   {n}:00\nSo {' '.join(words)}.")
    source = read(new)
    assert turns(source) == [(name, f"So {' '.join(' '.join(words).split())}.") for name, words in said]
    assert [t.begins for t in source.timeline] == [n * 60 for n in range(len(said))]


def test_other_files_are_refused_in_words() -> None:
    assert "older binary format (.doc)" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert "encrypted" in refused(encrypted)
    assert "RTF" in refused(b"{\\rtf1 hello}")
    assert "damaged" in refused(b"PK\x03\x04 not a zip")
    assert "damaged" in refused(made(document("Hello."))[:-400])
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert "save it as .docx" in refused(out.getvalue())
    assert "holds no text" in refused(made(document()))


def test_a_zip_bomb_is_refused() -> None:
    bomb = changed(made(document("Hello.")), "word/media/image1.png", b"\0" * (zipped.MOST_UNPACKED + 1))
    assert len(bomb) < 1_000_000
    assert "MB" in refused(bomb)


def test_a_size_that_lies_is_refused() -> None:
    data = bytearray(changed(made(document("Hello.")), "word/media/image1.png", b"\0" * 5_000_000))
    at = data.rindex(b"word/media/image1.png") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    assert "damaged" in refused(bytes(data))


def test_too_many_files_are_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(zipped.MOST_FILES + 1):
            archive.writestr(f"{n}", b"")
    assert "files inside" in refused(out.getvalue())


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_read_or_refused(seed: int) -> None:
    good = made(teams(HEARING[:4], clock))
    whole, body = bytearray(good), bytearray(zipfile.ZipFile(BytesIO(good)).read("word/document.xml"))
    for part in (whole, body):
        at = seed * 7919 % len(part)
        del part[at : at + 1 + seed]
    for data in (bytes(whole), changed(good, "word/document.xml", bytes(body))):
        with suppress(SourceError):
            FORMAT.read(data, Metadata())


def test_a_document_without_a_body_is_refused() -> None:
    root = b'<w:other xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    assert "no body" in refused(changed(made(document("Hello.")), "word/document.xml", root))


def test_entities_and_deep_nesting_are_refused() -> None:
    good = made(document("Hello."))
    body = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
    assert "entities" in refused(changed(good, "word/document.xml", body))
    deep = b"<w:p>" * 100_000 + b"</w:p>" * 100_000
    head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    assert "no Word document" in refused(changed(good, "word/document.xml", head + deep + b"</w:body></w:document>"))
    assert "no Word document" in refused(changed(good, "word/document.xml", b"no xml"))


def test_a_label_that_can_not_be_read_leaves_nobodys_words_to_another(tmp_path: Path) -> None:
    """A guest's label in small letters: its words never stand under the name before it."""
    lines = ["Ada Lund   0:03", "Who pays?", "the guest from next door   0:09", "I do.", "Ada Lund   0:12", "Why?"]
    lines += ["Bo Strand (external)   0:20", "It is fair.", "Ada Lund   0:31", "Thank you."]
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(tmp_path / "call.docx"))
    read = read_file("call.docx", (tmp_path / "call.docx").read_bytes(), Metadata())
    for turn in read.source.turns or ():
        assert not (turn.speaker == "Ada Lund" and "I do." in read.text[turn.start : turn.end])


def test_wide_gaps_that_set_a_label_apart_stay(tmp_path: Path) -> None:
    document = docx.Document()
    for line in [
        "MS. LUND:  The dam holds.",
        "Q    And the levy?",
        "MS. LUND:  It stays.",
        "Q    Why?",
        "MS. LUND:  It must.",
    ]:
        document.add_paragraph(line)
    document.save(str(tmp_path / "briefing.docx"))
    seen = inspect_file(tmp_path / "briefing.docx")
    assert [turn.kind for turn in seen.turns] == ["answers", "asks", "answers", "asks", "answers"]


def test_answers_below_bold_questions_are_the_one_speakers(tmp_path: Path) -> None:
    document = docx.Document()
    for question, answer in [("Who pays?", "We all do."), ("Why?", "It is fair."), ("Until when?", "Until June.")]:
        document.add_paragraph().add_run(question).bold = True
        document.add_paragraph(answer)
    document.save(str(tmp_path / "talk.docx"))
    assert inspect_file(tmp_path / "talk.docx").speakers == ()
    (tmp_path / "talk.json").write_text('{"speakers": ["Ada Lund"]}')
    assert inspect_file(tmp_path / "talk.docx").speakers == ("Ada Lund",)
