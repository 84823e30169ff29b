"""`python -m eval gate`: fails where ranking or confidence fell behind what is committed in `reports/gate.json`.

Dev questions over the interview and two transcripts that the encoder has not seen: half a minute, for every change.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from eval.datasets.indexes import index_of
from eval.datasets.own import INTERVIEW, load_questions, own_transcript
from eval.quality.own_questions import score_questions, summarise
from qa_service.settings import Settings

COMMITTED = Path(__file__).parents[1] / "reports" / "gate.json"
DOCUMENTS = (INTERVIEW, "blood-service-briefing", "rent-control-hearing")
MEASURES = ("nDCG@10", "AUROC against all")
ERRORS = 2.0  # standard errors that a value may lie below the committed one
OF_INTERVAL = 2 * 1.96  # standard errors from end to end of a 95 % interval

Measured = Mapping[str, Mapping[str, float]]  # document and measure -> `value` and `error`


def measure_gate(settings: Settings) -> Measured:
    """Each measure of each document, with its standard error."""
    measured = {}
    for document in DOCUMENTS:
        with index_of([own_transcript(document, settings.source_dir)], settings) as retriever:
            summary = summarise(score_questions(retriever, load_questions(document, "dev")), threshold=0.5)
        for name in MEASURES:
            found = summary[name]
            error = (found.high - found.low) / OF_INTERVAL
            measured[f"{document}, {name}"] = {"value": round(found.value, 4), "error": round(error, 4)}
    return measured


def fallen(measured: Measured, committed: Measured) -> list[str]:
    """What lies too far below the committed value, or was not measured, in words."""
    found = []
    for name, kept in committed.items():
        if name not in measured:
            found.append(f"{name}: not measured, committed is {kept['value']}")
        elif measured[name]["value"] < (least := kept["value"] - ERRORS * kept["error"]):
            found.append(f"{name}: {measured[name]['value']}, at least {least:.4f} is wanted")
    return found


def read_committed() -> Measured:
    """The committed values."""
    values: Measured = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return values


def write_committed(measured: Measured) -> None:
    """Commit to these values from now on."""
    COMMITTED.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
