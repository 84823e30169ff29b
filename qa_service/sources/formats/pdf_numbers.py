"""The numbers that courts print before every line are no words of what is said."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qa_service.sources.formats.pdf_lines import rows_of
from qa_service.sources.formats.pdf_pages import Fragment, Page

FEWEST = 8  # numbered lines of a page
FEWEST_LAST = 2  # of a page among numbered ones, such as the last
NUMBERED = 0.6  # of a page's rows
IN_SEQUENCE = 0.8  # of the numbers, that follow the one before
_NUMBER = re.compile(r"(\d{1,2})(?:\s+|$)")

Row = list[Fragment]


def without_line_numbers(pages: Sequence[Page]) -> tuple[list[Page], int]:
    """The pages without them, and how many pages had them. Few pages among many that have none keep theirs."""
    stripped = [_stripped(page) for page in pages]
    numbered = [page for page in stripped if page is not None]
    with_text = sum(bool(page.fragments) for page in pages)
    if len(numbered) * 3 < with_text:
        return list(pages), 0
    again = [new or _stripped(page, FEWEST_LAST) or page for new, page in zip(stripped, pages, strict=True)]
    return again, len(numbered)


def _stripped(page: Page, fewest: int = FEWEST) -> Page | None:
    """The page without its line numbers; None where it has none."""
    rows = rows_of(page.fragments)
    found = [(i, match) for i, row in enumerate(rows) if (match := _NUMBER.match(row[0].text))]
    if len(found) < max(fewest, NUMBERED * len(rows)):
        return None
    values = [int(match[1]) for _, match in found]
    following = sum(after == before + 1 for before, after in pairwise(values))
    if following < IN_SEQUENCE * (len(values) - 1):
        return None
    edge = sorted(rows[i][0].left for i, _ in found)[len(found) // 2]
    kept: list[Fragment] = []
    numbers = dict(found)
    for i, row in enumerate(rows):
        match = numbers.get(i)
        near = abs(row[0].left - edge) < 1.5 * row[0].size
        kept += _without(row, match.end()) if match and near else row
    return replace(page, fragments=tuple(kept))


def _without(row: Row, end: int) -> Row:
    first = row[0]
    if end >= len(first.text):
        return row[1:]
    share = end / len(first.text)
    return [replace(first, text=first.text[end:], left=first.left + share * (first.right - first.left)), *row[1:]]
