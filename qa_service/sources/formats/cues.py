"""The cues of WebVTT and SRT, told by their lines of times whatever the file is called and however it is written.

A library would refuse or pass over what players play: times with a comma in WebVTT or without a fraction, a blank line
inside a cue, a missing head. Words that are passed over can't be quoted, and nobody would know.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.errors import SourceError
from qa_service.printed import printable

MOST_CUES = 250_000
_STAMP = r"(?:(\d{1,5})[ ]?:[ ]?)?(\d{1,3})[ ]?:[ ]?(\d{1,2})(?:[.,](\d{1,9}))?"
_TIMES = re.compile(rf"[ \t]*{_STAMP}[ \t]*-->[ \t]*{_STAMP}(?![\d:])(?:[ \t].*)?$")
_LIKE_TIMES = re.compile(r"[ \t]*\d[\d:.,]*[ \t]*-->")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")
_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines that are shown together, and when; `line` is that of the times, from 1."""

    line: int
    begins: float
    ends: float
    lines: tuple[str, ...]


def read_cues(text: str) -> list[Cue]:
    """All cues in the file's order. Raises SourceError with the line where times can't be read, or none are there."""
    lines = _LINE.split(text.removeprefix("\ufeff"))
    times = [(i, match) for i, line in enumerate(lines) if "-->" in line and (match := _times(line, i))]
    if not times:
        reason = "no line of times is in it, such as '00:00:01.000 --> 00:00:02.500'; is it the right file?"
        raise SourceError(reason, line=1)
    if len(times) > MOST_CUES:
        raise SourceError(f"more than {MOST_CUES} captions; split the file", line=times[MOST_CUES][0] + 1)
    cues = []
    for n, (i, match) in enumerate(times):
        end = len(lines)
        if n + 1 < len(times):
            end = _before_identifier(lines, i, times[n + 1][0], (str(n + 1), str(n + 2)))
        begins, ends = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        cues.append(Cue(i + 1, begins, ends, _payload(lines[i + 1 : end])))
    return cues


def _times(line: str, number: int) -> re.Match[str] | None:
    match = _TIMES.match(line)
    if match is None and _LIKE_TIMES.match(line):
        reason = f"times that can't be read ({printable(line.strip()[:60])}); write 00:00:01.000 --> 00:00:02.500"
        raise SourceError(reason, line=number + 1)
    return match


def _seconds(stamp: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in stamp)
    return round(int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}"), 3)


def _before_identifier(lines: Sequence[str], first: int, following: int, numbers: tuple[str, str]) -> int:
    """Where a cue's lines end: before the identifier of the next, if it has one. `numbers`: what counting gives it."""
    last = following - 1
    if last <= first + 1 or not lines[last].strip():
        return following
    return last if not lines[last - 1].strip() or lines[last].strip() in numbers else following


def _payload(lines: Sequence[str]) -> tuple[str, ...]:
    """What is shown: all lines, but for blank ones and for notes and styles between cues."""
    shown: list[str] = []
    skipping = blank = False
    for line in lines:
        if not line.strip():
            skipping, blank = False, True
            continue
        if blank and _BLOCK.match(line):
            skipping = True
        if not skipping:
            shown.append(line)
        blank = False
    return tuple(shown)
