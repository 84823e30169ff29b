"""A readable encoder and a small index of two invented transcripts, so that every answer can be checked by hand."""

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from qa_service.answering import AnswerService
from qa_service.encoder.protocol import EncodedBatch, TokenVectors
from qa_service.errors import ModelError
from qa_service.indexing.build import BuildInput, BuildResult, build_generation
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.records import Transcript
from qa_service.retrieval.retriever import Retriever
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata

MODEL = "fake-bag-of-words"
WORD = re.compile(r"\w+")
STAKE = 0.25  # how much is missing where nothing matches a word


class FakeEncoder:
    """Hashing bag of words: each word points along one axis, a text is the sum of its words at unit length."""

    dimension = 384
    max_tokens = 254
    parallel = 1

    def words(self) -> list[str]:
        """It knows none."""
        return []

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Every word."""
        return [match.span() for match in WORD.finditer(text)]

    def encode_questions(self, texts: Sequence[str]) -> EncodedBatch:
        """Questions and passages are encoded alike."""
        tokens = [self._words(text) for text in texts]
        sentences = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, words in enumerate(tokens):
            np.add.at(sentences[row], words.ids, 1.0)
            sentences[row, 0] += not len(words.ids)
        return EncodedBatch(sentences / np.linalg.norm(sentences, axis=1, keepdims=True), tokens)

    def encode_passages(self, texts: Sequence[str]) -> EncodedBatch:
        """Raises ModelError for a passage beyond the window, as the protocol says."""
        if any(len(self.token_spans(text)) > self.max_tokens for text in texts):
            raise ModelError("a passage is longer than the window")
        return self.encode_questions(texts)

    def _words(self, text: str) -> TokenVectors:
        spans = self.token_spans(text)
        ids = np.array([axis(text[start:end]) for start, end in spans], dtype=np.int32)
        vectors = np.zeros((len(ids), self.dimension), dtype=np.float32)
        vectors[np.arange(len(ids)), ids] = 1.0
        weights = np.tile(np.array([1, STAKE], dtype=np.float32), (len(ids), 1))
        return TokenVectors(vectors, ids, np.array(spans, dtype=np.int32).reshape(-1, 2), weights)


def axis(word: str) -> int:
    """The axis of a word: the same in every process, unlike Python's own hash."""
    return zlib.crc32(word.casefold().encode("utf-8", "surrogatepass")) % FakeEncoder.dimension


TRAMS = """\
Night trams of Lindhaven

Reporter: How many night trams run in Lindhaven?

Ada Lund: Twelve trams run between midnight and dawn. On Saturdays the depot sends out twenty.

They stop at the harbour, the hospital and the university.

Reporter: Who pays for the drivers?

Bo Strand: A harbour levy covers their wages. It was raised by two cents in March.

Ada Lund: Nobody pays more than one crown for a ticket.
"""  # statements 2, 3, 5, 6

APPLES = """\
Orchards after the drought

Host: What did the drought do to the apple harvest?

Mira Oake: Half of the apples withered. 🍎 Cafe\u0301 owners now buy pears instead.

Host: Will cider become dearer?

Mira Oake: Cider keeps its price, because our cellars are full.
"""  # statements 2, 4

BAHNEN = """\
Nachtbahnen von Lindhafen

Reporter: Wie viele Nachtbahnen fahren in Lindhafen?

Ada Lund: Zwölf Bahnen fahren zwischen Mitternacht und Morgen. Am Samstag schickt das Depot zwanzig hinaus.

Reporter: Wer bezahlt die Fahrer der Bahnen?

Bo Strand: Eine Abgabe im Hafen deckt ihre Löhne. Sie wurde im März um zwei Cent erhöht.
"""  # statements 2, 4; German, which the packaged model doesn't know


def transcript(name: str, text: str, **metadata: object) -> Transcript:
    """A parsed transcript."""
    return parse_transcript(name, text.encode(), Metadata.model_validate(metadata))


def two_transcripts() -> list[Transcript]:
    """Both invented transcripts, in order of id."""
    return [transcript("apples", APPLES), transcript("trams", TRAMS)]


def build_index(root: Path, transcripts: Sequence[Transcript] | None = None, digest: str = "") -> BuildResult:
    """Build and publish a generation in `root` with the fake encoder."""
    source = BuildInput(two_transcripts() if transcripts is None else transcripts, MODEL, digest)
    return build_generation(IndexFolder(root), source, lambda _: FakeEncoder())


def open_retriever(root: Path) -> Retriever:
    """A retriever over the index published in `root`."""
    generation = open_generation(current_generation(IndexFolder(root)), model=MODEL)
    return Retriever(generation, FakeEncoder())


@contextmanager
def opened(root: Path) -> Iterator[Retriever]:
    """The same, closed at the end."""
    with closing(open_retriever(root)) as retriever:
        yield retriever


def opener(root: Path) -> Callable[[], AnswerService]:
    """What `create_app` takes to open the index in `root`."""
    return lambda: AnswerService(open_retriever(root))
