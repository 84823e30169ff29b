"""Statements to vectors for the index: each is encoded by itself, with the question it answers in front."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.protocol import EncodedBatch, Encoder, TokenVectors
from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.tokens import Stored, TokenCodec, TokenIndex, assemble_tokens
from qa_service.language.sentences import sentence_spans
from qa_service.records import Statement

TOGETHER = 32  # passages whose tokens are compressed together
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
        return Passage(statement.spoken, 0)
    room = encoder.max_tokens - len(encoder.token_spans(statement.spoken)) - SEAM_TOKENS
    tokens = encoder.token_spans(statement.asked)
    if room <= 0:
        return Passage(statement.spoken, 0)
    asked = statement.asked if len(tokens) <= room else statement.asked[tokens[len(tokens) - room][0] :]
    return Passage(f"{asked} {statement.spoken}", len(asked) + 1)


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier generation by the same encoder holds: by `(asked, spoken)` of a statement, its row there."""

    rows: Mapping[tuple[str | None, str], int]
    dense: DenseIndex
    tokens: TokenIndex


def encode_statements(
    encoder: Encoder,
    statements: Sequence[Statement],
    progress: Progress | None = None,
    kept: Kept | None = None,
    codec: TokenCodec | None = None,
) -> tuple[NDArray[np.float32], TokenIndex]:
    """The (n, d) vectors and the compressed tokens of all statements, in row order.

    What `kept` holds already is taken over, with its token codec; nothing is encoded twice. `codec`: one to compress
    by, else one is fitted.
    """
    vectors = np.empty((len(statements), encoder.dimension), dtype=np.float32)
    parts: list[Stored] = list(_take_over(statements, vectors, kept)) if kept else []
    taken = {row for row, _, _ in parts}
    passages = {row: passage_of(s, encoder) for row, s in enumerate(statements) if row not in taken}
    codec = kept.tokens.codec if kept and parts else codec
    waiting: list[tuple[int, TokenVectors]] = []  # tokens of the sample the codec is fitted on
    if progress:
        progress(len(parts), len(statements))
    for rows, sentences, tokens in encode_passages(encoder, passages, SAMPLE if codec is None else 0):
        vectors[rows] = sentences
        waiting += zip(rows, tokens, strict=True)
        if codec is None and len(waiting) >= min(SAMPLE, len(passages)):
            codec = TokenCodec.fit(np.concatenate([found.vectors for _, found in waiting]))
        if codec is not None:
            parts += _stored(waiting, statements, codec)
            waiting = []
        if progress:
            progress(len(parts) + len(waiting), len(statements))
    if codec is None:
        raise ValueError("there is no statement to encode")
    return vectors, assemble_tokens(codec, parts)


def _take_over(statements: Sequence[Statement], vectors: NDArray[np.float32], kept: Kept) -> Iterator[Stored]:
    """Fill in the vectors that are known already, and yield their tokens."""
    pairs = [
        (row, kept.rows[s.asked, s.spoken]) for row, s in enumerate(statements) if (s.asked, s.spoken) in kept.rows
    ]
    if not pairs:
        return
    now, before = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    vectors[now] = kept.dense.vectors(before)
    for row, old in pairs:
        start = int(kept.tokens.starts[old])
        own = slice(start, start + int(kept.tokens.counts[old]))
        yield row, kept.tokens.codes[own], kept.tokens.sentences[own]


def _stored(
    encoded: Sequence[tuple[int, TokenVectors]], statements: Sequence[Statement], codec: TokenCodec
) -> Iterator[Stored]:
    """Compress the tokens of a batch together: one by one costs more than encoding."""
    codes = codec.encode(np.concatenate([found.vectors for _, found in encoded]))
    ends = np.cumsum([len(found.ids) for _, found in encoded])
    for (row, found), mine in zip(encoded, np.split(codes, ends[:-1]), strict=True):
        yield row, mine.copy(), _sentence_numbers(statements[row].spoken, found.spans[:, 0])


def encode_passages(
    encoder: Encoder, passages: Mapping[int, Passage], sample: int = 0
) -> Iterator[tuple[list[int], NDArray[np.float32], list[TokenVectors]]]:
    """Passages, `TOGETHER` at a time: their rows, vectors, and tokens of the statement itself.

    A random `sample` of them comes before all others; of each part the longest come first, so that all cores end
    together.
    """
    drawn = np.random.default_rng(0).permutation(np.array(list(passages), dtype=np.int64)).tolist()
    order: list[int] = []
    for part in (drawn[:sample], drawn[sample:]):
        order += sorted(part, key=lambda row: (-len(passages[row].text), row))
    single = zip(order, encoded(encoder, (passages[row].text for row in order)), strict=True)
    while found := list(islice(single, TOGETHER)):
        rows = [row for row, _ in found]
        vectors = np.concatenate([one.sentences for _, one in found])
        own = [_own_tokens(passages[row], one.sentences[0], one.tokens[0]) for row, one in found]
        yield rows, vectors, own


def encoded(encoder: Encoder, texts: Iterable[str]) -> Iterator[EncodedBatch]:
    """Each text by itself, in order, as many at a time as the encoder takes, and no more than so many ahead.

    In a batch int8 activations would be scaled over all of it, so that a vector would depend on its neighbours.
    """
    pool = ThreadPoolExecutor(encoder.parallel)
    try:
        ahead: deque[Future[EncodedBatch]] = deque()
        for text in texts:
            ahead.append(pool.submit(encoder.encode_passages, [text]))
            if len(ahead) > encoder.parallel:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _own_tokens(passage: Passage, vector: NDArray[np.float32], tokens: TokenVectors) -> TokenVectors:
    """The tokens of the statement's own words, offsets from its start; its one vector where it has no word."""
    keep = tokens.spans[:, 0] >= passage.text_from
    if not keep.any():
        return TokenVectors.standing_for(vector)
    own = tokens.keep(keep)
    return replace(own, spans=own.spans - passage.text_from)


def _sentence_numbers(text: str, starts: NDArray[np.int32]) -> NDArray[np.uint8]:
    begins = np.array([start for start, _ in sentence_spans(text)])
    return np.clip(np.searchsorted(begins, starts, side="right") - 1, 0, 255).astype(np.uint8)
