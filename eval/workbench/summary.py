"""A table of runs for people and for `docs/`: ours first, the simpler ways beside it, what it was tuned on marked."""

from collections.abc import Iterator, Sequence

from eval.workbench.quality import coverage_at, percentiles, ranking, separation, silence_at
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


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
