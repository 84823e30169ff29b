"""Rates of the bare encoder and of a build, in process, for `python -m eval speed`."""

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from qa_service.composition import BUILD_THREADS, provide_encoder
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.protocol import Encoder
from qa_service.indexing.build import BuildInput, build_generation
from qa_service.indexing.encoding import passage_of
from qa_service.indexing.layout import IndexFolder
from qa_service.records import Transcript
from qa_service.settings import Settings
from qa_service.sources.statements import cut_statements


def passages_per_second(encoder: Encoder, texts: Sequence[str]) -> float:
    """The bare encoder's rate over batches of like length, as most services encode."""
    ordered = sorted(texts, key=len, reverse=True)
    begun = time.perf_counter()
    for start in range(0, len(ordered), BATCH):
        encoder.encode_passages(ordered[start : start + BATCH])
    return len(ordered) / (time.perf_counter() - begun)


Encode = Callable[[Sequence[str]], Any]
BATCH = 32


def questions_per_second_on(encoders: Sequence[Encode], questions: Sequence[str]) -> float:
    """The rate of several encoders at once, each on a thread of its own with its share of the questions."""
    shares = [questions[place :: len(encoders)] for place in range(len(encoders))]
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(encoders)) as pool:
        list(pool.map(questions_per_second, encoders, shares))
    return len(questions) / (time.perf_counter() - begun)


def build_and_bare_rate(settings: Settings, transcripts: Sequence[Transcript]) -> tuple[float, float]:
    """Statements a second of a whole build of `transcripts`, and of the bare encoder, a batch of 32 by all cores."""
    with tempfile.TemporaryDirectory() as scratch:
        provide_encoder(settings, _made(Path(scratch) / "encoder"))
        encoder = OnnxEncoder(Path(scratch) / "encoder", threads=BUILD_THREADS)
        encoder.encode_passages(["Opens the model, which is not to be timed."])
        statements = [s for t in transcripts for s in cut_statements(t, encoder.token_spans, encoder.max_tokens)[0]]
        bare = passages_per_second(encoder, [passage_of(statement, encoder).text for statement in statements])
        index, source = IndexFolder(_made(Path(scratch) / "index")), BuildInput(transcripts, settings.model)
        begun = time.perf_counter()
        build_generation(index, source, lambda folder: provide_encoder(settings, folder))
        return len(statements) / (time.perf_counter() - begun), bare


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def questions_per_second(encode: Encode, questions: Sequence[str], batch: int = 1) -> float:
    """A bare encoder's rate over questions: one at a time, or in batches of like length."""
    ordered = sorted(questions, key=len)
    begun = time.perf_counter()
    for start in range(0, len(ordered), batch):
        encode(ordered[start : start + batch])
    return len(ordered) / (time.perf_counter() - begun)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, lowest and highest of repetitions."""
    return {"median": float(np.median(values)), "low": min(values), "high": max(values)}
