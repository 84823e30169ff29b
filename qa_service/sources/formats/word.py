"""Word documents (.docx): paragraphs and tables in order; headers, footers and tracked deletions left out."""

from io import BytesIO
from typing import Any

import docx
from docx.opc.exceptions import OpcError

from qa_service.errors import SourceError
from qa_service.sources.formats.blocks import About, compose
from qa_service.sources.formats.source_text import SourceFormat, SourceText
from qa_service.sources.formats.word_blocks import WordBlocks
from qa_service.sources.formats.word_numbering import Numbering
from qa_service.sources.formats.word_styles import Styles
from qa_service.sources.formats.zipped import check_zip
from qa_service.sources.metadata import Metadata

MOST_BYTES = 100_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_AS_DOCX = "open it in Word and save it as .docx"


class WordDocument:
    """What Word, Teams and most recorders' exports write."""

    name = "docx"
    version = 1
    suffixes = (".docx",)
    media_types = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """Read a file's bytes. Raises SourceError for older, encrypted, damaged or empty documents."""
        _refuse_others(data)
        document = _opened(data)
        parts = {kind: _part(document, kind) for kind in ("styles", "numbering")}
        found = WordBlocks(Styles.of(parts["styles"]), Numbering.of(parts["numbering"]))
        found.read(_body(document))
        if not found.blocks:
            raise SourceError("the document holds no text; if its pages are pictures, recognise their text first")
        return compose(found.blocks, About(found.title or _title(document), notes=_notes(found)))


def _refuse_others(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise SourceError(
            f"{len(data)} bytes, more than {MOST_BYTES} of one file; save it without pictures, or split it"
        )
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise SourceError("the document is encrypted; open it in Word and save it without a password")
        raise SourceError(f"this is Word's older binary format (.doc); {_AS_DOCX}")
    if data.startswith(b"{\\rtf"):
        raise SourceError(f"this is an RTF file; {_AS_DOCX}")
    names = check_zip(data)
    if "word/document.xml" not in names and "[Content_Types].xml" not in names:
        raise SourceError(f"no Word document: the archive holds none; {_AS_DOCX}")


def _opened(data: bytes) -> Any:
    try:
        return docx.Document(BytesIO(data))
    except (OpcError, KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's errors are SyntaxErrors
        raise SourceError(f"no Word document that can be read ({type(error).__name__}); {_AS_DOCX}") from error


def _body(document: Any) -> Any:
    body = getattr(document.element, "body", None)
    if body is None:
        raise SourceError(f"no Word document that can be read (it has no body); {_AS_DOCX}")
    return body


def _part(document: Any, kind: str) -> Any:
    """The root of a part that the document refers to; None without one."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
            return getattr(relation.target_part, "element", None)
    return None


def _title(document: Any) -> str | None:
    """What the file's properties say; a program's default is no title."""
    title = (document.core_properties.title or "").strip()
    return title if title and title.casefold() not in {"word document", "document", "untitled"} else None


def _notes(found: WordBlocks) -> tuple[str, ...]:
    notes = []
    if found.footnotes:
        notes.append(f"{found.footnotes} footnotes or endnotes are left out of the reading")
    if found.deletions:
        notes.append(f"{found.deletions} tracked deletions are left out, insertions are kept")
    if found.hidden:
        notes.append(f"{found.hidden} runs of hidden text are left out")
    return tuple(notes)


FORMAT: SourceFormat = WordDocument()
