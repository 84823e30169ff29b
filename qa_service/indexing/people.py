"""What those who answer are called in a document's title and introduction: names in full, and offices."""

import re
from collections.abc import Iterator, Mapping

from qa_service.sources.words import TITLES

# Words that alone may tell who is meant: "the minister".
OFFICES = frozenset(
    "minister president governor secretary commissioner director chief chairman chairwoman chair ceo cfo coo mayor "
    "ambassador spokesperson spokesman spokeswoman professor coach senator judge general head chancellor premier "
    "deputy vice prime executive officer administrator registrar inspector commander captain admiral scientist "
    "statistician engineer economist manager founder owner treasurer superintendent principal".split()
)
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[A-ZÀ-Þ][^\W\d_]+(?:[-’'][^\W\d_]+)*(?: [A-ZÀ-Þ][^\W\d_]+(?:[-’'][^\W\d_]+)*)+")
_BEHIND = re.compile(r"\s*(?:,\s*|\(|(?:for|of|from|at|as)\s+)(?:(?:the|a|an)\s+)?([^;:.()\n–—,]{3,90})")
_ANOTHER = re.compile(r"\band (?=the\b|[a-z]+ [a-z ]*[A-ZÀ-Þ])")
_VERB = re.compile(r"(?:and|who|which|were|was|is|has|had|\w+ed|\w+ing)\b")
_TOLD = re.compile(r"\b[Tt]he ((?:[^\W\d_]+ ){0,4}[^\W\d_]+),\s*\Z")
_BEFORE = re.compile(r"((?:[^\W\d_]+\s+){1,4})\Z")
# Names that hold one of these are a body's or a place's.
BODIES = frozenset(
    "agency authority bank board club commission committee company council department firm government group hospital "
    "inquiry league ministry museum office parliament service society tribunal union university".split()
)
NO_PEOPLE = BODIES | frozenset("port island islands republic province valley county city house street voices".split())
_APPOSITION = re.compile(
    r"\s*,\s*(?:(?:the|a|an|our|its)\s+)?(?!recording|tape|part|episode|session|\w+ed\b)[a-z]{4,}|\s*,\s*\d\d\s*,"
)
_STOPS = frozenset("a an the of for and with in on to from our by is was who met saw spoke interviewed heard".split())


def offices_of(about: str, speakers: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """By speaker the words of the office, in lower case.

    `about`: title and introduction; `speakers`: by name the role that the metadata or labels tell, or "". Where no
    speaker has a name, by "" the offices of everybody whom `about` names.
    """
    if not speakers:
        found: set[str] = set()
        for name in _people(about):
            found |= _beside(about, *name.span())
        return {"": frozenset(found | set(_words(about.split("\n", 1)[0])) & OFFICES)}
    only = len(speakers) == 1
    return {name: frozenset(_office(about, name, role, only=only)) for name, role in speakers.items()}


def people_in(about: str) -> set[str]:
    """The words, in lower case, of the names in it that are people's: with a title in front or an office beside."""
    return {word for name in _people(about) for word in _words(name.group())} - TITLES - OFFICES


def _people(about: str) -> Iterator[re.Match[str]]:
    for name in _NAME.finditer(about):
        words = set(_words(name.group()))
        if not words & NO_PEOPLE and (words & TITLES or _APPOSITION.match(about, name.end())):
            yield name


def _office(about: str, name: str, role: str, *, only: bool) -> set[str]:
    words = set(_words(name)) & OFFICES | set(_words(role))
    bare = " ".join(word for word in name.split() if word.casefold().rstrip(".") not in TITLES) or name
    spans = [match.span() for match in re.finditer(rf"\b{re.escape(bare)}\b", about, re.IGNORECASE)]
    if not spans and len(bare.split()) > 1:
        surname = re.escape(bare.split()[-1])
        spans = [match.span() for match in re.finditer(rf"\b{surname}\b", about, re.IGNORECASE)]
    for start, end in spans:
        words |= _beside(about, start, end)
    return words or (set(_words(about.split("\n", 1)[0])) & OFFICES if only else set())


def _beside(about: str, start: int, end: int) -> set[str]:
    """The words of an office beside a name, as `Ada Lund, head of X`, `Captain Lund`, `the head, Ada Lund`."""
    front = about[max(0, start - 80) : start]
    if told := _TOLD.search(front):
        return set(_words(told[1])) - _STOPS
    words: set[str] = set()
    if (behind := _BEHIND.match(about, end)) and not _VERB.match(behind[1]):
        words.update(_words(_ANOTHER.split(behind[1])[0]))
    before = _BEFORE.search(front)
    for word in reversed(before[1].split() if before else []):
        if word.casefold() in _STOPS:
            break
        words.add(word.casefold())
    return words - _STOPS


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
