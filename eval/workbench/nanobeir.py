"""NanoBEIR: thirteen collections cut down to 50 queries each, from the publisher's parquet files."""

import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from eval.workbench.published import Files, beir

ADDRESS = "https://huggingface.co/datasets/zeta-alpha-ai"
NAMES = (
    "ArguAna",
    "ClimateFEVER",
    "DBPedia",
    "FEVER",
    "FiQA2018",
    "HotpotQA",
    "MSMARCO",
    "NFCorpus",
    "NQ",
    "QuoraRetrieval",
    "SCIDOCS",
    "SciFact",
    "Touche2020",
)
PARTS = ("corpus", "queries", "qrels")
# What the default's base model learnt from, by its own card, or what our training saw.
TRAINED_ON = {
    "NanoMSMARCO": "all: the base model's training pairs are of it",
    "NanoNQ": "all: the base model's training pairs are of it",
    "NanoQuoraRetrieval": "all: the base model's training pairs are of it",
    "NanoSciFact": "all: the default was trained on SciFact's train queries over the same abstracts",
}


def places() -> dict[str, str]:
    """Of every file; the publisher states no sum."""
    return {f"Nano{name}/resolve/main/{part}/train-00000-of-00001.parquet": "" for name in NAMES for part in PARTS}


def nanobeir(files: Mapping[str, bytes]) -> Files:
    """A BEIR folder for each collection whose three files there are. Raises ValueError where one of three lacks."""
    parts: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(dict)
    for place, data in files.items():
        parts[place.split("/")[0]][place.split("/")[-2]] = list(_rows(place, data))
    written: dict[str, str] = {}
    for name, found in parts.items():
        if missing := [part for part in PARTS if part not in found]:
            raise ValueError(f"{name} lacks {', '.join(missing)}")
        passages = [{"_id": str(row["_id"]), "title": "", "text": row["text"]} for row in found["corpus"]]
        queries = [{"_id": str(row["_id"]), "text": row["text"]} for row in found["queries"]]
        qrels = [(str(row["query-id"]), str(row["corpus-id"]), str(row.get("score", 1))) for row in found["qrels"]]
        written |= {f"{name}/{place}": text for place, text in beir(passages, queries, qrels).items()}
    return written


def _rows(place: str, data: bytes) -> Iterator[Mapping[str, Any]]:
    """Of a parquet file, or of one JSON object a line. Raises ValueError naming the file that is neither."""
    if data[:4] != b"PAR1":
        try:
            yield from (json.loads(line) for line in data.decode().splitlines() if line.strip())
        except ValueError as error:
            raise ValueError(f"{place} is neither parquet nor one JSON object a line ({error})") from error
        return
    from pyarrow import parquet  # large, and needed for this alone

    yield from parquet.read_table(io.BytesIO(data)).to_pylist()
