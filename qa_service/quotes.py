"""Finds a quote in a text: word for word, or the nearest passage and what differs.

Line breaks, the kinds of quotation marks and of dashes, and capitals don't tell two quotes apart; every word does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

MOST_PLACES = 20  # at which one quote is found
OMITTED = 2_000  # characters that an omission may stand for
LOOKED_AT = 5  # passages that share most words with a quote, compared with it word by word
_LIKE = str.maketrans("‘’‚‛“”„‟«»‹›–—―−\u00a0\u202f", '\'\'\'\'""""""""----  ')
_OMISSION = re.compile(r"\s*(?:[\[(]\s*(?:…|\.{3})\s*[\])]|…|\.{3}|\[[^\]\n]{1,100}\])\s*")
_OUTER = " \t\r\n\"'.,;:!?-"
_WORD = re.compile(r"\w+(?:['-]\w+)*|\S")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands in a text. `exact`: with the very marks and capitals; only white space may differ."""

    start: int
    end: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that a quote and its source don't share: `quote` where it adds or changes, `source` what stands there.

    `at` is where in the quote they begin, or where it omits them.
    """

    kind: Literal["added", "omitted", "changed"]
    quote: str
    source: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """The passage nearest to a quote that stands nowhere. `likeness`: 0 to 1, the share of words in common."""

    passage: int
    start: int
    end: int
    likeness: float
    differences: tuple[Difference, ...]


def places_of(quote: str, text: str) -> list[Place]:
    """Every place of a quote in a text, `MOST_PLACES` at most; none for one without a word.

    `…`, `[…]` and words in square brackets stand for what was left out: the parts must follow one another.
    """
    parts = [part for part in map(_words, _OMISSION.split(_plain(quote))) if part]
    if not parts:
        return []
    plain = _plain(text)
    found = []
    for first in re.finditer(f"(?=({_pattern(parts[0])}))", plain, re.IGNORECASE):  # those that overlap, too
        end = _end_of_rest(parts[1:], plain, first.end(1))
        if end is not None:
            start, end = _with_marks(_plain(quote), plain, first.start(1), end)
            found.append(Place(start, end, len(parts) == 1 and _is_exact(quote, text[start:end])))
            if len(found) == MOST_PLACES:
                break
    return found


def nearest(quote: str, passages: Sequence[str]) -> Near | None:
    """The passage that shares most with a quote, and how they differ; None where none shares half of its words."""
    asked = _tokens(quote)
    if not asked:
        return None
    wanted = Counter(word for word, _, _ in asked)
    shared = [sum((wanted & Counter(word for word, _, _ in _tokens(passage))).values()) for passage in passages]
    order = sorted(range(len(passages)), key=lambda i: -shared[i])[:LOOKED_AT]
    found = [_compared(quote, asked, passages[i], i) for i in order if 2 * shared[i] >= len(asked)]
    return max(found, key=lambda near: near.likeness, default=None)


Token = tuple[str, int, int]  # a word as it is compared, where it begins and ends


def _compared(quote: str, asked: Sequence[Token], passage: str, number: int) -> Near:
    there = _around(asked, _tokens(passage))
    matcher = SequenceMatcher(None, [t[0] for t in asked], [t[0] for t in there], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    tail = len(asked) - blocks[-1].a - blocks[-1].size  # words at either end that were changed stand beside
    first, last = max(0, blocks[0].b - blocks[0].a), min(len(there), blocks[-1].b + blocks[-1].size + tail)
    likeness = 2 * sum(block.size for block in blocks) / (len(asked) + last - first)
    start, end = there[first][1], there[last - 1][2]
    differences = tuple(_differences(matcher, quote, asked, passage, there, (first, last)))
    return Near(number, start, end, round(likeness, 4), differences)


def _around(asked: Sequence[Token], there: Sequence[Token]) -> Sequence[Token]:
    """The words about the longest run of words in common, as many as the quote has and some more."""
    words = [t[0] for t in asked], [t[0] for t in there]
    longest = SequenceMatcher(None, *words, autojunk=False).find_longest_match()
    more = max(3, len(asked) // 3)
    start = longest.b - longest.a - more
    return there[max(0, start) : max(0, start) + len(asked) + 2 * more]


def _differences(
    matcher: "SequenceMatcher[str]",
    quote: str,
    asked: Sequence[Token],
    passage: str,
    there: Sequence[Token],
    window: tuple[int, int],
) -> Iterator[Difference]:
    for kind, a, b, c, d in matcher.get_opcodes():
        low, high = max(c, window[0]), min(d, window[1])
        if kind == "equal":
            continue
        ours = quote[asked[a][1] : asked[b - 1][2]] if a < b else ""
        theirs = passage[there[low][1] : there[high - 1][2]] if low < high else ""
        at = asked[a][1] if a < b else asked[a - 1][2] if a else 0
        if ours and theirs:
            yield Difference("changed", ours, theirs, at)
        elif ours:
            yield Difference("added", ours, "", at)
        elif theirs:
            yield Difference("omitted", "", theirs, at)


def _end_of_rest(parts: Sequence[Sequence[str]], plain: str, end: int) -> int | None:
    """Where the parts behind omissions end, if they follow."""
    for part in parts:
        following = re.compile(_pattern(part), re.IGNORECASE).search(
            plain, end, end + OMITTED + sum(map(len, part)) * 2
        )
        if following is None:
            return None
        end = following.end()
    return end


def _with_marks(quote: str, plain: str, start: int, end: int) -> tuple[int, int]:
    """With the marks around it that the quote has as well, such as its full stop."""
    before = quote[: len(quote) - len(quote.lstrip(_OUTER))].lstrip()
    after = quote[len(quote.rstrip(_OUTER)) :].rstrip()
    while after and plain[end : end + 1] == after[0]:
        end, after = end + 1, after[1:]
    while before and start and plain[start - 1] == before[-1]:
        start, before = start - 1, before[:-1]
    return start, end


def _pattern(words: Sequence[str]) -> str:
    start = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    end = r"(?!\w)" if re.match(r"\w", words[-1][-1]) else ""
    return start + r"\s+".join(map(re.escape, words)) + end


def _words(part: str) -> list[str]:
    return part.strip(_OUTER).split()


def _plain(text: str) -> str:
    """With one kind of marks; every character stays at its place."""
    return text.translate(_LIKE)


def _is_exact(quote: str, found: str) -> bool:
    return " ".join(found.split()) in " ".join(quote.split())


def _tokens(text: str) -> list[Token]:
    plain = _plain(text)
    return [(m.group().casefold(), m.start(), m.end()) for m in _WORD.finditer(plain) if m.group()[0].isalnum()]
