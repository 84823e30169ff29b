"""A transcript's text becomes exchanges: who asked what, who answered in which paragraphs.

Text to lines, lines to labels, labels and lines to paragraphs, those to turns, turns to exchanges; at last the whole
is looked at for doubts. Every step is linear in the text's length.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from qa_service.errors import SourceError
from qa_service.records import Exchange
from qa_service.sources.asking import decide_who_asks
from qa_service.sources.exchanges import make_exchanges
from qa_service.sources.findings import HOW_TO_LABEL, Note, check_speakers, find_doubts
from qa_service.sources.front import Front, read_front
from qa_service.sources.heads import Head, nfc
from qa_service.sources.labels import Label, learn_labels
from qa_service.sources.lines import Line, front_matter, mark_page_furniture, read_lines, skip_line_numbers
from qa_service.sources.paragraphs import read_paragraphs
from qa_service.sources.roles import role_of
from qa_service.sources.speechless import mark_speechless
from qa_service.sources.turns import Kind, Turn, TurnsRead, read_turns
from qa_service.sources.unlabelled import question_paragraphs

MOST_LINES = 250_000  # that are not blank, of a text
MOST_STATEMENTS = 50_000  # a day's hearing has two thousand
ROUND_TIMES = 6  # at the starts of lines, from which they are a timetable's: speech begins at any minute
_LABEL_ENDS = re.compile(r"\([^()\n]{1,40}\)\s*[:：]\s*")
_CLOCK = re.compile(r"^[ \t]*\d{1,2}[:.](\d{2})(?:\s?[-–]\s?\d{1,2}[:.]\d{2})?[ \t]+(?=[^\W\d_])", re.MULTILINE)
_CUE = re.compile(r"(?:^|\r)[ \t]*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}[ \t]+-->", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """What the metadata says of who speaks."""

    speakers: tuple[str, ...] = ()
    askers: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # by label as printed
    roles: Mapping[str, str] = field(default_factory=dict)  # by name


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text says of itself: a title if it has one, its exchanges, the answering speakers in order.

    `turns` and `notes` tell how it was read, for a person who checks that. `told_speakers`: among whom a turn without
    a name may find one.
    """

    title: str | None
    exchanges: tuple[Exchange, ...]
    speakers: tuple[str, ...]
    turns: tuple[Turn, ...] = ()
    notes: tuple[Note, ...] = ()
    told_speakers: tuple[str, ...] = ()

    def head_ends(self, text: str) -> int:
        """Where the first speech begins, or its label: what stands before that line is a title, a place, a date."""
        first = self.exchanges[0]
        speech = [first.question] if first.question else [answer.piece for answer in first.answers]
        ends = min((piece.start for piece in speech), default=len(text))
        if labels := [turn.line for turn in self.turns if turn.kind != "aside"]:
            ends = min(ends, sum(len(line) + 1 for line in text.split("\n")[: labels[0] - 1]))
        return text.rfind("\n", 0, ends) + 1


def parse(
    text: str, *, speakers: tuple[str, ...] = (), askers: tuple[str, ...] = (), told: Told | None = None
) -> Parsed:
    """Parse a transcript. `speakers` and `askers` are names the metadata gives; `told` is all that it gives.

    Raises SourceError, with the line and the reason, for a text no exchange can be made of.
    """
    told = told or Told(tuple(map(nfc, speakers)), tuple(map(nfc, askers)))
    _refuse_what_is_no_text(text)
    lines = read_lines(text)
    if not lines:
        raise SourceError("the file is empty", line=1)
    if len(lines) > MOST_LINES:
        raise SourceError(f"more than {MOST_LINES} lines; split the file", line=lines[MOST_LINES].number)
    matter_ends, matter_title = front_matter(text)
    for line in lines:
        if line.start < matter_ends:
            line.noise = "front matter"
    skip_line_numbers(text, lines)
    mark_page_furniture(text, lines)
    labels, seen = _labels(text, lines, told)
    mark_speechless(text, lines, labels)
    paragraphs = read_paragraphs(text, lines, labels)
    read = read_turns(text, paragraphs, told.names)
    known = {name.casefold() for name in (*told.speakers, *told.askers, *told.names.values())}
    if read.turns or len(told.speakers) != 1:
        check_speakers(read.turns, known, seen, lines[0].number)
    decide(read.turns, told)
    front = read_front(read.front, [turn.name for turn in read.turns], alone=not read.turns)
    lines_of = {p.number: p.line for p in paragraphs}
    parsed = understood(text, front, read, lines_of, told.speakers)
    return replace(parsed, title=matter_title or parsed.title)


def decide(turns: Sequence[Turn], told: Told) -> None:
    """Who asks, by what the metadata tell and by the turns themselves."""
    _tell_roles(turns, told)
    decide_who_asks(turns, _kinds(told))


def understood(
    text: str,
    front: Front,
    read: TurnsRead,
    lines_of: dict[int, int],
    speakers: tuple[str, ...],
    *,
    stated: bool = False,
) -> Parsed:
    """Turns whose kinds are decided, as exchanges. `stated`: the format says who speaks, so that is not doubted.

    Raises SourceError where nobody answers, or too much is said.
    """
    exchanges = make_exchanges(text, front.speech, read.turns, speakers)
    if not any(exchange.answers for exchange in exchanges):
        reason = f"nobody answers: no paragraph stands under an answering speaker; {HOW_TO_LABEL}"
        raise SourceError(reason, line=read.turns[-1].line if read.turns else min(lines_of.values(), default=1))
    count = sum(len(exchange.answers) for exchange in exchanges)
    if count > MOST_STATEMENTS:
        raise SourceError(f"{count} statements, more than {MOST_STATEMENTS} of a document; split the file")
    notes = find_doubts(text, front, read, exchanges, lines_of, stated=stated)
    names = [answer.speaker for exchange in exchanges for answer in exchange.answers if answer.speaker]
    return Parsed(front.title, exchanges, tuple(dict.fromkeys(names)), tuple(read.turns), tuple(notes), speakers)


def has_cues(text: str) -> bool:
    """Whether it is a file of subtitles."""
    return _CUE.search(text) is not None


def _refuse_what_is_no_text(text: str) -> None:
    if "\x00" in text:
        raise SourceError(
            "not a text file (it holds a NUL character)", line=text.count("\n", 0, text.index("\x00")) + 1
        )
    if cue := _CUE.search(text):
        line = text.count("\n", 0, cue.start()) + 1
        raise SourceError("this is a file of subtitles; name it NAME.vtt or NAME.srt", line=line)
    clocks = list(_CLOCK.finditer(text))
    if len(clocks) >= ROUND_TIMES and all(int(clock[1]) % 5 == 0 for clock in clocks):
        line = text.count("\n", 0, clocks[0].start()) + 1
        raise SourceError("every time is a multiple of five minutes: this reads like a programme", line=line)
    if "\r" in text.strip() and "\n" not in text.strip():
        raise SourceError("lines end in CR only; save the file with LF or CRLF line ends", line=1)


def _labels(text: str, lines: Sequence[Line], told: Told) -> tuple[list[Label | None], str | None]:
    """The label of each line, and how lines begin that have none, where no line has one."""
    spoken = [i for i, line in enumerate(lines) if not line.noise]
    known = (*told.speakers, *told.askers, *told.names, *told.names.values())
    openings = [text[lines[i].at : lines[i].end] for i in spoken]
    for place, (before, i) in enumerate(pairwise(spoken), start=1):
        match = _LABEL_ENDS.match(text, lines[i].at, lines[i].end)
        if match and not lines[i].blank_before and text[lines[before].end - 1] == ")":
            lines[i].at = match.end()  # a label of two lines: `…, Department (Lady Lund)` and `(Lab): …`
            openings[place - 1 : place + 1] = [f"{openings[place - 1]}:", text[lines[i].at : lines[i].end]]
    learnt, seen = learn_labels(openings, [lines[i].blank_before for i in spoken], known)
    labels: list[Label | None] = [None] * len(lines)
    for i, label in zip(spoken, learnt, strict=True):
        labels[i] = label
    if sum(label is not None for label in labels) < 2 or not _speak(labels):
        by_paragraph = question_paragraphs(text, lines)
        if any(by_paragraph):
            return by_paragraph, None
    return labels, seen


def _speak(labels: Sequence[Label | None]) -> bool:
    """Whether somebody's label comes again, or says what it is."""
    names = [label.name for label in labels if label]
    return len(set(names)) < len(names) or any(label.says for label in labels if label)


def _kinds(told: Told) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {name.casefold(): "answers" for name in told.speakers}
    return kinds | {name.casefold(): "asks" for name in told.askers}


def _tell_roles(turns: Sequence[Turn], told: Told) -> None:
    """Add the metadata's roles to the turns of those who have them."""
    roles = {nfc(name).casefold(): nfc(role) for name, role in told.roles.items()}
    for turn in turns:
        if role := roles.get(turn.key):
            turn.role = role
            turn.says = role_of(Head(turn.name, (role,))) or role_of(Head(role)) or turn.says
