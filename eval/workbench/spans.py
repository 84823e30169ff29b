"""`python -m eval spans FILE`: how well the quoted part answers, on a file in SQuAD's form.

Gold answers are a few words, a quoted part is a sentence or more: so beside the word-F1 stands how often the part holds
the answer, and how long it is.
"""

import json
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from eval.datasets.beir import Collection, load_collection, passage_key
from eval.datasets.indexes import index_of
from eval.workbench.fetch import squad2
from qa_service.answering import AnswerService, Options
from qa_service.settings import Settings

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class SpanReport:
    """Means over questions whose first statement is of the right passage. `wrong_offsets` counts every result."""

    questions: int
    right: int
    f1: float
    holds_answer: float
    words: float
    wrong_offsets: int


def score_spans(file: Path, settings: Settings, folder: Path) -> SpanReport:
    """Ask every answerable question of a file; `folder` is for the collection and its index."""
    data = file.read_bytes()
    for place, text in squad2(data).items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    collection, gold = load_collection(folder), gold_answers(data)
    with index_of(collection.transcripts, settings, folder / sha256(data).hexdigest()[:8]) as retriever:
        return _scored(AnswerService(retriever), collection, gold)


def _scored(service: AnswerService, collection: Collection, gold: dict[str, list[str]]) -> SpanReport:
    scores, held, lengths, wrong = [], [], [], 0
    texts = {t.document.id: t.document.text for t in collection.transcripts}
    for question, text in collection.queries.items():
        result = service.ask(text, Options(top_k=1, min_confidence=0)).results[0]
        statement, span = result.statement, result.hit.span
        start, end = statement.start + span.start, statement.start + span.end
        wrong += texts[statement.document][start:end] != span.text
        passage = collection.passages[passage_key(statement.id)]
        if passage not in collection.qrels[question]:
            continue
        scores.append(max(word_f1(span.text, answer) for answer in gold[question]))
        held.append(any(" ".join(_words(answer)) in " ".join(_words(span.text)) for answer in gold[question]))
        lengths.append(len(span.text.split()))
    count = max(1, len(scores))
    means = sum(scores) / count, sum(held) / count, sum(lengths) / count
    return SpanReport(len(collection.queries), len(scores), *means, wrong)


def gold_answers(data: bytes) -> dict[str, list[str]]:
    """Question -> its answers, of a file in SQuAD's form."""
    return {
        asked["id"]: [answer["text"] for answer in asked["answers"]]
        for article in json.loads(data)["data"]
        for paragraph in article["paragraphs"]
        for asked in paragraph["qas"]
        if asked.get("answers")
    }


def word_f1(found: str, gold: str) -> float:
    """SQuAD's F1 of words, without case, marks and articles (Rajpurkar et al. 2016)."""
    ours, theirs = _words(found), _words(gold)
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def _words(text: str) -> Sequence[str]:
    plain = text.casefold().translate(str.maketrans("", "", string.punctuation))
    return _ARTICLES.sub(" ", plain).split()
