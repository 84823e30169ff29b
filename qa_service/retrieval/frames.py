"""Reads "What did the minister say about …?" and "According to Ada Lund, …" as what is asked, and of whom.

Everybody in a source is its speaker, so a frame that names the speaker tells which statements may answer and nothing of
what they say. It is taken off, and only that person's statements are searched. A frame that names somebody else stays:
then the name counts as missing, and the question is not answered. English only.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from qa_service.indexing.context import Context
from qa_service.sources.countries import without_ending
from qa_service.sources.words import TITLES

_WHO = r"(?P<who>[^,:;?!]{1,80}?)"
_ASKS = (
    r"(?:what|how|why|when|where|who|which|whose|is|are|was|were|will|would|does|do|did|can|could|should|has|have)\b"
)
_TALK = r"(?:interview|press conference|hearing|briefing|transcript|conversation|podcast|earnings call)"
_SAY = (
    r"(?:say|said|think|state|stated|mention|mentioned|announce|announced|explain|explained|have to say|"
    r"tell us|comment|talk|speak)"
)
_ABOUT = r"(?:about|on|regarding|concerning)(?: this\b:?)?:?"
_VIEWS = r"(?:views?|opinions?|thoughts|position|stance|take) (?:on|of|about|regarding)"
_IN = rf"(?:in|during|at) (?:the|this|that) {_TALK}"
_FRAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:according to|in the (?:opinion|view|words) of) {_WHO}(?:\s*[,:]\s*|\s+(?={_ASKS}))(?P<rest>.+)",
        rf"in {_WHO}['’]s? (?:opinion|view|words)\s*[,:]?\s+(?P<rest>.+)",
        rf"i(?: would|['’]d) like to (?:know|hear) from {_WHO}\s*[,:]\s*(?P<rest>.+)",
        rf"(?:tell me |show me |quote )?what {_WHO} {_SAY} {_ABOUT} (?P<rest>.+)",
        rf"what (?:did|does|do|has|have) {_WHO} {_SAY} {_ABOUT} (?P<rest>.+)",
        rf"(?:did|does|has) {_WHO} (?:say|said|mention|mentioned) (?:anything |something )?{_ABOUT} (?P<rest>.+)",
        rf"what (?:is|was|are|were) {_WHO}['’]s? {_VIEWS} (?P<rest>.+)",
        rf"(?P<rest>.+?),? according to {_WHO}\s*\?*",
        r"(?P<rest>.+), (?P<who>[A-Z][^,:;?!]{2,60}?)\s*\?*",
    )
)
_OCCASIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (rf"{_IN}\s*[,:]?\s+(?P<rest>.+)", rf"(?P<rest>.+?),? {_IN}\s*\?*")
)
_ANYBODY = frozenset(
    f"{article}{word}"
    for article in ("", "the ")
    for word in "he she they speaker speakers interviewee guest guests sources source transcript document text".split()
) | {"this interview", "the interview", "the interviewee", "this transcript", "this document"}
OFFICES = frozenset(
    "minister president governor secretary commissioner director chief chairman chairwoman chair ceo cfo mayor "
    "ambassador spokesperson spokesman spokeswoman professor coach senator judge general head chancellor premier "
    "deputy vice prime executive officer".split()
)
LONGEST = 400  # characters of a question that are read for frames; what is longer is no frame and a question
FEWEST_LEFT = 2  # letters that must be left of a question
LONGEST_NAME = 6  # words of a name or an office inside a question
_TOKEN = re.compile(r"[^\W_]+(?:-[^\W_]+)*\.?")
_LARGE = re.compile(r"\s+[A-Z]")
_GOES_ON = re.compile(  # and names somebody else, or several
    r"\s+(?:of|for|and|or)\b|['’]s (?:predecessor|successor|deputy|wife|husband|father|mother|children)\b|-"
)
_POSSESSIVE = re.compile(r"['’]s\b|['’](?=\s)")
_WORD = re.compile(r"[^\W_]+")
_OFFICE_BEHIND = re.compile(r",\s*(?:the\s+)?([^,;:()–—]{3,90})")
_OFFICE_BEFORE = re.compile(r"((?:[^\W\d_]+\s+){1,3})$")
_ADJECTIVES = frozenset("general chief head prime vice deputy".split())  # "the chief reason" is nobody
_SMALL = frozenset("the a an of for and s".split())


@dataclass(frozen=True, slots=True)
class Framed:
    """What is asked without its frame, and whom the frame names: `speaker` and, for an office, `document`.

    `only`: nobody else's words may answer, as behind "according to". Of whom is merely mentioned, others may speak.
    """

    question: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    only: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What frames are read by: a document's title and who answers in it."""

    id: str
    title: str
    speakers: Sequence[str]
    context: Context = field(default_factory=Context)


class Frames:
    """Reads frames by the people and offices of the sources."""

    def __init__(self, sources: Iterable[Source], fitting: Callable[[str], Sequence[str]]) -> None:
        """`fitting`: the speakers whose name a typed name is, or is a part of."""
        self._sources = list(sources)
        self._fitting = fitting
        self._named = lru_cache(1024)(self._find)

    def read(self, question: str) -> Framed:
        """The question without its frame; as it is where it has none, or one that names somebody who isn't there."""
        if len(question) > LONGEST:
            return Framed(question)
        for occasion in _OCCASIONS:
            if (match := occasion.fullmatch(question)) and _is_left(match["rest"]):
                question = match["rest"].strip()
        for frame in _FRAMES:
            match = frame.fullmatch(question)
            if match and _is_left(match["rest"]) and (named := self._named(match["who"].strip())) is not None:
                inside = self._without_mention(match["rest"].strip())
                same = set(inside.filters.get("speaker", ())) <= set(named.get("speaker", ()))
                return Framed(inside.question if same else match["rest"].strip(), named, only=bool(named))
        return self._without_mention(question)

    def _without_mention(self, question: str) -> Framed:
        """With a pronoun for the one person of the sources whom it names: "How do they see …?", of that person."""
        words = list(_TOKEN.finditer(question))
        for length in range(min(LONGEST_NAME, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                start, end = words[first].start(), words[first + length - 1].end()
                who = question[start:end]
                before = words[first - 1] if first else None
                if _GOES_ON.match(question, end) or _is_part_of_a_name(question, before, start, end):
                    continue
                if _may_name(who, at_start=first == 0) and (named := self._named(who)):
                    behind = _POSSESSIVE.match(question, end)
                    pronoun = "their" if behind else "they"
                    return Framed(f"{question[:start]}{pronoun}{question[behind.end() if behind else end :]}", named)
        return Framed(question)

    def _find(self, who: str) -> Mapping[str, Sequence[str]] | None:
        """The filters that a name or an office stands for; None where it is nobody of the sources."""
        if who.casefold() in _ANYBODY:
            return {}
        words = _words(who)
        if not set(words) <= OFFICES | _SMALL and (people := self._fitting(who)):
            return {"speaker": list(people)}
        wanted = set(words) - _SMALL
        if not wanted & OFFICES:
            return None
        holding = [
            (source.id, name)
            for source, name, office in self._offices
            if office & wanted & OFFICES and all(_is_known(word, office | source.context.names) for word in wanted)
        ]
        if not holding:
            return None
        return {"speaker": sorted({name for _, name in holding}), "document": sorted({id_ for id_, _ in holding})}

    @cached_property
    def _offices(self) -> list[tuple[Source, str, set[str]]]:
        return [(source, name, _office(source, name)) for source in self._sources for name in source.speakers]


def _is_known(word: str, known: Set[str]) -> bool:
    return word in known or any(form in known for form in without_ending(word))


def _office(source: Source, name: str) -> set[str]:
    """The words of a speaker's office: in the name, beside it in the title, or the title's where only one speaks."""
    title = source.title
    words = set(_words(name)) & (OFFICES | _SMALL)
    if (at := title.casefold().find(name.casefold())) >= 0:
        behind, before = _OFFICE_BEHIND.match(title, at + len(name)), _OFFICE_BEFORE.search(title[:at])
        words |= set(_words(behind[1])) if behind else set()
        words |= set(_words(before[1])) if before and set(_words(before[1])) & OFFICES else set()
    elif len(source.speakers) == 1:
        words |= set(_words(title)) & OFFICES
    return words


def _is_part_of_a_name(question: str, before: re.Match[str] | None, start: int, end: int) -> bool:
    """Whether more of a name stands beside it: `Jane` in front of the Lund who is not the Lund we know."""
    if _LARGE.match(question, end):
        return True
    if before is None or not question[before.end() : start].isspace() or not before.group()[0].isupper():
        return False
    word = before.group().casefold().rstrip(".")
    return not (before.start() == 0 and re.fullmatch(_ASKS, word)) and word not in TITLES


def _may_name(who: str, *, at_start: bool) -> bool:
    """Whether it is written as a name, or is an office with its article: `Jin`, `the minister`; `may` is none."""
    words = who.split()
    if who.endswith(("'s", "’s")):
        return False
    if words[0].casefold() == "the":
        return bool(OFFICES & set(_words(who))) and words[-1].casefold() not in _SMALL | _ADJECTIVES
    if len(words) == 1:
        return words[0][:1].isupper() and not at_start and words[0].casefold() not in OFFICES
    return words[0].casefold() not in _SMALL and words[-1].casefold() not in _SMALL and words[-1][:1].isupper()


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _is_left(rest: str) -> bool:
    return sum(c.isalnum() for c in rest) >= FEWEST_LEFT
