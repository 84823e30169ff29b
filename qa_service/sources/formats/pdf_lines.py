"""A page's fragments become lines in reading order: side by side in rows, column after column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from qa_service.sources.formats.pdf_pages import Fragment

SAME_ROW = 0.5  # of the smaller height, by which fragments of a row overlap
WIDE = 2.5  # of the type's size, from which a gap is kept as a tab
GUTTERS = (0.27, 0.73)  # of the text's width, between which columns part
FEWEST = 6  # fragments of a column
SIDE = 0.2  # of all fragments, that a column holds at least
CROSSING = 0.15  # of all fragments, that may cross a gutter: titles over both columns
FILLED = 0.7  # of a column's width, that its middling line fills; names beside their words fill less
DEPTH = 2  # times that a page is parted: four columns
BINS = 200


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a column; `first` and `last` are the column's edges."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    page: int
    column: int
    first: float = 0.0
    last: float = 0.0

    @property
    def size(self) -> float:
        """About the type's size."""
        return max(1.0, self.bottom - self.top)


def rows_of(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    """Fragments that stand side by side, from top to bottom, each row from left to right."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda one: (one.middle, one.left)):
        if rows and _in_row(rows[-1][0], fragment):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    for row in rows:
        row.sort(key=lambda one: one.left)
    return rows


def _in_row(first: Fragment, fragment: Fragment) -> bool:
    shared = min(first.bottom, fragment.bottom) - max(first.top, fragment.top)
    return shared > SAME_ROW * min(first.size, fragment.size)


def lines_of(fragments: Sequence[Fragment], page: int) -> list[PdfLine]:
    """The page's lines in reading order."""
    lines: list[PdfLine] = []
    for column, part in enumerate(_columns(list(fragments), 0)):
        found = [_line(row, page, column) for row in rows_of(part)]
        first = min((line.left for line in found), default=0.0)
        last = max((line.right for line in found), default=0.0)
        lines += [replace(line, first=first, last=last) for line in found]
    return lines


def _line(row: Sequence[Fragment], page: int, column: int) -> PdfLine:
    text = row[0].text
    for before, fragment in pairwise(row):
        gap = fragment.left - before.right
        text += ("\t" if gap > WIDE * fragment.size else " " if gap > 0.1 * fragment.size else "") + fragment.text
    top, bottom = min(one.top for one in row), max(one.bottom for one in row)
    return PdfLine(text, row[0].left, max(one.right for one in row), top, bottom, page, column)


def _columns(fragments: list[Fragment], depth: int) -> Iterator[list[Fragment]]:
    """Parts of a page, each to be read before the next: bands between lines over all columns, columns in them."""
    gutter = _gutter(fragments) if depth < DEPTH else None
    if gutter is None:
        yield fragments
        return
    left: list[Fragment] = []
    right: list[Fragment] = []
    across: list[Fragment] = []
    for fragment in sorted(fragments, key=lambda one: one.middle):
        if fragment.left < gutter < fragment.right:
            if left or right:
                yield from _both(left, right, depth)
                left, right = [], []
            across.append(fragment)
            continue
        if across:
            yield across
            across = []
        (left if fragment.right <= gutter else right).append(fragment)
    if across:
        yield across
    yield from _both(left, right, depth)


def _both(left: list[Fragment], right: list[Fragment], depth: int) -> Iterator[list[Fragment]]:
    for side in (left, right):
        if side:
            yield from _columns(side, depth + 1)


def _gutter(fragments: Sequence[Fragment]) -> float | None:
    """Where the page parts into columns: hardly a fragment crosses it, and lines fill the space on both sides."""
    if len(fragments) < 2 * FEWEST:
        return None
    first, last = min(one.left for one in fragments), max(one.right for one in fragments)
    width = last - first
    if width <= 0:
        return None
    changes = [0] * (BINS + 2)
    for one in fragments:
        changes[int((one.left - first) / width * BINS)] += 1
        changes[int((one.right - first) / width * BINS) + 1] -= 1
    covered, total = [], 0
    for change in changes[:BINS]:
        total += change
        covered.append(total)
    span = range(int(GUTTERS[0] * BINS), int(GUTTERS[1] * BINS))
    fewest = min(covered[i] for i in span)
    if fewest > CROSSING * len(fragments):
        return None
    middles = [i for i in span if covered[i] == fewest]
    at = first + (middles[len(middles) // 2] + 0.5) / BINS * width
    left = [one for one in fragments if one.right <= at]
    right = [one for one in fragments if one.left >= at]
    enough = min(len(left), len(right)) >= max(FEWEST, SIDE * len(fragments))
    return at if enough and _filled(left, right) else None


def _filled(left: Sequence[Fragment], right: Sequence[Fragment]) -> bool:
    for side in (left, right):
        first, last = min(one.left for one in side), max(one.right for one in side)
        widths = [row[-1].right - row[0].left for row in rows_of(side)]
        if len(widths) < FEWEST or median(widths) < FILLED * (last - first):
            return False
    return True
