"""A question that stands in the sources word for word: what was replied to it is its answer, by definition."""

import re
from functools import lru_cache

FEWEST_WORDS = 4  # of a question that means the same wherever it is asked; "Why?" does not
FEWEST_CHARACTERS = 6  # where words are not parted by spaces
LOOKED_AT = 10  # best candidates whose questions are compared
SURE = 0.9  # at least, of a reply to the very question: a reply may evade

_WORD = re.compile(r"\w+(?:['’]\w+)?")


def words_of(question: str) -> str | None:
    """The words in lower case, between spaces, to be looked for; None for a question of too few."""
    found = _WORD.findall(question.casefold())
    unparted = len(found) == 1 and not question.isascii() and len(found[0]) >= FEWEST_CHARACTERS
    return f" {' '.join(found)} " if len(found) >= FEWEST_WORDS or unparted else None


def is_asked_in(words: str, asked: str | None) -> bool:
    """Whether the interviewer's question holds `words`, as `words_of` gives them."""
    return asked is not None and words in _words(asked)


@lru_cache(2048)
def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
