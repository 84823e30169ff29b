"""Lines of a paragraph become one text: words that a line's end has parted are joined where they are one word."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from spellchecker import SpellChecker

from qa_service.sources.formats.pdf_lines import PdfLine
from qa_service.sources.formats.pdf_pages import SOFT_HYPHEN

_WORD = re.compile(r"[^\W_]+(?:[-‐'’][^\W_]+)*")
_PARTED = re.compile(rf"([^\W\d_]+(?:[-‐][^\W\d_]+)*)[-‐{SOFT_HYPHEN}]$")
_GOES_ON = re.compile(r"[^\W\d_]+(?:[-‐'’][^\W_]+)*")
# In front of a hyphen these stand in compounds; a typesetter parts other words inside.
_COMPOUNDS = frozenset(
    "all anti co cross ex far full half high ill inter left long low mid multi non off one one-off over part post pre "
    "pro quasi right second self semi short so third two three four five six seven eight nine ten twenty thirty forty "
    "fifty sixty seventy eighty ninety under vice well year".split()
)

SHORTEST = 3  # letters of a word that may be one half of a compound

Mark = tuple[int, int]  # where in the text a line begins, of which page it is


def known_words(lines: Iterable[PdfLine]) -> frozenset[str]:
    """The words that the document prints whole, those with hyphens too."""
    words: set[str] = set()
    for line in lines:
        found = [match.group().casefold().replace("‐", "-") for match in _WORD.finditer(line.text)]
        words.update(found[:-1] if _PARTED.search(line.text) else found)
    return frozenset(words)


def join_lines(lines: Sequence[PdfLine], words: frozenset[str]) -> tuple[str, list[Mark]]:
    """The text of a paragraph, and where in it each line begins."""
    parts: list[str] = []
    marks: list[Mark] = []
    length = 0
    for i, line in enumerate(lines):
        text = line.text
        marks.append((length, line.page))
        after = lines[i + 1].text if i + 1 < len(lines) else ""
        text = _before(text, after, words)
        parts.append(text.replace(SOFT_HYPHEN, ""))
        length += len(parts[-1])
    return "".join(parts).rstrip(), marks


def _before(text: str, after: str, words: frozenset[str]) -> str:
    """A line's text with what parts it from the line behind."""
    parted = _PARTED.search(text)
    if not parted:
        if text.endswith(SOFT_HYPHEN):
            text = text[: -len(SOFT_HYPHEN)] + "-"
        dash = text.endswith(("—", "/")) or (text.endswith("-") and not text.endswith((" -", "--")))
        return text if not after or (dash and after[:1].isalnum()) else f"{text} "
    rest = _GOES_ON.match(after)
    if not rest:
        return f"{text[:-1]}-" + (" " if after else "")
    head = parted[1].casefold().replace("‐", "-")
    tail = rest.group().casefold().replace("‐", "-")
    if f"{head}-{tail}" in words:
        return f"{text[:-1]}-"
    if head + tail in words or text.endswith(SOFT_HYPHEN):
        return text[:-1]
    if _are_two_words(head, tail):
        return f"{text[:-1]}-"
    if head.rpartition("-")[2] in _COMPOUNDS or not after[:1].islower() or "-" in tail:
        return f"{text[:-1]}-"
    return text[:-1]


def _are_two_words(head: str, tail: str) -> bool:
    """Whether an English dictionary knows both and not what they make together: `cutting-edge`, not `govern-ment`."""
    return (
        min(len(head), len(tail)) >= SHORTEST
        and not _in_dictionary(head + tail)
        and all(map(_in_dictionary, (head, tail)))
    )


def _in_dictionary(word: str) -> bool:
    return all(part in _dictionary() for part in word.split("-"))


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker()
