"""The shipped interview in every exporter's shape: the same words, speakers, questions and moments come back."""

from functools import cache

import pytest

from qa_service.indexing.anchors import Anchors, pack
from qa_service.records import Transcript
from qa_service.sources.folder import read_transcript
from tests.conftest import ROOT
from tests.sources.formats.exporters import EXPORTERS, Word, spoken
from tests.sources.formats.reading import reading_of, transcript_of

INTERVIEW = ROOT / "source_texts" / "industry-minister-interview-2023.txt"
each = pytest.mark.parametrize("exporter", EXPORTERS)
CUE_S = 2.8  # nine words


@cache
def conversation() -> tuple[Word, ...]:
    """The interview's words, said at an even pace."""
    turns: list[tuple[str, list[str]]] = []
    for exchange in read_transcript(INTERVIEW).exchanges:
        if exchange.question:
            turns.append(("Reporter", [exchange.question.words]))
        turns += [("Jin Zhuanglong", [answer.piece.words for answer in exchange.answers])] if exchange.answers else []
    return tuple(spoken(turns))


@cache
def read(exporter: str) -> Transcript:
    """It, written and read again."""
    write, suffix, _, _ = EXPORTERS[exporter]
    return transcript_of(f"interview{suffix}", write(conversation()))


def bare(text: str) -> str:
    """Its characters without white space."""
    return "".join(text.split())


def test_the_interview_is_of_realistic_size() -> None:
    assert len(conversation()) > 2000
    assert conversation()[-1].ends > 600


@each
def test_every_word_comes_back_under_its_speaker(exporter: str) -> None:
    write, suffix, tells, _ = EXPORTERS[exporter]
    source = reading_of(f"interview{suffix}", write(conversation())).source
    said = [(turn.speaker, bare(source.text[turn.start : turn.end])) for turn in source.turns or ()]
    assert "".join(words for _, words in said) == "".join(bare(word.text) for word in conversation())
    speakers = [(speaker or "").upper() for speaker, words in said for _ in words]
    expected = [word.speaker.upper() if tells else "" for word in conversation() for _ in bare(word.text)]
    assert speakers == expected


@each
def test_what_is_quoted_is_a_cut_at_its_own_moment(exporter: str) -> None:
    _, _, _, by_words = EXPORTERS[exporter]
    transcript = read(exporter)
    anchors, text = Anchors(*pack(transcript.document.anchored)), transcript.document.text
    characters = [word for word in conversation() for _ in bare(word.text)]
    whole, at = "".join(bare(word.text) for word in conversation()), 0
    for exchange in transcript.exchanges:
        for piece in [*([exchange.question] if exchange.question else []), *(a.piece for a in exchange.answers)]:
            assert text[piece.start : piece.end] == piece.text
            at = whole.index(bare(piece.text), at)
            first, last = characters[at], characters[at + len(bare(piece.text)) - 1]
            time = anchors.place(piece.start, piece.end).time
            assert time is not None
            early, late = first.begins - time[0], time[1] - last.ends
            most = 0.002 if by_words else CUE_S
            assert -0.002 <= early <= most
            assert -0.002 <= late <= most


@each
def test_a_statement_ends_where_a_sentence_does(exporter: str) -> None:
    pieces = [answer.piece.text for exchange in read(exporter).exchanges for answer in exchange.answers]
    assert len(pieces) > 20
    ended = sum(piece[-1] in '.?!:;)"”’' for piece in pieces)
    assert ended >= 0.97 * len(pieces)


@each
def test_questions_are_the_interviews(exporter: str) -> None:
    _, _, tells, _ = EXPORTERS[exporter]
    asked = [bare(e.question.words) for e in read_transcript(INTERVIEW).exchanges if e.question]
    found = [bare(e.question.words) for e in read(exporter).exchanges if e.question]
    assert found == (asked if tells else [])
