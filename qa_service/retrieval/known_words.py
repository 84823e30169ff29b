"""Words of a question that a document is known by: names of people, places and bodies, parts of its date.

No statement of that document lacks them: they count as matched, beside what its own words match.
"""

import re
from collections import defaultdict
from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.protocol import TokenVectors
from qa_service.indexing.analysis import terms
from qa_service.indexing.context import Context
from qa_service.indexing.coverage import TermCoverage
from qa_service.indexing.protocols import OpenIndex
from qa_service.retrieval.candidates import documents_of
from qa_service.retrieval.late_interaction import Matches
from qa_service.sources.countries import without_ending

_WORD = re.compile(r"[^\W_]+")

Found = list[tuple[int, int, set[int]]]  # where a word stands in the question, and the documents known by it


class KnownWords:
    """By word the documents of one generation that are known by it."""

    def __init__(self, generation: OpenIndex) -> None:
        """Of an open generation."""
        self._begins = generation.store.first_rows
        self._documents: dict[str, set[int]] = defaultdict(set)
        speakers = {document.id: document.speakers for document in generation.store.documents()}
        for number, document in enumerate(generation.store.first_row_of):
            for word in _of_everybody(generation.contexts[document], speakers[document]):
                self._documents[word].add(number)

    def found_in(self, question: str) -> Found:
        """The words of a question that some document is known by."""
        found = []
        for word in _WORD.finditer(question):
            small = word.group().casefold()
            forms = (small, *without_ending(small)) if word.group()[0].isupper() else (small,)
            known = [self._documents[form] for form in forms if form in self._documents]
            if known:  # a word may be known to a hundred thousand documents: it is not copied without need
                found.append((*word.span(), known[0] if len(known) == 1 else set().union(*known)))
        return found

    def of_all(self, found: Found, allowed: NDArray[np.int64] | None) -> list[tuple[int, int]]:
        """Where those words stand that every document of the `allowed` rows (None: all) is known by."""
        if allowed is None:
            return [(start, end) for start, end, documents in found if len(documents) == len(self._begins)]
        searched = self._numbers(allowed) if found else []
        return [(start, end) for start, end, documents in found if documents.issuperset(searched)]

    def matched(self, matches: Matches, tokens: TokenVectors, found: Found, rows: NDArray[np.int64]) -> Matches:
        """With the tokens of such words matched in every statement of a document that is known by them."""
        if not found:
            return matches
        covered = matches.covered.copy()
        numbers = self._numbers_of(rows).tolist()
        lengths = np.diff(np.append(matches.begins, len(covered)))
        for start, end, documents in found:
            inside = (tokens.spans[:, 0] >= start) & (tokens.spans[:, 1] <= end)
            known = np.repeat([number in documents for number in numbers], lengths)
            covered[np.ix_(known, inside)] = 1.0
        return Matches.of(matches.weights, covered, matches.numbers, matches.begins)

    def present(self, coverage: TermCoverage, question: str, found: Found, rows: NDArray[np.int64]) -> None:
        """Mark the terms of such words as present in every statement of a document that is known by them."""
        numbers = self._numbers_of(rows).tolist()
        for start, end, documents in found:
            stems = {stem for language in coverage.languages for stem in terms(question[start:end], language)}
            known = np.array([number in documents for number in numbers], dtype=bool)
            for place, term in enumerate(coverage.terms):
                if term in stems:
                    coverage.present[known, place] = True

    def _numbers(self, rows: NDArray[np.int64]) -> Sequence[int]:
        return list(map(int, np.unique(self._numbers_of(rows))))

    def _numbers_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return documents_of(rows, self._begins)


def _of_everybody(context: Context, speakers: Sequence[str]) -> Set[str]:
    """The words that no statement lacks, whoever says it: names of people only where one alone speaks."""
    words = context.names | context.dates
    if not speakers:
        return words
    own = {word.casefold() for word in _WORD.findall(speakers[0])} & words if len(speakers) == 1 else set()
    return words - context.people | own
