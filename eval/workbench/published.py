"""What a public collection is: where its files are, what they must be, and what becomes of them."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Files = Mapping[str, str]  # place in the folder -> text
ABOUT = "about.json"


@dataclass(frozen=True, slots=True)
class Published:
    """A collection: its folder, its files at an address, its licence, and how they are converted.

    `files`: place below the address -> SHA-256, empty where the publisher states none. `some`: whether a local copy may
    lack files. `trained_on`: by the folder of a set within, "" for all, what the default saw of it.
    """

    folder: str
    address: str
    files: Mapping[str, str]
    licence: str
    convert: Callable[[Mapping[str, bytes]], Files]
    trained_on: Mapping[str, str]
    some: bool = False


def alone(convert: Callable[[bytes], Files]) -> Callable[[Mapping[str, bytes]], Files]:
    """A conversion of a collection that is one file."""
    return lambda files: convert(next(iter(files.values())))


def checked(place: str, data: bytes, published: Published) -> bytes:
    """The same bytes. Raises ValueError where they are not the published ones."""
    found, wanted = hashlib.sha256(data).hexdigest(), published.files[place]
    if wanted and found != wanted:
        raise ValueError(f"{place} is not the published file: SHA-256 {found}, not {wanted}")
    return data


def about(published: Published, files: Mapping[str, bytes], within: str) -> str:
    """What stands beside a set: where it is from, its licence, its sums, and what was trained on it."""
    told = {
        "source": published.address,
        "licence": published.licence,
        "trained_on": published.trained_on.get(within, published.trained_on.get("", "")),
        "sha256": {place: hashlib.sha256(data).hexdigest() for place, data in files.items()},
        "sums": "checked" if all(published.files.values()) else "noted, not checked: the publisher states none",
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def beir(passages: Iterable[Any], queries: Iterable[Any], qrels: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """A BEIR folder's files."""
    return {
        "corpus.jsonl": jsonl(passages),
        "queries.jsonl": jsonl(queries),
        "qrels/test.tsv": tsv(("query-id", "corpus-id", "score"), qrels),
    }


def jsonl(records: Iterable[Any]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def tsv(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Columns with tabs between them."""
    return "".join("\t".join(row) + "\n" for row in (head, *rows))
