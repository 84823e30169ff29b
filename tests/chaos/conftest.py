"""How much of it is run, and clients that ask without a pause."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

SCALE = float(os.environ.get("CHAOS_SCALE", "1"))
ASK = {"question": "harbour levy wages", "min_confidence": 0}


def times(count: int) -> int:
    """As many as asked for, at the scale of this run."""
    return max(2, round(count * SCALE))


@dataclass
class Load:
    """What clients saw: statuses, connections that broke, and answers that were not as they must be."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        """One more."""
        self.statuses[what] += 1


@contextmanager
def asking(url: str, clients: int, check: Callable[[Any], str | None]) -> Iterator[Load]:
    """Clients that ask all the while; `check` says what is wrong with an answer, if anything."""
    load, ended = Load(), threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=url, timeout=30) as client:
            while not ended.is_set():
                try:
                    response = client.post("/v1/ask", json=ASK)
                except httpx2.HTTPError as error:
                    load.note(type(error).__name__)
                    continue
                load.note(str(response.status_code))
                problem = check(response.json()) if response.status_code == 200 else None
                if problem:
                    load.wrong.append(problem)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@pytest.fixture(autouse=True)
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], None]]:
    """Prints what was seen, for the table in docs/reliability.md."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n  {line}")

    yield say
