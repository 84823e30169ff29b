"""Turns to exchanges: a question and the paragraphs that answer it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa_service.language.sentences import QUESTION, word_count
from qa_service.records import Exchange, Paragraph, Piece
from qa_service.sources.paragraphs import RawParagraph, join_all
from qa_service.sources.roles import names_nobody
from qa_service.sources.turns import Turn

INTERJECTION_WORDS = 2  # "Go on.": too short for a question when it holds no question mark
COURTESY_WORDS = 6  # "Thank you very much, Minister."
_COURTESY = re.compile(r"(?:many )?thank(?:s| you)\b", re.IGNORECASE)


UNLABELLED = 0.25  # of the questions, behind which unlabelled paragraphs stand, where those are the answers


@dataclass(slots=True)
class _Open:
    """An exchange that is being filled."""

    asker: str | None = None
    question: Piece | None = None
    answers: list[Paragraph] = field(default_factory=list)

    def add(self, paragraphs: Sequence[RawParagraph], speaker: str | None) -> None:
        self.answers += [Paragraph(p.number, speaker, p.piece) for p in paragraphs]


def make_exchanges(
    text: str, front: Sequence[RawParagraph], turns: Sequence[Turn], speakers: tuple[str, ...]
) -> tuple[Exchange, ...]:
    """Exchanges in order. `front`: words before the first label, under the metadata's only speaker or under nobody."""
    exchanges: list[_Open] = []
    floor = speakers[0] if len(speakers) == 1 else None
    unlabelled = _answers_are_unlabelled(turns)
    if front:
        exchanges.append(_Open())
        exchanges[-1].add(front, floor)
    for i, turn in enumerate(turns):
        if turn.kind == "aside":
            continue
        if turn.kind == "answers":
            floor = speaker_of(turn.name, speakers)
            if not exchanges:
                exchanges.append(_Open())
            exchanges[-1].add(turn.paragraphs, floor)
        elif not (exchanges and exchanges[-1].answers and _is_interjection(turn)):
            count = len(turn.paragraphs)
            if unlabelled and turn.says == "asks" and _goes_on_unlabelled(turn) and not _is_answered(turns, i):
                count = _question_length(turn.paragraphs)
            question = join_all(text, [p.piece for p in turn.paragraphs[:count]])
            exchanges.append(_Open(turn.examiner or turn.name or None, question))
            exchanges[-1].add(turn.paragraphs[count:], floor)
    return tuple(Exchange(n, e.asker, e.question, tuple(e.answers)) for n, e in enumerate(exchanges, start=1))


def _is_answered(turns: Sequence[Turn], i: int) -> bool:
    following = next((turn for turn in turns[i + 1 : i + 4] if turn.kind != "aside"), None)
    return following is not None and following.kind == "answers"


def _answers_are_unlabelled(turns: Sequence[Turn]) -> bool:
    """Whether answers stand behind the questions without a label, at least here and there.

    Only where a word such as `Reporter` asks: what a person who is named goes on to say is that person's.
    """
    asking = [i for i, turn in enumerate(turns) if turn.kind == "asks" and turn.says == "asks"]
    unlabelled = sum(_goes_on_unlabelled(turns[i]) and not _is_answered(turns, i) for i in asking)
    return unlabelled > 0 and unlabelled >= UNLABELLED * len(asking)


def _goes_on_unlabelled(turn: Turn) -> bool:
    return len(turn.paragraphs) > 1 and all(p.label is None for p in turn.paragraphs[1:])


def speaker_of(name: str, speakers: tuple[str, ...]) -> str | None:
    """The name as the metadata writes it; a bare `A:` is the metadata's only speaker, or nobody by name."""
    if known := next((known for known in speakers if known.casefold() == name.casefold()), None):
        return known
    if len(speakers) == 1 and (len(name) <= 1 or names_nobody(name)):
        return speakers[0]
    return None if not name or names_nobody(name) else name


def _is_interjection(turn: Turn) -> bool:
    text = turn.paragraphs[0].piece.text
    if len(turn.paragraphs) > 1 or QUESTION.search(text):
        return False
    count = word_count(text)
    return count <= INTERJECTION_WORDS or (count <= COURTESY_WORDS and _COURTESY.match(text) is not None)


def _question_length(paragraphs: Sequence[RawParagraph]) -> int:
    """How many paragraphs of a turn are its question when no labelled answer follows: up to the first that asks."""
    asking = (i for i, p in enumerate(paragraphs) if QUESTION.search(p.piece.text))
    return next(asking, 0) + 1
