"""Statements to vectors for the index: each is encoded with the question it answers in front, in batches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.protocol import Encoder, TokenVectors
from qa_service.indexing.tokens import TokenCodec, TokenIndex, assemble_tokens
from qa_service.records import Statement
from qa_service.sources.sentences import sentence_spans

BATCH = 32  # passages encoded together, sorted by length so that little is padding
SAMPLE = 512  # statements the token codec is fitted on
SEAM_TOKENS = 2  # some tokenizers need more tokens for joined texts than for each alone

Progress = Callable[[int, int], None]  # statements encoded so far, and of how many


@dataclass(frozen=True, slots=True)
class Passage:
    """What is encoded for a statement: the end of its question that fits, then its text from `text_from` on."""

    text: str
    text_from: int


def passage_of(statement: Statement, encoder: Encoder) -> Passage:
    """A statement with the question it answers in front, as much of the question's end as the window leaves."""
    if not statement.asked:
        return Passage(statement.text, 0)
    room = encoder.max_tokens - len(encoder.token_spans(statement.text)) - SEAM_TOKENS
    tokens = encoder.token_spans(statement.asked)
    if room <= 0:
        return Passage(statement.text, 0)
    asked = statement.asked if len(tokens) <= room else statement.asked[tokens[len(tokens) - room][0] :]
    return Passage(f"{asked} {statement.text}", len(asked) + 1)


def encode_statements(
    encoder: Encoder, statements: Sequence[Statement], progress: Progress | None = None
) -> tuple[NDArray[np.float32], TokenIndex]:
    """The (n, d) vectors and the compressed tokens of all statements, in row order."""
    passages = [passage_of(statement, encoder) for statement in statements]
    codec = _fit_codec(encoder, passages)
    vectors = np.empty((len(passages), encoder.dimension), dtype=np.float32)
    parts: list[tuple[int, NDArray[np.uint8], NDArray[np.uint8]]] = []
    done = 0
    for rows, sentences, tokens in encode_passages(encoder, passages):
        vectors[rows] = sentences
        for row, found in zip(rows, tokens, strict=True):
            numbers = _sentence_numbers(statements[row].text, found.spans[:, 0])
            parts.append((row, codec.encode(found.vectors), numbers))
        done += len(rows)
        if progress:
            progress(done, len(passages))
    return vectors, assemble_tokens(codec, parts)


def encode_passages(
    encoder: Encoder, passages: Sequence[Passage]
) -> Iterator[tuple[list[int], NDArray[np.float32], list[TokenVectors]]]:
    """Batches of passages of like length, longest first: their rows, vectors, and tokens of the statement itself."""
    order = sorted(range(len(passages)), key=lambda row: -len(passages[row].text))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        batch = encoder.encode_passages([passages[row].text for row in rows])
        pairs = zip(rows, batch.sentences, batch.tokens, strict=True)
        yield rows, batch.sentences, [_own_tokens(passages[row], vector, tokens) for row, vector, tokens in pairs]


def _own_tokens(passage: Passage, vector: NDArray[np.float32], tokens: TokenVectors) -> TokenVectors:
    """The tokens of the statement's own words, offsets from its start; its one vector where it has no word."""
    keep = (tokens.weights[:, 0] > 0) & (tokens.spans[:, 0] >= passage.text_from)
    if not keep.any():
        return TokenVectors.standing_for(vector)
    own = tokens.keep(keep)
    return replace(own, spans=own.spans - passage.text_from)


def _fit_codec(encoder: Encoder, passages: Sequence[Passage]) -> TokenCodec:
    chosen = np.random.default_rng(0).permutation(len(passages))[:SAMPLE]
    sample = [passages[row] for row in chosen]
    return TokenCodec.fit(
        np.concatenate([t.vectors for _, _, tokens in encode_passages(encoder, sample) for t in tokens])
    )


def _sentence_numbers(text: str, starts: NDArray[np.int32]) -> NDArray[np.uint8]:
    begins = np.array([start for start, _ in sentence_spans(text)])
    return np.clip(np.searchsorted(begins, starts, side="right") - 1, 0, 255).astype(np.uint8)
