"""JSON as recognisers write it, in small; each with its speakers and times."""

import json
from typing import Any

import pytest

from qa_service.errors import SourceError
from qa_service.sources.formats.recognised import SHAPES, shape_of
from qa_service.sources.metadata import Metadata
from tests.sources.formats.reading import exchanges_of, times_of, transcript_of, turns_of

ASKED, ANSWERED = "How many trams run?", "Nine of them. They're red."
WHEN = [(0.5, 1.0), (1.0, 1.4), (1.4, 2.0), (2.0, 2.5), (3.0, 3.4), (3.4, 3.6), (3.6, 4.0), (4.5, 5.0), (5.0, 5.5)]
WORDS = [(word, *when) for word, when in zip([*ASKED.split(), *ANSWERED.split()], WHEN, strict=True)]


def ms(time: float) -> int:
    """Milliseconds."""
    return round(time * 1000)


def whisper() -> Any:
    """`whisper --word_timestamps True`: each word with its space in front; nobody is told apart."""
    words = [{"word": f" {word}", "start": a, "end": b, "probability": 0.9} for word, a, b in WORDS]
    return {
        "text": f" {ASKED} {ANSWERED}",
        "segments": [
            {"id": 0, "seek": 0, "start": 0.5, "end": 2.5, "text": f" {ASKED}", "tokens": [1], "words": words[:4]},
            {"id": 1, "seek": 0, "start": 3.0, "end": 5.5, "text": f" {ANSWERED}", "tokens": [1], "words": words[4:]},
        ],
        "language": "en",
    }


def whisperx() -> Any:
    """WhisperX with speakers: words without space, and without a time where none could be aligned."""
    words: list[dict[str, Any]] = [{"word": word, "start": a, "end": b, "score": 0.9} for word, a, b in WORDS]
    del words[1]["start"], words[1]["end"]
    return {
        "segments": [
            {"start": 0.5, "end": 2.5, "text": f" {ASKED}", "words": words[:4], "speaker": "SPEAKER_00"},
            {"start": 3.0, "end": 5.5, "text": f" {ANSWERED}", "words": words[4:], "speaker": "SPEAKER_01"},
        ],
        "word_segments": words,
        "language": "en",
    }


def podcast() -> Any:
    """Podcasting 2.0: the speaker is named where another begins."""
    return {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Ada Lund", "startTime": 0.5, "endTime": 1.4, "body": "How many"},
            {"startTime": 1.4, "endTime": 2.5, "body": "trams run?"},
            {"speaker": "Bo Strand", "startTime": 3.0, "endTime": 5.5, "body": ANSWERED},
        ],
    }


def assemblyai() -> Any:
    """AssemblyAI with speaker labels."""
    words = [{"text": word, "start": ms(a), "end": ms(b), "confidence": 0.9} for word, a, b in WORDS]
    return {
        "id": "x",
        "status": "completed",
        "language_code": "en_us",
        "text": f"{ASKED} {ANSWERED}",
        "words": [{**word, "speaker": "A" if n < 4 else "B"} for n, word in enumerate(words)],
        "utterances": [
            {"speaker": "A", "text": ASKED, "start": 500, "end": 2500, "words": words[:4]},
            {"speaker": "B", "text": ANSWERED, "start": 3000, "end": 5500, "words": words[4:]},
        ],
    }


def deepgram() -> Any:
    """Deepgram with diarize and punctuate."""
    words = [
        {"word": word.strip(".?").lower(), "punctuated_word": word, "start": a, "end": b, "speaker": int(n > 3)}
        for n, (word, a, b) in enumerate(WORDS)
    ]
    alternative = {"transcript": f"{ASKED} {ANSWERED}", "confidence": 0.9, "words": words}
    return {"metadata": {"duration": 6}, "results": {"channels": [{"alternatives": [alternative]}]}}


def aws() -> Any:
    """AWS Transcribe: marks are items of their own, and speakers stand apart."""
    items: list[Any] = []
    for word, a, b in WORDS:
        alternative = [{"content": word.strip(".?"), "confidence": "0.9"}]
        items.append({"type": "pronunciation", "start_time": str(a), "end_time": str(b), "alternatives": alternative})
        if word[-1] in ".?":
            items.append({"type": "punctuation", "alternatives": [{"content": word[-1], "confidence": "0.0"}]})
    segments = [
        {
            "speaker_label": label,
            "start_time": str(part[0][1]),
            "end_time": str(part[-1][2]),
            "items": [{"start_time": str(a), "end_time": str(b), "speaker_label": label} for _, a, b in part],
        }
        for label, part in (("spk_0", WORDS[:4]), ("spk_1", WORDS[4:]))
    ]
    results = {"transcripts": [{"transcript": f"{ASKED} {ANSWERED}"}], "items": items}
    return {"jobName": "x", "results": {**results, "speaker_labels": {"speakers": 2, "segments": segments}}}


def newer_aws() -> Any:
    """As above, since 2024: segments name the items by number."""
    content = aws()
    items = content["results"]["items"]
    for n, item in enumerate(items):
        item["id"] = n
    first = next(n for n, item in enumerate(items) if item["type"] == "punctuation") + 1
    content["results"]["audio_segments"] = [
        {"id": 0, "transcript": ASKED, "speaker_label": "spk_0", "items": list(range(first))},
        {"id": 1, "transcript": ANSWERED, "speaker_label": "spk_1", "items": list(range(first, len(items)))},
    ]
    del content["results"]["speaker_labels"]
    return content


def azure() -> Any:
    """Azure's batch transcription with diarization."""
    return {
        "source": "https://example.com/a.wav",
        "combinedRecognizedPhrases": [{"channel": 0, "display": f"{ASKED} {ANSWERED}"}],
        "recognizedPhrases": [
            {
                "recognitionStatus": "Success",
                "channel": 0,
                "speaker": speaker,
                "offset": offset,
                "duration": duration,
                "offsetInTicks": ticks,
                "nBest": [{"confidence": 0.9, "lexical": display.lower(), "display": display}],
                "locale": "en-US",
            }
            for speaker, offset, duration, ticks, display in (
                (1, "PT0.5S", "PT2S", 5_000_000.0, ASKED),
                (2, "PT3S", "PT2.5S", 30_000_000, ANSWERED),
            )
        ],
    }


SAMPLES = {
    "whisper": (whisper, None, None),
    "whisperx": (whisperx, "SPEAKER_00", "SPEAKER_01"),
    "podcast": (podcast, "Ada Lund", "Bo Strand"),
    "assemblyai": (assemblyai, "Speaker A", "Speaker B"),
    "deepgram": (deepgram, "Speaker 0", "Speaker 1"),
    "aws": (aws, "spk_0", "spk_1"),
    "newer aws": (newer_aws, "spk_0", "spk_1"),
    "azure": (azure, "Speaker 1", "Speaker 2"),
}
each = pytest.mark.parametrize("name", SAMPLES)


def dumped(name: str) -> str:
    """The sample as a file holds it."""
    return json.dumps(SAMPLES[name][0]())


@each
def test_every_word_is_read_once_with_its_speaker(name: str) -> None:
    _, one, other = SAMPLES[name]
    turns = turns_of("a.json", dumped(name))
    if one is None:
        assert turns == [(None, f"{ASKED} {ANSWERED}")]
    else:
        assert turns == [(one, ASKED), (other, ANSWERED)]
        assert exchanges_of("a.json", dumped(name)) == [(one, ASKED, [(other, ANSWERED)])]


@each
def test_times_are_the_files(name: str) -> None:
    times = times_of("a.json", dumped(name))
    first, last = ("How", 0.5, 1.0), ("red.", 5.0, 5.5)
    if name in {"podcast", "azure"}:
        first, last = ("How many" if name == "podcast" else ASKED, 0.5, times[0][2]), (ANSWERED, 3.0, 5.5)
    assert times[0] == first
    assert times[-1] == last or (name.endswith("aws") and times[-2:] == [("red", 5.0, 5.5), (".", 5.5, 5.5)])


@each
def test_each_is_of_one_shape(name: str) -> None:
    content = SAMPLES[name][0]()
    assert [shape.fits(content) for shape in SHAPES].count(True) == 1


def test_a_word_without_a_time_takes_its_neighbours() -> None:
    assert ("many", 1.0, 1.0) in times_of("a.json", dumped("whisperx"))


def test_speakers_are_named_by_the_metadata() -> None:
    metadata = Metadata.model_validate({"names": {"Speaker A": "Ada Lund", "Speaker B": "Bo Strand"}})
    assert exchanges_of("a.json", dumped("assemblyai"), metadata)[0][2] == [("Bo Strand", ANSWERED)]


def test_one_speaker_of_the_metadata_is_not_taken_for_everybody() -> None:
    metadata = Metadata.model_validate({"speakers": ["Ada Lund"]})
    spoken = {speaker for e in exchanges_of("a.json", dumped("assemblyai"), metadata) for speaker, _ in e[2]}
    assert spoken == {"Speaker B"}


def test_channels_are_persons_in_the_order_of_time() -> None:
    content = deepgram()
    words = content["results"]["channels"][0]["alternatives"][0]["words"]
    content["results"]["channels"] = [
        {"alternatives": [{"words": words[4:]}]},
        {"alternatives": [{"words": words[:4]}]},
    ]
    assert turns_of("a.json", json.dumps(content)) == [("Channel 1", ASKED), ("Channel 0", ANSWERED)]


@pytest.mark.parametrize(
    "content",
    [{"title": "Trams"}, {"segments": []}, {"segments": [{"tokens": [1]}]}, {"text": "Nine."}, [], 7, None, {}],
)
def test_what_is_no_recognisers_is_of_no_shape(content: Any) -> None:
    assert shape_of(content) is None


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b'{"segments": [\n{"text": "caf\xe9"}]}', 2, "not UTF-8; save the JSON as UTF-8"),
        (b'{"segments": [{"text": "a", "start": NaN}]}', None, "NaN is no number"),
        (b'{"segments": [{"text": "a",\n}]}', 2, "not JSON"),
        (b'{"segments": ' + b"[" * 100_000, None, "too deep a nesting"),
        (b'{"segments": [{"text": "a", "start": ' + b"1" * 5000 + b"}]}", None, "too long a number"),
        (b'{"segments": [{"text": "a"}, {"start": 1}]}', None, "1.text: Field required; export it again"),
        (b'{"segments": [{"text": ["a"]}]}', None, "0.text"),
        (b'{"monologues": []}', 1, "JSON of no recogniser that is known"),
        (b'{"segments": [{"text": " "}]}', 1, "no words are in it"),
        (b"", 1, "not JSON"),
    ],
)
def test_what_can_not_be_read_is_refused_in_words(data: bytes, line: int | None, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        transcript_of("a.json", data)
    assert refused.value.line == line


@pytest.mark.parametrize("time", ["null", "-1", '"soon"', "1e400", "true", "[]"])
def test_a_time_that_is_none_leaves_words_without_one(time: str) -> None:
    text = '{"segments": [{"text": "Nine trams run.", "start": %s, "end": 2.0}]}' % time  # noqa: UP031
    assert turns_of("a.json", text) == [(None, "Nine trams run.")]
    assert times_of("a.json", text) == []


def test_half_a_character_is_replaced() -> None:
    assert turns_of("a.json", '{"segments": [{"text": "Nine \\ud83d trams."}]}') == [(None, "Nine \ufffd trams.")]
