"""A transcript's text becomes exchanges: who asked what, who answered in which paragraphs.

A speaker named once keeps the floor until another is named. Who asks is told by the label's word, by the
metadata, or, between people who are only named, by who mostly asks.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from qa_service.errors import SourceError
from qa_service.records import Exchange, Paragraph, Piece
from qa_service.sources.labels import names_nobody, nfc
from qa_service.sources.paragraphs import RawParagraph, read_paragraphs
from qa_service.sources.sentences import GREEK_QUESTION_MARK

INTERJECTION_WORDS = 2  # "Order.", "Go on.": too short for a question when it holds no question mark
_COURTESY = re.compile(r"(?:many )?thank(?:s| you)\b", re.IGNORECASE)
_CUE = re.compile(r"^[ \t]*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}[ \t]+-->", re.MULTILINE)
_QUESTION = re.compile(rf"[?？؟]|{GREEK_QUESTION_MARK}")
COURTESY_WORDS = 6  # "Thank you very much, Minister."
_HOW_TO_LABEL = "begin each question with 'Reporter:' or 'Q:' and each answer with its speaker's name or 'A:'"


@dataclass(slots=True)
class _Turn:
    """Consecutive paragraphs under one label."""

    name: str
    asks: bool | None
    line: int
    paragraphs: list[RawParagraph] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text says of itself: a title if it has one, its exchanges, the answering speakers in order."""

    title: str | None
    exchanges: tuple[Exchange, ...]
    speakers: tuple[str, ...]


def parse(text: str, *, speakers: tuple[str, ...] = (), askers: tuple[str, ...] = ()) -> Parsed:
    """Parse a transcript. `speakers` and `askers` are names the metadata gives.

    Raises SourceError, with the line and the reason, for a text no exchange can be made of.
    """
    speakers, askers = tuple(map(nfc, speakers)), tuple(map(nfc, askers))
    if "\x00" in text:
        raise SourceError(
            "not a text file (it holds a NUL character)", line=text.count("\n", 0, text.index("\x00")) + 1
        )
    if cue := _CUE.search(text):
        line = text.count("\n", 0, cue.start()) + 1
        raise SourceError("this is a file of subtitles; export the transcript as plain text", line=line)
    if "\r" in text.strip() and "\n" not in text.strip():
        raise SourceError("lines end in CR only; save the file with LF or CRLF line ends", line=1)
    paragraphs = read_paragraphs(text, speakers + askers)
    if not paragraphs:
        raise SourceError("the file is empty", line=1)
    first = next((i for i, p in enumerate(paragraphs) if p.label), None)
    if first is None:
        raise SourceError(f"no line opens with a speaker's label; {_HOW_TO_LABEL}", line=paragraphs[0].line)
    turns = _turns(paragraphs[first:])
    _name_alike(turns)
    _decide_who_asks(turns, speakers, askers)
    exchanges = _exchanges(text, turns, speakers)
    if not any(exchange.answers for exchange in exchanges):
        raise SourceError(
            f"nobody answers: no paragraph stands under an answering speaker; {_HOW_TO_LABEL}", line=turns[-1].line
        )
    title = paragraphs[0].piece.text.lstrip("# ") if first and "\n" not in paragraphs[0].piece.text else None
    names = [a.speaker for e in exchanges for a in e.answers if a.speaker]
    return Parsed(title, exchanges, tuple(dict.fromkeys(names)))


def _turns(paragraphs: list[RawParagraph]) -> list[_Turn]:
    turns: list[_Turn] = []
    for paragraph in paragraphs:
        if label := paragraph.label:
            if turns and not turns[-1].paragraphs:
                raise SourceError(f"the label {turns[-1].name!r} has no words behind it", line=turns[-1].line)
            turns.append(_Turn(label.name, label.asks, paragraph.line))
        if paragraph.piece.text:
            turns[-1].paragraphs.append(paragraph)
    if not turns[-1].paragraphs:
        raise SourceError(f"the label {turns[-1].name!r} has no words behind it", line=turns[-1].line)
    return turns


def _name_alike(turns: list[_Turn]) -> None:
    """Give a person whose name is printed in capitals here and there one name: as first printed otherwise, if ever."""
    names: dict[str, str] = {}
    for turn in turns:
        known = names.setdefault(turn.name.casefold(), turn.name)
        if known.isupper() and not turn.name.isupper():
            names[turn.name.casefold()] = turn.name
    for turn in turns:
        turn.name = names[turn.name.casefold()]


def _decide_who_asks(turns: list[_Turn], speakers: tuple[str, ...], askers: tuple[str, ...]) -> None:
    """Set `asks` on the turns of people who are only named."""
    told = {name.casefold(): False for name in speakers} | {name.casefold(): True for name in askers}
    asked: dict[str, list[bool]] = defaultdict(list)
    for turn in turns:
        if turn.asks is None:
            turn.asks = told.get(turn.name.casefold())
        if turn.asks is None:
            asked[turn.name].append(bool(_QUESTION.search(turn.paragraphs[-1].piece.text)))
    share = {name: sum(flags) / len(flags) for name, flags in asked.items()}
    answering = any(turn.asks is False for turn in turns)
    lowest = min(share.values(), default=0.0)
    for turn in turns:
        if turn.asks is None:
            mine = share[turn.name]
            turn.asks = mine >= 0.5 and (answering or mine > lowest)


def _exchanges(text: str, turns: list[_Turn], speakers: tuple[str, ...]) -> tuple[Exchange, ...]:
    exchanges: list[Exchange] = []
    floor = speakers[0] if len(speakers) == 1 else None
    for i, turn in enumerate(turns):
        if not turn.asks:
            floor = _speaker(turn.name, speakers)
            if not exchanges:
                exchanges.append(Exchange(1, None, None, ()))
            exchanges[-1] = _with_answers(exchanges[-1], turn.paragraphs, floor)
            continue
        if exchanges and exchanges[-1].answers and _is_interjection(turn):
            continue
        answered = i + 1 < len(turns) and not turns[i + 1].asks
        count = len(turn.paragraphs) if answered else _question_length(turn.paragraphs)
        question = _join(text, turn.paragraphs[:count])
        exchanges.append(Exchange(len(exchanges) + 1, turn.name, question, ()))
        exchanges[-1] = _with_answers(exchanges[-1], turn.paragraphs[count:], floor)
    return tuple(exchanges)


def _speaker(name: str, speakers: tuple[str, ...]) -> str | None:
    """The name as the metadata writes it; a bare `A:` is the metadata's only speaker, or nobody by name."""
    if known := next((known for known in speakers if known.casefold() == name.casefold()), None):
        return known
    if len(speakers) == 1 and (len(name) == 1 or names_nobody(name)):
        return speakers[0]
    return None if names_nobody(name) else name


def _is_interjection(turn: _Turn) -> bool:
    text = turn.paragraphs[0].piece.text
    if len(turn.paragraphs) > 1 or _QUESTION.search(text):
        return False
    count = len(text.split())
    return count <= INTERJECTION_WORDS or (count <= COURTESY_WORDS and _COURTESY.match(text) is not None)


def _question_length(paragraphs: list[RawParagraph]) -> int:
    """How many paragraphs of a turn are its question when no labelled answer follows: up to the first that asks."""
    asking = (i for i, p in enumerate(paragraphs) if _QUESTION.search(p.piece.text))
    return next(asking, 0) + 1


def _join(text: str, paragraphs: list[RawParagraph]) -> Piece:
    """One cut over consecutive paragraphs of a turn: what stands between them is kept as it is."""
    start, end = paragraphs[0].piece.start, paragraphs[-1].piece.end
    return Piece(text[start:end], start, end)


def _with_answers(exchange: Exchange, paragraphs: list[RawParagraph], speaker: str | None) -> Exchange:
    answers = tuple(Paragraph(p.number, speaker, p.piece) for p in paragraphs)
    return Exchange(exchange.section, exchange.asker, exchange.question, exchange.answers + answers)
