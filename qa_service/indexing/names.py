"""Finds people by a name as somebody types it: without regard to case, accents, titles, or with a part of it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from qa_service.sources.words import TITLES

SHORT_TITLE = 4  # letters of a title, such as `Mr` or `prof`, that alone tells nobody; `minister` may
_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")


class Names:
    """The names there are, as printed."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` in the order in which they are found."""
        self._order = {name: i for i, name in enumerate(names)}
        self._whole: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._bare: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._caseless: list[tuple[str, str]] = []
        for name in self._order:
            words = _words(name)
            self._whole[words].add(name)
            self._bare[_without_titles(words)].add(name)
            for word in words:
                self._by_word[word].add(name)
            folded = _folded(name)
            if folded.upper() == folded:
                self._caseless.append((folded, name))

    def fitting(self, typed: str) -> list[str]:
        """The names that are what was typed; if none, those that are it but for titles; if none, those that hold it."""
        words = _words(typed)
        if not words:
            return []
        bare = _without_titles(words)
        found = self._whole.get(words) or self._bare.get(bare) or set()
        if not found and any(word not in TITLES or len(word) > SHORT_TITLE for word in bare):
            found = set.intersection(*map(self._holding, bare))
        folded = _folded(typed).strip()
        if not found and len(folded) > 1 and folded.upper() == folded and not folded.isdecimal():
            found = {name for whole, name in self._caseless if folded in whole}  # scripts that part no words
        return sorted(found, key=self._order.__getitem__)

    def _holding(self, word: str) -> set[str]:
        return self._by_word.get(word, set())


def _folded(name: str) -> str:
    """Without case and without accents on letters that have them."""
    apart = unicodedata.normalize("NFKD", name)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).casefold()


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_folded(name)))


def _without_titles(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without titles and articles; all words where only these, or only a number, would be left: `Speaker 1`."""
    bare = tuple(word for word in words if word not in TITLES)
    return bare if any(not word.isdecimal() for word in bare) else words
