"""Systems that run elsewhere: a service over HTTP, and a run that somebody has written down."""

import math
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx2

from eval.datasets.beir import passage_key
from eval.workbench.sets import Asked
from eval.workbench.systems import Ranked
from qa_service.options import MAX_TOP_K

MOST = MAX_TOP_K  # results that the service gives for a question


class Service:
    """A running service, asked as any client asks it; its documents must be the set's."""

    def __init__(self, url: str, passages: Mapping[str, str], key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=60)
        self._passages = passages

    def __enter__(self) -> Self:
        """For as long as it is asked."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the connection go."""
        self._client.close()

    def rank(self, asked: Asked) -> Ranked:
        """Raises ValueError with what the service says where it doesn't answer with 200."""
        body = {"question": asked.text, "top_k": MOST, "min_confidence": 0}
        if asked.document:
            body["filters"] = {"document": [asked.document]}
        try:
            response = self._client.post("/v1/ask", json=body)
        except httpx2.HTTPError as error:
            raise ValueError(f"{self._client.base_url} doesn't answer ({error}); is the service running?") from error
        if response.status_code != 200:
            raise ValueError(f"{self._client.base_url}: status {response.status_code}: {response.text[:300]}")
        answer = response.json()
        run: dict[str, float] = {}
        for place, result in enumerate(answer["results"]):
            passage = passage_key(result["id"])
            run.setdefault(self._passages.get(passage, passage), float(MOST - place))
        return Ranked(run, float(answer["confidence"]), response.elapsed.total_seconds())


class Written:
    """Another system's TREC run. Its best score counts as confidence."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError naming the line that is off."""
        self._runs = read_run(path)

    def rank(self, asked: Asked) -> Ranked:
        """As it stands in the file; nothing for a question that is not in it."""
        run = self._runs.get(asked.id, {})
        return Ranked(run, max(run.values(), default=0.0), math.nan)


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """A TREC run: question -> passage -> score. Raises ValueError naming the line that is off."""
    runs: dict[str, dict[str, float]] = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                question, _, passage, _, score, _ = line.split()
                value = float(score)
            except ValueError as error:
                raise ValueError(f"{path}:{number}: `question Q0 passage rank score name` expected") from error
            if passage in runs[question] or not math.isfinite(value):
                raise ValueError(f"{path}:{number}: {passage} comes twice for {question}, or its score is no number")
            runs[question][passage] = value
    return dict(runs)
