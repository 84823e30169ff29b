"""A table of runs for people and for `docs/`: ours first, the simpler ways beside it, what it was tuned on marked."""

from collections.abc import Iterator, Sequence
from typing import Any

from eval.metrics import Estimate
from eval.workbench.quality import categories, coverage_at, naucs, percentiles, ranking, separation, silence_at
from eval.workbench.results import RunResult

RATE = 0.05  # of unanswerable questions that are answered
HEAD = (
    *("set", "system", "questions", "nDCG@10", "P@1", "recall@100", "AUROC", "answered at 5 % false"),
    *("silence there: precision / recall", "ms p50 / p95"),
)
TUNED = "tuned on it: no headline"


def summary_table(runs: Sequence[RunResult]) -> str:
    """In Markdown."""
    lines = [_line(HEAD), _line(["---"] * len(HEAD))]
    lines += [_line(cells) for cells in rows(runs)]
    return "\n".join(lines)


def rows(runs: Sequence[RunResult]) -> Iterator[list[str]]:
    """The cells of each run."""
    for run in runs:
        values, apart, times = ranking(run), separation(run), percentiles(run)
        covered, silent = coverage_at(run, RATE), silence_at(run, RATE)
        answered = "–"
        if covered:
            answered = f"{covered.answered:.3f} (≤ {covered.bound:.1%} of {covered.unanswerable} with 95 %)"
        yield [
            f"{run.set} ({TUNED})" if run.tuned_on else run.set,
            run.system,
            str(len(run.results)),
            *(str(values[name]) if name in values else "–" for name in ("nDCG@10", "P@1", "recall@100")),
            str(apart) if apart else "–",
            answered,
            f"{silent[0]:.3f} / {silent[1]:.3f}" if silent else "–",
            f"{times[50]:.1f} / {times[95]:.1f}" if times else "–",
        ]


def figures(runs: Sequence[RunResult]) -> dict[str, Any]:
    """Set -> its sum and whether it was tuned on, and by system all that is published: value, low, high."""
    found: dict[str, Any] = {}
    for run in runs:
        answerable = sum(r.asked.answerable for r in run.results)
        about = {"sha256": run.set_sha256, "tuned_on": run.tuned_on, "questions": len(run.results)}
        of_set = found.setdefault(run.set, about | {"answerable": answerable, "systems": {}})
        of_set["systems"][run.system] = _figures(run)
    return found


def _figures(run: RunResult) -> dict[str, Any]:
    apart, covered, silent = separation(run), coverage_at(run, RATE), silence_at(run, RATE)
    found: dict[str, Any] = {name: _three(value) for name, value in ranking(run).items()}
    by_category = {name: ranking(run, of) for name, of in categories(run).items() if of[0].asked.answerable}
    found["nDCG@10 by category"] = {name: _three(values["nDCG@10"]) for name, values in by_category.items()}
    found["nAUC"] = naucs(run)
    if apart and covered and silent:
        found["AUROC"] = _three(apart)
        found["at 5 % false"] = {
            "answered": covered.answered,
            "bound": covered.bound,
            "unanswerable": covered.unanswerable,
            "silence precision": silent[0],
            "silence recall": silent[1],
        }
    return found


def _three(estimate: Estimate) -> list[float]:
    return [estimate.value, estimate.low, estimate.high]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
