"""What the rest of the service asks of an encoder; the ONNX one and the tests' fake one both give it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]


def is_word(piece: str) -> bool:
    """Whether what a token stands for is compared: not punctuation; an accent may stand apart from its letter."""
    return any(map(str.isalnum, piece))


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of one text; special tokens, prompt and punctuation left out.

    `vectors`: (t, d) float32, unit length. `ids`: (t,) vocabulary ids. `spans`: (t, 2) code-point offsets into the
    text that was encoded. `weights`: (t, 2), the two of a question's tokens below; ones where the model was not trained
    to tell.
    """

    vectors: FloatArray
    ids: IntArray
    spans: IntArray
    weights: FloatArray

    @property
    def ranking_weights(self) -> FloatArray:
        """(t,) how much each token of a question counts for ranking."""
        return self.weights[:, 0]

    @property
    def missing_weights(self) -> FloatArray:
        """(t,) how much is missing where nothing matches it."""
        return self.weights[:, 1]

    @classmethod
    def standing_for(cls, vector: FloatArray) -> "TokenVectors":
        """A text without a single word: its (d,) vector as its only token."""
        nowhere = np.zeros((1, 2), dtype=np.int32)
        return cls(vector[None, :], np.zeros(1, dtype=np.int32), nowhere, np.ones((1, 2), dtype=np.float32))

    def keep(self, chosen: NDArray[np.bool_]) -> "TokenVectors":
        """Only the chosen tokens."""
        return TokenVectors(self.vectors[chosen], self.ids[chosen], self.spans[chosen], self.weights[chosen])


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """A batch of texts: `sentences` (n, d) float32 of unit length, and the token vectors of each text."""

    sentences: FloatArray
    tokens: list[TokenVectors]


class Encoder(Protocol):
    """Turns questions and passages into vectors of one space."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens of a passage that fit the model's window, special tokens and prompt not counted."""

    @property
    def parallel(self) -> int:
        """How many batches of passages may be encoded at the same time, each by a thread of its own."""

    def words(self) -> Iterable[str]:
        """Whole words, in lower case, that the model knows as such."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Code-point offsets of every token of a text, however long."""

    def encode_questions(self, texts: Sequence[str]) -> EncodedBatch:
        """One batch of questions, with the model's query prompt."""

    def encode_passages(self, texts: Sequence[str]) -> EncodedBatch:
        """One batch of passages, with the model's passage prompt; texts beyond the window raise ModelError."""
