"""Where parts of a text stand, looked up from their offsets."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from qa_service.indexing.anchors import NOWHERE, Anchors, pack
from qa_service.records import Anchored, Located, PageStart, Timed

GAPS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 20), st.floats(0, 1e5), st.floats(0, 100)), max_size=30)


def anchored(gaps: list[tuple[int, int, float, float]]) -> Anchored:
    """Parts that don't overlap, of any times."""
    ends = list(accumulate(gap + length for gap, length, _, _ in gaps))
    timeline = [
        Timed(end - length, end, begins, begins + lasts)
        for end, (_, length, begins, lasts) in zip(ends, gaps, strict=True)
    ]
    pages = [PageStart(timed.start, n) for n, timed in enumerate(timeline, start=1)]
    located = [Located(timed.start, timed.end, f"p{n}") for n, timed in enumerate(timeline)]
    return Anchored(tuple(timeline), tuple(pages), tuple(located))


@given(GAPS)
def test_what_is_stored_is_what_was_read(gaps: list[tuple[int, int, float, float]]) -> None:
    assert Anchors(*pack(anchored(gaps))).all() == anchored(gaps)


@given(GAPS, st.integers(0, 300), st.integers(1, 300))
def test_a_place_is_that_of_all_parts_it_touches(
    gaps: list[tuple[int, int, float, float]], start: int, length: int
) -> None:
    whole, end = anchored(gaps), start + length
    place = Anchors(*pack(whole)).place(start, end)
    touched = [t for t in whole.timeline if t.start < end and t.end > start]
    assert place.time == ((min(t.begins for t in touched), max(t.ends for t in touched)) if touched else None)
    before = [p.page for p in whole.pages if p.start <= start]
    assert place.page == (before[-1] if before else None)
    located = [one.locator for one in whole.locators if one.start < end and one.end > start]
    assert place.locator == (located[0] if located else None)


def test_a_text_file_stands_nowhere() -> None:
    assert Anchors(*pack(Anchored())).place(0, 9) == NOWHERE
