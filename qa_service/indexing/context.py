"""What is known of a document beside its words: who, where and when, by its title, introduction and date.

It never reaches a quoted text. A question may name it, and then that is no word the statements lack.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa_service.errors import IndexDamagedError
from qa_service.indexing.people import OFFICES, offices_of, people_in
from qa_service.language.profile import profile_of
from qa_service.records import Document, Transcript
from qa_service.sources.countries import also_called
from qa_service.sources.words import TITLES

_SETS = ("names", "dates", "words", "people", "rare")
SEASONS = ("winter", "spring", "summer", "autumn")  # of the northern half of the world, from December on
QUARTER = 3  # months
FRONT = 3000  # characters of an introduction that are read
MONTHS = "january february march april may june july august september october november december".split()
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_OPENS = re.compile(r"(?:\A|[.!?:\n–—\"“]\s*)\Z")
_LARGE = re.compile(r"\s[A-ZÀ-Þ]")
_COMMON = frozenset(
    "a an and at by for from how in is it of on or that the this to we what when where who why with".split()
)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of one document, in lower case.

    `names`: names of people, places and bodies, years. `dates`: the date's parts as they are typed; a day is nothing
    without its month. `words`: all words of the title. `people`: of the names those of
    people; `rare`: those that the model knows as no word. `offices`: see `people.offices_of`.
    """

    names: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    rare: frozenset[str] = frozenset()
    offices: Mapping[str, frozenset[str]] = field(default_factory=dict)


def context_of(transcript: Transcript, vocabulary: Collection[str] = ()) -> Context:
    """Read the context of a document. What the text also writes in lower case is no name.

    `vocabulary`: whole words that the model knows.
    """
    document = transcript.document
    text = document.text
    begins = [p.start for e in transcript.exchanges for p in (e.question, *(a.piece for a in e.answers)) if p]
    common = {word for word in _WORD.findall(text) if word.islower()} | _COMMON
    inside = {word for word, opens in _capitals(text, common) if not opens}
    front = text[: min(begins, default=0)][:FRONT]
    printed = [*_capitals(document.title, common), *_capitals(front, common)]
    if not profile_of(document.language).capitals_name:
        printed = []
    names = {word for word, opens in printed if not opens or word in inside}
    speakers = {word.casefold() for name in document.speakers for word in _WORD.findall(name)} - common
    names |= speakers
    names |= {other for name in list(names) for other in also_called(name)}
    names -= OFFICES | TITLES
    words = frozenset(word.casefold() for word in _WORD.findall(document.title)) - _COMMON
    about = f"{document.title}\n{front}"
    offices = offices_of(about, {name: document.roles.get(name, "") for name in document.speakers})
    years = set(_YEAR.findall(document.title))
    people = frozenset((people_in(about) | speakers) & names)
    rare = frozenset(names.difference(vocabulary))
    return Context(frozenset(names | years), _dates(document), words, people, rare, offices)


def _capitals(text: str, common: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Words with a capital that are not common ones, in lower case, and whether each opens a sentence."""
    for word in _WORD.finditer(text):
        small = word.group().casefold()
        if word.group()[0].isupper() and len(small) > 1 and small not in common:
            opens = _OPENS.search(text, max(0, word.start() - 8), word.start()) is not None
            yield small, opens and not _LARGE.match(text, word.end())


def _dates(document: Document) -> frozenset[str]:
    """`2023-09-14` as 2023, september, sept, sep, 9, 09, 14, 14th."""
    if not document.date:
        return frozenset()
    year, *rest = document.date.split("-")
    found = {year}
    if rest:
        month = MONTHS[int(rest[0]) - 1]
        found |= {month, month[:3], str(int(rest[0])), rest[0]} | ({"sept"} if month == "september" else set())
        found |= {SEASONS[int(rest[0]) % 12 // 3], *(("fall",) if month[:3] in {"sep", "oct", "nov"} else ())}
        found.add(("early", "mid", "late")[(int(rest[0]) - 1) // 4])
        found |= {"beginning", "start"} if int(rest[0]) <= QUARTER else {"end"} if int(rest[0]) > 3 * QUARTER else set()
    if rest[1:]:
        day = int(rest[1])
        ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in {11, 12, 13} else 0, "th")
        found |= {rest[1], str(day), f"{day}{ending}"}
    return frozenset(found)


def write_contexts(path: Path, transcripts: Iterable[Transcript], vocabulary: Collection[str] = ()) -> None:
    """Write what is known of every document to a new file; `vocabulary`: whole words that the model knows."""
    contexts = {t.document.id: context_of(t, vocabulary) for t in transcripts}
    stored = {id_: _stored(context) for id_, context in contexts.items()}
    path.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")


def context_to_json(context: Context) -> str:
    """As it is stored."""
    return json.dumps(_stored(context), ensure_ascii=False)


def context_from_json(stored: str) -> Context:
    """As it was stored."""
    return _context(json.loads(stored))


def read_contexts(path: Path) -> Mapping[str, Context]:
    """By document what is known of it. Raises IndexDamagedError when it can't be read."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {id_: _context(fields) for id_, fields in stored.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"{path} can't be read ({error}); rebuild with: qa-service build") from error


def _stored(context: Context) -> dict[str, Any]:
    offices = {speaker: sorted(words) for speaker, words in context.offices.items()}
    return {key: sorted(getattr(context, key)) for key in _SETS} | {"offices": offices}


def _context(fields: Mapping[str, Any]) -> Context:
    offices = {speaker: frozenset(words) for speaker, words in fields["offices"].items()}
    return Context(**{key: frozenset(fields[key]) for key in _SETS}, offices=offices)
