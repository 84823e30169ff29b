"""Finds who of the sources a name or an office means: `Minister Jin`, `the trade minister`, `the man from Telmark`."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache

from qa_service.indexing.context import Context
from qa_service.indexing.people import BODIES, OFFICES
from qa_service.sources.countries import without_ending
from qa_service.sources.words import TITLES

Filters = Mapping[str, Sequence[str]]

_SPEAKERS = "speaker speakers interviewee guest guests source sources transcript document text".split()
_ANYBODY = frozenset(f"{article}{word}" for article in ("", "the ") for word in ("he", "she", "they", *_SPEAKERS)) | {
    f"{article} {word}" for article in ("this", "the") for word in ("interview", "transcript", "document")
}
_ANYBODY_WORDS = frozenset(("he", "she", "they", "interview", *_SPEAKERS))
_SMALL = frozenset("the a an of for and s from at in old young mr mrs ms rear".split())
_GENERIC = frozenset("man woman person guy gentleman lady witness guest speaker representative doctor".split())
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What people are found by: who answers in a document, and what is known of it."""

    id: str
    speakers: Sequence[str]
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class _Person:
    """Of a document a `speaker`, or "" for all of one that names none."""

    source: Source
    speaker: str
    name: Set[str]
    office: Set[str]

    def is_called(self, wanted: Set[str], noun: str) -> bool:
        """Whether these words together name this one: by name, or by an office and nothing unknown.

        `noun`: the last of them behind an article, which may be any work: `the old fisherman`.
        """
        known = self.name | self.office | self.source.context.names | TITLES
        if not all(_is_known(word, known) for word in wanted):
            return False
        if wanted & (self.name - OFFICES - TITLES):
            return True
        return bool(wanted & self.office & OFFICES) or noun in self.office


class People:
    """Everybody who answers in the sources."""

    def __init__(self, sources: Iterable[Source], fitting: Callable[[str], Sequence[str]]) -> None:
        """`fitting`: the speakers whose name a typed name is, or is a part of."""
        self._fitting = fitting
        self._persons: list[_Person] = []
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._bodies: dict[str, set[str]] = defaultdict(set)
        self.rare: set[str] = set()  # words of names that are nothing else in their source
        self.works: set[str] = set()  # words of an office of those who answer alone: `the fisherman`
        for source in sources:
            self._add(source)
        self.named = lru_cache(1024)(self._find)

    def _add(self, source: Source) -> None:
        context = source.context
        for speaker in source.speakers or [""]:
            name = set(words_of(speaker)) if speaker else context.people
            person = _Person(source, speaker, name, context.offices.get(speaker, frozenset()))
            for word in person.name | person.office:
                self._by_word[word].add(len(self._persons))
            self.rare |= person.name & context.names - OFFICES - TITLES
            if len(source.speakers) < 2:
                self.works |= person.office
            self._persons.append(person)
        for word in context.names | context.words | ({"ministry"} if "minister" in context.words else set()):
            self._bodies[word].add(source.id)

    def knows(self, word: str) -> bool:
        """Whether it is a word of somebody's name or office."""
        return word in self._by_word or (word in BODIES and word in self._bodies)

    def may_be_in(self, question: str) -> bool:
        """Whether a question holds any word by which somebody is called: without one, no frame is looked for."""
        return any(self.knows(word) or word in _ANYBODY_WORDS for word in words_of(question))

    def _find(self, who: str) -> Filters | None:
        """The filters that a name, an office or a body stands for; None where it is nobody of the sources."""
        if who.casefold() in _ANYBODY:
            return {}
        words = words_of(who)
        wanted = {word for word in words if word not in _SMALL | _GENERIC}
        if not wanted:
            return None
        noun = words[-1] if words[0] in {"the", "a", "an"} else ""
        if not set(words) <= OFFICES | _SMALL and (people := self._fitting(who)):
            return {"speaker": list(people)}
        numbers = sorted(set().union(*(self._by_word.get(word, set()) for word in wanted)))
        found = [self._persons[number] for number in numbers if self._persons[number].is_called(wanted, noun)]
        if named := [person for person in found if person.speaker]:
            speakers = sorted({person.speaker for person in named})
            return {"speaker": speakers, "document": sorted({person.source.id for person in named})}
        documents = sorted({person.source.id for person in found}) or self._of_body(wanted)
        return {"document": documents} if documents else None

    def _of_body(self, wanted: Set[str]) -> list[str]:
        """The documents of a body named in their title or introduction."""
        if not wanted & BODIES or wanted & TITLES:
            return []
        return sorted(set.intersection(*(self._bodies.get(word, set()) for word in wanted)))


def words_of(text: str) -> list[str]:
    """Its words in lower case."""
    return [word.casefold() for word in _WORD.findall(text)]


def _is_known(word: str, known: Set[str]) -> bool:
    return word in known or any(form in known for form in without_ending(word))
