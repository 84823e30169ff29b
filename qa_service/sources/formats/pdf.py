"""PDF: the words of each page in reading order, without what is printed on every page, and where pages begin.

Only builds read PDFs, in a process of their own: see `pdf_pages`.
"""

import re
from collections.abc import Sequence

from qa_service.errors import SourceError
from qa_service.sources.formats.pdf_furniture import without_furniture
from qa_service.sources.formats.pdf_lines import PdfLine, lines_of
from qa_service.sources.formats.pdf_numbers import without_line_numbers
from qa_service.sources.formats.pdf_pages import Page, open_pdf
from qa_service.sources.formats.pdf_paragraphs import paragraphs_of
from qa_service.sources.formats.pdf_words import join_lines, known_words
from qa_service.sources.formats.source_text import PageStart, SourceFormat, SourceText
from qa_service.sources.formats.writing import Writer, listed
from qa_service.sources.metadata import Metadata

FEWEST_LETTERS = 20  # of a page that holds text; a scan may have a stamp
SCANNED = 0.5  # of the pages without text, from which the file is a scan
UNREADABLE = 0.2  # of the characters, that no font explains
MOST_NAMED = 12  # pages in a note
_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint) - |untitled|.*\.(?:docx?|pdf|rtf|indd|qxd|wpd|tex)$", re.IGNORECASE
)
_RECOGNISE = "recognise its text first (OCR, for example with ocrmypdf) and give that file"


class PdfFile:
    """A printed transcript."""

    name = "pdf"
    version = 1
    suffixes = (".pdf",)
    media_types = ("application/pdf",)

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """Read a file's bytes. Raises SourceError for scans, encrypted and damaged files, and for too many pages."""
        if not data.lstrip()[:5].startswith(b"%PDF-") and b"%PDF-" not in data[:1024]:
            raise SourceError("no PDF: the file doesn't begin as one; save it anew")
        opened = open_pdf(data)
        empty = _refuse_pictures(opened.pages)
        pages, numbered = without_line_numbers(opened.pages)
        pages, furniture = without_furniture(pages)
        lines = [line for page in pages for line in lines_of(page.fragments, page.number)]
        if not lines:
            raise SourceError("the same words stand on every page, and no others; is it the right file?")
        text, starts = _written(lines)
        return SourceText(text, pages=starts, title=_title(opened.title), notes=_notes(empty, numbered, furniture))


def _written(lines: Sequence[PdfLine]) -> tuple[str, tuple[PageStart, ...]]:
    """The reading, and where in it each page with words begins."""
    words = known_words(lines)
    out = Writer()
    starts: list[PageStart] = []
    for paragraph in paragraphs_of(lines):
        text, marks = join_lines(paragraph, words)
        start, _ = out.block(text)
        for at, page in marks:
            if not starts or page > starts[-1].page:
                starts.append(PageStart(start + at, page))
    return out.text, tuple(starts)


def _refuse_pictures(pages: Sequence[Page]) -> list[int]:
    """The numbers of the pages without text, where they are few."""
    empty = [page.number for page in pages if _letters(page) < FEWEST_LETTERS]
    bare = [page.number for page in pages if not page.fragments]
    if len(empty) == len(pages) and not any(_letters(page) for page in pages):
        count = "its only page holds" if len(pages) == 1 else f"all {len(pages)} pages hold"
        raise SourceError(f"{count} no text, only pictures of it (a scan); {_RECOGNISE}")
    if len(bare) > SCANNED * len(pages):
        raise SourceError(f"{len(bare)} of {len(pages)} pages hold no text, only pictures of it (a scan); {_RECOGNISE}")
    characters = "".join(fragment.text for page in pages for fragment in page.fragments)
    unknown = sum(c == "\ufffd" or 0xE000 <= ord(c) < 0xF900 for c in characters)
    if unknown > UNREADABLE * len(characters):
        raise SourceError(f"the PDF's fonts don't say which letters they show; {_RECOGNISE}")
    return bare


def _letters(page: Page) -> int:
    return sum(c.isalnum() for fragment in page.fragments for c in fragment.text)


def _title(title: str | None) -> str | None:
    """What the properties say; the name of a file is no title."""
    title = " ".join((title or "").split())
    return title if title and not _NO_TITLE.match(title) else None


def _notes(empty: Sequence[int], numbered: int, furniture: list[str]) -> tuple[str, ...]:
    notes = []
    if empty:
        more = f" and {len(empty) - MOST_NAMED} more" if len(empty) > MOST_NAMED else ""
        named = ", ".join(map(str, empty[:MOST_NAMED])) + more
        notes.append(f"no text on page {named}: empty, or a picture whose words are not in the reading")
    if numbered:
        notes.append(f"the lines' numbers on {numbered} pages are left out")
    if furniture:
        notes.append(f"printed from page to page and left out: {listed(furniture)}")
    return tuple(notes)


FORMAT: SourceFormat = PdfFile()
