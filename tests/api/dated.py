"""A service over press conferences of several dates, in which one person answers the same question."""

from collections.abc import Sequence
from pathlib import Path

from qa_service.records import Transcript
from tests import fakes

QUESTION = "What interest rate did the board set?"
TOLD: Sequence[tuple[str, str, dict[str, object]]] = [
    ("bank-1", "two", {"date": "2023-03-14", "tags": ["Bank", "rates"], "roles": {"Ada Lund": "governor"}}),
    ("bank-2", "three", {"date": "2023-09", "tags": ["bank"]}),
    ("bank-3", "four", {"date": "2024"}),
    ("bank-4", "five", {}),
]


def text(rate: str) -> str:
    """A conference; its second answer is about something else."""
    return f"""\
Press conference of the Harbor Bank

Reporter: {QUESTION}

Ada Lund: The board set the interest rate at {rate} percent.

Reporter: Where will the new coins be minted?

Ada Lund: In the old mint beside the harbour, {rate} thousand a day.
"""


def transcripts() -> list[Transcript]:
    """Four of them, in order of id: three with a date, the last without."""
    return [fakes.transcript(name, text(rate), **told) for name, rate, told in TOLD]


def build(root: Path) -> Path:
    """An index of them."""
    fakes.build_index(root, transcripts())
    return root
