"""What a single turn is, against what its speaker mostly does: an order, a reply, a question of one who answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from qa_service.sources.turns import Kind, Turn

PRESIDES = 0.3  # of the turns of one who presides, that hold a question, from which that one asks like others
REPLY = 8  # words of a turn that may be a reply of somebody who mostly asks
ECHO = 2  # words of a turn that only repeats what was said: "Thirty?"
SELDOM = 2  # turns of somebody who takes the floor to ask
_ORDER = re.compile(
    r"(?:order\b|objection|overruled|sustained|so ordered|point of order|hear, hear|ruhe\b|zur ordnung)", re.IGNORECASE
)


@dataclass(slots=True)
class _Floor:
    """Who asked what nobody has answered yet, and who answered last."""

    pending: str | None = None
    presides: bool = False  # the one whose question is pending
    answered: str | None = None

    def take(self, turn: Turn) -> None:
        if turn.kind == "asks" and turn.asks_something:
            self.pending, self.presides = turn.key, turn.says == "presides"
        elif turn.kind == "aside" and self.presides and turn.key != self.pending:
            self.pending = None  # "No, thank you."
        elif turn.kind == "answers":
            self.pending, self.answered = None, turn.key


def decide_by_turn(turns: Sequence[Turn], people: Mapping[str, tuple[int, float]], told: Mapping[str, Kind]) -> None:
    """Change `kind` where a turn is not what its speaker mostly does.

    `people`: by key how many turns somebody has, and the share that holds a question.
    """
    floor = _Floor()
    for turn, after in zip(turns, chain(turns[1:], [None]), strict=False):
        if turn.key not in told and turn.name and not turn.unmarked:
            share = people[turn.key][1]
            if turn.words <= ECHO and turn.key.startswith(("unknown", "unidentified")):
                turn.kind = "aside"
            elif turn.kind == "asks" and not turn.asks_something:
                turn.kind = _without_question(turn, after, floor, share)
            elif turn.kind == "answers" and turn.says is None:
                _turn_the_tables(turn, after, floor, people[turn.key][0], told)
        floor.take(turn)


def _without_question(turn: Turn, after: Turn | None, floor: _Floor, share: float) -> Kind:
    """What somebody who asks says without asking: an order, a reply, or words that others answer all the same."""
    answered_next = after is not None and after.kind == "answers"
    if turn.says != "presides" and _ORDER.match(turn.paragraphs[0].piece.text):
        return "aside"
    if floor.pending and floor.pending != turn.key:
        reply = turn.says is None and turn.words >= REPLY and not answered_next
        return "answers" if reply else "aside"
    if turn.says == "presides" and share < PRESIDES:
        hands_over = answered_next and after is not None and after.key != floor.answered
        return "asks" if hands_over else "aside"
    return "asks"


def _turn_the_tables(turn: Turn, after: Turn | None, floor: _Floor, count: int, told: Mapping[str, Kind]) -> None:
    """A question of somebody who mostly answers: put to another who answers, or to the one who asks."""
    if count <= SELDOM and turn.requests:
        turn.kind = "asks"
    if after is None or after.key == turn.key:
        return
    replies = floor.pending is not None and not turn.only_asks  # a rhetorical question may end a reply
    if turn.ends_asking and not replies and after.kind == "answers" and after.says != "answers":
        turn.kind = "asks"
    elif turn.only_asks and _may_reply(after) and after.key not in told:
        turn.kind, after.kind = "asks", "answers"


def _may_reply(turn: Turn) -> bool:
    return turn.kind == "asks" and turn.says is None and not turn.asks_something
