"""`python -m eval compare A B …`: whether one system is better than another, or only luckier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.workbench.quality import by_question
from eval.workbench.results import RunResult

SAMPLES = 10_000
CHANGED = 0.05  # a difference from which a question counts as won or lost


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on one set by one measure. `p`: of the randomisation test, `corrected`: for all tests at once."""

    set: str
    measure: str
    first: str
    second: str
    values: tuple[float, float]
    p: float
    corrected: float
    wins: int
    ties: int
    losses: int
    differences: Mapping[str, float]

    @property
    def difference(self) -> float:
        """The second's mean less the first's."""
        return self.values[1] - self.values[0]


def compare(runs: Sequence[RunResult], measures: Sequence[str] = ("nDCG@10", "P@1")) -> list[Comparison]:
    """The first run beside each other one, by each measure; p-values corrected over all of them (Holm 1979).

    Raises ValueError for runs on different sets, or on different versions of one.
    """
    if len(runs) < 2:
        raise ValueError("name at least two results to compare")
    first = runs[0]
    found = []
    for other in runs[1:]:
        if (other.set, other.set_sha256) != (first.set, first.set_sha256):
            raise ValueError(f"{first.name} and {other.name} are of different sets, or of different versions of one")
        ours, theirs = by_question(first), by_question(other)
        found += [_compared(first, other, measure, ours[measure], theirs[measure]) for measure in measures]
    return _corrected(found)


def _compared(
    first: RunResult, second: RunResult, measure: str, ours: Mapping[str, float], theirs: Mapping[str, float]
) -> Comparison:
    differences = {question: theirs[question] - ours[question] for question in ours}
    changes = np.array(list(differences.values()))
    p = randomisation_p(changes)
    wins, losses = int((changes > CHANGED).sum()), int((changes < -CHANGED).sum())
    means = float(np.mean(list(ours.values()))), float(np.mean(list(theirs.values())))
    names = _named(first), _named(second)
    ties = len(changes) - wins - losses
    return Comparison(first.set, measure, *names, means, p, p, wins, ties, losses, differences)


def randomisation_p(changes: "np.ndarray[tuple[int], np.dtype[np.float64]]", seed: int = 0) -> float:
    """How probable so large a mean difference is if it were chance which system got which value.

    Two-sided paired randomisation test (Fisher 1935; Smucker et al. 2007) of 10,000 random signs.
    """
    if not len(changes):
        return 1.0
    random = np.random.default_rng(seed)
    seen, reached = abs(changes.sum()) - 1e-12, 0
    for _ in range(0, SAMPLES, 1000):
        signs = random.choice((-1.0, 1.0), size=(1000, len(changes)))
        reached += int((np.abs(signs @ changes) >= seen).sum())
    return (reached + 1) / (SAMPLES + 1)


def _corrected(found: Sequence[Comparison]) -> list[Comparison]:
    """With each p-value as if none of the others had been looked at (Holm 1979)."""
    order = sorted(range(len(found)), key=lambda i: found[i].p)
    corrected, largest = {}, 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, found[i].p * (len(found) - rank)))
        corrected[i] = largest
    fields = Comparison.__slots__
    return [
        Comparison(**{name: getattr(c, name) for name in fields} | {"corrected": corrected[i]})
        for i, c in enumerate(found)
    ]


def _named(run: RunResult) -> str:
    """A run's system, with its commit where it has one."""
    return f"{run.system}@{run.about['commit']}" if run.about.get("commit") else run.system
