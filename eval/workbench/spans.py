"""`python -m eval spans`: how well the quoted part answers, on a file in SQuAD's form or on the interview.

Gold answers are a few words, a quoted part is a sentence or more: so beside the word-F1 stands how often the part holds
the answer, and how long it is.
"""

import json
import re
import string
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from eval.datasets.beir import load_collection, passage_key
from eval.datasets.indexes import index_of
from eval.datasets.own import INTERVIEW, load_questions, load_spans, own_transcript
from eval.workbench.fetch import squad2
from qa_service.answering import AnswerService, Options
from qa_service.records import Span, Statement, Transcript
from qa_service.settings import Settings

SHOWN = 5  # results of a question whose offsets are looked at
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


@dataclass(frozen=True, slots=True)
class Gold:
    """A question, the passages that answer it, and the words that do, as each judge has them."""

    text: str
    passages: Container[str]
    answers: Sequence[str]


def score_spans(file: Path, settings: Settings, folder: Path) -> SpanReport:
    """Ask every answerable question of a file; `folder` is for the collection and its index."""
    data = file.read_bytes()
    for place, text in squad2(data).items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    collection, answers = load_collection(folder), gold_answers(data)
    statements = {passage: statement for statement, passage in collection.passages.items()}
    gold = [
        Gold(text, {statements[passage] for passage in collection.qrels[question]}, answers[question])
        for question, text in collection.queries.items()
    ]
    with index_of(collection.transcripts, settings, folder / sha256(data).hexdigest()[:8]) as retriever:
        return _scored(AnswerService(retriever), collection.transcripts, gold)


def score_own_spans(settings: Settings) -> SpanReport:
    """Ask the interview's test questions whose answering words somebody marked."""
    transcripts = [own_transcript(INTERVIEW, settings.source_dir)]
    questions = {question.id: question.text for question in load_questions(split="test")}
    gold = [Gold(questions[one.question], {one.statement}, [one.text]) for one in load_spans()]
    with index_of(transcripts, settings, None) as retriever:
        return _scored(AnswerService(retriever), transcripts, gold)


def _scored(service: AnswerService, transcripts: Sequence[Transcript], gold: Sequence[Gold]) -> SpanReport:
    scores, held, lengths, wrong = [], [], [], 0
    texts = {t.document.id: t.document.text for t in transcripts}
    for asked in gold:
        results = service.ask(asked.text, Options(top_k=SHOWN, min_confidence=0)).results
        wrong += sum(not _stands(texts, one.statement, one.hit.span) for one in results)
        span = results[0].hit.span.text
        if passage_key(results[0].statement.id) in asked.passages:
            scores.append(max(word_f1(span, answer) for answer in asked.answers))
            held.append(any(" ".join(_words(answer)) in " ".join(_words(span)) for answer in asked.answers))
            lengths.append(len(span.split()))
    count = max(1, len(scores))
    means = sum(scores) / count, sum(held) / count, sum(lengths) / count
    return SpanReport(len(gold), len(scores), *means, wrong)


def _stands(texts: Mapping[str, str], statement: Statement, span: Span) -> bool:
    """Whether the part is found where its offsets say."""
    text, start = texts[statement.document], statement.start + span.start
    return text[start : statement.start + span.end] == span.text


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
