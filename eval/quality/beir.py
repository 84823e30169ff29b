"""`python -m eval beir DIR`: a BEIR folder, indexed and searched with the service's own pipeline."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from eval.datasets.beir import Collection, passage_key
from eval.metrics import BINARY, estimate, per_question
from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.scoped import ScopedRanker

DEPTH = 100
BATCH = 32


def search(retriever: Retriever, collection: Collection) -> dict[str, dict[str, float]]:
    """The run: query id -> passage id -> score. A passage cut in several statements scores as its best one."""
    store = retriever.generation.store
    ranker = ScopedRanker.over(retriever)
    groups: dict[str | None, list[str]] = defaultdict(list)
    for query in collection.queries:
        groups[collection.scope.get(query)].append(query)
    run: dict[str, dict[str, float]] = {}
    for meeting, queries in tqdm(groups.items(), desc="searching", disable=len(groups) == 1):
        filters = {} if meeting is None else {"document": [meeting]}
        for start in range(0, len(queries), BATCH):
            batch = queries[start : start + BATCH]
            rankings = ranker.rank([collection.queries[q] for q in batch], DEPTH, filters)
            for query, (_, ranking) in zip(batch, rankings, strict=True):
                found: dict[str, float] = {}
                placed = [(row, hit.score) for hit in ranking.hits for row in (hit.row, *hit.repeated)]
                statements = store.statements([row for row, _ in placed])
                for (_, score), statement in zip(placed, statements, strict=True):
                    passage = collection.passages[passage_key(statement.id)]
                    found[passage] = max(found.get(passage, float("-inf")), score)
                run[query] = found
    return run


def evaluate(collection: Collection, run: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """The measures of the contract, each with its interval."""
    values = per_question(BINARY, collection.qrels, run)
    report: dict[str, Any] = {"queries": len(collection.queries), "passages": len(collection.passages)}
    for name, by_query in values.items():
        result = estimate(list(by_query.values()))
        report[name] = round(result.value, 4)
        report[f"{name}_95"] = [round(result.low, 4), round(result.high, 4)]
    return report


def write_run(path: Path, run: Mapping[str, Mapping[str, float]]) -> None:
    """Write a TREC run file."""
    with path.open("w", encoding="utf-8") as file:
        for query, found in run.items():
            best_first = sorted(found.items(), key=lambda item: -item[1])
            for rank, (passage, score) in enumerate(best_first, start=1):
                file.write(f"{query} Q0 {passage} {rank} {score:.6f} qa-service\n")
