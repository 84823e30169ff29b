"""Results made up for the tests: few questions, whose values can be told by looking."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.workbench.results import Result, RunResult
from eval.workbench.sets import Asked
from eval.workbench.systems import Ranked

Row = tuple[Mapping[str, int], Sequence[str], float]  # grades, passages best first, confidence


def run_of(rows: Sequence[Row], system: str = "default", **fields: Any) -> RunResult:
    """A run with one question for each row, `q0`, `q1`, …"""
    results = []
    for place, (grades, ranked, confidence) in enumerate(rows):
        asked = Asked(f"q{place}", f"Question {place}?", "fact" if grades else "far", grades)
        run = {passage: float(len(ranked) - i) for i, passage in enumerate(ranked)}
        results.append(Result(asked, Ranked(run, confidence, 0.002)))
    about = {"commit": "abc", "time": "2026-11-28", "machine": "m", "versions": {}, "settings": {"model": "fake"}}
    given: dict[str, Any] = {
        "system": system,
        "set": "s",
        "set_sha256": "0",
        "tuned_on": False,
        "relevant_from": 1,
        "about": about,
    }
    return RunResult(**(given | fields), results=results, texts={"a": "<b>Words</b> of a.", "b": "Words of b."})
