"""`python -m eval fetch NAME`: public collections from their publishers, as BEIR folders, sums checked."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

XQUAD_COMMIT = "7d30520c717524000f0d9d2f9c10a069acd9d285"
MOST_BYTES = 64 * 2**20
Files = Mapping[str, str]  # place in the BEIR folder -> text


@dataclass(frozen=True, slots=True)
class Published:
    """A collection: the folder it becomes, where its file is, its SHA-256, its licence, and how it is converted."""

    folder: str
    url: str
    sha256: str
    licence: str
    convert: Callable[[bytes], Files]


def fetch(name: str, to: Path, file: Path | None = None) -> Path:
    """Download a collection, or take the `file` that was downloaded by hand, and write its BEIR folder; that.

    Raises ValueError for a name there is not, an address that can't be reached, or a file that is not the published.
    """
    if name not in COLLECTIONS:
        raise ValueError(f"no collection {name!r}; there are {', '.join(COLLECTIONS)}")
    published = COLLECTIONS[name]
    data = file.read_bytes() if file else _downloaded(published.url)
    found = hashlib.sha256(data).hexdigest()
    if found != published.sha256:
        raise ValueError(f"{file or published.url} is not the published file: SHA-256 {found}, not {published.sha256}")
    folder = to / published.folder
    for place, text in published.convert(data).items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    about = f"{published.folder}, from {published.url} (SHA-256 {found}); licence: {published.licence}\n"
    (folder / "README.md").write_text(about, encoding="utf-8")
    return folder


def _downloaded(url: str) -> bytes:
    data = b""
    try:
        with httpx2.stream("GET", url, follow_redirects=True, timeout=60) as response:
            response.raise_for_status()
            for piece in response.iter_bytes():
                data += piece
                if len(data) > MOST_BYTES:
                    raise ValueError(f"{url} holds more than {MOST_BYTES} bytes; that is not the published file")
    except httpx2.HTTPError as error:
        raise ValueError(f"{url} can't be reached ({error}); download it by hand and name it with --file") from error
    return data


def scifact(data: bytes) -> Files:
    """BEIR's zip: its test queries, and the train queries beside them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        read = {name: archive.read(f"scifact/{name}").decode() for name in _BEIR}
    return read | {"queries_train.jsonl": read["queries.jsonl"]}  # only queries that are judged are asked


def squad2(data: bytes) -> Files:
    """SQuAD 2.0: its paragraphs, questions that one answers, and those about one that does not answer them."""
    passages, queries, qrels, unanswerable, about = [], [], [], [], []
    for article in json.loads(data)["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            passage = f"{number}:{article['title']}"
            passages.append({"_id": passage, "title": article["title"], "text": paragraph["context"].strip()})
            for asked in paragraph["qas"]:
                query = {"_id": asked["id"], "text": asked["question"].strip()}
                if asked.get("is_impossible"):
                    unanswerable.append(query)
                    about.append((asked["id"], passage))
                else:
                    queries.append(query)
                    qrels.append((asked["id"], passage, "1"))
    near = {"queries_unanswerable.jsonl": _jsonl(unanswerable), "near_miss.tsv": _tsv(("query-id", "corpus-id"), about)}
    return _beir(passages, queries, qrels) | near


def xquad(data: bytes) -> Files:
    """XQuAD's English part: one question text once, under its last id, as MTEB has it."""
    passages: list[Mapping[str, Any]] = []
    asked: dict[str, tuple[str, str]] = {}
    for number, article in enumerate(json.loads(data)["data"]):
        for place, paragraph in enumerate(article["paragraphs"]):
            passage = f"{number:02}-{place}"
            passages.append({"_id": passage, "title": "", "text": paragraph["context"].strip()})
            for question in paragraph["qas"]:
                asked[question["question"].strip()] = (question["id"], passage)
    queries = [{"_id": name, "text": text} for text, (name, _) in asked.items()]
    return _beir(passages, queries, [(name, passage, "1") for name, passage in asked.values()])


def _beir(passages: Iterable[Any], queries: Iterable[Any], qrels: Iterable[tuple[str, ...]]) -> dict[str, str]:
    return {
        "corpus.jsonl": _jsonl(passages),
        "queries.jsonl": _jsonl(queries),
        "qrels/test.tsv": _tsv(("query-id", "corpus-id", "score"), qrels),
    }


def _jsonl(records: Iterable[Any]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _tsv(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join("\t".join(row) + "\n" for row in (head, *rows))


_BEIR = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "qrels/train.tsv")
COLLECTIONS = {
    "scifact": Published(
        "scifact",
        "https://public.ukp.informatik.tu-darmstadt.de/thakur/BEIR/datasets/scifact.zip",
        "536e14446a0ba56ed1398ab1055f39fe852686ecad24a6306c80c490fa8e0165",
        "claims CC BY 4.0, abstracts ODC-By 1.0",
        scifact,
    ),
    "squad2": Published(
        "squad2-dev",
        "https://rajpurkar.github.io/SQuAD-explorer/dataset/dev-v2.0.json",
        "80a5225e94905956a6446d296ca1093975c4d3b3260f1d6c8f68bc2ab77182d8",
        "CC BY-SA 4.0",
        squad2,
    ),
    "xquad": Published(
        "xquad-en",
        f"https://raw.githubusercontent.com/google-deepmind/xquad/{XQUAD_COMMIT}/xquad.en.json",
        "e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29",
        "CC BY-SA 4.0",
        xquad,
    ),
}
