"""Tells the language of a question and of a text: by its letters, in Latin letters by the words that join others.

Small on purpose: a question costs some microseconds and a serving process nothing to speak of. A question counts as
English unless it clearly is not: a name, a typo, a list of search words is English.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from qa_service.language.profile import ENGLISH, UNKNOWN, Language, profile_of
from qa_service.language.scripts import language_of_letters
from qa_service.language.words import ARTICLES, ASKING, JOINING
from qa_service.language.words import ENGLISH as ENGLISH_WORDS

ENOUGH = 1.5  # of evidence for another language: two joining words, or one and an article, or one that asks
AGAINST = 2.0  # what one English word outweighs
WIDE = 2  # Latin letters that one of East Asia stands for
ELSEWHERE = 1.2  # how much oftener a text must use another language's words than English ones
FEWEST_FOUND = 5  # words of a text that another language has, from which it is told
FEWEST_WORDS = 120  # of a text that is in no language known here; of fewer nothing can be told
LEAST_SHARE = 0.08  # of the words of a text that join others, in any language known here; English has four times that
SAMPLE = 6000  # characters that are read at the beginning, in the middle and at the end of a text
CLIPPED = frozenset("s t".split())  # behind an apostrophe, in Dutch before one: they tell nothing
RECENT = 256  # questions whose language is remembered: several parts of the service ask for it

_WORD = re.compile(r"[^\W\d_]+")
_BEYOND_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1d00-\u1dbf\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\ufb00-\ufb06]")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ACCENTED = re.compile(r"[\u00df-\u024f\u1e00-\u1eff]")


def _weights() -> dict[str, tuple[tuple[str, float], ...]]:
    """By word the languages that have it, and how much it tells; for English words too, since those may be shared."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for language, words in JOINING.items():
        for word in words.split():
            found[word][language] = 0.5 if word in ARTICLES else 1.0
        for word in ASKING[language].split():
            found[word][language] = ENOUGH if len(word) > 2 or not word.isascii() else 1.0
    return {word: tuple(languages.items()) for word, languages in found.items()}


_WEIGHTS = _weights()


@lru_cache(RECENT)
def language_of_question(question: str) -> Language:
    """The language of a question; English unless it clearly is another."""
    text = unicodedata.normalize("NFC", question)
    if not text.isascii() and (other := _by_letters(text)):
        return profile_of(other)
    typed = _WORD.findall(text)
    words = {word.casefold(): 1.0 for word in typed}
    if not text.isupper():  # a capital inside a question may be a name's: "São Paulo", "Der Spiegel"
        words |= {word.casefold(): 0.5 for word in typed[1:] if word[0].isupper()}
    evidence: dict[str, float] = defaultdict(float)
    if "¿" in text or "¡" in text:
        evidence["es"] = ENOUGH
    for word, share in words.items():
        if word not in ENGLISH_WORDS:
            for language, weight in _WEIGHTS.get(word, ()):
                evidence[language] += weight * share
    if not evidence:
        return ENGLISH
    best = max(evidence, key=lambda language: evidence[language])
    told = evidence[best] + 0.5 * (_ACCENTED.search(text) is not None)
    english = (word for word in words if word in ENGLISH_WORDS and word not in CLIPPED)
    against = sum(best not in dict(_WEIGHTS.get(word, ())) for word in english)
    return profile_of(best) if told >= ENOUGH + AGAINST * against else ENGLISH


def language_of_text(text: str) -> Language:
    """The language of most of a text; English where it is too short to tell."""
    sample = unicodedata.normalize("NFC", " ".join(_sampled(text)))
    if not sample.isascii() and (other := _by_letters(sample)):
        return profile_of(other)
    words = _WORD.findall(sample)
    joining = [word for word in words if word[0].islower()]  # not of names: "Los Angeles, San Diego"
    words = [word.casefold() for word in (joining if len(joining) > len(words) / 10 else words)]
    counts = Counter(words)
    english = sum(count for word, count in counts.items() if word in ENGLISH_WORDS)
    others: Counter[str] = Counter()
    for word, count in counts.items():
        for language, _ in _WEIGHTS.get(word, ()):
            others[language] += count
    best, found = others.most_common(1)[0] if others else ("", 0)
    if len(words) >= FEWEST_WORDS and max(found, english) < LEAST_SHARE * len(words):
        return UNKNOWN
    return profile_of(best) if found >= max(FEWEST_FOUND, ELSEWHERE * english) else ENGLISH


def _by_letters(text: str) -> str | None:
    """The language of a text most of whose letters are not Latin."""
    beyond = "".join(_BEYOND_LATIN.findall(text))
    wide = len(_EAST_ASIAN.findall(beyond))
    latin = sum(map(str.isalpha, text)) - len(beyond)
    if len(beyond) + (WIDE - 1) * wide <= latin:
        return None
    return language_of_letters(beyond.casefold(), frozenset(_WORD.findall(text.casefold())))


def _sampled(text: str) -> Iterable[str]:
    if len(text) <= 3 * SAMPLE:
        return [text]
    middle = (len(text) - SAMPLE) // 2
    return text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]
