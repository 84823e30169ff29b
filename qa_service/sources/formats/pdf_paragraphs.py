"""Lines of a PDF become paragraphs: by space between, by indents, by short lines, by a label at a line's start."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa_service.sources.formats.pdf_lines import PdfLine

SPACED = 1.35  # of the usual distance between lines, from which a gap parts paragraphs
DOUBLE = 2.2  # of the type's size, between lines that are set far apart
INDENT = 0.8  # of the type's size, from which a line is indented
FURTHER = 20.0  # of the type's size, from which a line is set in the middle or at the right
SHORT = 0.8  # of the column's width, that a line before a paragraph's end doesn't fill
ANOTHER_SIZE = 0.15  # by which type is larger or smaller
HANGING = 0.5  # of the lines, that may stand at the edge where paragraphs open there and go on indented
LABEL = re.compile(
    r"(?:[QA](?:\.|:|\s{1,3}|\t)(?=\s*\S)"
    r"|(?:(?:THE|MR|MS|MRS|DR|HON|BY|SIR|DAME)\.?\s+)*[A-ZÀ-ÞŠŽ][A-ZÀ-ÞŠŽ.'’ -]{1,50}(?:\([^()]{1,60}\)\s*)?[:.]\s"
    r"|(?:[^\W\d_][\w.'’-]*\s+){0,5}[^\W\d_][\w.'’-]*(?:\s*\([^()]{1,80}\)){0,2}\s*:(?=\s|$)"
    r"|[^\W\d_][^\t:.?!]{1,40}\t(?=[^\W\d_])"
    r"|\[?\(?(?:\d{1,2}:)?\d{1,2}:\d{2}\b|>>\s)"
)
_BULLET = re.compile(r"[•·▪◦‣●■–—-]\s")
_SMALL = re.compile(r"(?:^|\s)[a-zà-þ][\w'’-]{3,}")  # no word of a name
_ENDS = re.compile(r"[.!?…。！？:;][\"'”’)\]»*]*$")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a document sets its paragraphs."""

    pitch: float
    hanging: bool


def paragraphs_of(lines: Sequence[PdfLine]) -> list[list[PdfLine]]:
    """The lines of each paragraph, in order."""
    if not lines:
        return []
    shape = _shape(lines)
    paragraphs = [[lines[0]]]
    for before, line in pairwise(lines):
        if _opens(before, line, shape):
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return paragraphs


def opens_with_label(text: str) -> bool:
    """Whether a line begins as one that names its speaker may."""
    match = LABEL.match(text)
    return match is not None and _SMALL.search(match.group()) is None


def _together(before: PdfLine, line: PdfLine) -> bool:
    """Whether two lines stand in the same column of a page, one above the other."""
    return (before.page, before.column) == (line.page, line.column) and line.top > before.top


def _shape(lines: Sequence[PdfLine]) -> _Shape:
    distances = [round(b.bottom - a.bottom, 1) for a, b in pairwise(lines) if _together(a, b)]
    pitch = min(median(distances), Counter(distances).most_common(1)[0][0]) if distances else 0.0
    at_edge = [line for line in lines if line.left - line.first < INDENT * line.size]
    labelled = [line for line in lines if opens_with_label(line.text)]
    if len(labelled) * 10 > len(lines):
        outside = sum(line.left - line.first < INDENT * line.size for line in labelled)
        hanging = outside * 3 > 2 * len(labelled) and len(at_edge) < HANGING * len(lines)
    else:
        hanging = len(at_edge) < HANGING * len(lines)
    pitch = min(pitch, DOUBLE * median(line.size for line in lines))
    return _Shape(max(pitch, 1.0), hanging and len(at_edge) > 1)


def _opens(before: PdfLine, line: PdfLine, shape: _Shape) -> bool:
    """Whether a line opens a paragraph."""
    ended = _ENDS.search(before.text) is not None
    short = before.right < before.first + SHORT * (before.last - before.first)
    if opens_with_label(line.text) and (ended or short or line.left - before.left > INDENT * line.size):
        return True
    if _BULLET.match(line.text) and (ended or short or _BULLET.match(before.text)):
        return True
    if abs(line.size - before.size) > ANOTHER_SIZE * before.size:
        return True
    if not _together(before, line):  # the next page or column
        return ended and not line.text[:1].islower()
    size = line.size
    if line.bottom - before.bottom > SPACED * max(shape.pitch, 0.9 * size):
        return True
    further = line.left - before.left
    if shape.hanging:
        return further < -INDENT * size
    if INDENT * size < further and not _BULLET.match(before.text) and (ended or short or further < FURTHER * size):
        return True
    return ended and short and not line.text[:1].islower()
