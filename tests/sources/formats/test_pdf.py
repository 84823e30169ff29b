"""PDFs: reading order, paragraphs, pages, what is printed on every page, what is refused."""

from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import SourceError
from qa_service.sources.formats import pdf_pages
from qa_service.sources.formats.pdf import FORMAT
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.metadata import Metadata
from qa_service.sources.parser import parse
from tests.sources.formats.dialogue import HEARING
from tests.sources.formats.pdf_writer import PdfWriter, wrapped
from tests.sources.formats.prints import columns, court, letter

GOLDEN = Path(__file__).parent / "golden"
SPOKEN = [paragraph for turn in HEARING for paragraph in turn.paragraphs]
WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9)


def read(data: bytes) -> SourceText:
    return FORMAT.read(data, Metadata())


def refused(data: bytes) -> str:
    with pytest.raises(SourceError) as error:
        read(data)
    return str(error.value)


def page_at(source: SourceText, at: int) -> int:
    return max(start.page for start in source.pages if start.start <= at)


def spoken(source: SourceText) -> list[str]:
    """The paragraphs without their labels."""
    labels = [*(f"{turn.speaker}: " for turn in HEARING), "Q. ", "A. "]
    return [reduce(str.removeprefix, labels, text) for text in _blocks(source)]


def _blocks(source: SourceText) -> list[str]:
    return source.text.rstrip("\n").split("\n\n")


def test_a_courts_transcript_reads_as_spoken() -> None:
    source = read(court())
    assert source.text == (GOLDEN / "court.txt").read_text(encoding="utf-8")
    assert spoken(source) == SPOKEN
    assert [start.page for start in source.pages] == list(range(1, len(source.pages) + 1))
    assert "the lines' numbers on 2 pages are left out" in source.notes
    assert "VOS - DIRECT - LUND" not in source.text and "REPORTING" not in source.text
    assert any("VOS - DIRECT - LUND" in note and "REPORTING" in note for note in source.notes)
    answers = [a.piece.text for e in parse(source.text, speakers=("Jeroen Vos",)).exchanges for a in e.answers]
    assert HEARING[3].paragraphs[0] in answers


@pytest.mark.parametrize("mixed", [False, True])
def test_two_columns_are_read_one_after_the_other(*, mixed: bool) -> None:
    source = read(columns(mixed=mixed))
    assert source.text == (GOLDEN / "columns.txt").read_text(encoding="utf-8")
    assert spoken(source) == SPOKEN
    assert "14 SEPTEMBER" not in source.text
    assert {turn.name for turn in parse(source.text).turns} == {turn.speaker for turn in HEARING}


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_paragraphs_with_space_between(rotate: int) -> None:
    made = letter() if rotate == 0 else _turned(rotate)
    source = read(made)
    if rotate == 0:
        assert spoken(source) == SPOKEN
        assert "Page" not in source.text
        assert source.title is None
    else:
        assert _blocks(source) == ["One line on top.", "Another below it."]


def _turned(rotate: int) -> bytes:
    """A page that is shown turned; its words are drawn so that they read upright then."""
    made = PdfWriter(rotate=rotate)
    made.page()
    matrix = {90: (0, 1, -1, 0, 100, 100), 180: (-1, 0, 0, -1, 500, 100), 270: (0, -1, 1, 0, 500, 700)}[rotate]
    below = {90: (60, 0), 180: (0, 60), 270: (-60, 0)}[rotate]
    for n, text in enumerate(("One line on top.", "Another below it.")):
        a, b, c, d, x, y = matrix
        made.drawn(f"BT /F 12 Tf {a} {b} {c} {d} {x + n * below[0]} {y + n * below[1]} Tm ({text}) Tj ET")
    return made.made()


def test_words_parted_at_a_lines_end() -> None:
    made = PdfWriter()
    made.page()
    for n, line in enumerate((
        "They asked about the time-", "table and the well-", "known doors of the third-", "class cars, in the non-",
        "stop service. A well-known timetable, a re-", "elected council, and the M-", "Line of 2009-", "2012 too.",
    )):  # fmt: skip
        made.text(70, 700 - 12 * n, line, 10)
    assert read(made.made()).text == (
        "They asked about the timetable and the well-known doors of the third-class cars, in the non-stop service. A "
        "well-known timetable, a reelected council, and the M-Line of 2009-2012 too.\n"
    )


def test_each_part_of_a_paragraph_over_two_pages_is_on_its_page() -> None:
    made = PdfWriter()
    for lines in (
        ("Ada Lund: It was a long", "and cold night in the"),
        ("old depot, he said.", "", "Jeroen Vos: Yes, it was."),
    ):
        made.page()
        for n, line in enumerate(lines):
            made.text(70, 700 - 14 * n, line, 10)
    source = read(made.made())
    assert (
        source.text == "Ada Lund: It was a long and cold night in the old depot, he said.\n\nJeroen Vos: Yes, it was.\n"
    )
    assert [(start.page, source.text[start.start :][:9]) for start in source.pages] == [
        (1, "Ada Lund:"),
        (2, "old depot"),
    ]


def test_a_hanging_indent() -> None:
    made = PdfWriter()
    made.page()
    for n, (x, line) in enumerate((
        (70, "LUND: Since when has the depot been in use and by whom"),
        (100, "was it built, if you please, and for how"),
        (100, "many cars?"), (70, "VOS: Since the year 1931, by the council, for thirty"),
        (100, "cars and no more than that, whatever they say"), (100, "now."),
    )):  # fmt: skip
        made.text(x, 700 - 12 * n, line, 10)
    assert len(_blocks(read(made.made()))) == 2


def test_lists_with_bullets() -> None:
    made = PdfWriter()
    made.page()
    for n, (x, line) in enumerate((
        (70, "The council asked for these things, all of them by May:"), (80, "• doors that open in the cold and that"),
        (92, "stay open;"), (80, "• heaters that work, whatever the weather is,"), (92, "in every car."),
        (70, "Nothing of it came, and nobody was asked why it did not."),
    )):  # fmt: skip
        made.text(x, 700 - 12 * n, line, 10)
    assert [block[:5] for block in _blocks(read(made.made()))] == ["The c", "• doo", "• hea", "Nothi"]


def test_a_heading_and_a_tab_stay() -> None:
    made = PdfWriter()
    made.page()
    made.text(70, 740, "Night trams", 18)
    made.text(70, 700, "LUND", 10)
    made.text(160, 700, "How many cars are there in the yard?", 10)
    made.text(70, 680, "VOS", 10)
    made.text(160, 680, "Nineteen of them, and all are cold.", 10)
    assert read(made.made()).text == (
        "Night trams\n\nLUND\tHow many cars are there in the yard?\n\nVOS\tNineteen of them, and all are cold.\n"
    )


def test_what_comes_again_by_chance_is_no_header() -> None:
    made = PdfWriter()
    for page in range(8):
        made.page()
        made.text(70, 700, "Yes." if page in {1, 5} else f"Answer {'abcdefgh'[page] * 4} it is.")
        for n in range(8):
            made.text(70, 686 - 14 * n, f"{'abcdefgh'[n]} word on page {'abcdefgh'[page]}")
    assert read(made.made()).text.count("Yes.") == 2


def test_scans_are_refused_and_few_empty_pages_are_named() -> None:
    made = PdfWriter()
    for _ in range(3):
        made.page()
    assert "all 3 pages hold no text" in refused(made.made())
    assert "OCR" in refused(made.made())
    for n in range(2):
        made.page()
        made.text(70, 700, f"Ada Lund: These are words of a page {'ab'[n]}.")
    assert "3 of 5 pages hold no text" in refused(made.made())
    made.pages = made.pages[2:]
    source = read(made.made())
    assert source.notes == ("no text on page 1: empty, or a picture whose words are not in the reading",)
    assert [start.page for start in source.pages] == [2, 3]


def test_other_files_are_refused_in_words() -> None:
    made = PdfWriter(encrypted=True)
    made.page()
    made.text(70, 700, "Secret.")
    assert "encrypted" in refused(made.made())
    assert "no PDF" in refused(b"hello")
    assert "no PDF that can be read" in refused(b"%PDF-1.4\nnothing else")
    assert "no PDF that can be read" in refused(court()[:60])


def test_too_many_pages_are_refused() -> None:
    made = PdfWriter()
    for _ in range(10_000):
        made.page()
    assert "10000 pages, more than 3000" in refused(made.made())


def test_a_page_of_too_many_characters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MOST_CHARACTERS", 100)
    assert "this is no print" in refused(letter())


@pytest.mark.parametrize("at", range(0, 6000, 487))
def test_damaged_files_are_read_or_refused(at: int) -> None:
    data = bytearray(letter())
    data[at % len(data) : at % len(data) + 40] = b"\x00\xff(<[/" * 7
    with suppress(SourceError):
        read(bytes(data))


@given(st.lists(st.lists(WORD, min_size=3, max_size=40), min_size=1, max_size=14))
@settings(max_examples=60, deadline=None)
def test_every_word_is_read_in_order_on_its_page(paragraphs: list[list[str]]) -> None:
    made = PdfWriter()
    expected: list[tuple[str, int]] = []
    row = 99
    for n, words in enumerate(paragraphs):
        marked = [f"{word}x{_letters(n)}" for word in words]
        for line in wrapped(" ".join(marked), 60):
            if row > 12:
                made.page()
                row = 0
            made.text(72, 720 - 14 * row, line, 10)
            expected += [(word, len(made.pages)) for word in line.split()]
            row += 1
        row += 1
    source = read(made.made())
    assert source.text.split() == [word for word, _ in expected]
    at = 0
    for word, page in expected:
        at = source.text.index(word, at)
        assert page_at(source, at) == page
        at += len(word)


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


@pytest.mark.parametrize("of", [court, columns, letter])
def test_time_grows_as_the_pages_do(of: Callable[..., bytes]) -> None:
    source = read(of(HEARING * 12))
    assert len(source.pages) > 10
    assert source.text.count("Nineteen.") == 12
