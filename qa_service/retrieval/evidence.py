"""Everything measured about a question before anything is decided: candidates and their signals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.protocol import TokenVectors
from qa_service.indexing.coverage import TermCoverage
from qa_service.indexing.protocols import OpenIndex
from qa_service.language.detect import language_of_question
from qa_service.retrieval.candidates import DEPTH, find_candidates, find_in_documents
from qa_service.retrieval.known_words import KnownWords
from qa_service.retrieval.late_interaction import Matches, match_tokens

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signals of the candidates `rows` (c,): `dense` cosine, token `matches`, term `coverage` with BM25 scores."""

    question: str
    tokens: TokenVectors
    rows: NDArray[np.int64]
    dense: Float
    matches: Matches
    coverage: TermCoverage


def gather_evidence(
    question: str,
    vector: Float,
    tokens: TokenVectors,
    generation: OpenIndex,
    known: KnownWords,
    allowed: NDArray[np.int64] | None,
    depth: int = DEPTH,
    documents: int = 0,
) -> Evidence | None:
    """Find candidates among the `allowed` rows (None: all), `depth` of each kind, and measure them; None: no row.

    Of so many `documents` at least, if that many match.
    """
    named = known.found_in(question) if language_of_question(question).frames else []
    terms = generation.lexical.terms(_without(question, known.of_all(named, allowed)))
    where = (generation.dense, generation.lexical, allowed)
    if documents:
        found = find_in_documents(vector, terms, *where, generation.store.first_rows, documents, depth)
    else:
        found = find_candidates(vector, terms, *where, depth)
    if len(found.rows) == 0:
        return None
    if len(tokens.ids) == 0:  # not one word that the model can read
        tokens = TokenVectors.standing_for(vector)
    matches = match_tokens(tokens, generation.tokens, found.rows)
    if named:
        matches = known.matched(matches, tokens, named, found.rows)
        known.present(found.coverage, question, named, found.rows)
    return Evidence(question, tokens, found.rows, found.dense, matches, found.coverage)


def _without(question: str, spans: Sequence[tuple[int, int]]) -> str:
    """The question without those parts; as it is where nothing would be left."""
    rest, at = "", 0
    for start, end in spans:
        rest, at = rest + question[at:start], end
    rest += question[at:]
    return rest if any(map(str.isalnum, rest)) else question
