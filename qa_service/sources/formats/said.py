"""Words with their speaker and times become a reading: sentences joined, a paragraph a thought, a turn a person.

What recognisers and subtitles cut anywhere is put together again, so that no quote ends where a caption does.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from qa_service.errors import SourceError
from qa_service.language.sentences import word_count
from qa_service.sources.formats.source_text import SourceText, StatedTurn, Timed
from qa_service.sources.paragraphs import ENDS
from qa_service.sources.speechless import is_bracketed

PAUSE_S = 2.0  # between two sentences, that parts paragraphs
BREATH_S = 0.5  # where no mark ends a sentence
LONG, SHORT = 100, 20  # words of a paragraph, behind which a sentence's end, or a pause, is its end
BACKWARDS_S = 1.0  # another recording begins
LOOP = 4  # times the same words in a row: a recogniser's loop
MOST_PIECES = 2_000_000  # words of a week
PUNCTUATED = 40  # words at most to a mark, in a text with marks
_MARK = re.compile(r"[.!?。！？…]")
_UNPARTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
_LONE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Said:
    """Some words in a row of one person. `opens`: another person begins, named or not. `joined`: no space before."""

    words: str
    speaker: str | None = None
    begins: float | None = None
    ends: float | None = None
    role: str | None = None
    kind: Literal["asks", "answers"] | None = None
    opens: bool = False
    joined: bool = False


def clean(text: str) -> str:
    """Words with single spaces, and nothing that can't be written as UTF-8."""
    return _LONE.sub("\ufffd", " ".join(text.replace("\x00", " ").split()))


def seconds(value: object) -> float | None:
    """A time, rounded to milliseconds; None for what is none."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        return None
    return round(number, 3) if isfinite(number) and 0 <= number < 1e7 else None


@dataclass(slots=True)
class _Text:
    """A reading that is being written."""

    punctuated: bool
    parts: list[str] = field(default_factory=list)
    at: int = 0
    turns: list[StatedTurn] = field(default_factory=list)
    timeline: list[Timed] = field(default_factory=list)
    last: str = ""
    words: int = 0  # of the paragraph
    stopped: float | None = None  # when the last words ended
    began: float | None = None
    after_direction: bool = False

    def put(self, text: str) -> int:
        """Where it begins."""
        start = self.at
        self.parts.append(text)
        self.at += len(text)
        return start

    def add(self, one: Said, words: str) -> None:
        """Words behind those that are there."""
        direction = is_bracketed(words)
        turn = self.turns[-1] if self.turns else None
        if direction:
            self._direct(one, words, turn)
            return
        if turn is None or one.opens or (one.speaker, one.kind) != (turn.speaker, turn.kind):
            self._open(one)
        elif self._parts_here(one):
            self.put("\n\n")
            self.words = 0
        else:
            self.put("\n" if self.after_direction else self._space(one, words))
        start = self.put(words)
        turn = self.turns[-1]
        begins = start if turn.end == turn.start else turn.start
        self.turns[-1] = StatedTurn(turn.speaker, begins, self.at, turn.role, turn.kind)
        self._time(one, start)
        self.last, self.after_direction = words, False
        self.words += word_count(words)

    def _direct(self, one: Said, words: str, turn: StatedTurn | None) -> None:
        """`[Music]` on a line of its own, between paragraphs or within a sentence."""
        inside = turn is not None and not self._ended
        self.put("\n" if inside else "\n\n" if self.parts else "")
        self._time(one, self.put(words))
        self.after_direction = True

    def _open(self, one: Said) -> None:
        self.put("\n\n" if self.parts else "")
        self.put(f"{one.speaker}: " if one.speaker else "")
        self.turns.append(StatedTurn(one.speaker, self.at, self.at, one.role, one.kind))
        self.words, self.last = 0, ""

    @property
    def _ended(self) -> bool:
        return ENDS.search(self.last[-8:]) is not None

    def _parts_here(self, one: Said) -> bool:
        """Whether a paragraph ends before these words."""
        if one.begins is not None and self.began is not None and one.begins < self.began - BACKWARDS_S:
            return True
        pause = one.begins - self.stopped if one.begins is not None and self.stopped is not None else 0.0
        if self.punctuated:
            return self._ended and (pause >= PAUSE_S or self.words >= LONG or self.after_direction)
        if self.words >= 2 * LONG:
            return True
        return (pause >= PAUSE_S and self.words >= SHORT) or (pause >= BREATH_S and self.words >= LONG)

    def _space(self, one: Said, words: str) -> str:
        unparted = _UNPARTED.match(words[:1]) and _UNPARTED.match(self.last[-1:])
        return "" if one.joined or unparted else " "

    def _time(self, one: Said, start: int) -> None:
        if one.begins is not None and one.ends is not None and one.begins <= one.ends:
            self.timeline.append(Timed(start, self.at, one.begins, one.ends))
            self.stopped, self.began = one.ends, one.begins
        else:
            self.stopped = None


def read_said(
    said: Iterable[Said], *, title: str | None = None, language: str | None = None, notes: Sequence[str] = ()
) -> SourceText:
    """A reading with its turns and times. Raises SourceError where there are no words, or too many."""
    pieces = [(one, words) for one in said if (words := clean(one.words))]
    if not pieces:
        raise SourceError("no words are in it; is it the right file?", line=1)
    if len(pieces) > MOST_PIECES:
        raise SourceError(f"more than {MOST_PIECES} words or captions; split the file")
    whole = [words for _, words in pieces]
    marks, count = sum(len(_MARK.findall(words)) for words in whole), sum(map(word_count, whole))
    text = _Text(punctuated=marks * PUNCTUATED >= count)
    looped = _loops(whole)
    for (one, words), repeats in zip(pieces, looped, strict=True):
        if repeats:
            text.last, text.words = "", 2 * LONG
            text.punctuated, before = False, text.punctuated
            text.add(one, words)
            text.punctuated, text.words = before, 2 * LONG
        else:
            text.add(one, words)
    return SourceText(
        "".join(text.parts) + "\n",
        tuple(turn for turn in text.turns if turn.end > turn.start),
        tuple(text.timeline),
        title=title,
        language=language,
        notes=tuple(notes),
    )


def _loops(whole: Sequence[str]) -> list[bool]:
    """Whether each only repeats the several words before it, `LOOP` times and more: each then is a paragraph."""
    found = [False] * len(whole)
    first = 0
    for i in range(1, len(whole) + 1):
        if i == len(whole) or whole[i] != whole[first]:
            if i - first >= LOOP and " " in whole[first]:
                found[first:i] = [True] * (i - first)
            first = i
    return found
