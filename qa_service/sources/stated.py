"""Turns that a format states become exchanges, like those that labels tell.

Nobody gets a name that the file or the metadata don't give: words of somebody unnamed are quoted without one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_service.errors import SourceError
from qa_service.records import Piece
from qa_service.sources.findings import Note
from qa_service.sources.formats.source_text import SourceText, StatedTurn
from qa_service.sources.front import Front
from qa_service.sources.headings import mark_loops
from qa_service.sources.heads import Head, nfc
from qa_service.sources.labels import Label
from qa_service.sources.paragraphs import RawParagraph, trim
from qa_service.sources.parser import Parsed, Told, decide, understood
from qa_service.sources.people import name_alike
from qa_service.sources.roles import names_nobody, role_of
from qa_service.sources.speechless import is_bracketed
from qa_service.sources.turns import Kind, Turn, TurnsRead

UNNAMED = "nobody is named in this file, so quotes carry no name; if one person speaks, name that one in the metadata"
SOME_UNNAMED = "words of somebody whom the file doesn't name; quoted without a name"
MOST_TURNS = 250_000
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


def parse_stated(source: SourceText, told: Told) -> Parsed:
    """As `parse`, of a text whose format states its turns. Raises SourceError where no exchange can be made."""
    stated = source.turns or ()
    if len(stated) > MOST_TURNS:
        raise SourceError(f"more than {MOST_TURNS} turns; split the file")
    read, kinds = _read(source.text, stated, told)
    if not read.turns:
        raise SourceError("nobody says anything in it: no words were found; is it the right file?", line=1)
    decide(read.turns, told)
    named = {name.casefold() for name in (*told.speakers, *told.askers)}
    for i, (turn, kind) in enumerate(zip(read.turns, kinds, strict=True)):
        if kind and turn.key not in named:
            turn.kind = kind
        elif not turn.name and turn.only_asks and i + 1 < len(read.turns):
            turn.kind = "asks"
    lines_of = {p.number: p.line for turn in read.turns for p in turn.paragraphs}
    parsed = understood(source.text, Front(None, [], []), read, lines_of, (), stated=True)
    return replace(parsed, notes=(*_unnamed(read.turns), *parsed.notes), told_speakers=())


def _unnamed(turns: Sequence[Turn]) -> Iterator[Note]:
    lines = tuple(turn.line for turn in turns if not turn.name)
    if len(lines) == len(turns):
        yield Note(UNNAMED)
    elif lines:
        yield Note(SOME_UNNAMED, lines)


def _read(text: str, stated: Sequence[StatedTurn], told: Told) -> tuple[TurnsRead, list[Kind | None]]:
    """The turns in order, one where a person goes on, and what the format says each does."""
    starts = [match.start() for match in re.finditer("\n", text)]
    names = {printed.casefold(): name for printed, name in told.names.items()}
    written = {name.casefold(): name for name in (*told.speakers, *told.askers)}
    alone = _one_person(stated, told)
    found: list[tuple[StatedTurn, RawParagraph]] = []
    for turn in stated:
        label = Label(nfc(turn.speaker or ""), turn.role, 0, "stated", None)
        for piece in _pieces(text, turn):
            line = bisect_right(starts, piece.start - 1) + 1
            found.append((turn, RawParagraph(len(found), line, label, piece)))
    marked = mark_loops([paragraph for _, paragraph in found])
    turns: list[Turn] = []
    kinds: list[Kind | None] = []
    before: StatedTurn | None = None
    for (turn, _), paragraph in zip(found, marked, strict=True):
        if paragraph.noise:
            continue
        if turn is not before and not (before and _goes_on(before, turn)):
            answers = told.speakers[0] if turn.kind == "answers" and len(told.speakers) == 1 else None
            name = nfc((turn.speaker or alone or answers or "").strip())
            name = names.get(name.casefold(), name)
            name = written.get(name.casefold(), name)
            if names_nobody(name) and len(told.speakers) == 1:  # a bare `A:`
                name = told.speakers[0]
            roles = (turn.role,) if turn.role else ()
            says = turn.kind or (role_of(Head(name, roles)) if name else None)
            turns.append(Turn(name, turn.role, says, paragraph.line))
            kinds.append(turn.kind)
        before = turn
        turns[-1].paragraphs.append(paragraph)
    name_alike([turn for turn in turns if turn.name])
    repeated = [p for p in marked if p.noise == "repeated"]
    return TurnsRead([], turns, [], repeated), kinds


def _goes_on(before: StatedTurn, turn: StatedTurn) -> bool:
    """Whether the same person goes on; of somebody unnamed nobody knows."""
    return bool(turn.speaker) and (before.speaker, before.kind) == (turn.speaker, turn.kind)


def _one_person(stated: Sequence[StatedTurn], told: Told) -> str | None:
    """Who speaks where the file names nobody, never says that another begins, and the metadata name one person."""
    if len(stated) == 1 and not stated[0].speaker and len(told.speakers) == 1 and not told.askers:
        return told.speakers[0]
    return None


def _pieces(text: str, turn: StatedTurn) -> Iterator[Piece]:
    """The paragraphs of a turn; lines that hold a direction in brackets are no speech."""
    at = turn.start
    ends = [(match.start(), match.end()) for match in _BLANK_LINE.finditer(text, turn.start, turn.end)]
    for end, after in [*ends, (turn.end, turn.end)]:
        piece = _without_directions(text, at, end)
        if piece and any(c.isalnum() for c in piece.text):
            yield piece
        at = after


def _without_directions(text: str, start: int, end: int) -> Piece | None:
    lines: list[tuple[int, int, bool]] = []  # of each: where it is, whether it is speech
    at = start
    for line in text[start:end].split("\n"):
        content = line.strip()
        lines.append((at, at + len(line), bool(content) and not is_bracketed(content)))
        at += len(line) + 1
    spoken = [i for i, (_, _, speech) in enumerate(lines) if speech]
    if not spoken:
        return None
    piece = trim(text, lines[spoken[0]][0], lines[spoken[-1]][1])
    noise = tuple(
        (a - piece.start, b - piece.start) for a, b, speech in lines[spoken[0] : spoken[-1] + 1] if not speech and b > a
    )
    return replace(piece, noise=noise)
