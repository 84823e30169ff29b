"""What tells whether a statement answers a question: not only how much matches, but what stays unmatched.

Similarity alone can't tell a question from its near miss ("in 2023" from "in 2019"); the words of the question that
nothing covers can: numbers, names, the thing asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.analysis import terms
from qa_service.indexing.coverage import TermCoverage
from qa_service.language.detect import language_of_question
from qa_service.language.profile import ENGLISH, Language
from qa_service.retrieval.evidence import Evidence

FEATURES = (
    "dense",  # cosine of question and statement
    "missing",  # what is missing for all tokens of the question, each by what the encoder learnt it to be worth
    "missing_most",  # the most that is missing for one token of the question which nothing in the statement matches
    "absent",  # share of what the tokens are worth that nothing in the statement is even like: most of a short question
    "number_missing",  # numbers of the question that the statement lacks
    "number_missing_everywhere",  # numbers that no candidate holds
    "name_missing",  # capitalised words of the question that the statement lacks
    "no_number",  # a quantity is asked for and the statement holds none
    "no_time",  # a time is asked for and the statement holds none
    "length",  # log of the question's words
)

ALIKE = 0.5  # the similarity from which a token is there in some sense

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_NUMBER = re.compile(r"\d")
_QUANTITY = re.compile(
    r"\b(?:how (?:many|much|large|big|high)|number of|amount|what (?:share|percentage|percent|proportion|rate|price|"
    r"budget|sum|figure)|cost|price|percentage|salary|budget)\b"
)
_WHEN = re.compile(
    r"\b(?:when|what (?:year|date|day|month|time)|which (?:year|month|day)|how long|deadline|by what date)\b"
)
_HAS_QUANTITY = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|dozens?|hundreds?|"
    r"thousands?|millions?|billions?|trillions?|half|twice|double|per cent|percent)\b"
)
_HAS_TIME = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|winter|years?|months?|weeks?|days?|hours?|today|"
    r"tomorrow|yesterday|century|decades?)\b"
)

# Said to open or close a talk, or to ask what one talks to: nothing but these words asks the sources nothing.
_SMALL_TALK = frozenset(
    "a all and are at bye can could do doing evening good goodbye great hello hey hi hiya how i is it just lot me "
    "morning much my nice no nope ok okay ping please see so sure thank thanks that the there this to today very was "
    "well what who with would yeah yep yes yo you your".split()
)
_SMALL_REQUESTS = {"help", "help me", "please help", "please help me", "can you help me", "test", "testing", "good day"}


def asks_something(question: str) -> bool:
    """Whether there is a word that sources could answer: not in "?", "hi there" or "what can you do"."""
    typed = _WORD.findall(question)
    if not language_of_question(question).small_talk:
        return bool(typed)
    words = [word.casefold() for word in typed]
    if not question.isupper() and any(len(word) > 1 and word.isupper() and word != "OK" for word in typed):
        return True  # an acronym: "who is the WHO"
    return not _SMALL_TALK.issuperset(words) and " ".join(words) not in _SMALL_REQUESTS


@dataclass(frozen=True, slots=True)
class QuestionParts:
    """What a question asks for. Of its t terms, `numbers` hold a digit, `names` a capital inside the sentence."""

    numbers: NDArray[np.bool_]
    names: NDArray[np.bool_]
    asks_quantity: bool
    asks_time: bool
    length: int


def read_question(question: str, coverage: TermCoverage) -> QuestionParts:
    """Tell the special words of a question."""
    words = list(_WORD.finditer(question))
    named: set[str] = set()
    language = language_of_question(question)
    in_capitals = len(words) > 3 and not any(word.group()[0].islower() for word in words)  # "How Do I Get A Loan?"
    for word in words[1:] if language.capitals_name and not in_capitals else ():
        before = question[: word.start()].rstrip()[-1:]
        if word.group()[0].isupper() and before not in {".", "?", "!", ":", '"', "“"}:
            named.update(term for language in coverage.languages for term in terms(word.group(), language))
    lowered = question.casefold()
    return QuestionParts(
        numbers=np.array([bool(_NUMBER.search(term)) for term in coverage.terms], dtype=bool),
        names=np.array([term in named for term in coverage.terms], dtype=bool),
        asks_quantity=language.amounts_and_times and bool(_QUANTITY.search(lowered)),
        asks_time=language.amounts_and_times and bool(_WHEN.search(lowered)),
        length=len(words),
    )


def answer_features(
    evidence: Evidence, chosen: Sequence[int], texts: Sequence[str], languages: Sequence[Language] | None = None
) -> NDArray[np.float64]:
    """(k, len(FEATURES)) features of the `chosen` candidates, whose texts are `texts`, in English or `languages`."""
    said = [
        (text.casefold(), language.amounts_and_times)
        for text, language in zip(texts, languages or [ENGLISH] * len(texts), strict=True)
    ]
    coverage, rows = evidence.coverage, np.asarray(chosen)
    parts = read_question(evidence.question, coverage)
    stakes = evidence.tokens.missing_weights.astype(np.float64)
    lacking = ~coverage.present[rows]
    nowhere = parts.numbers & ~coverage.present.any(axis=0) if parts.numbers.any() else parts.numbers
    best = evidence.matches.best[rows]
    missing = stakes * (1 - best)
    columns = {
        "dense": evidence.dense[rows],
        "missing": missing.sum(axis=1),
        "missing_most": missing.max(axis=1),
        "absent": (best < ALIKE) @ stakes / stakes.sum(),
        "number_missing": (lacking & parts.numbers).sum(axis=1),
        "number_missing_everywhere": nowhere.sum(),
        "name_missing": (lacking & parts.names).sum(axis=1),
        "no_number": parts.asks_quantity and [known and not _HAS_QUANTITY.search(text) for text, known in said],
        "no_time": parts.asks_time and [known and not _HAS_TIME.search(text) for text, known in said],
        "length": np.log1p(parts.length),
    }
    features = np.empty((len(rows), len(FEATURES)))
    for place, name in enumerate(FEATURES):
        features[:, place] = columns[name]
    return features
