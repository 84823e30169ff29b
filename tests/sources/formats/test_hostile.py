"""Files made to take long or to hold too much: the time grows as the size does, and the rest is refused in words."""

import json
import time
from collections.abc import Callable

import pytest

from qa_service.errors import SourceError
from qa_service.sources import reading, stated
from qa_service.sources.formats import captions, cues, said
from qa_service.sources.metadata import Metadata
from qa_service.sources.time_limit import TOO_LONG
from tests.sources.formats.reading import reading_of, transcript_of

pytestmark = pytest.mark.alone

SMALL, TIMES = 3_000, 8
UNEVEN, SHORTEST_S = 2.5, 0.004
HEAD = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nNine trams run. "
CUE = "00:00:{0:02}.000 --> 00:00:{0:02}.500\n"


def again(part: str, after: str = "") -> Callable[[int], str]:
    """A cue of so many characters that repeats itself."""
    return lambda size: HEAD + part * (size // len(part)) + after


def cues_of(line: Callable[[int], str]) -> Callable[[int], str]:
    """Cues with a line each, by its number."""
    return lambda size: HEAD + "\n\n" + "".join(CUE.format(n % 60) + line(n) + "\n\n" for n in range(size // 50))


def segments(of: Callable[[int], object]) -> Callable[[int], str]:
    """A recogniser's segments, by number."""
    return lambda size: json.dumps({"segments": [{"text": "Nine."}, *(of(n) for n in range(size // 50))]})


HOSTILE: dict[str, tuple[str, Callable[[int], str]]] = {
    "open voices": ("a.vtt", again("<v ")),
    "open ruby": ("a.vtt", again("<rt>")),
    "open braces": ("a.vtt", again("{\\ ")),
    "open tags": ("a.vtt", again("<c.a")),
    "only entities": ("a.vtt", again("&amp;lt;")),
    "arrows": ("a.vtt", again(">> a ")),
    "dashes": ("a.vtt", again("\n- a")),
    "brackets": ("a.vtt", again("[a] ")),
    "times between letters": ("a.vtt", again("<00:00:01.000>a")),
    "a line for each letter": ("a.vtt", again("\na")),
    "blank lines": ("a.vtt", again("\n", "a")),
    "one endless word": ("a.vtt", again("x")),
    "arrows of times": ("a.vtt", again("a --> b\n")),
    "an endless head": ("a.vtt", lambda size: "WEBVTT\n" + "a\n" * (size // 2) + HEAD),
    "labels": ("a.vtt", cues_of(lambda n: f"Ada{n % 50} Lund: So it is.")),
    "one label each": ("a.vtt", cues_of(lambda n: f"{chr(65 + n % 26)}{'abcdefg'[: n % 7]} Lund: So it is.")),
    "the same cue": ("a.vtt", cues_of(lambda _: "So it is.")),
    "cues that grow": ("a.vtt", cues_of(lambda n: "a " * (n % 40))),
    "turns": ("a.json", segments(lambda n: {"text": "So it is.", "speaker": f"S{n % 9}"})),
    "words without times": ("a.json", segments(lambda _: {"text": "a b", "words": [{"word": "a"}, {"word": "b"}]})),
    "missing parts": ("a.json", segments(lambda _: {"start": 1})),
}


def seconds(name: str, text: str) -> float:
    """Processor time to read it or to refuse it, the lesser of two."""
    taken = []
    for _ in range(2):
        started = time.process_time()
        try:
            reading_of(name, text).parse(Metadata().told())
        except SourceError as error:
            assert error.reason != TOO_LONG
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_time_grows_as_the_size_does(kind: str) -> None:
    name, made = HOSTILE[kind]
    short, long = made(SMALL), made(SMALL * TIMES)
    assert seconds(name, long) <= UNEVEN * TIMES * max(seconds(name, short), SHORTEST_S)


@pytest.mark.parametrize(
    ("module", "bound", "name", "reason"),
    [
        (cues, "MOST_CUES", "a.vtt", "more than 1 captions; split the file"),
        (captions, "MOST_LINES", "a.vtt", "more than 1 lines; split the file"),
        (said, "MOST_PIECES", "a.vtt", "more than 1 words or captions; split the file"),
        (stated, "MOST_TURNS", "a.json", "more than 1 turns; split the file"),
    ],
)
def test_what_holds_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, module: object, bound: str, name: str, reason: str
) -> None:
    monkeypatch.setattr(module, bound, 1)
    made = HOSTILE["labels" if name == "a.vtt" else "turns"][1]
    with pytest.raises(SourceError, match=reason):
        transcript_of(name, made(500))


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 9)
    with pytest.raises(SourceError, match="more than 0 MB; split the file"):
        reading_of("a.json", "[" * 10)
