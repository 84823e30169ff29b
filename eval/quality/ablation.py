"""`python -m eval ablate`: what each ranking signal is worth, by switching it off, with paired significance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from ir_measures import nDCG
from scipy.stats import ttest_rel

from eval.datasets.examples import Example, scored
from eval.metrics import per_question
from qa_service.retrieval.evidence import Evidence
from qa_service.retrieval.fusion import FusionWeights


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to rank: the evidence as changed, and the weights."""

    change: Callable[[Evidence], Evidence]
    weights: FusionWeights


@dataclass(frozen=True, slots=True)
class Worth:
    """A variant's mean nDCG@10 in one group, the difference to the whole, and the p-value of a paired t-test."""

    value: float
    difference: float
    p: float


def variants(weights: FusionWeights) -> dict[str, Variant]:
    """The whole, and the whole without one part."""

    def same(evidence: Evidence) -> Evidence:
        return evidence

    def even(evidence: Evidence) -> Evidence:
        shares = np.full_like(evidence.matches.weights, 1 / len(evidence.matches.weights))
        return replace(evidence, matches=replace(evidence.matches, weights=shares))

    return {
        "all signals": Variant(same, weights),
        "without late interaction": Variant(same, replace(weights, late_interaction=0.0, best_sentence=0.0)),
        "without the best sentence": Variant(same, replace(weights, best_sentence=0.0)),
        "without the vector": Variant(same, replace(weights, dense=0.0, short_question=0.0)),
        "short questions like others": Variant(same, replace(weights, short_question=0.0)),
        "without BM25": Variant(same, replace(weights, bm25=0.0)),
        "every token counting alike": Variant(even, weights),
        "the vector alone": Variant(same, FusionWeights(dense=1.0, bm25=0.0, best_sentence=0.0, late_interaction=0.0)),
        "BM25 alone": Variant(same, FusionWeights(dense=0.0, bm25=1.0, best_sentence=0.0, late_interaction=0.0)),
        "late interaction alone": Variant(same, FusionWeights(dense=0.0, bm25=0.0, best_sentence=0.0)),
    }


def ablate(examples: Sequence[Example], weights: FusionWeights) -> Mapping[str, Mapping[str, Worth]]:
    """Variant -> group -> worth, over the answerable questions."""
    asked = [e for e in examples if e.grades]
    qrels = {str(i): dict(e.grades) for i, e in enumerate(asked)}
    whole: dict[str, float] = {}
    table: dict[str, dict[str, Worth]] = {}
    for name, variant in variants(weights).items():
        run = {
            str(i): scored(replace(e, evidence=variant.change(e.evidence)), variant.weights)
            for i, e in enumerate(asked)
        }
        values = per_question({"nDCG@10": nDCG @ 10}, qrels, run)["nDCG@10"]
        whole = whole or values
        table[name] = {group: _worth(asked, group, values, whole) for group in dict.fromkeys(e.group for e in asked)}
    return table


def _worth(asked: Sequence[Example], group: str, values: Mapping[str, float], whole: Mapping[str, float]) -> Worth:
    mine = [str(i) for i, e in enumerate(asked) if e.group == group]
    here, there = np.array([values[i] for i in mine]), np.array([whole[i] for i in mine])
    p = float(ttest_rel(here, there).pvalue) if (here != there).any() else 1.0
    return Worth(float(here.mean()), float((here - there).mean()), p)
