"""`python -m eval no-harm`: what we learnt must not rank real text worse than doing without it would.

The default is compared, on each public collection, with BM25, with the same pipeline around the model we started from,
and with that model's vector alone, question by question.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ir_measures import nDCG

from eval.datasets.examples import Example, public_examples, scored
from eval.metrics import per_question
from qa_service.indexing.weights import Weights
from qa_service.retrieval.fusion import FusionWeights
from qa_service.settings import Settings

BASE = "all-MiniLM-L6-v2"  # what the default was adapted from
VECTOR = FusionWeights(dense=1.0, bm25=0.0, best_sentence=0.0, late_interaction=0.0)
WORDS = FusionWeights(dense=0.0, bm25=1.0, best_sentence=0.0, late_interaction=0.0)


@dataclass(frozen=True, slots=True)
class Compared:
    """Mean nDCG@10 of the default and of another way to rank, over `questions`; `error`: of the difference's mean."""

    collection: str
    other: str
    questions: int
    default: float
    value: float
    error: float

    @property
    def harms(self) -> bool:
        """Whether the default is worse by more than the standard error."""
        return self.default < self.value - self.error


def compare_with_base(folder: Path, settings: Settings, splits: Sequence[str] = ("dev", "test")) -> Iterator[Compared]:
    """The default beside each other way, over both halves of a collection."""
    weights = FusionWeights.of(Weights.read())
    base = settings.model_copy(update={"model": BASE, "index_dir": settings.index_dir / BASE})
    ours = [e for split in splits for e in public_examples(folder, settings, split) if e.grades]
    theirs = [e for split in splits for e in public_examples(folder, base, split) if e.grades]
    default = _values(ours, weights)
    others = {
        "BM25": _values(ours, WORDS),
        f"same pipeline, {BASE}": _values(theirs, weights),
        f"vector of {BASE} alone": _values(theirs, VECTOR),
    }
    for name, values in others.items():
        yield compared(folder.name, name, default, values)


def compared(collection: str, other: str, default: Mapping[str, float], values: Mapping[str, float]) -> Compared:
    """From the nDCG@10 of each question, which both must have."""
    ours, theirs = (np.array([found[question] for question in default]) for found in (default, values))
    error = float((ours - theirs).std(ddof=1) / np.sqrt(len(ours))) if len(ours) > 1 else 0.0
    return Compared(collection, other, len(ours), float(ours.mean()), float(theirs.mean()), error)


def _values(examples: Sequence[Example], weights: FusionWeights) -> Mapping[str, float]:
    qrels = {str(i): dict(e.grades) for i, e in enumerate(examples)}
    run = {str(i): scored(e, weights) for i, e in enumerate(examples)}
    return per_question({"nDCG@10": nDCG @ 10}, qrels, run)["nDCG@10"]
