"""`python -m eval fetch NAME`: public collections from their publishers, as BEIR folders, sums checked."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
from tqdm import tqdm

from eval.workbench import nanobeir, qmsum
from eval.workbench.published import ABOUT, Files, Published, about, alone, beir, checked, jsonl, tsv

XQUAD_COMMIT = "7d30520c717524000f0d9d2f9c10a069acd9d285"
MOST_BYTES = 64 * 2**20


def fetch(name: str, to: Path, file: Path | None = None) -> Path:
    """Download a collection, or take the `file` or the folder of files downloaded by hand; the folder it becomes.

    Raises ValueError for a name there is not, an address that can't be reached, or a file that is not the published.
    """
    if name not in COLLECTIONS:
        raise ValueError(f"no collection {name!r}; there are {', '.join(COLLECTIONS)}")
    published = COLLECTIONS[name]
    files = _by_hand(published, file) if file else _downloaded(published)
    folder = to / published.folder
    written = published.convert({place: checked(place, data, published) for place, data in files.items()})
    for place, text in written.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    for corpus in folder.rglob("corpus.jsonl"):
        told = about(published, files, corpus.parent.relative_to(folder).as_posix().removeprefix("."))
        (corpus.parent / ABOUT).write_text(told, encoding="utf-8")
    return folder


def _by_hand(published: Published, given: Path) -> dict[str, bytes]:
    """The one file, or those in a folder laid out as the publisher's."""
    if not given.is_dir():
        if len(published.files) > 1:
            first = next(iter(published.files))
            raise ValueError(f"{given} is one file of several; name the folder that holds {first} and the others")
        return {place: given.read_bytes() for place in published.files}
    local = {place: given / place.replace("resolve/main/", "") for place in published.files}
    found = {place: path.read_bytes() for place, path in local.items() if path.is_file()}
    missing = [str(path) for place, path in local.items() if place not in found]
    if not found or (missing and not published.some):
        raise ValueError(f"{len(missing)} files lack, the first is {missing[0]}")
    return found


def _downloaded(published: Published) -> dict[str, bytes]:
    waiting = tqdm(published.files, desc=published.folder, unit=" files", disable=len(published.files) == 1)
    return {place: _download(f"{published.address}/{place}") for place in waiting}


def _download(url: str) -> bytes:
    try:
        with httpx2.stream("GET", url, follow_redirects=True, timeout=60) as response:
            response.raise_for_status()
            return b"".join(_bounded(url, response.iter_bytes()))
    except httpx2.HTTPError as error:
        raise ValueError(f"{url} can't be reached ({error}); download it by hand and name it with --file") from error


def _bounded(url: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > MOST_BYTES:
            raise ValueError(f"{url} holds more than {MOST_BYTES} bytes; that is not the published file")
        yield piece


def scifact(data: bytes) -> Files:
    """BEIR's zip: its test queries, and the train queries beside them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        read = {name: archive.read(f"scifact/{name}").decode() for name in _FILES}
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
    near = {"queries_unanswerable.jsonl": jsonl(unanswerable), "near_miss.tsv": tsv(("query-id", "corpus-id"), about)}
    return beir(passages, queries, qrels) | near


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
    return beir(passages, queries, [(name, passage, "1") for name, passage in asked.values()])


_FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "qrels/train.tsv")
COLLECTIONS = {
    "scifact": Published(
        "scifact",
        "https://public.ukp.informatik.tu-darmstadt.de/thakur/BEIR/datasets",
        {"scifact.zip": "536e14446a0ba56ed1398ab1055f39fe852686ecad24a6306c80c490fa8e0165"},
        "claims CC BY 4.0, abstracts ODC-By 1.0",
        alone(scifact),
        {"": "train queries"},
    ),
    "squad2": Published(
        "squad2-dev",
        "https://rajpurkar.github.io/SQuAD-explorer/dataset",
        {"dev-v2.0.json": "80a5225e94905956a6446d296ca1093975c4d3b3260f1d6c8f68bc2ab77182d8"},
        "CC BY-SA 4.0",
        alone(squad2),
        {"": "dev half"},
    ),
    "xquad": Published(
        "xquad-en",
        f"https://raw.githubusercontent.com/google-deepmind/xquad/{XQUAD_COMMIT}",
        {"xquad.en.json": "e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29"},
        "CC BY-SA 4.0",
        alone(xquad),
        {"": "dev half"},
    ),
    "qmsum": Published(
        "qmsum-meetings",
        f"https://raw.githubusercontent.com/Yale-LILY/QMSum/{qmsum.COMMIT}",
        qmsum.sums(),
        "MIT",
        qmsum.qmsum,
        {"": "dev half"},
    ),
    "nanobeir": Published(
        "nanobeir",
        nanobeir.ADDRESS,
        nanobeir.places(),
        "each collection's own, as its page says",
        nanobeir.nanobeir,
        nanobeir.TRAINED_ON,
        some=True,
    ),
}
