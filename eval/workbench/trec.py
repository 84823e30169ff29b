"""Runs and judgements as TREC has them, so that any tool scores them to the same digits."""

from collections.abc import Sequence
from pathlib import Path

from eval.workbench.results import RunResult


def write_runs(runs: Sequence[RunResult], folder: Path) -> None:
    """`<set>.<system>.run` for each run and `<set>.qrels` for each set."""
    for run in runs:
        (folder / f"{run.name}.run").write_text(_run(run), encoding="utf-8")
        (folder / f"{run.set}.qrels").write_text(_qrels(run), encoding="utf-8")


def _run(run: RunResult) -> str:
    lines = []
    for result in run.results:
        best_first = sorted(result.ranked.run.items(), key=lambda item: -item[1])
        question = _name(result.asked.id)
        lines += [
            f"{question} Q0 {_name(passage)} {rank} {score!r} {run.system}\n"
            for rank, (passage, score) in enumerate(best_first, start=1)
        ]
    return "".join(lines)


def _qrels(run: RunResult) -> str:
    return "".join(
        f"{_name(result.asked.id)} 0 {_name(passage)} {grade}\n"
        for result in run.results
        for passage, grade in result.asked.grades.items()
    )


def _name(text: str) -> str:
    """In one word: white space parts the columns."""
    return "_".join(text.split())
