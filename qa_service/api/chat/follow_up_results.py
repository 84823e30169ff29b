"""What each follow-up brings: further statements, neighbours in the transcript, or where the quotes before stand."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa_service.answering import Result
from qa_service.api.chat.follow_ups import FollowUp
from qa_service.api.chat.intents import Intent
from qa_service.api.chat.markdown import inline
from qa_service.api.chat.replies import MAX_STATEMENTS
from qa_service.api.chat.thread import Thread, whole
from qa_service.language.profile import profile_of
from qa_service.language.questions import short_question
from qa_service.records import Statement, shown

MAX_NEXT = 2  # statements of the transcript that are read on

NO_MORE = "That is all: nothing more in the sources is sure enough to quote."
ALL_QUOTED = "That is all: the whole answer in the source was quoted."
_TIME = re.compile(
    r"(?<!\w)['’]\d\d\b|\b(?:1[5-9]\d\d|20\d\d|january|february|march|april|june|july|august|september|october|november"
    r"|december|(?:in|of|since|until|by|the|last|next|\d) may|may \d+|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|spring|summer|autumn|winter|(?:last|next|this|that) (?:year|month|week)|yesterday|today|ago)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Brought:
    """The lead, and what it introduces: as it is quoted. `brief`: without the questions that were asked."""

    lead: str
    results: Sequence[Result] = ()
    brief: bool = False


def bring(thread: Thread, follow_up: FollowUp) -> Brought:
    """What a follow-up asks for, of a thread in which something was shown."""
    if follow_up.intent is Intent.NTH:
        return _nth(thread, follow_up.number)
    return _BRING[follow_up.intent](thread)


def _more(thread: Thread, speaker: str | None = None) -> Brought:
    sure = [
        result
        for result in thread.ranking
        if result.hit.confidence >= result.least and result.statement.id not in thread.shown
    ]
    sure = [result for result in sure if speaker in {None, result.statement.speaker}]
    if sure:
        return Brought(f"More on “{topic(thread)}”:", sure[:MAX_STATEMENTS])
    beside = [s for s in _beside(thread) if speaker in {None, s.speaker}]
    if not beside:
        return Brought(NO_MORE)
    lead = f"No other statement is sure enough to answer “{topic(thread)}”. Beside the one quoted stands:"
    return Brought(lead, _whole_all(thread, beside))


def _same_speaker(thread: Thread) -> Brought:
    return _more(thread, thread.told.statement.speaker)


def _explain(thread: Thread) -> Brought:
    """The statement whole, where it was not, with its neighbours."""
    told = thread.told
    around = [] if thread.shows_whole(told) else [told.statement]
    for forward in (True, False):
        around += thread.unseen(told.statement, forward=forward, most=1, within=True)
    if not around:  # never another document: it would explain something else
        return Brought(ALL_QUOTED)
    return Brought("In its context:", _whole_all(thread, sorted(around, key=lambda statement: statement.start)))


def _continue(thread: Thread) -> Brought:
    told = thread.told.statement
    following = thread.unseen(told, forward=True, most=MAX_NEXT)
    if not following:
        return Brought("That is all: the transcript ends there.")
    same = following[0].section == told.section
    lead = "It goes on:" if same else "That answer ends there. The next one:"
    return Brought(lead, _whole_all(thread, following))


def _before(thread: Thread) -> Brought:
    earlier = thread.unseen(thread.told.statement, forward=False, most=1)
    if not earlier:
        return Brought("Nothing stands before that: the transcript begins there.")
    return Brought("Before that:", _whole_all(thread, earlier))


def _in_full(thread: Thread) -> Brought:
    if not all(map(thread.shows_whole, thread.last)):
        return Brought("In full:", [whole(result) for result in thread.last])
    beside = _beside(thread)
    if not beside:
        return Brought("That is the whole statement:", [whole(result) for result in thread.last])
    return Brought("That was the whole statement. Beside it stands:", _whole_all(thread, beside))


def _quote(thread: Thread) -> Brought:
    return Brought("Word for word, the whole statement:", [whole(result) for result in thread.last])


def _shorter(thread: Thread) -> Brought:
    return Brought("As short as it can be quoted:", [thread.told], brief=True)


def _nth(thread: Thread, number: int) -> Brought:
    count = len(thread.last)
    if number <= count:
        place = number - 1 if number > 0 else count - 1
        return Brought(f"Number {place + 1} in full:", [whole(thread.last[place])])
    further = _more(thread)
    said = "Only one statement was quoted." if count == 1 else f"Only {count} statements were quoted."
    return replace(further, lead=f"{said} {further.lead}")


def _where(thread: Thread) -> Brought:
    places: dict[str, list[str]] = {}
    for number, result in enumerate(thread.last, start=1):
        mark = f" [{number}]" if len(thread.last) > 1 else ""
        paragraph = result.statement.id.partition("#")[2]
        places.setdefault(inline(result.document.title), []).append(f"paragraph {paragraph}{mark}")
    stands = "; ".join(f"in “{title}”, {', '.join(paragraphs)}" for title, paragraphs in places.items())
    return Brought(f"It stands {stands}:", thread.last)


def _who(thread: Thread) -> Brought:
    speakers = [result.statement.speaker for result in thread.last]
    if not any(speakers):
        return Brought("The transcript does not name the speaker:", thread.last)
    names = [inline(speaker) if speaker else "a speaker who is not named" for speaker in speakers]
    return Brought(f"Said by {_numbered(names)}:", thread.last)


def _when(thread: Thread) -> Brought:
    told, statement = thread.told, thread.told.statement
    lead = f"Said in “{inline(told.document.title)}”."
    if not profile_of(told.document.language).amounts_and_times:
        return Brought(lead, [whole(told)])
    if _TIME.search(shown(statement.text, statement.noise)):
        return Brought(f"{lead} The statement names a time:", [whole(told)])
    if statement.asked and _TIME.search(statement.asked):
        return Brought(f"{lead} The question names a time. {_question_to(statement)}", [told], brief=True)
    return Brought(f"{lead} The statement itself names no time:", [told])


def _asked(thread: Thread) -> Brought:
    asked = [_question_to(result.statement) for result in thread.last]
    return Brought(_numbered(asked), thread.last, brief=True)


def _sure(thread: Thread) -> Brought:
    told = thread.told
    confidence = told.hit.confidence
    if confidence < thread.service.threshold:
        lead = f"It was quoted for its context. That it answers “{topic(thread)}” has a confidence of {confidence:.2f}:"
    else:
        share = round(100 * confidence)
        lead = f"The confidence is {confidence:.2f}: about {share} of 100 such statements answer. Judge by all of it:"
    return Brought(lead, [whole(told)])


_BRING: dict[Intent, Callable[[Thread], Brought]] = {
    Intent.MORE: _more,
    Intent.SAME_SPEAKER: _same_speaker,
    Intent.EXPLAIN: _explain,
    Intent.CONTINUE: _continue,
    Intent.BEFORE: _before,
    Intent.WHOLE: _in_full,
    Intent.QUOTE: _quote,
    Intent.SHORTER: _shorter,
    Intent.WHERE: _where,
    Intent.WHO: _who,
    Intent.WHEN: _when,
    Intent.ASKED: _asked,
    Intent.SURE: _sure,
}


def topic(thread: Thread) -> str:
    """The question followed up on, as it is named in a reply."""
    return inline(short_question(thread.question))


def _beside(thread: Thread) -> list[Statement]:
    """Statements of the same answers that were not shown: the next ones, else those before."""
    for result in thread.last:
        for forward in (True, False):
            if near := thread.unseen(result.statement, forward=forward, most=MAX_NEXT, within=True):
                return near
    return []


def _whole_all(thread: Thread, statements: Sequence[Statement]) -> list[Result]:
    return [whole(thread.result(statement)) for statement in statements]


def _numbered(texts: Sequence[str]) -> str:
    """A text that holds for all quotes, or each with the mark of its own."""
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"{text} [{number}]" for number, text in enumerate(texts, start=1))


def _question_to(statement: Statement) -> str:
    if not statement.asked:
        return "Nobody asked: it was said unasked."
    who = f"{inline(statement.asker)} asked" if statement.asker else "The question was"
    return f"{who}: “{inline(statement.asked)}”"
