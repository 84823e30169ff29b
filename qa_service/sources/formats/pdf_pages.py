"""Characters of a PDF's pages with their places, as pypdfium2 tells them, put together to fragments of lines.

PDFium is a large parser in C of a format made to be abused: call this in a process of its own, as builds are, never in
one that serves answers.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from qa_service.errors import SourceError

MOST_BYTES = 300_000_000
MOST_PAGES = 3_000  # of a file; a week's hearing has fewer
MOST_CHARACTERS = 100_000  # of a page
APART = 0.8  # of the type's size, between characters that are no neighbours
RAISED = 0.5  # of the type's size, by which a line is higher or lower
_HYPHENS = frozenset({0x02, 0xFFFE})  # what PDFium makes of a hyphen at a line's end
SOFT_HYPHEN = "\u00ad"
_ENCRYPTED = "the PDF is encrypted; save a copy without its password (print it to a PDF, for example)"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Characters that stand side by side. Places are in points from the page's upper left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        """About the type's size."""
        return max(1.0, self.bottom - self.top)

    @property
    def middle(self) -> float:
        """Half of its height."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """A page's number from 1, its size and what is printed on it, in the order in which it was drawn."""

    number: int
    width: float
    height: float
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """All pages of a file, and the title that its properties give."""

    pages: tuple[Page, ...]
    title: str | None


def open_pdf(data: bytes) -> Opened:
    """Read all pages. Raises SourceError for what is encrypted, damaged or has too many pages."""
    if len(data) > MOST_BYTES:
        raise SourceError(f"{len(data)} bytes, more than {MOST_BYTES} of one file; split it")
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > MOST_PAGES:
                raise SourceError(f"{len(document)} pages, more than {MOST_PAGES} of one file; split it")
            pages = tuple(_page(document, n) for n in range(len(document)))
            return Opened(pages, document.get_metadata_value("Title") or None)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise SourceError(_ENCRYPTED) from error
        raise SourceError(f"no PDF that can be read ({error}); save it anew from the program it comes from") from error


def _page(document: Any, n: int) -> Page:
    page = document[n]
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > MOST_CHARACTERS:
            raise SourceError(f"page {n + 1} holds {count} characters, more than {MOST_CHARACTERS}; this is no print")
        place = _Placed(page)
        fragments = tuple(_fragments(text.raw, count, place))
        return Page(n + 1, place.width, place.height, fragments)
    finally:
        text.close()
        page.close()


class _Placed:
    """Places on a page as they are shown: it may be turned, and its corner needn't be at zero."""

    def __init__(self, page: Any) -> None:
        self.turned = page.get_rotation() % 360
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        width, height = self.right - self.left, self.top - self.bottom
        self.width, self.height = (height, width) if self.turned in {90, 270} else (width, height)

    def box(self, box: Any) -> tuple[float, float, float, float]:
        """Left, right, top and bottom, from the upper left corner as shown."""
        x0, x1 = box.left - self.left, box.right - self.left
        y0, y1 = box.bottom - self.bottom, box.top - self.bottom
        if self.turned == 90:
            return y0, y1, x0, x1
        if self.turned == 180:
            return self.width - x1, self.width - x0, y0, y1
        if self.turned == 270:
            return self.width - y1, self.width - y0, self.height - x1, self.height - x0
        return x0, x1, self.height - y1, self.height - y0


def _fragments(text: Any, count: int, place: _Placed) -> Iterator[Fragment]:
    """Characters in the order in which they were drawn, cut where a line ends or a gap is wide."""
    box = pdfium.FS_RECTF()
    at = ctypes.byref(box)
    letters: list[str] = []
    current: Fragment | None = None
    for i in range(count):
        code = pdfium.FPDFText_GetUnicode(text, i)
        if code in {0x0D, 0x0A} or not pdfium.FPDFText_GetLooseCharBox(text, i, at):
            continue
        left, right, top, bottom = place.box(box)
        character = "-" if code in _HYPHENS else _printed(code)
        if character.isspace() or not character:
            if letters and character:
                letters.append(" ")
            continue
        if current is not None and not _beside(current, left, top, bottom):
            yield replace(current, text=_joined(letters))
            letters, current = [], None
        letters.append(character)
        if current is None:
            current = Fragment("", left, right, top, bottom)
        else:
            current = Fragment(
                "", current.left, max(right, current.right), min(top, current.top), max(bottom, current.bottom)
            )
    if current is not None:
        yield replace(current, text=_joined(letters))


def _beside(before: Fragment, left: float, top: float, bottom: float) -> bool:
    """Whether a character goes on with a fragment."""
    size = max(before.size, bottom - top, 1.0)
    gap = left - before.right
    return abs((top + bottom) / 2 - before.middle) < RAISED * size and -RAISED * size < gap < APART * size


def _printed(code: int) -> str:
    if code < 0x20 or 0x7F <= code < 0xA0 or code > 0x10FFFF:
        return " " if code == 0x09 else ""
    return chr(code)


def _joined(letters: list[str]) -> str:
    """The characters as text; PDFium gives those beyond the basic plane in halves."""
    text = "".join(letters)
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(text.split())
