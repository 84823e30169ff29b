"""QMSum's ICSI and AMI meetings as a BEIR folder: a passage for each turn, a query for each specific one."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from eval.workbench.published import Files, beir

COMMIT = "83d7768c1f2b4dfeb091385d3dc7e239b8e5bb7e"
SUMS = Path(__file__).with_name("qmsum.sha256")
MOST_WORDS, FEWEST_WORDS = 220, 4  # of a passage
_MARK = re.compile(r"\{[^}]*\}")  # a transcriber's, such as {vocalsound}
_APART = re.compile(r" ([.,?!;])")  # the corpus sets its marks apart
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


def sums() -> dict[str, str]:
    """Place in the repository -> SHA-256, of the 58 meetings of the validation and test splits."""
    lines = SUMS.read_text(encoding="utf-8").splitlines()
    return {place: digest for digest, _, place in (line.partition("  ") for line in lines)}


def qmsum(files: Mapping[str, bytes]) -> Files:
    """All meetings. Relevant is every turn inside the span that an annotator named."""
    passages, queries, qrels, scope = [], [], [], []
    for place, data in files.items():
        name, meeting = Path(place).stem, json.loads(data)
        turns: dict[int, list[str]] = {}
        for number, turn in enumerate(meeting["meeting_transcripts"]):
            for passage, text in _passages(f"{name}-t{number}", turn["content"]):
                about = {"meeting": name, "speaker": turn["speaker"]}
                passages.append({"_id": passage, "title": "", "text": text, "metadata": about})
                turns.setdefault(number, []).append(passage)
        for number, asked in enumerate(meeting["specific_query_list"]):
            query = f"{name}-q{number}"
            spans = [range(int(first), int(last) + 1) for first, last in asked["relevant_text_span"]]
            relevant = dict.fromkeys(p for span in spans for turn in span for p in turns.get(turn, []))
            queries.append({"_id": query, "text": asked["query"].strip(), "metadata": {"meeting": name}})
            qrels += [(query, passage, "1") for passage in relevant]
            scope.append((query, name))
    return beir(passages, queries, qrels) | {"scope.tsv": "".join(f"{query}\t{name}\n" for query, name in scope)}


def _passages(turn: str, said: str) -> Iterator[tuple[str, str]]:
    text = _APART.sub(r"\1", " ".join(_MARK.sub(" ", said).split()))
    if len(text.split()) < FEWEST_WORDS:
        return
    parts = _parts(text)
    for number, part in enumerate(parts):
        yield (f"{turn}-{number}" if len(parts) > 1 else turn), part


def _parts(text: str) -> list[str]:
    """Cut at sentence ends into parts of at most `MOST_WORDS`, as long as the sentences allow it."""
    parts: list[list[str]] = [[]]
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split()
        if parts[-1] and len(parts[-1]) + len(words) > MOST_WORDS:
            parts.append([])
        parts[-1] += words
    return [" ".join(part) for part in parts]
