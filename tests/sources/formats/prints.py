"""The hearing as it is printed: by a court reporter, by a parliament in two columns, as a plain letter."""

from collections.abc import Sequence

from tests.sources.formats.dialogue import ADA, HEARING, Turn
from tests.sources.formats.pdf_writer import COURIER, PdfWriter, wrapped

COURT_LINES = 25


def court(turns: Sequence[Turn] = HEARING, lines_a_page: int = COURT_LINES) -> bytes:
    """25 numbered lines a page, double spaced, Q. and A. indented, a header and a footer on each page."""
    lines: list[tuple[int, str]] = []
    for turn in turns:
        for n, paragraph in enumerate(turn.paragraphs):
            opening = ("Q.   " if turn.speaker == ADA else "A.   ") if n == 0 else ""
            first, *others = wrapped("_" * 10 + opening.replace(" ", "_") + paragraph.replace("—", "-"), 52)
            lines.append((10, first[10:].replace("_", " ")))
            lines += [(0, line) for line in others]
    made = PdfWriter()
    for n, (indent, line) in enumerate(lines):
        row = n % lines_a_page
        if row == 0:
            made.page()
            page = len(made.pages)
            made.text(230, 752, "VOS - DIRECT - LUND", 10)
            made.text(500, 752, str(page + 40), 10)
            made.text(190, 28, "KETTLE LANE REPORTING (555) 010-0199", 9)
        made.text(60 if row >= 9 else 60 + 12 * COURIER, 715 - row * 26, str(row + 1))
        made.text(105 + indent * 12 * COURIER, 715 - row * 26, line)
    return made.made()


def columns(turns: Sequence[Turn] = HEARING, size: float = 9, rows: int = 22, *, mixed: bool = False) -> bytes:
    """Two columns, names with a colon, indents, a running header with columns' numbers. `mixed`: drawn row by row."""
    width = 46
    lines: list[tuple[int, str]] = []
    for turn in turns:
        for n, paragraph in enumerate(turn.paragraphs):
            text = f"{turn.speaker}: {paragraph}" if n == 0 else paragraph
            first, *others = wrapped(f"__{text}", width)
            lines += [(2, first[2:]), *((0, line) for line in others)]
    made = PdfWriter()
    for start in range(0, len(lines), 2 * rows):
        made.page()
        page = len(made.pages)
        made.text(50, 760, f"{2 * page + 99}   Night trams   14 SEPTEMBER 2023   Second hearing   {2 * page + 100}", 9)
        drawn = [(n, line) for n, line in enumerate(lines[start : start + 2 * rows])]
        if mixed:
            drawn.sort(key=lambda one: (one[0] % rows, one[0]))
        for n, (indent, line) in drawn:
            x = (50 if n < rows else 320) + indent * size * COURIER
            made.text(x, 720 - (n % rows) * 11, line, size)
    return made.made()


def letter(turns: Sequence[Turn] = HEARING, size: float = 10, *, rotate: int = 0) -> bytes:
    """Paragraphs with space between, no indents, `Page 1 of 3` at the foot."""
    made = PdfWriter(rotate=rotate, title="Microsoft Word - hearing.docx")
    y = 0.0
    for turn in turns:
        for n, paragraph in enumerate(turn.paragraphs):
            for line in wrapped(f"{turn.speaker}: {paragraph}" if n == 0 else paragraph, 80):
                if y < 90:
                    made.page()
                    y = 730
                made.text(70, y, line, size)
                y -= 12
            y -= 9
    for number, page in enumerate(made.pages, start=1):
        page.append((270, 40, 9, f"Page {number} of {len(made.pages)}"))
    return made.made()
