"""Texts made to take long: the time to read one grows as its length does, and reading ends in any case."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_service.errors import SourceError
from qa_service.settings import Settings
from qa_service.source_library import SourceLibrary
from qa_service.sources import aside, parser
from qa_service.sources.aside import inspect_aside
from qa_service.sources.dating import read_date
from qa_service.sources.inspection import inspect_data
from qa_service.sources.lines import front_matter
from qa_service.sources.metadata import Metadata
from qa_service.sources.time_limit import TOO_LONG, time_limited
from tests import fakes

pytestmark = pytest.mark.alone

SMALL, TIMES = 6_000, 8  # characters, and how much longer the other text is
UNEVEN = 2.5  # beyond that, from caches that are full and the clock
SHORTEST_S = 0.004  # less is the clock's
HEAD = "Q: a?\n\nA: b is so.\n"


def name(n: int) -> str:
    """A word for each number."""
    return "".join(chr(97 + n // 26**place % 26) for place in range(5)).capitalize()


def lines(of: Callable[[int], str]) -> Callable[[int], str]:
    """A text of so many characters, each line by its number."""
    return lambda size: "".join(of(n) for n in range(size // len(of(0))))


def again(part: str, after: str = "") -> Callable[[int], str]:
    """A text of so many characters that repeats itself."""
    return lambda size: part * (size // len(part)) + after


HOSTILE: dict[str, Callable[[int], str]] = {
    "one label": again("Ada Lund: x\n"),
    "one label, other words": lines(lambda n: f"Ada Lund: {name(n)} it is.\n"),
    "names that come once": lines(lambda n: f"{name(n * 7919)} {name(n)}: So it is.\n"),
    "names that come twice": lines(lambda n: f"{name(n // 2)} {name(n // 2 * 31)}: So it is.\n\n"),
    "an introduction and many names": lambda size: (
        again("We said that I would tell you of our trams in words of my own.\n\n")(size // 2)
        + lines(lambda n: f"{name(n // 2)} {name(n // 2)}: So it is.\n\n")(size // 2)
    ),
    "one endless line": again("word "),
    "one endless word": again("x"),
    "only punctuation": again(".!?;:,-"),
    "only newlines": again("\n"),
    "only spaces": again(" ", "c"),
    "short lines": again("a\n\n"),
    "questions only": again("Q: What is it?\n\n"),
    "nested brackets": lambda size: f"A: {'(' * (size // 2)}{')' * (size // 2)}",
    "open brackets": again("[a\n"),
    "brackets with a backslash": again("[a\\]", "!"),
    "numbers": lines(lambda n: f"{n:06}\n"),
    "pages": lines(lambda n: f"some words go on and\n\nPage {n:06}\n\n"),
    "dates": again("12 March 2020\n\n"),
    "times on one line": again("12:34 ", "!"),
    "times that may be cut in several ways": again("12:34.1234:56 ", "!"),
    "spans of time": again("1 hour 22 seconds 22 seconds ", "!"),
    "times": lines(lambda n: f"{n % 60:02}:{n * 7 % 60:02}\nwords are said here\n"),
    "capitals": again("WORD AND MORE\n\n"),
    "unbalanced quotes": again('"a b c\n\n'),
    "combining accents": again("a\u0301\u0302"),
    "an accent on an accent": lambda size: f"Ad{chr(0x301) * size}: x\n",
    "dashes where questions have no mark": again(
        f"Bo Hale: {'- ' * 30}\n\nAda Lund: That is how it goes with us here.\n\n"
    ),
    "a hyphen between all words": again(f"Bo Hale: {'a-' * 30}\n\nAda Lund: That is how it goes with us here.\n\n"),
    "marks of Japanese": again("。か"),
    "ornaments": again("* * *\n"),
    "links": again("[a](b) "),
    "names in capitals": lines(lambda n: f"MS. {name(n % 500).upper()}: So it is.\n\n"),
    "names in bold": lines(lambda n: f"**{name(n % 500)} {name(n % 500 * 31)}:** So it is.\n\n"),
    "names alone on their line": lines(lambda n: f"{name(n // 2)} {name(n // 2 * 31)}\n\nSo it is, we said.\n\n"),
    "names in brackets": lines(lambda n: f"[{name(n % 500)} {name(n % 500)}] So it is.\n\n"),
    "names with a dash": lines(lambda n: f"{name(n % 500)} {name(n % 500)} — So it is.\n\n"),
    "names with times": lines(lambda n: f"{n // 60 % 60:02}:{n % 60:02} {name(n % 500)} {name(n % 500)}: So it is.\n"),
    "names in columns": lines(lambda n: f"{name(n)}          So it is, and so on.\n"),
    "numbered questions": lines(lambda n: f"{n:06}. What is it?\n\nThat is so.\n\n"),
    "numbered lines of a court": lines(lambda n: f"{n % 25 + 1:2}    Q. So it was with us?\n"),
    "a name of many words": lambda size: f"{again('Ada ')(size)}Lund: x\n\nQ: a?\n",
    "colons in a row": again("a: b: c: d: "),
    "quotes in quotes": again("“‘"),
    "emphasis": again("*a **b _c "),
    "HTML": again("<b>a</b> &amp; "),
    "words right to left": again("שלום? עליכם.\n\n"),
    "words of Arabic": again("من: نعم، هذا صحيح.\n\n"),
    "abbreviations": again("Mr. Dr. e.g. U.S. No. "),
    "carriage returns": again("a\r\r\n"),
    "zero-width spaces": again("a\u200b\u200b: "),
    "headings": lines(lambda n: f"# {name(n)}\n\nSo it is.\n\n"),
}


def seconds(text: str) -> float:
    """Processor time to read it or to refuse it, the lesser of two."""
    taken = []
    for _ in range(2):
        started = time.process_time()
        try:
            inspect_data("a", text.encode(), Metadata())
        except SourceError as error:
            assert error.reason != TOO_LONG
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_time_grows_as_the_length_does(kind: str) -> None:
    short, long = (HEAD + HOSTILE[kind](size) for size in (SMALL, SMALL * TIMES))
    assert seconds(long) <= UNEVEN * TIMES * max(seconds(short), SHORTEST_S)


@pytest.mark.parametrize("line", ["will we " * 40, "a2020-01-01" * 40, "recorded on 2 May 2020 and " * 20, " " * 400])
def test_a_head_of_many_dates_takes_a_time_that_grows_with_it(line: str) -> None:
    def taken(count: int) -> float:
        head = f"{line}2 May 2023 and so\n" * count
        started = time.process_time()
        read_date(None, f"---\ntitle: {line}x\n---\n{head}", "a")
        return time.process_time() - started

    taken(1)
    assert taken(48) <= UNEVEN * 8 * max(taken(6), SHORTEST_S)


def test_a_title_of_front_matter_is_read_as_before() -> None:
    for printed, title in {
        "Trams": "Trams", "'Trams'": "Trams", '"A "B" C"': 'A "B" C', '"A" B': '"A" B', "a" + " " * 5000 + "b": None,
    }.items():  # fmt: skip
        found = front_matter(f"---\ntitle: {printed}  \n---\n")[1]
        assert found == (printed if title is None else title)


def test_a_text_of_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MOST_LINES", 3)
    with pytest.raises(SourceError, match="more than 3 lines") as refused:
        inspect_data("a", b"Q: a?\n\nA: b.\n\nQ: c?\n\nA: d.\n", Metadata())
    assert refused.value.line == 7


def test_a_text_of_too_many_statements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MOST_STATEMENTS", 2)
    text = fakes.TRAMS.encode()
    with pytest.raises(SourceError, match=r"\d statements, more than 2 of a document"):
        inspect_data("a", text, Metadata())


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(SourceError, match="more than 60 seconds"), time_limited(0.05):
        while True:
            pass


def test_a_text_read_aside_is_read_alike() -> None:
    metadata = Metadata(tags=["a"], roles={"Ada Lund": "engineer"}, speakers=["Ada Lund"])
    text = fakes.TRAMS.encode()
    assert inspect_aside("a", text, metadata, "b") == inspect_data("a", text, metadata, "b")
    with pytest.raises(SourceError, match="label") as refused:
        inspect_aside("a", b"\n\nNine trams run.\n", Metadata())
    assert refused.value.line == 3


def test_a_text_read_aside_is_not_waited_for_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "WAITED_S", 0.001)
    with pytest.raises(SourceError, match="more than 60 seconds"):
        inspect_aside("a", fakes.TRAMS.encode(), Metadata())


def test_the_process_that_serves_reads_no_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def read_here(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(parser, "read_lines", read_here)
    seen = SourceLibrary(Settings(source_dir=tmp_path)).inspect("trams", fakes.TRAMS.encode(), {})
    assert seen.turns
