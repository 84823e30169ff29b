"""`weights.json`: the learnt numbers of ranking and confidence, in the package and, as they were, in each generation.

Made by `python -m eval learn` on development questions; never edited by hand.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import IndexDamagedError

PACKAGED = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """What signals count in ranking, and features in the confidence.

    `thresholds`: false-answer rate in percent -> the confidence below which a question counts as not answered. The
    rate is the share of unanswerable questions, most of them near misses, that are answered all the same.
    """

    fusion: dict[str, float]
    features: dict[str, float]
    intercept: float
    thresholds: dict[str, float]

    def threshold(self, false_answers: str) -> float:
        """The one of a rate in percent. Raises IndexDamagedError where the file has none for it."""
        try:
            return self.thresholds[false_answers]
        except KeyError as error:
            known = ", ".join(self.thresholds)
            problem = f"the weights have no threshold for {false_answers} % false answers, only for {known}"
            raise IndexDamagedError(f"{problem}; rebuild with: qa-service build") from error

    @classmethod
    def read(cls, path: Path = PACKAGED) -> "Weights":
        """Read a file. Raises IndexDamagedError when it is missing or of another shape."""
        try:
            fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(fields["fusion"], **fields["confidence"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamagedError(f"{path} can't be read ({error}); rebuild with: qa-service build") from error

    def write(self, path: Path = PACKAGED) -> None:
        """Write a file that `read` reads."""
        confidence = {"features": self.features, "intercept": self.intercept, "thresholds": self.thresholds}
        text = json.dumps({"fusion": self.fusion, "confidence": confidence}, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
