"""Finds somebody of the sources inside a question and puts a pronoun in place: "How do they see …?"."""

import re
from collections.abc import Mapping, Sequence

from qa_service.indexing.people import BODIES, OFFICES
from qa_service.retrieval.people import People, words_of
from qa_service.sources.words import TITLES

LONGEST_NAME = 10  # words of a name or an office inside a question
_TOKEN = re.compile(r"[^\W_]+(?:-[^\W_]+)*\.?")
_LARGE = re.compile(r"\s+[A-Z]")
_GOES_ON = re.compile(  # and names somebody else, or several
    r"\s+(?:of|for|and|or|who|whose|that|which)\b|-|"
    r"['’]s (?:predecessor|successor|deputy|wife|husband|father|mother|children)\b"
)
_POSSESSIVE = re.compile(r"['’]s\b|['’](?=\s)")
_ASKS = re.compile(
    r"what|how|why|when|where|who|which|whose|is|are|was|were|will|would|does|do|did|can|could|should|has|have|may"
)
_VERB = re.compile(  # behind a body that does something; whatever else stands there may be a part of its name
    r"\s+(?:will|would|is|are|was|were|has|have|had|can|could|may|might|should|does|do|did|want|plan|say|think|see|expect|"
    r"intend|need|make|take|give|get|pay|build|send|accept|offer|go|going|find|found|keep|know|help)s?\b"
)
_OBJECT_BEHIND = frozenset("to of for with by from about against on at into ask asked than".split())
_ADJECTIVES = frozenset("general chief head prime vice deputy executive principal".split())  # "the chief reason"
_SMALL = frozenset("the a an of for and s".split())


class Mentions:
    """Finds people of the sources in questions."""

    def __init__(self, people: People) -> None:
        """By the `people` who answer."""
        self._people = people

    def replaced(self, question: str) -> tuple[str, Mapping[str, Sequence[str]]]:
        """With a pronoun, or nothing, for the one person whom it names, and the filters for that one; else as it is."""
        words = list(_TOKEN.finditer(question))
        known = [any(map(self._people.knows, words_of(word.group()))) for word in words]
        if not any(known):
            return question, {}
        small = not any(character.isupper() for character in question)
        for length in range(min(LONGEST_NAME, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                if any(known[first : first + length]) and (
                    found := self._at(question, words, first, length, small=small)
                ):
                    return found
        return question, {}

    def _at(
        self, question: str, words: Sequence[re.Match[str]], first: int, length: int, *, small: bool
    ) -> tuple[str, Mapping[str, Sequence[str]]] | None:
        start, end = words[first].start(), words[first + length - 1].end()
        who = question[start:end]
        before = words[first - 1] if first else None
        if _GOES_ON.match(question, end) or _is_part_of_a_name(question, before, start, end):
            return None
        if not self._may_name(who, small=small, at_start=first == 0) or not (named := self._people.named(who)):
            return None
        behind = _POSSESSIVE.match(question, end)
        if BODIES & set(words_of(who)) and not _acts(before, question[end:]):
            return None
        rest = question[behind.end() if behind else end :]
        return f"{question[:start]}{_pronoun(before, rest, possessive=bool(behind))}{rest}".strip(), named

    def _may_name(self, who: str, *, small: bool, at_start: bool) -> bool:
        """Whether it is written as a name, or is an office with its article: `Jin`, `the minister`; `may` is none."""
        words = who.split()
        if who.endswith(("'s", "’s")):
            return False
        rare = bool(self._people.rare & set(words_of(who)))
        if words[0].casefold() == "the":
            last = words[-1].casefold()
            told = OFFICES | BODIES
            return last not in _SMALL | _ADJECTIVES and (bool(told & set(words_of(who))) or last in self._people.works)
        if words[0].casefold() in _SMALL or words[-1].casefold() in _SMALL:
            return False
        if small:
            return (rare and len(words_of(who)[0]) > 1) or (len(words) > 1 and set(words_of(who)) <= OFFICES)
        if "'s " in who.replace("’", "'") and words[0][:1].isupper() and set(words_of(words[-1])) <= OFFICES:
            return True
        if len(words) == 1:
            return words[0][:1].isupper() and (rare if at_start else words[0].casefold() not in OFFICES)
        return words[-1][:1].isupper()


def _acts(before: re.Match[str] | None, behind: str) -> bool:
    """Whether a body is said to do something: not "at the hospital", nor "the hospital chaplain"."""
    return (before is None or before.group().casefold() not in _OBJECT_BEHIND) and _VERB.match(behind) is not None


def _pronoun(before: re.Match[str] | None, rest: str, *, possessive: bool) -> str:
    """`their` or `they` or `them`; nothing where the name only stands beside the question."""
    if before is None:
        return ""
    if possessive:
        return "their"
    if before.group().casefold() in _OBJECT_BEHIND:
        return "them"
    return "they" if any(map(str.isalnum, rest)) else ""


def _is_part_of_a_name(question: str, before: re.Match[str] | None, start: int, end: int) -> bool:
    """Whether more of a name stands beside it: `Jane` in front of the Lund who is not the Lund we know."""
    if _LARGE.match(question, end):
        return True
    if before is None or not question[before.end() : start].isspace():
        return False
    word = before.group().casefold().rstrip(".")
    if word == "the" or (word in {"of", "and"} and re.search(r"[A-Z][\w-]*\s+(?:of|and)\s+\Z", question[:start])):
        return True
    if not before.group()[0].isupper():
        return False
    return not _ASKS.fullmatch(word) and word not in TITLES
