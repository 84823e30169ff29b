"""Makes Word documents for tests, with what python-docx has no words for written as XML."""

import zipfile
from io import BytesIO
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.formats.word import FORMAT
from qa_service.sources.metadata import Metadata


def made(document: Any) -> bytes:
    """The file's bytes."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def read(document: Any) -> SourceText:
    """The document's reading."""
    return FORMAT.read(made(document), Metadata())


def add_xml(document: Any, inside: str) -> Any:
    """Append a paragraph of that XML."""
    paragraph = parse_xml(f"<w:p {nsdecls('w')}>{inside}</w:p>")
    document.element.body.append(paragraph)
    return paragraph


def run(text: str, properties: str = "") -> str:
    """A run as XML."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def document(*paragraphs: str) -> Any:
    """A document of plain paragraphs."""
    new = docx.Document()
    for text in paragraphs:
        new.add_paragraph(text)
    return new


def teams(turns: Any, clock: Any) -> Any:
    """What Microsoft Teams downloads: name, three spaces, time, a soft break, the words."""
    new = docx.Document()
    for text in ("Night trams-20230914_180000-Meeting Recording", "September 14, 2023, 6:00PM", "4m 10s"):
        new.add_paragraph(text)
    new.add_paragraph().add_run("Ada Lund started transcription")
    for turn in turns:
        paragraph = new.add_paragraph()
        paragraph.add_run(turn.speaker).bold = True
        paragraph.add_run(f"   {clock(turn.begins)}")
        paragraph.add_run().add_break()
        paragraph.add_run(turn.paragraphs[0])
        for text in turn.paragraphs[1:]:
            new.add_paragraph(text)
    new.add_paragraph("Ada Lund stopped transcription")
    return new


def changed(data: bytes, name: str, content: bytes) -> bytes:
    """The archive with one file's content changed, or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for file in old.namelist():
            if file != name:
                new.writestr(file, old.read(file))
        new.writestr(name, content)
    return out.getvalue()
