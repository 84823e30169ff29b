"""What a conversation has shown on its last question, read from the history that the client sends: nothing is kept.

Our earlier answers name their sources by address. Where a client dropped, shortened or rewrote them, the statements are
found again by their words, or by asking the question and following up anew.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import unquote

from qa_service.answering import MAX_CONTEXT, Answer, AnswerService, Options, Result
from qa_service.api.chat.conversation import MAX_TURNS, choose, is_question, searches
from qa_service.api.chat.follow_ups import FollowUp, read_follow_up
from qa_service.api.chat.models import ChatMessage
from qa_service.api.chat.replies import MAX_STATEMENTS, worth_showing
from qa_service.errors import NotFoundError
from qa_service.records import Hit, Span, Statement, shown

LOOKED_THROUGH = 50  # results of a question, for what an answer showed
MAX_ADDRESSES = 50  # read of one answer; ours name six at most
TELLING = 30  # characters of a quote by which it is known again in an answer without addresses

_ADDRESS = re.compile(r"/documents/([\w.%-]+)#(\d+(?:\.\d+)?)")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'} | dict.fromkeys("*_`>\\", " "))


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user wrote, and what was answered as far as the client sent it back."""

    asked: str
    reply: str = ""


def read_turns(messages: Iterable[ChatMessage]) -> list[Turn]:
    """The turns of a conversation, oldest first."""
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            turns.append(Turn(message.text))
        elif message.role == "assistant" and turns:
            turns[-1] = replace(turns[-1], reply=f"{turns[-1].reply}\n{message.text}")
    return turns[-MAX_TURNS:]


@dataclass(slots=True)
class Thread:
    """A question and what was shown on it so far. `last` was shown last, `shown` are ids, `words` what we said."""

    service: AnswerService
    answer: Answer
    ranking: list[Result]
    shown: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    last: list[Result] = field(default_factory=list)
    words: str = ""

    @property
    def question(self) -> str:
        """The words that were searched."""
        return self.answer.corrected_question or self.answer.question

    @property
    def told(self) -> Result:
        """Of what was shown last, what answers best: what "that" means."""
        places = {result.statement.id: place for place, result in enumerate(self.ranking)}
        return min(self.last, key=lambda result: places.get(result.statement.id, len(places)))

    def add(self, results: Sequence[Result]) -> None:
        """Note what an answer showed."""
        self.last = list(results) or self.last
        self.shown.update(result.statement.id for result in results)
        self.whole.update(result.statement.id for result in results if result == whole(result))

    def shows_whole(self, result: Result) -> bool:
        """Whether all of a statement was shown."""
        text = shown(result.statement.text, result.statement.noise)
        return result == whole(result) or result.statement.id in self.whole or _plain(text) in self.words

    def result(self, statement: Statement) -> Result:
        """A statement as a result: as it was ranked; beyond the ranking, whole and with no confidence."""
        for ranked in self.ranking:
            if ranked.statement.id == statement.id:
                return ranked
        hit = Hit(-1, 0.0, 0.0, Span(statement.text, 0, len(statement.text)))
        return Result(hit, statement, self.service.document(statement.document)[0], [], [], [])

    def unseen(self, start: Statement, *, forward: bool, most: int, within: bool = False) -> list[Statement]:
        """The next statements not shown yet, nearest first, from one on or back; `within` the same exchange only."""
        found: list[Statement] = []
        at = start
        while len(found) < most:
            beside = self.service.statement(at.id, MAX_CONTEXT)
            near = beside.after if forward else beside.before[::-1]
            if within:
                near = [statement for statement in near if statement.section == start.section]
            found += [statement for statement in near if statement.id not in self.shown]
            if len(near) < MAX_CONTEXT:
                break
            at = near[-1]
        return found[:most]


Bring = Callable[[Thread, FollowUp], list[Result]]


def open_thread(service: AnswerService, turns: Sequence[Turn], bring: Bring) -> Thread | None:
    """The last question of earlier `turns` with what was shown since; None if there was none.

    `bring` tells what a follow-up was answered with, where its answer isn't known any more.
    """
    place = next((place for place in reversed(range(len(turns))) if is_question(turns[place].asked)), None)
    if place is None:
        return None
    wanted = searches([turn.asked for turn in turns[: place + 1]])
    answer = choose(service.ask_batch(wanted.texts, Options(top_k=MAX_STATEMENTS)), wanted.literal)
    thread = Thread(service, answer, service.ask(answer.question, Options(LOOKED_THROUGH, min_confidence=0)).results)
    for turn in turns[:place]:
        thread.shown.update(_addressed(turn.reply))
    _recall(thread, turns[place], worth_showing(answer))
    for turn in turns[place + 1 :]:
        if follow_up := read_follow_up(turn.asked):
            _recall(thread, turn, bring(thread, follow_up) if thread.last else [])
    return thread


def whole(result: Result) -> Result:
    """The whole statement instead of its best sentence."""
    text = result.statement.text
    return replace(result, hit=replace(result.hit, span=Span(text, 0, len(text))))


def _recall(thread: Thread, turn: Turn, expected: list[Result]) -> None:
    """Note what a turn showed: what its answer names and quotes; where it names nothing, also what was `expected`."""
    known = []
    for id_ in _addressed(turn.reply):
        try:
            known.append(thread.result(thread.service.statement(id_).statement))
        except NotFoundError:  # of an index before this one, or not ours
            continue
    known = known or list(expected)
    ids, words = {result.statement.id for result in known}, _plain(turn.reply)
    quoted = [result for result in thread.ranking if result.statement.id not in ids and _is_quoted(result, words)]
    thread.add(known + sorted(quoted, key=lambda result: words.find(_plain(result.hit.span.text))))
    thread.words += f" {words}"


def _addressed(reply: str) -> list[str]:
    """Ids of the statements whose addresses an answer holds, in its order."""
    unescaped = reply.replace("\\_", "_")  # as some clients write Markdown back
    found = (f"{unquote(match[1])}#{match[2]}" for match in islice(_ADDRESS.finditer(unescaped), MAX_ADDRESSES))
    return list(dict.fromkeys(found))


def _is_quoted(result: Result, words: str) -> bool:
    span = _plain(result.hit.span.text)
    return len(span) >= TELLING and span in words


def _plain(text: str) -> str:
    """The text without Markdown's marks, with straight quotation marks and single spaces, to compare by."""
    return " ".join(text.translate(_PLAIN).split())
