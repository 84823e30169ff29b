"""Misspelt words of a question: told by a dictionary and the sources' own words, mended by a single edit.

Norvig's corrector (2007) with two changes: words that the sources use come first, and what could be a rare word or a
name stays as it was typed: the shorter a word, the more names are one edit away. The only file that knows
pyspellchecker.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spellchecker import SpellChecker

from qa_service.errors import IndexDamagedError
from qa_service.indexing.arrays import map_array, save_array

SHORTEST, LONGEST = 4, 24  # letters of a word that is looked at; bytes that are kept of a word
COMMON = 0.75  # a dictionary's word is given instead only when it is more frequent than so many of its words
FOREIGN, MOST = 3, 0.75  # so many unknown words that are most of a question make another language of it
ENOUGH, MANY = 5, 8  # letters from which a source's word is given for any edit, and from which any other word is
MOST_MENDED = 20  # words of a question: each costs a thousand words one edit away
PREFIXES = ("anti", "de", "dis", "micro", "mis", "non", "over", "pre", "re", "sub", "un", "under")
ENDINGS = ("s", "er", "ers", "r", "rs", "ed", "ing", "ings", "ly")
RARE_LETTER = 0.001  # of a dictionary's letters: rarer ones are not typed by mistake
SAMPLED = 16  # every so many words tell a dictionary's letters
_BRITISH = re.compile(r"([aiy])s(e|ed|es|er|ers|ing|ation|ations)$")  # nationalised, analysed
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ADDRESS = re.compile(r"://|[@\\_=&]|^[/#]|\w[.]\w|[^\W\d_]\d|\d[^\W\d_]")  # a path, a file's name or an identifier too


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is known about n words, in order of their bytes.

    `words` (n,) UTF-8. `known` (n,) float32: how frequent a dictionary says the word is, 1 for one just `COMMON`, 0
    where none has it. `spoken` (n,) uint32: how often the sources use it. `letters`: those a word may be mended with.
    """

    words: NDArray[np.bytes_]
    known: NDArray[np.float32]
    spoken: NDArray[np.uint32]
    letters: str

    @classmethod
    def build(cls, texts: Iterable[str], languages: Iterable[str], vocabulary: Iterable[str]) -> "Spelling":
        """From the sources' texts, their languages' dictionaries and words a model knows. Mends nothing without one."""
        dictionaries = [word_frequencies(language) for language in sorted({*languages} & {*SpellChecker.languages()})]
        if not dictionaries:
            return cls(np.empty(0, f"S{LONGEST}"), np.empty(0, np.float32), np.empty(0, np.uint32), "")
        known: dict[str, float] = {}
        for dictionary in dictionaries:
            counts = np.fromiter(dictionary.values(), np.float32)
            known |= zip(dictionary, (counts / np.quantile(counts, COMMON)).tolist(), strict=True)
        spoken = Counter(word for text in texts for word in _lowered(text))
        words = sorted(known | dict.fromkeys(spoken) | dict.fromkeys(vocabulary))  # as UTF-8 in the same order
        encoded = [word.encode() for word in words]
        return cls(
            np.array(encoded, dtype=f"S{LONGEST}"),
            np.array([known.get(word, 0) for word in words], dtype=np.float32),
            np.array([spoken.get(word, 0) for word in words], dtype=np.uint32),
            "".join(sorted({letter for dictionary in dictionaries for letter in _letters(dictionary)})),
        )

    @classmethod
    def load(cls, folder: Path) -> "Spelling":
        """Map saved words. Raises IndexDamagedError when they can't be read or their parts disagree."""
        try:
            words, known, spoken = (map_array(folder / f"{part}.npy") for part in _PARTS)
            letters = (folder / _LETTERS).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise IndexDamagedError(f"{folder} can't be read ({error}); rebuild with: qa-service build") from error
        if not len(words) == len(known) == len(spoken):
            raise IndexDamagedError(f"{folder} is damaged (word counts disagree); rebuild with: qa-service build")
        return cls(words, known, spoken, letters)

    def save(self, folder: Path) -> None:
        """Write to a new folder."""
        folder.mkdir()
        for part in _PARTS:
            save_array(folder / f"{part}.npy", getattr(self, part))
        (folder / _LETTERS).write_text(self.letters, encoding="utf-8")

    def with_words(self, spoken: Mapping[str, int]) -> "Spelling":
        """With more words of the sources, and how often these use each; as it is where it mends nothing."""
        counts = {word.encode(): count for word, count in spoken.items() if len(word.encode()) <= LONGEST}
        if not counts or not self.letters:
            return self
        words = np.array(sorted(counts), dtype=self.words.dtype)
        added = np.array([counts[word] for word in sorted(counts)], dtype=np.uint32)
        places = np.searchsorted(self.words, words)
        held = self.words[np.minimum(places, len(self.words) - 1)] == words
        before, new = self.spoken.copy(), places[~held]
        before[places[held]] += added[held]
        return Spelling(
            np.insert(self.words, new, words[~held]),
            np.insert(self.known, new, 0),
            np.insert(before, new, added[~held]),
            self.letters,
        )

    def corrected(self, question: str) -> str:
        """The question with each misspelt word mended, where one edit gives a word that was likely meant."""
        if not self.letters or not unicodedata.is_normalized("NFC", question):  # a lone accent would cut its word
            return question
        found = [(match, word) for match in self._candidates(question) if (word := match.group().casefold())]
        places = self._places([word for _, word in found])
        unknown = [pair for pair, place in zip(found, places, strict=True) if place < 0]
        if len(unknown) >= FOREIGN and len(unknown) > MOST * len(found):
            return question
        mended, end = "", 0
        for match, word in unknown[:MOST_MENDED]:
            if meant := self._meant(word):
                mended += question[end : match.start()] + _cased_as(match.group(), meant)
                end = match.end()
        return mended + question[end:]

    def _candidates(self, question: str) -> Iterator[re.Match[str]]:
        """Words that might be misspelt: not too short or long, not written like names, not part of an address."""
        place = 0
        for chunk in _CHUNK.finditer(question):
            for match in _WORD.finditer(question, *chunk.span()):
                word = match.group()
                name = word[0].isupper() and (place > 0 or word.isupper())
                place += 1
                if len(word) >= SHORTEST and len(word.encode()) <= LONGEST and not name and not _is_address(chunk):
                    yield match

    def _places(self, words: Sequence[str]) -> list[int]:
        """Where each word stands among the known ones; -1 for one that does not."""
        if not words:
            return []
        wanted = np.array([word.encode() for word in words])
        places = np.minimum(np.searchsorted(self.words, wanted), len(self.words) - 1)
        return [int(place) if same else -1 for place, same in zip(places, self.words[places] == wanted, strict=True)]

    def _meant(self, word: str) -> str | None:
        """The likeliest word one edit away: of the sources, with the same first letter, by a likely slip, frequent.

        None where `word` rather is one that nobody here knows, by its length. A known word with a prefix or another
        ending ("scammers", "nationalised") is one too, but for a likely slip.
        """
        stems = [word.removeprefix(prefix) for prefix in PREFIXES if word.startswith(prefix)]
        known = zip(stems, self._places(stems), strict=True)
        formed = any(len(stem) >= ENOUGH and place >= 0 for stem, place in known)
        formed = formed or any(place >= 0 for place in self._places([*_bases(word)]))
        near = sorted(edits(word, self.letters))
        likely = [
            (bool(spoken), edit[0] == word[0], _by_likely_slip(edit, word), spoken, known, edit)
            for edit, place in zip(near, self._places(near), strict=True)
            if place >= 0
            for spoken, known in [(int(self.spoken[place]), float(self.known[place]))]
            if _is_likely(edit, word, spoken=spoken > 0, common=known >= 1)
            if not formed or _by_likely_slip(edit, word)
        ]
        return max(likely)[-1] if likely else None


def _is_address(chunk: re.Match[str]) -> bool:
    return _ADDRESS.search(chunk.group()) is not None


_PARTS = ("words", "known", "spoken")
_LETTERS = "letters.txt"


def edits(word: str, letters: str) -> set[str]:
    """All words one edit away: a letter left out, changed, added, or two neighbours changed over.

    The first letter stays, except that it may change places with the second: hardly anybody mistypes it, and a rare
    word would else become another ("fracking" tracking).
    """
    cuts = [(word[:place], word[place:]) for place in range(1, len(word) + 1)]
    shorter = {left + right[1:] for left, right in cuts if right}
    changed = {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    longer = {left + letter + right for left, right in cuts for letter in letters}
    swapped = {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(len(word) - 1)}
    return (shorter | changed | longer | swapped) - {word}


def _bases(word: str) -> Iterator[str]:
    """What an English word may be a form of, and its American spelling."""
    for ending in ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= SHORTEST - 1:
            yield base
            if len(ending) > 1 and base[-1] == base[-2]:  # scam, scammers
                yield base[:-1]
    yield _BRITISH.sub(r"\1z\2", word)


def _is_likely(edit: str, word: str, *, spoken: bool, common: bool) -> bool:
    """Whether `edit` was meant rather than a name: a source's word, or a common one where more speaks for it."""
    slip = _by_likely_slip(edit, word)
    return (spoken and (slip or len(word) >= ENOUGH)) or (
        common and (len(word) >= MANY or (slip and len(word) > ENOUGH))
    )


def _by_likely_slip(edit: str, word: str) -> bool:
    """Whether only a letter was left out, two were changed over or one was doubled, to type `word` for `edit`."""
    if len(edit) >= len(word):
        return len(edit) > len(word) or sorted(edit) == sorted(word)
    place = next((place for place, (a, b) in enumerate(zip(edit, word, strict=False)) if a != b), len(edit))
    return word[place] == word[place - 1]


def word_frequencies(language: str) -> dict[str, int]:
    """A language's words with how often each was counted. Raises ValueError for one that has no dictionary."""
    return SpellChecker(language=language).word_frequency.dictionary


def _letters(dictionary: Iterable[str]) -> set[str]:
    counts = Counter("".join(islice(dictionary, 0, None, SAMPLED)))
    return {letter for letter, count in counts.items() if letter.isalpha() and count >= RARE_LETTER * counts.total()}


def count_words(text: str) -> Counter[str]:
    """How often a text uses each word."""
    return Counter(_lowered(text))


def _lowered(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _cased_as(word: str, meant: str) -> str:
    return meant.capitalize() if word[0].isupper() else meant
