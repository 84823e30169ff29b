"""WebVTT and SRT: subtitles become sentences again, with the moment of each and who is named for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from qa_service.errors import SourceError
from qa_service.language.profile import ENGLISH
from qa_service.sources.decoding import decode
from qa_service.sources.findings import Note
from qa_service.sources.formats.cue_text import Part, parts_of, plain
from qa_service.sources.formats.cues import Cue, read_cues
from qa_service.sources.formats.rolling import repeated_lines
from qa_service.sources.formats.said import BACKWARDS_S, Said, read_said
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.heads import read_head
from qa_service.sources.labels import Label, learn_labels
from qa_service.sources.metadata import Metadata
from qa_service.sources.roles import is_capitalised, is_nothing, role_of
from qa_service.sources.speechless import is_bracketed

MOST_LINES = 250_000  # that are shown
EVERY_CUE = 0.7  # of the cues, that carry a label, where one without is nobody's
_FORMS = frozenset({"colon", "bracket", "bracket-other", "marked", "letter"})  # of a label before words
_ARROWS = re.compile(r"(?=>>)(?<!>)")
_OPENS = re.compile(r"\s*(?:>>+|[-–—‐](?![-–—‐]))\s*(?=\S)")
_DASH = re.compile(r"[-–—‐](?![-–—‐])\s*(?=\S)")
_MARKED = re.compile(r">>+\s*(?P<name>[^\W\d_][^:>\n]{0,60}):\s*")
_LANGUAGE = re.compile(r"\AWEBVTT[^\n]*\n(?:[^\n]+\n)*?Language:[ \t]*([A-Za-z]{2,3})\b")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is shown for the first time, or what stands from `>>` on. `first`: of its cue."""

    cue: Cue
    parts: tuple[Part, ...]
    first: bool

    @property
    def words(self) -> str:
        return plain(list(self.parts))


@dataclass(frozen=True, slots=True)
class Captions:
    """Cues of either kind, whatever the file is called."""

    name: str = "captions"
    version: int = 1
    suffixes: tuple[str, ...] = (".vtt", ".srt")
    media_types: tuple[str, ...] = ("text/vtt", "application/x-subrip", "text/srt")

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """Raises SourceError, with the line, where there are no cues or their times can't be read."""
        text, encoding = decode(data, metadata.language or ENGLISH.code)
        cues = read_cues(text)
        lines = list(_new_lines(cues))
        if len(lines) > MOST_LINES:
            raise SourceError(f"more than {MOST_LINES} lines; split the file", line=lines[MOST_LINES].cue.line)
        voiced = any(part.voice for line in lines for part in line.parts)
        said = _by_voice(lines) if voiced else _by_label(lines, metadata)
        notes = [f"not UTF-8; read as {encoding}"] if encoding else []
        language = _LANGUAGE.match(text.removeprefix("\ufeff").replace("\r\n", "\n"))
        return read_said(
            said,
            language=language[1].lower() if language else None,
            notes=[*notes, *map(str, _doubts(cues))],
        )


def _new_lines(cues: Sequence[Cue]) -> Iterator[_Line]:
    """What each cue shows that was not shown before, parted at `>>`."""
    read = [parts_of(cue) for cue in cues]
    shown = [(cue.begins, cue.ends, tuple(map(plain, lines))) for cue, lines in zip(cues, read, strict=True)]
    for cue, lines, (whole, characters) in zip(cues, read, repeated_lines(shown), strict=True):
        first = True
        for n, parts in enumerate(lines[whole:]):
            fresh = parts
            if n == 0 and characters:
                fresh = [Part(plain(parts)[characters:], parts[-1].voice)]
            for piece in _parted(fresh):
                yield _Line(cue, tuple(piece), first)
                first = False


def _parted(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """A line as it is, or parted where another person begins in the middle of it."""
    piece: list[Part] = []
    for part in parts:
        for n, words in enumerate(_ARROWS.split(part.words)):
            if n and plain(piece):
                yield piece
                piece = []
            if words:
                piece.append(replace(part, words=words))
    if plain(piece):
        yield piece


def _by_voice(lines: Sequence[_Line]) -> Iterator[Said]:
    for line in lines:
        yield from _said(line, line.parts)


def _by_label(lines: Sequence[_Line], metadata: Metadata) -> Iterator[Said]:
    """Who is named before words, until another begins; nobody where that is only marked."""
    labels = _labels(lines, metadata)
    labelled = {line.cue.line for line, label in zip(lines, labels, strict=True) if label}
    each = len(labelled) >= EVERY_CUE * len({line.cue.line for line in lines})
    dashes = _dashed(lines)
    floor: str | None = None
    role: str | None = None
    kind: Literal["asks", "answers"] | None = None
    for n, (line, label) in enumerate(zip(lines, labels, strict=True)):
        words = line.words
        opens = False
        cut = 0
        if label:
            floor, role, cut = label.name, label.role, label.text_from
            kind = _kind(label)
        elif (mark := _OPENS.match(words)) and (words.startswith(">") or n in dashes):
            floor, role, kind, opens, cut = None, None, None, True, mark.end()
        elif each and line.first and not is_bracketed(words):
            floor, role, kind, opens = None, None, None, floor is not None
        parts = _behind(line.parts, words, cut) if cut else line.parts
        for one in _said(line, parts):
            yield replace(one, speaker=floor, role=role, kind=kind, opens=opens)
            opens = False


def _kind(label: Label) -> Literal["asks", "answers"] | None:
    """What a bare `Q:` or `A:` says."""
    if len(label.name) > 1 or label.says not in {"asks", "answers"}:
        return None
    return "asks" if label.says == "asks" else "answers"


def _labels(lines: Sequence[_Line], metadata: Metadata) -> list[Label | None]:
    """The label that each line opens with."""
    told = metadata.told()
    known = (*told.speakers, *told.askers, *told.names, *told.names.values())
    found, _ = learn_labels([line.words for line in lines], [line.first for line in lines], known)
    labels = [
        _marked(line.words) or (label if label and label.form in _FORMS else None)
        for line, label in zip(lines, found, strict=True)
    ]
    several = sum(label is not None for label in labels) > 1
    certain = {name.casefold() for name in known}
    return [label if label and (several or label.name.casefold() in certain) else None for label in labels]


def _marked(words: str) -> Label | None:
    """A name behind `>>`, which marks that another person begins."""
    match = _MARKED.match(words)
    head = read_head(match["name"]) if match else None
    if not match or head is None or not is_capitalised(head.name) or is_nothing(head):
        return None
    return Label(head.name, ", ".join(head.roles) or None, match.end(), "marked", role_of(head))


def _dashed(lines: Sequence[_Line]) -> set[int]:
    """Which lines a dash opens where two persons speak in one cue: a dash may also stand within a sentence."""
    by_cue: dict[int, list[int]] = {}
    for n, line in enumerate(lines):
        by_cue.setdefault(line.cue.line, []).append(n)
    found: set[int] = set()
    for own in by_cue.values():
        dashed = [n for n in own if _DASH.match(lines[n].words)]
        if len(dashed) > 1 or (dashed and lines[dashed[0]].first and len(own) > len(dashed)):
            found.update(dashed)
    return found


def _behind(parts: Sequence[Part], words: str, cut: int) -> list[Part]:
    """The parts of a line behind its label, of whose words `cut` characters are it."""
    left = len(words[:cut].replace(" ", ""))
    behind: list[Part] = []
    for part in parts:
        at = 0
        while left and at < len(part.words):
            left -= not part.words[at].isspace()
            at += 1
        if at < len(part.words):
            behind.append(replace(part, words=part.words[at:]))
    return behind


def _said(line: _Line, parts: Sequence[Part]) -> Iterator[Said]:
    """The words of a line, by their own times where there are some."""
    cue = line.cue
    timed = cue.begins <= cue.ends
    starts = [cue.begins if part.begins is None else part.begins for part in parts]
    ends = [*starts[1:], cue.ends]
    spaced = True
    for part, begins, until in zip(parts, starts, ends, strict=True):
        joined = not (spaced or part.words[:1].isspace())
        own = (begins, max(begins, until)) if timed else (None, None)
        if part.words.strip():
            yield Said(part.words, part.voice, own[0], own[1], joined=joined)
        spaced = part.words[-1:].isspace()


def _doubts(cues: Sequence[Cue]) -> Iterator[Note]:
    if wrong := tuple(cue.line for cue in cues if cue.ends < cue.begins):
        yield Note("a caption that ends before it begins; its words are quoted without a time", wrong)
    if anew := tuple(cue.line for before, cue in pairwise(cues) if cue.begins < before.begins - BACKWARDS_S):
        yield Note("times begin again: are several recordings in this file?", anew)


FORMAT = Captions()
