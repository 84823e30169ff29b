"""Reads "… in 2023?", "… in China?", "At the September conference, …" as what is asked, and of which documents.

Where or when a talk was held is no word its statements lack. What tells it is taken off, and the documents it fits are
searched. A year or place that fits no document stays, and counts as missing. English only.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from qa_service.indexing.context import MONTHS, SEASONS, Context
from qa_service.sources.countries import without_ending

TALKS = frozenset(
    "interview press news conference hearing briefing session meeting podcast call earnings talk committee inquiry "
    "statement".split()
)
MOST_WORDS = 8  # of a place or date
_GLUE = TALKS | {"of", "the", "and"}
_ARTICLES = frozenset("the this that his her their its".split())
_PLACES = frozenset("in at during within".split())  # what may stand before a place, a date, a talk
_DATES = frozenset({"on"})  # before a date with its month
_YEARS = frozenset({"for"})  # before a year alone
_PARTS = frozenset(SEASONS) | {"fall", "early", "mid", "late", "beginning", "start", "end"}
_BETWEEN = frozenset("since until by before after than to and".split())  # these tell another time than the talk's
_MONTHS = frozenset(MONTHS) | {month[:3] for month in MONTHS} | {"sept"}
_TOKEN = re.compile(r"[^\W_]+")
_GAP = re.compile(r"(?:['’]s)?\s+|,\s+|-|\.\s")  # between words of one place or date
_GOES_ON = re.compile(r"['’]s\b|['’](?=\s)|-\w|\s+(?!I\b)[A-Z]")  # and is part of something longer
_QUESTION_WORD = re.compile(r"\s+(?:What|How|Why|When|Where|Who|Which|Is|Are|Was|Were|Will|Does|Do|Did|Can|Has|Have)\b")
_OWNER = re.compile(r"(?<![A-Z]\s)\b((?:[A-Z][\w-]*\s){0,3}[A-Z][\w-]*)['’]s\s(?=[a-z])")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Occasion:
    """The question without what tells where or when, and the `documents` it fits; None where it tells nothing."""

    question: str
    documents: Sequence[str] | None = None


class Occasions:
    """Reads places and dates by what is known of the documents."""

    def __init__(self, contexts: Mapping[str, Context]) -> None:
        """`contexts`: by document what is known of it."""
        self._documents = list(contexts)
        self._specific = frozenset().union(*(c.names - c.people | c.dates for c in contexts.values()))
        self._rare = frozenset().union(*(c.rare for c in contexts.values()))
        self._holding: dict[str, set[str]] = defaultdict(set)
        for document, context in contexts.items():
            for word in (context.names | context.words) - context.people | context.dates:
                self._holding[word].add(document)

    def __len__(self) -> int:
        return len(self._documents)

    def read(self, question: str) -> Occasion:
        """Take off every place and date that fits a document; all of them must fit the same ones."""
        documents: list[str] | None = None
        at = 0
        while found := self._next(question, at, documents):
            start, end, documents = found
            question, at = _without(question, start, end)
        question = _OWNER.sub(lambda owner: self._owned(owner, documents), question)
        return Occasion(question, documents)

    def _owned(self, owner: re.Match[str], among: Sequence[str] | None) -> str:
        """`the` for `China's` where all documents searched are known by it; elsewhere others may speak of China."""
        words = [word.casefold() for word in _TOKEN.findall(owner[1])]
        searched = self._documents if among is None else among
        return "the " if self._fitting(words, "", among) == sorted(searched) else owner[0]

    def _next(self, question: str, at: int, among: Sequence[str] | None) -> tuple[int, int, list[str]] | None:
        """Where the next one behind `at` stands, with its preposition, and the documents `among` those that it fits."""
        words = list(_TOKEN.finditer(question))
        for place, word in enumerate(words):
            if word.start() < at:
                continue
            if word.group().casefold() not in _PLACES | _DATES | _YEARS or place + 1 == len(words):
                if found := self._bare(question, words, place, among):
                    return found
                continue
            first = place + 1 + (words[place + 1].group().casefold() in _ARTICLES)
            run = self._run(question, words, first)
            while run:
                end = run[-1].end()
                documents = self._fitting([w.group().casefold() for w in run], word.group().casefold(), among)
                whole = not _GOES_ON.match(question, end) or _QUESTION_WORD.match(question, end)
                if documents and whole and _is_left(question[: word.start()] + question[end:]):
                    return word.start(), end, documents
                if self._tells(run[-1].group().casefold()):
                    break  # a part of a name is none
                run = run[:-1]
        return None

    def _bare(
        self, question: str, words: Sequence[re.Match[str]], place: int, among: Sequence[str] | None
    ) -> tuple[int, int, list[str]] | None:
        """The same without a preposition: `march 2023`, or names at either end of keywords: `palinor carbon price`."""
        run = self._run(question, words, place)
        while run and not self._tells(run[-1].group().casefold()):
            run = run[:-1]
        said = [word.group().casefold() for word in run]
        before = [word.group().casefold() for word in words[:place]]
        if not run or (before and (before[-1].isdecimal() or before[-1] in _BETWEEN)):
            return None
        at_an_end = not before or not any(map(str.isalnum, question[run[-1].end() :]))
        keywords = (
            at_an_end and question.islower() and any(word in self._rare or _YEAR.fullmatch(word) for word in said)
        )
        documents = self._fitting(said, "", among)
        start, end = words[place].start(), run[-1].end()
        whole = not _GOES_ON.match(question, end)
        if not documents or not whole or not (keywords or (_MONTHS & set(said) and any(map(_YEAR.fullmatch, said)))):
            return None
        while before and before[-1] in {"of", "from", "the"} | TALKS:
            before.pop()
            start = words[len(before)].start()
        return (start, end, documents) if _is_left(question[:start] + question[end:]) else None

    def _run(self, question: str, words: Sequence[re.Match[str]], first: int) -> list[re.Match[str]]:
        """The words from `first` on that some document is known by."""
        run: list[re.Match[str]] = []
        for word in words[first : first + MOST_WORDS]:
            if run and not _GAP.fullmatch(question, run[-1].end(), word.start()):
                break
            if not self._known_by(word.group().casefold()):
                break
            run.append(word)
        return run

    def _fitting(self, run: Sequence[str], preposition: str, among: Sequence[str] | None) -> list[str]:
        """The documents known by all these words, of which one at least is a name, a month or a year."""
        if run[-1] in {"of", "the", "and"} or not any(self._tells(word) for word in run):
            return []
        if preposition in _DATES and not _MONTHS & set(run):
            return []
        if preposition in _YEARS and not all(_YEAR.fullmatch(word) for word in run):
            return []
        known = sorted((self._known_by(word) for word in run if word not in _GLUE), key=len)
        fitting = set(known[0]).intersection(*known[1:])
        return sorted(fitting if among is None else fitting & set(among))

    def _known_by(self, word: str) -> Collection[str]:
        """The documents known by a word; by `the` or `conference` any."""
        if word in _GLUE:
            return self._documents
        known = [self._holding[form] for form in _forms(word) if form in self._holding]
        return known[0] if len(known) == 1 else set().union(*known)

    def _tells(self, word: str) -> bool:
        """Whether it tells one document from another by itself: not the day of a month, nor `conference`."""
        if word.isdecimal() or word[0].isdecimal():
            return _YEAR.fullmatch(word) is not None and word in self._specific
        return word not in _GLUE | _PARTS and any(form in self._specific for form in _forms(word))


def _forms(word: str) -> list[str]:
    return [word, *without_ending(word)]


def _without(question: str, start: int, end: int) -> tuple[str, int]:
    """The question without that part and what joined it, and where to go on."""
    before, behind = question[:start].rstrip(" ,"), question[end:].lstrip()
    if not before:
        behind = behind.lstrip(",: ")
    parted = " " if before and behind and behind[0] not in "?.!,;:" else ""
    return f"{before}{parted}{behind}", len(before)


def _is_left(rest: str) -> bool:
    return sum(character.isalnum() for character in rest) > 1
