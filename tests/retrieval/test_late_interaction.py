"""MaxSim over compressed tokens, the spans it gives, and the codec's error."""

from pathlib import Path

import numpy as np
import pytest

from qa_service.encoder.protocol import TokenVectors
from qa_service.errors import IndexDamagedError
from qa_service.indexing.tokens import TokenCodec, TokenIndex, assemble_tokens
from qa_service.retrieval.late_interaction import Matches, match_tokens
from qa_service.retrieval.spans import best_span

RANDOM = np.random.default_rng(7)


def unit(count: int, dimension: int = 160) -> np.ndarray:
    vectors = RANDOM.normal(size=(count, dimension)).astype(np.float32) * np.linspace(2, 0.1, dimension)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def question(vectors: np.ndarray, weights: list[float]) -> TokenVectors:
    count = len(vectors)
    both = np.repeat(np.array(weights, dtype=np.float32)[:, None], 2, axis=1)
    return TokenVectors(vectors, np.arange(count, dtype=np.int32), np.zeros((count, 2), dtype=np.int32), both)


def index_of(statements: list[np.ndarray], codec: TokenCodec) -> TokenIndex:
    parts = [(row, codec.encode(v), np.zeros(len(v), dtype=np.uint8)) for row, v in enumerate(statements)]
    return assemble_tokens(codec, [parts[1], parts[0], *parts[2:]])


@pytest.mark.parametrize(("bits", "size", "most", "mean"), [(2, 32, 0.4, 0.08), (4, 64, 0.15, 0.03)])
def test_codec_keeps_similarities_close_to_the_projected_ones(bits: int, size: int, most: float, mean: float) -> None:
    tokens, asked = unit(500), unit(5)
    codec = TokenCodec.fit(tokens, bits=bits)
    packed = codec.encode(tokens)
    assert packed.shape == (500, size)
    assert packed.dtype == np.uint8
    exact = codec.project(tokens) @ codec.project(asked).T
    error = np.abs(codec.best_similarities(codec.unpacked(packed), np.arange(500), asked) - exact)
    assert error.max() < most
    assert error.mean() < mean


def test_rounding_the_question_too_changes_hardly_anything() -> None:
    tokens, asked = unit(500), unit(5)
    codec = TokenCodec.fit(tokens)
    codes = codec.unpacked(codec.encode(tokens))
    found = codec.best_similarities(codes, np.arange(500), asked)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, (codes * codec.step + codec.low) @ codec.project(asked).T, atol=0.01)


@pytest.mark.parametrize("bits", [2, 4])
def test_a_saved_index_knows_by_how_many_bits_its_tokens_are_stored(bits: int, tmp_path: Path) -> None:
    statements = [unit(4), unit(7), unit(1)]
    index = index_of(statements, TokenCodec.fit(unit(300), bits=bits))
    index.save(tmp_path / "tokens")
    loaded = TokenIndex.load(tmp_path / "tokens")
    asked = question(unit(3), [1, 1, 2])
    rows = np.arange(3)
    assert loaded.codec.bits == bits
    np.testing.assert_array_equal(match_tokens(asked, loaded, rows).best, match_tokens(asked, index, rows).best)


@pytest.mark.parametrize("axes", [0, 96, 127])
def test_tokens_whose_codec_is_for_other_axes_are_damaged(axes: int, tmp_path: Path) -> None:
    index_of([unit(4), unit(7), unit(1)], TokenCodec.fit(unit(300))).save(tmp_path / "tokens")
    np.save(tmp_path / "tokens" / "low.npy", np.zeros(axes, dtype=np.float32))
    with pytest.raises(IndexDamagedError, match="rebuild with: qa-service build"):
        TokenIndex.load(tmp_path / "tokens")


def test_best_is_the_maximum_over_each_statements_own_tokens_whatever_order_they_were_written_in() -> None:
    statements = [unit(4), unit(7), unit(1)]
    codec = TokenCodec.fit(np.concatenate([*statements, unit(300)]))
    index = index_of(statements, codec)
    asked = unit(3)
    matches = match_tokens(question(asked, [1, 1, 2]), index, np.array([2, 0]))
    for place, row in enumerate([2, 0]):
        alone = codec.best_similarities(codec.unpacked(codec.encode(statements[row])), np.array([0]), asked)
        np.testing.assert_allclose(matches.best[place], alone[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(matches.weights, [0.25, 0.25, 0.5])
    np.testing.assert_allclose(matches.scores, matches.best @ np.array([0.25, 0.25, 0.5]), rtol=1e-5)


def test_a_whole_index_in_any_order_of_rows_gives_each_statement_its_own_matches() -> None:
    statements = [unit(4), unit(7), unit(1)]
    index = index_of(statements, TokenCodec.fit(np.concatenate([*statements, unit(300)])))
    asked = question(unit(3), [1, 1, 2])
    for order in ([0, 1, 2], [2, 0, 1], [0, 1, 2]):  # the second time from what was kept
        matches = match_tokens(asked, index, np.array(order))
        for place, row in enumerate(order):
            alone = match_tokens(asked, index, np.array([row]))
            np.testing.assert_allclose(matches.best[place], alone.best[0], rtol=1e-5)


def test_the_sentence_score_is_that_of_the_one_sentence_that_covers_most() -> None:
    covered = np.array([[0.9, 0.0], [0.5, 0.8], [0.2, 0.1]], dtype=np.float32)
    halves = np.array([0.5, 0.5], dtype=np.float32)
    # the last sentence is another statement's
    matches = Matches.of(halves, covered, np.array([0, 1, 1], dtype=np.uint8), np.array([0, 2]))
    np.testing.assert_allclose(matches.scores, [(0.9 + 0.8) / 2, (0.2 + 0.1) / 2], rtol=1e-6)
    first = max((0.9 + 0.0) / 2, (0.5 + 0.8) / 2)
    np.testing.assert_allclose(matches.sentence_scores, [first, (0.2 + 0.1) / 2], rtol=1e-6)


TEXT = "Nothing here. Banks lend more. They lend cheaply too. The end."
SENTENCES = np.arange(4, dtype=np.uint8)


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([[0.1, 0.1], [0.9, 0.2], [0.3, 0.2], [0.1, 0.1]], "Banks lend more."),
        ([[0.1, 0.1], [0.9, 0.2], [0.3, 0.9], [0.1, 0.1]], "Banks lend more. They lend cheaply too."),
        ([[0.1, 0.1], [0.1, 0.2], [0.1, 0.1], [0.9, 0.9]], "The end."),
    ],
)
def test_span_is_the_sentence_that_covers_the_question_and_a_neighbour_that_covers_more(
    covered: list[list[float]], expected: str
) -> None:
    weights = np.array([0.5, 0.5], dtype=np.float32)
    start, end = best_span(TEXT, np.array(covered, dtype=np.float32), SENTENCES, weights)
    assert TEXT[start:end] == expected


def test_span_of_a_single_sentence_is_the_statement() -> None:
    one = np.ones((1, 1), dtype=np.float32)
    assert best_span("Just this", one, np.zeros(1, dtype=np.uint8), np.ones(1, dtype=np.float32)) == (0, 9)
