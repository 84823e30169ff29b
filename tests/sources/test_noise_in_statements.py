"""What print or a recogniser puts between a statement's words is marked, never cut out of the source."""

import pytest

from qa_service.language.sentences import sentence_spans
from qa_service.records import Piece, Statement, Transcript, noise_within, shown, spoken_parts, without_noise
from qa_service.sources.statements import cut_statements
from tests import fakes

INTERRUPTED = "The harbour board has done some estimates of the fares."
HEADER = "4 Feb 2025 : Column 34{}"
PAGES = """\
Reporter: What will the fares be?

Ada Lund: Nobody knows yet. The harbour board has done some

4 Feb 2025 : Column 344

estimates of the fares. They will be printed in March.

Reporter: Who pays for the drivers?

Bo Strand: A harbour levy covers their wages, as the

4 Feb 2025 : Column 345

council wished.
"""
CAPTIONS = """\
[SPEAKER_00]: How many night trams
[SPEAKER_00]: run in Lindhaven?
[SPEAKER_01]: Twelve trams run between
[SPEAKER_01]: midnight and dawn.
[SPEAKER_01]: They stop at the harbour.
[SPEAKER_00]: Who pays?
[SPEAKER_01]: A harbour levy pays
[SPEAKER_01]: the drivers.
"""


def statements(transcript: Transcript, max_tokens: int = 254) -> list[Statement]:
    """Its statements, cut by words."""
    return cut_statements(transcript, fakes.FakeEncoder().token_spans, max_tokens)[0]


def noise_of(cut: Statement | Piece) -> list[str]:
    """The words that are no speech."""
    return [cut.text[start:end] for start, end in cut.noise]


@pytest.mark.parametrize(
    ("text", "noise", "words"),
    [
        (
            PAGES,
            [[HEADER.format(4)], [HEADER.format(5)]],
            [
                f"Nobody knows yet. {INTERRUPTED} They will be printed in March.",
                "A harbour levy covers their wages, as the council wished.",
            ],
        ),
        (
            CAPTIONS,
            [["[SPEAKER_01]:", "[SPEAKER_01]:"], ["[SPEAKER_01]:"]],
            [
                "Twelve trams run between midnight and dawn. They stop at the harbour.",
                "A harbour levy pays the drivers.",
            ],
        ),
    ],
    ids=["column headers", "repeated labels"],
)
def test_what_interrupts_a_statement_is_noise(text: str, noise: list[list[str]], words: list[str]) -> None:
    found = statements(fakes.transcript("trams", text))
    assert [noise_of(s) for s in found] == noise
    assert [shown(s.text, s.noise) for s in found] == words
    for statement in found:
        assert text[statement.start : statement.end] == statement.text
        assert len(statement.spoken) == len(statement.text)
        assert statement.spoken.split() == shown(statement.text, statement.noise).split()
        for start, end in statement.noise:
            assert statement.spoken[start:end].isspace()


def test_a_header_that_comes_once_is_not_taken_for_one() -> None:
    text = PAGES.replace("\n\n4 Feb 2025 : Column 345\n\n", " ")
    assert all(s.noise == () for s in statements(fakes.transcript("trams", text)))


def test_a_header_between_whole_paragraphs_interrupts_nothing() -> None:
    text = PAGES.replace("has done some\n", "has met.\n").replace("\nestimates of", "\nIt spoke of")
    found = statements(fakes.transcript("trams", text))
    assert [s.text for s in found[:2]] == [
        "Nobody knows yet. The harbour board has met.",
        "It spoke of the fares. They will be printed in March.",
    ]
    assert [s.noise for s in found[:2]] == [(), ()]


def test_a_question_is_asked_without_what_interrupts_it() -> None:
    transcript = fakes.transcript("trams", CAPTIONS)
    question = transcript.exchanges[0].question
    assert question
    assert question.words == "How many night trams run in Lindhaven?"
    assert noise_of(question) == ["[SPEAKER_00]:"]
    assert CAPTIONS[question.start : question.end] == question.text
    assert statements(transcript)[0].asked == question.words


def test_ordinary_statements_have_none() -> None:
    for statement in statements(fakes.transcript("trams", fakes.TRAMS)):
        assert statement.noise == ()
        assert statement.spoken == statement.text


@pytest.mark.parametrize("max_tokens", range(6, 19))
def test_the_parts_of_a_long_paragraph_keep_the_noise_that_lies_in_them(max_tokens: int) -> None:
    transcript = fakes.transcript("trams", PAGES)
    whole = statements(transcript)
    found = statements(transcript, max_tokens)
    assert len(found) > len(whole)
    for part in found:
        assert PAGES[part.start : part.end] == part.text
        assert len(part.spoken) == len(part.text)
        assert "Column" not in part.spoken
        assert len(fakes.FakeEncoder().token_spans(part.spoken)) <= max_tokens
    assert [" ".join(s.spoken.split()) for s in whole] == [
        " ".join(word for part in found if part.section == s.section for word in part.spoken.split()) for s in whole
    ]


def test_a_part_without_noise_has_none() -> None:
    found = statements(fakes.transcript("trams", PAGES), 18)
    assert [(s.id, noise_of(s)) for s in found] == [
        ("trams#1", [HEADER.format(4)]),
        ("trams#1.2", []),
        ("trams#5", [HEADER.format(5)]),
    ]
    assert shown(found[0].text, found[0].noise) == f"Nobody knows yet. {INTERRUPTED}"


TEXT, NOISE = "half a\n#\n sentence", ((7, 8),)


def test_noise_is_blanked_left_out_or_walked_around() -> None:
    assert without_noise(TEXT, NOISE) == "half a    sentence"
    assert shown(TEXT, NOISE) == "half a sentence"
    assert [TEXT[start:end] for start, end in spoken_parts(TEXT, NOISE)] == ["half a", "sentence"]
    assert (without_noise(TEXT, ()), shown(TEXT, ())) == (TEXT, TEXT)
    assert spoken_parts(f" {TEXT} ", ()) == [(1, len(TEXT) + 1)]


@pytest.mark.parametrize(
    ("start", "end", "within"),
    [(0, 18, ((7, 8),)), (0, 7, ()), (8, 18, ()), (5, 8, ((2, 3),)), (7, 8, ((0, 1),)), (3, 3, ())],
)
def test_noise_is_counted_from_the_cut_it_lies_in(start: int, end: int, within: tuple[tuple[int, int], ...]) -> None:
    assert noise_within(NOISE, start, end) == within


@pytest.mark.parametrize("noise", [((0, 2),), ((4, 6),), ((0, 6),), ((0, 2), (4, 6))])
def test_noise_may_stand_at_the_edges(noise: tuple[tuple[int, int], ...]) -> None:
    text = "##ab##"
    assert len(without_noise(text, noise)) == len(text)
    assert shown(text, noise) == "".join(without_noise(text, noise).split())


def test_what_interrupts_a_sentence_does_not_end_it() -> None:
    """Neither for the span that answers nor where a paragraph is too long for the model."""
    spoken = statements(fakes.transcript("trams", PAGES))[0].spoken
    assert [spoken[start:end].split()[0] for start, end in sentence_spans(spoken)] == ["Nobody", "The", "They"]
    cut = [shown(s.text, s.noise) for s in statements(fakes.transcript("trams", PAGES), 14)]
    assert INTERRUPTED in cut
