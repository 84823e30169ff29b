"""Writes a reading: blocks of text with a blank line between, who speaks in them, and what names them."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from qa_service.sources.formats.source_text import Located, StatedTurn, Timed

Kind = Literal["asks", "answers"]
WIDE, WIDE_SPACE = 3, "\u3000"
_WHITE = re.compile(r"\s+")


def one_line(text: str) -> str:
    """The words with single spaces between."""
    return _WHITE.sub(" ", text).strip()


def spaced(text: str) -> str:
    """The words with single spaces between, but for wide gaps, which set a label apart: `Q    And the dam?`.

    A gap is wide from three spaces on, or where it holds the wide space of Japanese and Chinese.
    """
    return _WHITE.sub(lambda gap: _gap(gap.group()), text).strip()


def _gap(white: str) -> str:
    if WIDE_SPACE in white:
        return WIDE_SPACE
    return " " * len(white) if len(white) >= WIDE and not white.strip(" \u00a0") else " "


def listed(items: list[str], most: int = 5) -> str:
    """The first few, quoted, and how many more there are."""
    few = ", ".join(f"“{item[:60]}”" for item in items[:most])
    return few if len(items) <= most else f"{few} and {len(items) - most} more"


@dataclass(slots=True)
class Writer:
    """Puts a text together and knows how long it is."""

    parts: list[str] = field(default_factory=list)
    length: int = 0

    def block(self, text: str) -> tuple[int, int]:
        """Add a block behind a blank line; where it stands."""
        return self._add(text, "\n\n")

    def line(self, text: str) -> tuple[int, int]:
        """Add a line to the block before; where it stands."""
        return self._add(text, "\n")

    def _add(self, text: str, between: str) -> tuple[int, int]:
        if self.parts:
            self.parts.append(between)
            self.length += len(between)
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start, self.length

    @property
    def text(self) -> str:
        """All of it, with a line end."""
        return "".join([*self.parts, "\n"]) if self.parts else ""


@dataclass(frozen=True, slots=True)
class Floor:
    """Whose turn it is."""

    speaker: str | None
    role: str | None = None
    kind: Kind | None = None


@dataclass(slots=True)
class SpeechWriter:
    """Writes what a format with stated speakers holds: paragraphs in turns, and what is no speech between them."""

    writer: Writer = field(default_factory=Writer)
    turns: list[StatedTurn] = field(default_factory=list)
    locators: list[Located] = field(default_factory=list)
    floor: Floor | None = None
    _open: bool = False

    def gives_floor(self, floor: Floor | None) -> None:
        """What follows is said by somebody else, or by nobody."""
        self.floor, self._open = floor, False

    def paragraph(self, text: str, locator: str | None = None) -> tuple[int, int] | None:
        """A paragraph of who has the floor; where it stands, None where it has no words."""
        text = one_line(text)
        if not text:
            return None
        start, end = self.writer.block(text)
        if locator:
            self.locators.append(Located(start, end, locator))
        if self.floor is None:
            return start, end
        if self._open:
            start = self.turns.pop().start
        self.turns.append(StatedTurn(self.floor.speaker, start, end, self.floor.role, self.floor.kind))
        self._open = True
        return self.writer.length - len(text), end

    def aside(self, text: str, locator: str | None = None) -> None:
        """What is no speech: the turn around it goes on behind it as another of the same person."""
        text = one_line(text)
        if text:
            start, end = self.writer.block(text)
            if locator:
                self.locators.append(Located(start, end, locator))
            self._open = False


@dataclass(slots=True)
class Timekeeper:
    """When parts of the text are said, where often only beginnings are given."""

    parts: list[tuple[int, int, float, float | None]] = field(default_factory=list)

    def spoken(self, where: tuple[int, int] | None, begins: float | None, ends: float | None) -> None:
        """A part of the text that begins at a moment; parts of the same moment are one."""
        if where is None or begins is None:
            return
        if self.parts and self.parts[-1][2] == begins and self.parts[-1][3] == ends:
            where = self.parts.pop()[0], where[1]
        self.parts.append((*where, begins, ends))

    def timeline(self) -> tuple[tuple[Timed, ...], tuple[str, ...]]:
        """The parts with their times, and a note where the times can't be used.

        A part without an end lasts until the next begins, and a second at least: clocks show whole seconds.
        """
        begins = [part[2] for part in self.parts]
        back = sum(after < before for before, after in pairwise(begins))
        if back * 10 > len(begins):
            return (), ("the times in the file don't grow from turn to turn, so no time is shown",)
        timed = []
        for (start, end, first, last), after in zip(self.parts, [*begins[1:], 0.0], strict=True):
            until = last if last is not None and last > first else max(after, first + 1)
            timed.append(Timed(start, end, first, until))
        return tuple(timed), ()
