"""Generated files of every format with times: no word lost, none added, every offset and every time right."""

import html
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.errors import SourceError
from qa_service.indexing.anchors import Anchors, pack
from qa_service.indexing.webvtt import captions
from qa_service.records import Piece
from qa_service.sources.reading import Reading
from tests.sources.formats.reading import reading_of, transcript_of, turns_of

WORDS = st.text(st.characters(categories=("Lu", "Ll", "Nd", "Lo"), exclude_characters="\u1680"), min_size=1, max_size=7)
SENTENCE = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
NAME = st.sampled_from(["Ada Lund", "Bo Strand", "Mira O'Oake", "Zoë", "SPEAKER_00"])
# who, what, how long after the one before, how long
CUES = st.lists(
    st.tuples(NAME, SENTENCE, st.sampled_from("..?!,;-\u2026 "), st.integers(0, 5000), st.integers(1, 9000)),
    min_size=1,
    max_size=25,
)
Cue = tuple[str, str, float, float]
EXAMPLES = 400


def timed(cues: list[tuple[str, str, str, int, int]]) -> list[Cue]:
    """Each with when it begins and ends."""
    found, at = [], 0
    for name, sentence, mark, gap, lasts in cues:
        at += gap
        found.append((name, f"{sentence}{mark}".strip(), at / 1000, (at + lasts) / 1000))
        at += lasts
    return found


def stamp(seconds: float, mark: str) -> str:
    """A time as both kinds of subtitles write it."""
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def vtt(cues: list[Cue]) -> str:
    """With a voice in each cue."""
    blocks = [
        f"{n}\n{stamp(a, '.')} --> {stamp(b, '.')}\n<v {html.escape(name)}>{html.escape(words)}</v>\n"
        for n, (name, words, a, b) in enumerate(cues)
    ]
    return "WEBVTT\n\n" + "\n".join(blocks)


def srt(cues: list[Cue]) -> str:
    """Nobody named."""
    blocks = [
        f"{n}\n{stamp(a, ',')} --> {stamp(b, ',')}\n{words}\n" for n, (_, words, a, b) in enumerate(cues, start=1)
    ]
    return "\n".join(blocks)


def whisperx(cues: list[Cue]) -> str:
    """With a time for each word."""
    segments = []
    for name, text, a, b in cues:
        words = text.split()
        step = (b - a) / len(words)
        timed_words = [{"word": word, "start": a + n * step, "end": a + (n + 1) * step} for n, word in enumerate(words)]
        segments.append({"start": a, "end": b, "text": f" {text}", "speaker": name, "words": timed_words})
    return json.dumps({"segments": segments})


WRITTEN = {"a.vtt": vtt, "a.srt": srt, "a.json": whisperx}
each = pytest.mark.parametrize("name", WRITTEN)


def words_of(reading: Reading) -> list[str]:
    """All that is said."""
    return " ".join(reading.text[t.start : t.end] for t in reading.source.turns or ()).split()


@each
@settings(max_examples=EXAMPLES, deadline=None)
@given(CUES)
def test_every_word_is_there_once_in_order(name: str, cues: list[tuple[str, str, str, int, int]]) -> None:
    written = timed(cues)
    reading = reading_of(name, WRITTEN[name](written))
    said = [word for _, text, _, _ in written for word in text.split()]
    assert "".join(words_of(reading)) == "".join(said)


@each
@settings(max_examples=EXAMPLES, deadline=None)
@given(CUES)
def test_parts_lie_in_the_text_and_every_time_is_its_cues(
    name: str, cues: list[tuple[str, str, str, int, int]]
) -> None:
    written = timed(cues)
    source = reading_of(name, WRITTEN[name](written)).source
    timeline = source.timeline
    assert all(0 <= t.start < t.end <= len(source.text) for t in timeline)
    assert all(before.end <= after.start for before, after in pairwise(timeline))
    left = iter(timeline)
    for _, text, begins, ends in written:
        want, got = "".join(text.split()), ""
        while got != want:
            part = next(left)
            got += "".join(source.text[part.start : part.end].split())
            assert begins - 0.001 <= part.begins <= part.ends <= ends + 0.001
    assert next(left, None) is None


@each
@settings(max_examples=EXAMPLES, deadline=None)
@given(CUES)
def test_what_is_quoted_is_a_cut_with_its_speaker_and_moment(
    name: str, cues: list[tuple[str, str, str, int, int]]
) -> None:
    written = timed(cues)
    try:
        transcript = transcript_of(name, WRITTEN[name](written))
    except SourceError as error:  # whoever is generated may only ask, or say nothing with a letter
        assert error.reason.startswith(("nobody answers", "nobody says anything"))
        return
    document = transcript.document
    anchors = Anchors(*pack(document.anchored))
    names = {speaker for speaker, *_ in written}
    for exchange in transcript.exchanges:
        pieces: list[Piece] = [exchange.question] if exchange.question else []
        for answer in exchange.answers:
            pieces.append(answer.piece)
            assert answer.speaker is None if name == "a.srt" else answer.speaker in names
        for piece in pieces:
            assert document.text[piece.start : piece.end] == piece.text
            time = anchors.place(piece.start, piece.end).time
            assert time is not None
            assert written[0][2] - 0.001 <= time[0] <= time[1] <= written[-1][3] + 0.001


@settings(max_examples=EXAMPLES, deadline=None)
@given(CUES)
def test_captions_given_back_are_read_as_the_same(cues: list[tuple[str, str, str, int, int]]) -> None:
    text = vtt(timed(cues))
    source = reading_of("a.vtt", text).source
    transcript = transcript_of("a.vtt", text) if any(c.isalnum() for c in source.text) else None
    if transcript is None:
        return
    back = captions(transcript.document, [])
    assert "".join("".join(words for _, words in turns_of("a.vtt", back)).split()) == "".join(
        words_of(reading_of("a.vtt", text))
    )
    begins = {t.begins for t in source.timeline}
    assert all(t.begins in begins for t in reading_of("a.vtt", back).source.timeline)


@pytest.mark.parametrize("name", ["a.vtt", "a.srt", "a.json", "a.txt"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_read_or_refused_in_words(name: str, data: bytes) -> None:
    try:
        reading_of(name, data).text.encode()
    except SourceError as error:
        assert error.reason
