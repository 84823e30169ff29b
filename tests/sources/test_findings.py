"""Doubt is said, with its lines; what is not understood is refused."""

import pytest

from qa_service.errors import SourceError
from qa_service.sources.parser import parse

TWO = "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\nReporter: And buses?\n\nAda Lund: Forty buses run.\n"


def notes(text: str) -> list[str]:
    """What is doubtful."""
    return [str(note) for note in parse(text).notes]


def test_a_text_that_is_understood_has_no_note() -> None:
    assert notes(TWO) == []


def test_words_before_the_first_label_are_told_and_searched_where_they_are_speech() -> None:
    opening = "Trams\n\nGood afternoon, I welcome you.\n\nWe decided to buy nine trams.\n\n"
    first = parse(opening + TWO).exchanges[0]
    assert [(a.speaker, a.piece.text) for a in first.answers] == [
        (None, "Good afternoon, I welcome you."),
        (None, "We decided to buy nine trams."),
    ]
    assert notes(opening + TWO)[0].startswith("lines 3, 5: stands before the first speaker's name; searched")
    named = parse(opening + TWO, speakers=("Ada Lund",)).exchanges[0]
    assert {a.speaker for a in named.answers} == {"Ada Lund"}


def test_an_introduction_is_told_and_not_searched() -> None:
    introduction = "Trams\n\nAda Lund has run the trams for nine years. We met her in the depot.\n\n"
    assert parse(introduction + TWO).exchanges[0].asker == "Reporter"
    assert notes(introduction + TWO) == [
        "line 3: stands before the first speaker's name and reads like an introduction; not searched"
    ]


def test_an_empty_turn_is_skipped_and_told() -> None:
    assert notes(TWO + "\nSPEAKER_02:\n\nReporter: Why?\n\nAda Lund: So.\n") == [
        "line 9: a label without words behind it; skipped"
    ]


def test_a_loop_is_kept_once_and_told() -> None:
    text = TWO + "\nThank you for watching.\n" * 6
    assert [a.piece.text for a in parse(text).exchanges[-1].answers].count("Thank you for watching.") == 1
    assert any("the same words over and over" in note for note in notes(text))


def test_a_name_that_speaks_once_among_many_is_told() -> None:
    text = TWO * 3 + "\nReporter: Really?\n\nSecond Wind: It is a fine tram.\n\nAda Lund: Yes.\n"
    assert any("'Second Wind' speaks only here; is it a name?" in note for note in notes(text))


def test_a_text_without_questions_is_told() -> None:
    text = "Ada Lund: Nine trams run.\n\nBo Strand: And forty buses.\n\nAda Lund: All are red.\n\nBo Strand: Yes.\n"
    assert any("no question was found" in note for note in notes(text))


def test_answers_that_open_like_labels_are_told_and_many_are_refused() -> None:
    doubtful = "\n".join(f"SPEAKER 4 says nothing {i}.\n" for i in range(3))
    assert any("opens like a label" in note for note in notes(TWO + "\n" + "More trams run. " * 40 + "\n\n" + doubtful))
    with pytest.raises(SourceError, match="who says what was not understood") as refused:
        parse(TWO + "\n" + doubtful * 4)
    assert refused.value.line == 9


@pytest.mark.parametrize("mark", ["QUESTION>>", "Question ~", "Press ##"])
def test_answers_that_open_alike_and_with_an_odd_mark_are_an_asker_whose_label_was_not_read(mark: str) -> None:
    text = "Reporter: How many trams?\n\nAda Lund: Nine trams run.\n\n"
    text += "".join(f"{mark} What of line {n} in town?\n\nAda Lund: Forty buses run there.\n\n" for n in range(4))
    with pytest.raises(SourceError, match=f"open like a label \\('{mark}'\\)"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            "CHAIR LUND> Good.\n\nHART> Why?\n\nCHAIR LUND> So.\n\nHART> Oh?\n", "no line opens", id="unknown form"
        ),
        pytest.param("Name: Ada\nAge: 9\nTown: Sund\nStreet: Quay\nJob: Pilot\nTeam: Red\n", "label", id="fields"),
        pytest.param("Staff Present: Ora Lindt, Press Secretary.\n\nThe chairman opened.\n", "label", id="minutes"),
        pytest.param(
            "Port Ansel - Grey Island  41,204  66,310\nMarlow - Tern  12,880  19,455\n", "no line", id="table"
        ),
    ],
)
def test_what_is_no_transcript_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        parse(text)


def test_a_refusal_names_how_lines_seem_to_begin() -> None:
    text = "Application: 23/01877.\n\nThe oak is kept.\n\nApplication: 23/01902.\n\nNo objection was made.\n"
    with pytest.raises(SourceError, match="lines seem to begin with 'Application:'"):
        parse(text)


def test_words_of_whoever_neither_asks_nor_answers_are_told() -> None:
    text = (
        "BY MR. HART:\nQ.  Did you sign?\nMS. OKORO:  Objection, and I ask that the last two answers of this witness "
        "be struck.\nTHE WITNESS:  I did.\nQ.  When?\nA.  In June.\n"
    )
    assert notes(text) == ["line 3: neither asks nor answers, as a chair's order or an objection; not searched"]


def test_a_speech_without_labels_is_that_of_the_one_speaker_whom_the_metadata_name() -> None:
    text = "Trams\n\nWe bought nine trams.\n\nAll of them are red.\n"
    answers = parse(text, speakers=("Ada Lund",)).exchanges[0].answers
    assert [(a.speaker, a.piece.text) for a in answers] == [
        ("Ada Lund", "We bought nine trams."),
        ("Ada Lund", "All of them are red."),
    ]
    with pytest.raises(SourceError, match="no line opens with a speaker's label"):
        parse(text)
