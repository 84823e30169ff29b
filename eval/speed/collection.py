"""`python -m eval speed --collection DIR`: a public collection over HTTP, many results each, encoding included."""

import json
import os
import sys
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ir_measures import nDCG

from eval.datasets.beir import Collection, load_collection, passage_key
from eval.datasets.examples import evaluation_index
from eval.datasets.indexes import index_of
from eval.metrics import per_question
from eval.speed.http_load import Server, put_load, running
from eval.speed.throughput import spread
from qa_service.options import MAX_TOP_K
from qa_service.settings import Settings

PORT = 8791
SECONDS = 10.0


def measure_collection(
    settings: Settings, folder: Path, *, clients: int, top_k: int, repetitions: int, workers: int
) -> dict[str, Any]:
    """Questions a second, milliseconds and nDCG@10 of the test queries. Raises ValueError for too many results."""
    if not 1 <= top_k <= MAX_TOP_K:
        raise ValueError(f"--top-k {top_k}: a question gets 1 to {MAX_TOP_K} results")
    load_before = os.getloadavg()[0]  # of the machine without us: figures of a busy one are no figures
    collection, index = load_collection(folder), evaluation_index(settings, folder)
    with index_of(collection.transcripts, settings, index):
        pass  # builds it where it isn't there yet
    bodies = {q: _body(text, top_k) for q, text in collection.queries.items()}
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        server = _server(index, Path(scratch), workers)
        with running(server, Path(scratch) / "server.log"):
            ranked = {q: _ranked(server, body, collection) for q, body in bodies.items()}
            put_load(server, list(bodies.values()), clients, 1, Path(scratch))  # warm
            for _ in range(repetitions):
                load = put_load(server, list(bodies.values()), clients, SECONDS, Path(scratch))
                for what, value in asdict(load).items():
                    found.setdefault(what, []).append(value)
    return {
        "collection": folder.name,
        "passages": len(collection.passages),
        "queries": len(bodies),
        "clients": clients,
        "top_k": top_k,
        "workers": workers,
        "load before": load_before,
        "nDCG@10": _ndcg(collection, ranked),
        **{what: spread(values) for what, values in found.items()},
    }


def _server(index: Path, scratch: Path, workers: int) -> Server:
    """Serves the index as it is: without any source the one there is stays."""
    sources = scratch / "no-sources"
    sources.mkdir()
    variables = {
        **os.environ,
        "QA_SERVICE_INDEX_DIR": str(index.absolute()),
        "QA_SERVICE_SOURCE_DIR": str(sources),
        "QA_SERVICE_LOG_LEVEL": "warning",
        "QA_SERVICE_RECENT_QUESTIONS": "0",
    }
    command = [sys.executable, "-m", "qa_service", "serve", "--port", str(PORT), "--workers", str(workers)]
    return Server(command, PORT, "/health/ready", "/v1/ask", variables)


def _body(question: str, top_k: int) -> str:
    return json.dumps({"question": question, "top_k": top_k, "min_confidence": 0})


def _ranked(server: Server, body: str, collection: Collection) -> dict[str, float]:
    """The passages that one question gets, the first with the highest score."""
    url = f"http://127.0.0.1:{server.port}{server.ask}"
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - our own loopback address
        results: Sequence[Mapping[str, Any]] = json.load(response)["results"]
    run: dict[str, float] = {}
    for place, result in enumerate(results):
        run.setdefault(collection.passages[passage_key(result["id"])], -float(place))
    return run


def _ndcg(collection: Collection, run: Mapping[str, Mapping[str, float]]) -> float:
    values = per_question({"nDCG@10": nDCG @ 10}, collection.qrels, run)["nDCG@10"]
    return sum(values.values()) / len(values)
