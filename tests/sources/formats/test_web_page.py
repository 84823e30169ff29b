"""HTML pages: what is text, what is not, who speaks, what is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import SourceError
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.formats.web_page import FORMAT
from qa_service.sources.metadata import Metadata
from qa_service.sources.parser import parse
from tests.sources.formats.dialogue import DAY, HEARING, TITLE
from tests.sources.formats.mark_up import page, recorder_page

GOLDEN = Path(__file__).parent / "golden"
WORD = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=9)
FILLED = "<p>These are some words of a page that has enough.</p>"


def read(data: bytes | str, language: str | None = None) -> SourceText:
    return FORMAT.read(data.encode() if isinstance(data, str) else data, Metadata(language=language))


def refused(data: bytes | str) -> str:
    with pytest.raises(SourceError) as error:
        read(data)
    return str(error.value)


def blocks(data: bytes | str) -> list[str]:
    return read(data).text.rstrip("\n").split("\n\n")


def test_a_sites_page_reads_as_its_article() -> None:
    source = read(page())
    assert source.text == (GOLDEN / "page.txt").read_text(encoding="utf-8")
    assert (source.title, source.date, source.language) == (TITLE, DAY, "en")
    for word in ("Hearings", "Subscribe", "Hidden", "var words", "©"):
        assert word not in source.text
    said = parse(source.text).turns
    assert {turn.name for turn in said} == {turn.speaker for turn in HEARING}


def test_a_recorders_page_states_turns_and_times() -> None:
    source = read(recorder_page())
    assert [(turn.speaker, source.text[turn.start : turn.end]) for turn in source.turns or ()] == [
        (turn.speaker, turn.text) for turn in HEARING
    ]
    assert [t.begins for t in source.timeline] == [turn.begins for turn in HEARING]


def test_white_space_breaks_and_entities() -> None:
    assert blocks("<p>One\n  two<br>three &amp; f&ouml;ur<br/> <br/>five</p><p>si<b>x</b></p>") == [
        "One two\nthree & föur\nfive",
        "six",
    ]
    assert blocks("<pre>Ada Lund: one\nJeroen Vos:  two words here</pre>") == [
        "Ada Lund: one\nJeroen Vos: two words here"
    ]


def test_loose_text_between_blocks() -> None:
    assert blocks("<div>a <i>b</i><p>c</p>d<ul><li>e<li>f</ul>g</div>") == ["a b", "c", "d", "e", "f", "g"]


def test_tables_row_by_row_and_tables_that_lay_out() -> None:
    rows = "<tr><th>Cars</th><td>Nineteen of them</td></tr><tr><td>Doors</td><td><p>Old</p><p>cold</p></td></tr>"
    table = f"<table>{rows}</table>"
    assert blocks(table + FILLED)[:2] == ["Cars\tNineteen of them", "Doors\tOld cold"]
    laid_out = f"<table><tr><td>Menu</td><td>{FILLED * 9}</td></tr></table>"
    assert len(blocks(laid_out)) == 10
    assert blocks(f"<table><tr><td>{table}</td></tr></table>{FILLED}")[0] == "Cars\tNineteen of them"


def test_lists_of_terms_are_labels() -> None:
    terms = "<dl><dt>Ada Lund</dt><dd>How many?</dd><dt>Jeroen Vos:</dt><dd>Nineteen of them.</dd></dl>"
    assert blocks(terms) == ["Ada Lund: How many?", "Jeroen Vos: Nineteen of them."]


def test_questions_as_headings() -> None:
    source = read("".join(f"<h3>Is it {n}?</h3><p>It is {n}.</p><p>And more.</p>" for n in "abc"))
    assert [turn.kind for turn in source.turns or ()] == ["asks", "answers"] * 3


def test_left_out_parts_with_many_words_are_noted() -> None:
    assert "<aside>" in read(f"{FILLED}<aside>{'word ' * 60}</aside>").notes[0]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1252">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">', "cp1252"),
        ('<meta charset="koi8-r">', "koi8-r"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "utf-8"),
    ],
)
def test_the_encoding_is_as_the_page_says(head: str, encoding: str) -> None:
    words = "Сколько трамваев?" if encoding == "koi8-r" else "Wie viele Züge – “fünf”?"
    source = read(f"<html>{head}<p>{words} {'word ' * 5}</p></html>".encode(encoding))
    assert words in source.text and not source.notes


def test_an_encoding_that_is_wrong_is_noted() -> None:
    source = read('<meta charset="utf-8"><p>Wie viele Züge fahren heute?</p>'.encode("cp1252"), "de")
    assert "Züge" in source.text and "read as cp1252" in source.notes[0]
    assert "punycode" in read('<meta charset="punycode"><p>Wie viele Wagen fahren heute?</p>').notes[0]


def test_dates() -> None:
    assert read(f'<time datetime="2023-09-14T10:00">x</time>{FILLED}').date == "2023-09-14"
    assert read(f'<time datetime="2023-09-14">x</time><time datetime="2023-09-15">y</time>{FILLED}').date is None
    assert read(f'<meta name="date" content="soon">{FILLED}').date is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "div", "li", "td", "h2", "span", "section"]), WORD), min_size=6, max_size=30
    )
)
@settings(max_examples=100, deadline=None)
def test_every_word_is_read_in_order(parts: list[tuple[str, str]]) -> None:
    inside = "".join(f"<{name}>{word}</{name}> " for name, word in parts)
    assert read(f"<body>{inside}</body>").text.replace(":", " ").split() == [word for _, word in parts]


def test_pages_without_text_are_refused() -> None:
    assert "holds no text" in refused("<html><body><div id=root></div><script>render()</script></body></html>")
    assert "empty" in refused(b"")


def test_hostile_pages_are_refused_or_read() -> None:
    assert "250 deep" in refused("<div>" * 100_000 + "deep")
    assert read("<div>" * 200 + FILLED).text.startswith("These")
    assert read("<table><tr><td>" * 60 + FILLED).text.startswith("These")
    assert read("<b>" * 200 + FILLED).text.startswith("These")
    entities = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    assert "aaaa" not in read(f"{entities}{FILLED}<p>&b;</p>").text.split("]>")[-1]
