"""An hour's conversation as programs write it: the same words, speakers and times in every shape."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

CUE_WORDS, LINE_WORDS = 9, 5
PER_WORD_S, PAUSE_S = 0.3, 2.4


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the conversation; `turn` counts turns."""

    text: str
    speaker: str
    turn: int
    begins: float
    ends: float


def spoken(turns: Sequence[tuple[str, Sequence[str]]]) -> list[Word]:
    """The words of turns (who, paragraphs), one after the other, with a pause between paragraphs."""
    words, at = list[Word](), 1.0
    for n, (speaker, paragraphs) in enumerate(turns):
        for paragraph in paragraphs:
            for word in paragraph.split():
                words.append(Word(word, speaker, n, round(at, 3), round(at + PER_WORD_S, 3)))
                at += PER_WORD_S
            at += PAUSE_S
    return words


def _cues(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Up to nine words of one turn, without a pause between them."""
    cue: list[Word] = []
    for word in words:
        apart = cue and (word.turn != cue[-1].turn or word.begins - cue[-1].ends > 1)
        if apart or len(cue) == CUE_WORDS:
            yield cue
            cue = []
        cue.append(word)
    yield cue


def _turns(words: Sequence[Word]) -> Iterator[list[Word]]:
    for _, turn in groupby(words, key=lambda word: word.turn):
        yield list(turn)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _stamp(seconds: float, mark: str = ".") -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def _times(cue: Sequence[Word], mark: str = ".") -> str:
    return f"{_stamp(cue[0].begins, mark)} --> {_stamp(cue[-1].ends, mark)}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def teams(words: Sequence[Word]) -> str:
    """Teams: a GUID and a part's number before each cue, a voice in each."""
    blocks = []
    for n, cue in enumerate(_cues(words)):
        guid = f"a4c1d9e2-7f3b-4e0a-9b55-{n // 3:012d}/{n}-{n % 3}"
        half = len(cue) // 2 or 1
        lines = "\n".join(_escaped(_text(line)) for line in (cue[:half], cue[half:]) if line)
        blocks.append(f"{guid}\r\n{_times(cue)}\r\n<v {cue[0].speaker}>{lines}</v>")
    return "\ufeffWEBVTT\r\n\r\n" + "\r\n\r\n".join(blocks) + "\r\n"


def zoom(words: Sequence[Word]) -> str:
    """Zoom: a label in every cue."""
    blocks = [f"{n}\n{_times(c)}\n{c[0].speaker}: {_escaped(_text(c))}" for n, c in enumerate(_cues(words), start=1)]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def subrip(words: Sequence[Word]) -> str:
    """Captions of broadcasters: a label in capitals where another person begins, two lines in a cue."""
    blocks, before = [], None
    for n, cue in enumerate(_cues(words), start=1):
        label = f">> {cue[0].speaker.upper()}: " if cue[0].turn != before else ""
        before = cue[0].turn
        lines = [_text(cue[:LINE_WORDS]), _text(cue[LINE_WORDS:])]
        blocks.append(f"{n}\r\n{_times(cue, ',')}\r\n{label}" + "\r\n".join(line for line in lines if line))
    return "\r\n\r\n".join(blocks) + "\r\n\r\n"


def youtube(words: Sequence[Word]) -> str:
    """YouTube's automatic captions: rolling, with a time for each word."""
    text, before = "WEBVTT\nKind: captions\nLanguage: en\n\n", " "
    for cue in _cues(words):
        first, *others = cue
        tagged = _escaped(first.text) + "".join(f"<{_stamp(w.begins)}><c> {_escaped(w.text)}</c>" for w in others)
        plain, held = _escaped(_text(cue)), cue[-1].ends + 0.01
        text += f"{_times(cue)} align:start position:0%\n{before}\n{tagged}\n\n"
        text += f"{_stamp(cue[-1].ends)} --> {_stamp(held)} align:start position:0%\n{plain}\n \n\n"
        before = plain
    return text


def whisper(words: Sequence[Word]) -> str:
    """Whisper with the times of words; nobody is told apart."""
    segments = [
        {
            "id": n,
            "seek": 0,
            "start": cue[0].begins,
            "end": cue[-1].ends,
            "text": f" {_text(cue)}",
            "words": [{"word": f" {w.text}", "start": w.begins, "end": w.ends, "probability": 0.9} for w in cue],
        }
        for n, cue in enumerate(_cues(words))
    ]
    return json.dumps({"text": _text(words), "segments": segments, "language": "en"})


def whisperx(words: Sequence[Word]) -> str:
    """WhisperX with speakers."""
    segments = [
        {
            "start": cue[0].begins,
            "end": cue[-1].ends,
            "text": f" {_text(cue)}",
            "speaker": cue[0].speaker,
            "words": [{"word": w.text, "start": w.begins, "end": w.ends, "score": 0.9} for w in cue],
        }
        for cue in _cues(words)
    ]
    return json.dumps({"segments": segments, "word_segments": [], "language": "en"})


def podcast(words: Sequence[Word]) -> str:
    """Podcasting 2.0."""
    segments = [
        {"speaker": cue[0].speaker, "startTime": cue[0].begins, "endTime": cue[-1].ends, "body": _text(cue)}
        for cue in _cues(words)
    ]
    return json.dumps({"version": "1.0.0", "segments": segments})


def assemblyai(words: Sequence[Word]) -> str:
    """AssemblyAI's utterances."""
    utterances = [
        {
            "speaker": turn[0].speaker,
            "text": _text(turn),
            "start": round(turn[0].begins * 1000),
            "end": round(turn[-1].ends * 1000),
            "words": [{"text": w.text, "start": round(w.begins * 1000), "end": round(w.ends * 1000)} for w in turn],
        }
        for turn in _turns(words)
    ]
    return json.dumps({"text": _text(words), "utterances": utterances})


def deepgram(words: Sequence[Word]) -> str:
    """Deepgram's words."""
    told = [
        {"word": w.text.lower(), "punctuated_word": w.text, "start": w.begins, "end": w.ends, "speaker": w.speaker}
        for w in words
    ]
    alternative = {"transcript": _text(words), "words": told}
    return json.dumps({"results": {"channels": [{"alternatives": [alternative]}]}})


def aws(words: Sequence[Word]) -> str:
    """AWS Transcribe: a last mark of a word is an item of its own."""
    items: list[dict[str, Any]] = []
    for word in words:
        end = len(word.text.rstrip(".,?!"))
        end = end if 0 < end >= len(word.text) - 1 else len(word.text)
        times = {"start_time": str(word.begins), "end_time": str(word.ends)}
        content = [{"content": word.text[:end]}]
        items.append({"type": "pronunciation", **times, "speaker_label": word.speaker, "alternatives": content})
        if word.text[end:]:
            items.append({"type": "punctuation", "alternatives": [{"content": word.text[end:]}]})
    return json.dumps({"results": {"transcripts": [], "items": items}})


def azure(words: Sequence[Word]) -> str:
    """Azure's phrases."""
    phrases = [
        {
            "speaker": cue[0].speaker,
            "offset": f"PT{cue[0].begins}S",
            "duration": f"PT{round(cue[-1].ends - cue[0].begins, 3)}S",
            "nBest": [{"display": _text(cue)}],
        }
        for cue in _cues(words)
    ]
    return json.dumps({"recognizedPhrases": phrases})


# By exporter: its file's ending, whether it tells who speaks, and whether it has a time for each word.
EXPORTERS: dict[str, tuple[Callable[[Sequence[Word]], str], str, bool, bool]] = {
    "teams": (teams, ".vtt", True, False),
    "zoom": (zoom, ".vtt", True, False),
    "subrip": (subrip, ".srt", True, False),
    "youtube": (youtube, ".vtt", False, True),
    "whisper": (whisper, ".json", False, True),
    "whisperx": (whisperx, ".json", True, True),
    "podcast": (podcast, ".json", True, False),
    "assemblyai": (assemblyai, ".json", True, True),
    "deepgram": (deepgram, ".json", True, True),
    "aws": (aws, ".json", True, True),
    "azure": (azure, ".json", True, False),
}
