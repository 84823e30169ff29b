"""What is printed on every page is no speech: running headers, footers, the pages' numbers."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from qa_service.sources.formats.pdf_lines import rows_of
from qa_service.sources.formats.pdf_pages import Fragment, Page

EDGE = 3  # rows at a page's top and bottom that may be furniture
FEWEST = 3  # pages with the same row, from which it is
SHARE = 0.5  # of the pages, or of those with odd or even numbers
SET_APART = 1.4  # of the usual distance between rows
STEP = 0.8  # of the pages' numbers, that grow as the pages do
SAME_HEIGHT = 8.0  # points
LONGEST = 160
ROMAN = 40  # pages of a preface at most, that have such numbers
_DIGITS = re.compile(r"\d+")
_PAGE = re.compile(
    r"[-–—|\[( ]*(?:page|seite|p\.|pg\.?|página|pagina|strana|sida|side)?\s*"
    r"(\d{1,5}|(?=[ivxl])x{0,3}l?(?:ix|iv|v?i{0,3}))"
    r"(?:\s*(?:of|von|de|di|av|af|z|/)\s*\d{1,5})?[-–—|\]) ]*",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?:^\D{0,3}(\d{1,5})\b)|(?:\b(\d{1,5})\D{0,3}$)")

Row = list[Fragment]
Place = tuple[int, int]  # page, row: from the top 0, 1, 2, from the bottom -1, -2, -3


def without_furniture(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """The pages without it, and an example of each row that was left out."""
    rows = [rows_of(page.fragments) for page in pages]
    marked = _alike(rows) | _counted(rows) | _page_numbers(rows)
    examples: dict[str, str] = {}
    kept: list[Page] = []
    for n, (page, all_rows) in enumerate(zip(pages, rows, strict=True)):
        out = _from_the_edges(n, len(all_rows), marked)
        for i in out:
            text = _text(all_rows[i])
            examples.setdefault(_DIGITS.sub("#", text.casefold()), text)
        fragments = tuple(f for i, row in enumerate(all_rows) if i not in out for f in row)
        kept.append(replace(page, fragments=fragments))
    return kept, list(examples.values())


def _from_the_edges(n: int, count: int, marked: set[Place]) -> set[int]:
    """Which rows of a page go: those marked, from its edges inwards up to the first that is not."""
    out: set[int] = set()
    for step in (1, -1):
        row = 0 if step == 1 else -1
        while -EDGE <= row < EDGE and (n, row) in marked and len(out) < count:
            out.add(row % count)
            row += step
    return out


def _edges(rows: Sequence[Sequence[Row]]) -> Iterable[tuple[Place, Row]]:
    for n, page in enumerate(rows):
        for i in [*range(EDGE), *range(-EDGE, 0)]:
            if (i if i >= 0 else -i - 1) < len(page):
                yield (n, i), page[i]


def _text(row: Row) -> str:
    return " ".join(fragment.text for fragment in row)


def _alike(rows: Sequence[Sequence[Row]]) -> set[Place]:
    """Rows that come again at the same height: on half of the pages, or on pages in a row and set apart."""
    alike: dict[tuple[bool, str, int], dict[int, Place]] = defaultdict(dict)
    for (n, i), row in _edges(rows):
        text = _text(row)
        if len(text) <= LONGEST:
            height = int(row[0].middle / SAME_HEIGHT)
            shape = _DIGITS.sub("#", text.casefold())
            for near in (height, height + 1):  # so that a height between two comes into one of them for certain
                alike[i >= 0, shape, near].setdefault(n, (n, i))
    marked: set[Place] = set()
    text_pages = [n for n, page in enumerate(rows) if page]
    fewest = min(FEWEST, max(2, len(text_pages)))
    for places in alike.values():
        if len(places) >= fewest and (_on_most(list(places), text_pages) or _in_a_row(places, rows, fewest)):
            marked |= set(places.values())
    return marked


def _on_most(found: Sequence[int], pages: Sequence[int]) -> bool:
    for some in (None, 0, 1):
        among = [n for n in pages if some is None or n % 2 == some]
        of_them = sum(some is None or n % 2 == some for n in found)
        if of_them >= FEWEST and of_them >= SHARE * len(among):
            return True
    return False


def _in_a_row(places: dict[int, Place], rows: Sequence[Sequence[Row]], fewest: int) -> bool:
    """Whether pages one or two apart have it, each time with space between it and the text."""
    near = sum(after - before <= 2 for before, after in pairwise(sorted(places)))
    apart = sum(_set_apart(rows[n], i) for n, i in places.values())
    return near >= fewest - 1 and apart * 3 >= 2 * len(places)


def _set_apart(page: Sequence[Row], i: int) -> bool:
    if len(page) < FEWEST + EDGE:
        return False
    pitch = median(after[0].middle - before[0].middle for before, after in pairwise(page))
    beside = i + 1 if i >= 0 else i - 1
    return abs(page[beside][0].middle - page[i][0].middle) > SET_APART * pitch


def _counted(rows: Sequence[Sequence[Row]]) -> set[Place]:
    """The first or last rows that begin or end with a number which grows as the pages do, whatever else they say."""
    marked: set[Place] = set()
    for edge in (0, -1):
        found: dict[int, int] = {}
        for n, page in enumerate(rows):
            match = _ENDS.search(_text(page[edge])) if page and len(_text(page[edge])) <= LONGEST else None
            if match and _set_apart(page, edge):
                found[n] = int(match[1] or match[2])
        steps = [(found[b] - found[a]) / (b - a) for a, b in pairwise(sorted(found))]
        usual = median(steps) if steps else 0
        grows = sum(step == usual for step in steps)
        if len(found) >= max(FEWEST, SHARE * len(rows)) and usual in {1, 2} and grows >= STEP * len(steps):
            marked |= {(n, edge) for n in found}
    return marked


def _page_numbers(rows: Sequence[Sequence[Row]]) -> set[Place]:
    """Numbers alone at an edge that are the page's own, in files too short to compare many pages."""
    marked: set[Place] = set()
    for (n, i), row in _edges(rows):
        match = _PAGE.fullmatch(_text(row))
        if (
            match
            and i in {0, -1}
            and (match[1] == str(n + 1) or (not match[1].isdecimal() and n < ROMAN and len(rows[n]) > 1))
        ):
            marked.add((n, i))
    return marked
