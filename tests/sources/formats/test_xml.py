"""TEI and Akoma Ntoso: who speaks, what is no speech, what names each part, what is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import SourceError
from qa_service.sources.formats import markup
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.formats.xml_file import FORMAT
from qa_service.sources.metadata import Metadata
from tests.sources.formats.dialogue import ADA, DAY, HEARING, JEROEN, TITLE, Turn
from tests.sources.formats.mark_up import akoma_ntoso, parlamint

GOLDEN = Path(__file__).parent / "golden"
WORDS = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=9), min_size=1, max_size=10)
TURNS = st.lists(
    st.builds(
        lambda who, texts: Turn(who, tuple(" ".join(words) for words in texts), 0),
        st.sampled_from([ADA, JEROEN]),
        st.lists(WORDS, min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=8,
)


def read(data: bytes | str) -> SourceText:
    return FORMAT.read(data.encode() if isinstance(data, str) else data, Metadata())


def refused(data: bytes | str) -> str:
    with pytest.raises(SourceError) as error:
        read(data)
    return str(error.value)


def turns(source: SourceText) -> list[tuple[str | None, str]]:
    return [(turn.speaker, source.text[turn.start : turn.end]) for turn in source.turns or ()]


def located(source: SourceText) -> dict[str, str]:
    return {one.locator: source.text[one.start : one.end] for one in source.locators}


def tei(body: str, header: str = "") -> str:
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader>{header}</teiHeader><text><body>{body}</body></text></TEI>'


def akn(body: str) -> str:
    return f"<akomaNtoso><debate><meta/><debateBody>{body}</debateBody></debate></akomaNtoso>"


def test_parlamint_reads_as_spoken() -> None:
    source = read(parlamint())
    assert source.text == (GOLDEN / "parlamint.txt").read_text(encoding="utf-8")
    assert turns(source) == [(turn.speaker, turn.text) for turn in HEARING]
    assert {turn.role for turn in source.turns or () if turn.speaker == ADA} == {"chair"}
    assert (source.title, source.date, source.language, source.notes) == (TITLE, DAY, "en", ())
    spoken = [text for turn in HEARING for text in turn.paragraphs]
    assert located(source) == {f"T.seg{n}": text for n, text in enumerate(spoken, start=1)}
    assert "Applause" in source.text and "The sitting began" in source.text


def test_people_without_a_list_are_named_by_their_ids() -> None:
    source = read(parlamint(persons=False))
    assert turns(source)[0][0] == "Lund Ada"
    assert len(source.notes) == 1 and "“Lund Ada”" in source.notes[0]
    numbered = tei('<note type="speaker">M. le président.</note><u who="#PA332747"><seg>Merci.</seg></u>')
    assert turns(read(numbered)) == [("M. le président", "Merci.")]
    assert turns(read(tei("<u><seg>Merci.</seg></u>"))) == [(None, "Merci.")]


def test_notes_inside_speech_are_no_speech() -> None:
    inside = "<note>(laughter)</note> cars <vocal><desc>shouting</desc></vocal> are there<gap reason='inaudible'/>?"
    seg = f'<seg xml:id="a">How many {inside}</seg><note>Applause.</note><seg>Well?</seg>'
    source = read(tei(f'<u who="#LundAda">{seg}</u>'))
    assert turns(source) == [("Lund Ada", "How many cars are there?"), ("Lund Ada", "Well?")]
    assert located(source)["a"] == "How many cars are there?"
    assert "(laughter)" in source.text and "shouting" in source.text and "Applause." in source.text


def test_words_in_elements_of_their_own() -> None:
    source = read(
        tei("""<u who="#LundAda"><seg xml:id="a"><s><w>How</w>
      <name type="PER"><w>Ms</w>
        <w join="right">Lund</w></name>
      <pc>,</pc> <pc join="right">(</pc> <w>don</w><w join="left">'t</w> <w join="right">ask</w> <pc join="right">)</pc>
      <pc>?</pc></s></seg></u>""")
    )
    assert turns(source) == [("Lund Ada", "How Ms Lund, (don't ask)?")]


def test_interviews_say_who_asks_and_when() -> None:
    moments = '<when xml:id="T1" interval="2.5" since="#T0"/><when xml:id="T2" interval="7" since="#T0"/>'
    said = '<u who="#I" start="#T0" end="#T1">How many?</u><u who="#P" start="#T1" end="#T2">Nineteen.</u>'
    people = "".join(
        f'<person xml:id="{key}" role="{role}"><persName>{name}</persName></person>'
        for key, role, name in (("I", "interviewer", ADA), ("P", "interviewee", JEROEN))
    )
    source = read(
        tei(
            f'<timeline unit="s" origin="#T0"><when xml:id="T0"/>{moments}</timeline>{said}',
            f"<profileDesc><particDesc><listPerson>{people}</listPerson></particDesc></profileDesc>",
        )
    )
    assert [(turn.speaker, turn.kind) for turn in source.turns or ()] == [(ADA, "asks"), (JEROEN, "answers")]
    assert [(t.begins, t.ends) for t in source.timeline] == [(0, 2.5), (2.5, 7)]
    assert [source.text[t.start : t.end] for t in source.timeline] == ["How many?", "Nineteen."]


def test_a_corpus_files_title_is_that_of_its_sitting() -> None:
    titles = "".join(
        f'<title type="{kind}" xml:lang="{language}">{title}</title>'
        for kind, language, title in (
            ("main", "en", "Our corpus [ParlaMint]"),
            ("sub", "en", "Sitting 159"),
            ("main", "de", "Unser Korpus ParlaMint"),
            ("sub", "de", "159. Sitzung"),
        )
    )
    gap = '<gap reason="editorial"><desc>Table of contents removed</desc></gap>'
    file = tei(f"{gap}<u who='#LundAda'>Hello.{gap}</u>", f"<fileDesc><titleStmt>{titles}</titleStmt></fileDesc>")
    source = read(file.replace("<TEI ", '<TEI xml:lang="de" '))
    assert (source.title, source.language, source.text) == ("159. Sitzung", "de", "Hello.\n")


def test_several_at_once_are_noted() -> None:
    assert "several people at once" in read(tei('<u who="#LundAda #VosJeroen">Yes!</u>')).notes[1]


def test_akoma_ntoso_reads_as_spoken() -> None:
    source = read(akoma_ntoso())
    assert source.text == (GOLDEN / "akoma_ntoso.txt").read_text(encoding="utf-8")
    assert turns(source) == [(turn.speaker, turn.text) for turn in HEARING]
    kinds = {turn.speaker: (turn.kind, turn.role) for turn in source.turns or ()}
    assert kinds == {ADA: ("asks", "Chair"), JEROEN: ("answers", "Chair"), "Miriam Okafor-Hale": (None, "Chair")}
    assert (source.title, source.date, source.language) == (TITLE, DAY, "eng")
    assert located(source)["spk_2__p_1"] == HEARING[1].paragraphs[1]
    assert located(source)["sum_1"] == "The committee met at six."
    assert "“Miriam Okafor-Hale”" in source.notes[0]


def test_scenes_lists_and_loose_words_in_a_speech() -> None:
    first = "<p>One <b>bold</b> word<authorialNote>a footnote</authorialNote>.</p><scene>Applause.</scene>"
    others = "<ul><li>First.</li><li>Second.</li></ul>Loose.<p>Last<eol/>line.</p>"
    source = read(akn(f'<speech by="#lund" eId="s1"><from>Ada Lund:</from>{first}{others}</speech>'))
    assert [text for _, text in turns(source)] == ["One bold word.", "First.\n\nSecond.\n\nLoose.\n\nLast line."]
    assert "a footnote" in source.text and "Applause." in source.text
    assert turns(source)[0][0] == "Ada Lund"


def test_a_debate_without_a_body() -> None:
    people = '<TLCPerson id="p1" showAs="Ada Lund"/><TLCPerson id="p2" showAs="Jeroen Vos"/>'
    said = '<speech by="#p1">How many?</speech><scene>Applause.</scene><speech by="#p2"><p>Nineteen.</p></speech>'
    source = read(f"<akomaNtoso>{people}<heading>Trams</heading>{said}</akomaNtoso>")
    assert turns(source) == [(ADA, "How many?"), (JEROEN, "Nineteen.")]
    assert source.text.startswith("Trams\n\n")


@given(TURNS)
@settings(max_examples=80, deadline=None)
def test_every_word_and_every_locator(said: list[Turn]) -> None:
    for make, locator in ((parlamint, "T.seg{0}"), (akoma_ntoso, "spk_{1}__p_{2}")):
        source = read(make(said))
        spoken = [(turn.speaker, " ".join(text.split()), n, i)
                  for n, turn in enumerate(said, start=1) for i, text in enumerate(turn.paragraphs)]  # fmt: skip
        found = [(who, text) for who, words in turns(source) for text in words.split("\n\n")]
        assert found == [(who, text) for who, text, _, _ in spoken]
        places = located(source)
        for segment, (_, text, n, i) in enumerate(spoken, start=1):
            assert places[locator.format(segment, n, i)] == text
        assert all(a.end <= b.start for a, b in zip(source.locators, source.locators[1:], strict=False))


def test_other_roots_are_refused_by_name() -> None:
    assert "<rss>" in refused("<rss><channel/></rss>") and "<akomaNtoso>" in refused("<rss/>")
    assert "no utterance" in refused('<teiCorpus xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/></teiCorpus>')
    assert "is it a debate?" in refused("<akomaNtoso><act/></akomaNtoso>")
    assert "nobody says a word" in refused(tei("<u who='#A'><note>x</note></u>"))
    assert "empty" in refused("  \n")


def test_broken_xml_is_refused_with_its_line() -> None:
    assert refused("<TEI>\n<u>").startswith("line 2: no well-formed XML")
    assert "no well-formed XML" in refused(b"\xff\xfe\x00")


def test_entities_are_refused() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    assert "entities" in refused(f'<!DOCTYPE TEI [<!ENTITY l0 "lol">{lol}]><TEI><u>&l9;</u></TEI>')
    outside = '<!DOCTYPE TEI [<!ENTITY x SYSTEM "file:///etc/passwd">]><TEI><u>&x;</u></TEI>'
    assert "entities" in refused(outside)
    assert "entities" in refused(outside.encode("utf-16"))
    assert "entit" in refused('<!DOCTYPE TEI SYSTEM "http://localhost:1/x.dtd"><TEI><u>&x;</u></TEI>').lower()


def test_deep_nesting_and_size_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "250 deep" in refused("<TEI>" * 100_000 + "</TEI>" * 100_000)
    deep = "<div>" * 240 + "<u who='#LundAda'>Hello.</u>" + "</div>" * 240
    assert turns(read(tei(deep))) == [("Lund Ada", "Hello.")]
    monkeypatch.setattr(markup, "MOST_BYTES", 100)
    assert "split it" in refused(parlamint())
