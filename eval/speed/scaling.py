"""`python -m eval growth`: what thousands and a million statements cost: build, disk, memory, time, recall.

Nobody has a million statements at hand and encoding them would take hours, so they are put together: each is three or
four sentences of the project's own transcripts, most of one statement; its vector is the mean of the sentences' real
vectors plus noise, its tokens are the sentences' real tokens. Everything but the encoder runs as in every build.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.datasets.own import INTERVIEW, other_documents, own_transcript
from qa_service.composition import provide_encoder
from qa_service.encoder.protocol import EncodedBatch, Encoder, TokenVectors
from qa_service.indexing.build import BuildInput, build_generation
from qa_service.indexing.encoding import encoded
from qa_service.indexing.layout import IndexFolder
from qa_service.language.sentences import sentence_spans
from qa_service.records import Document, Exchange, Paragraph, Piece, Transcript
from qa_service.settings import Settings

PER_DOCUMENT = 1000
OTHERS = 0.3  # chance that a sentence comes from another statement
NOISE = 0.5  # length of the noise vector; sentences' vectors have length 1
Recipe = tuple[int, ...]  # numbers of the sentences a statement is made of


@dataclass(frozen=True, slots=True)
class Sentences:
    """Real sentences in groups of one statement: their texts, vectors (s, d) and tokens."""

    texts: list[str]
    groups: list[range]
    vectors: np.ndarray[Any, np.dtype[np.float32]]
    tokens: list[TokenVectors]


class MixingEncoder:
    """Gives a made-up statement the mean of its sentences' vectors, and their tokens; questions are really encoded."""

    def __init__(self, real: Encoder, sentences: Sentences, recipes: dict[str, Recipe]) -> None:
        self._real, self._sentences, self._recipes = real, sentences, recipes
        self._random = np.random.default_rng(1)
        self.dimension, self.max_tokens, self.parallel = real.dimension, real.max_tokens, 1
        self.token_spans, self.encode_questions, self.words = real.token_spans, real.encode_questions, real.words

    def encode_passages(self, texts: Sequence[str]) -> EncodedBatch:
        """By recipe."""
        noise = self._random.normal(size=(len(texts), self.dimension)).astype(np.float32)
        vectors = NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        tokens = []
        for row, text in enumerate(texts):
            recipe = self._recipes[text]
            vectors[row] += self._sentences.vectors[list(recipe)].mean(axis=0)
            tokens.append(
                _joined([self._sentences.tokens[s] for s in recipe], [self._sentences.texts[s] for s in recipe])
            )
        return EncodedBatch(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), tokens)


def grow(settings: Settings, sizes: Sequence[int], keep: Path | None = None) -> Iterator[dict[str, Any]]:
    """Build an index of each size and measure it in a process of its own; yields one report a size."""
    with tempfile.TemporaryDirectory() as scratch:
        sentences: Sentences | None = None
        for size in sizes:
            index = IndexFolder((keep or Path(scratch)) / str(size))
            built = 0.0
            if not index.current.exists():
                sentences = sentences or _encoded(settings, Path(scratch))
                started = time.perf_counter()
                _build(settings, size, index, sentences)
                built = time.perf_counter() - started
            command = [sys.executable, "-m", "eval.speed.scaling_probe", str(index.root), settings.model]
            probe = subprocess.run(command, check=True, capture_output=True, text=True)
            disk = sum(path.stat().st_size for path in index.root.rglob("*") if path.is_file())
            report = {"statements": size, "build_s": round(built, 1), "disk_mb": round(disk / 1e6, 1)}
            yield report | json.loads(probe.stdout)


def _build(settings: Settings, size: int, index: IndexFolder, sentences: Sentences) -> None:
    recipes: dict[str, Recipe] = {}
    transcripts = list(made_up_documents(sentences.texts, sentences.groups, size, recipes))
    source = BuildInput(transcripts, settings.model, factory=settings.index_factory)
    build_generation(index, source, lambda folder: MixingEncoder(provide_encoder(settings, folder), sentences, recipes))


def _sentences(settings: Settings) -> tuple[list[str], list[range]]:
    """All sentences of the project's transcripts, and which belong to one statement."""
    texts: list[str] = []
    groups: list[range] = []
    for name in [INTERVIEW, *other_documents()]:
        for exchange in own_transcript(name, settings.source_dir).exchanges:
            for paragraph in exchange.answers:
                text = paragraph.piece.text
                found = [text[start:end] for start, end in sentence_spans(text)]
                groups.append(range(len(texts), len(texts) + len(found)))
                texts += found
    return texts, groups


def _encoded(settings: Settings, scratch: Path) -> Sentences:
    texts, groups = _sentences(settings)
    folder = scratch / "encoder"
    folder.mkdir()
    real = provide_encoder(settings, folder)
    singles = list(encoded(real, texts))
    vectors = np.concatenate([one.sentences for one in singles])
    return Sentences(texts, groups, vectors, [one.tokens[0] for one in singles])


def made_up_documents(
    texts: list[str], groups: list[range], size: int, recipes: dict[str, Recipe]
) -> Iterator[Transcript]:
    """`size` statements in transcripts of a thousand; fills in `recipes`, text -> the sentences it is made of."""
    random = np.random.default_rng(size)
    for first in range(0, size, PER_DOCUMENT):
        paragraphs, offset = [], 0
        for number in range(min(PER_DOCUMENT, size - first)):
            recipe = _recipe(random, groups, len(texts))
            text = " ".join(texts[sentence] for sentence in recipe)
            recipes[text] = recipe
            paragraphs.append(Paragraph(number, "Speaker", Piece(text, offset, offset + len(text))))
            offset += len(text) + 2
        whole = "\n\n".join(paragraph.piece.text for paragraph in paragraphs)
        document = Document(f"made-up-{first}", f"Made up {first}", "en", str(first), whole)
        yield Transcript(document, (Exchange(0, None, None, tuple(paragraphs)),))


def _recipe(random: np.random.Generator, groups: list[range], count: int) -> Recipe:
    own = groups[random.integers(len(groups))]
    length = 3 + int(random.integers(2))
    chosen = [
        int(random.integers(count)) if random.random() < OTHERS else own[random.integers(len(own))]
        for _ in range(length)
    ]
    return tuple(dict.fromkeys(chosen))


def _joined(parts: list[TokenVectors], texts: list[str]) -> TokenVectors:
    shifts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    spans = [part.spans + shift for part, shift in zip(parts, shifts, strict=True)]
    return TokenVectors(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.ids for part in parts]),
        np.concatenate(spans).astype(np.int32),
        np.concatenate([part.weights for part in parts]),
    )
