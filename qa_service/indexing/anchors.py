"""Where a part of a reading stands in the file or the recording: kept in a few bytes, found by bisection."""

import json
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from qa_service.records import Anchored, Located, PageStart, Timed

SECONDS, OFFSETS = "d", "q"  # of the arrays


@dataclass(frozen=True, slots=True)
class Place:
    """When something is said (seconds, the end exclusive), on which page it begins, what the format calls it."""

    time: tuple[float, float] | None = None
    page: int | None = None
    locator: str | None = None


NOWHERE = Place()


def pack(anchored: Anchored) -> tuple[bytes, bytes, str]:
    """The times, pages and locators of a document, as they are stored."""
    times, pages, locators = anchored.timeline, anchored.pages, anchored.locators
    timed = _bytes(OFFSETS, (t.start for t in times)) + _bytes(OFFSETS, (t.end for t in times))
    timed += _bytes(SECONDS, (t.begins for t in times)) + _bytes(SECONDS, (t.ends for t in times))
    paged = _bytes(OFFSETS, (p.start for p in pages)) + _bytes(OFFSETS, (p.page for p in pages))
    located = json.dumps([[one.start, one.end, one.locator] for one in locators], ensure_ascii=False)
    return zlib.compress(timed), zlib.compress(paged), located


def _bytes(code: str, values: Iterable[float]) -> bytes:
    return array(code, values).tobytes()


def _arrays(stored: bytes, codes: str) -> list[Any]:
    data = zlib.decompress(stored)
    size = len(data) // len(codes)
    return [array(code, data[n * size : (n + 1) * size]) for n, code in enumerate(codes)]


class Anchors:
    """Those of one document."""

    def __init__(self, timeline: bytes, pages: bytes, locators: str) -> None:
        """As `pack` gave them."""
        self._starts, self._ends, self._begins, self._stops = _arrays(timeline, OFFSETS * 2 + SECONDS * 2)
        self._page_starts, self._pages = _arrays(pages, OFFSETS * 2)
        located: list[tuple[int, int, str]] = json.loads(locators)
        self._located = [one[0] for one in located], [one[1] for one in located], [one[2] for one in located]

    def place(self, start: int, end: int) -> Place:
        """Where the part of the text from `start` to `end` stands."""
        return Place(self._time(start, end), self._page(start), self._locator(start, end))

    def all(self) -> Anchored:
        """As the reading had them."""
        return Anchored(
            tuple(starmap(Timed, zip(self._starts, self._ends, self._begins, self._stops, strict=True))),
            tuple(starmap(PageStart, zip(self._page_starts, self._pages, strict=True))),
            tuple(starmap(Located, zip(*self._located, strict=True))),
        )

    def _time(self, start: int, end: int) -> tuple[float, float] | None:
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return (min(self._begins[first:last]), max(self._stops[first:last])) if first < last else None

    def _page(self, start: int) -> int | None:
        n = bisect_right(self._page_starts, start)
        return self._pages[n - 1] if n else None

    def _locator(self, start: int, end: int) -> str | None:
        """Of the part in which it begins, or of the first within it."""
        starts, ends, names = self._located
        first = bisect_right(ends, start)
        return names[first] if first < len(starts) and starts[first] < end else None
