"""TREC topics and judgements over an index that `qa-service build` built, as a set: passages are `document#number`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

from eval.datasets.beir import passage_key
from eval.workbench.sets import Asked, Corpus, QuestionSet, sum_of
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.indexing.store import StatementStore
from qa_service.records import Exchange, Paragraph, Piece, Statement, Transcript
from qa_service.settings import Settings

_NUMBER = re.compile(r'<num>\s*(?:Number:)?\s*([^<\s]+)|<topic[^>]*\b(?:number|id)="([^"]+)"', re.IGNORECASE)
_ASKED = re.compile(r"<(?:title|query|question)>\s*(?:Topic:)?\s*(.*?)\s*(?:</\w+>)?\s*$", re.IGNORECASE)


def load_trec(index: Path, topics: Path, qrels: Path, settings: Settings) -> QuestionSet:
    """The judged topics. One whose judgements are all 0 counts as a question that nobody answers.

    Raises ValueError naming the file and line that is off, IndexMissingError and others where the index can't be used.
    """
    with closing(open_generation(current_generation(IndexFolder(index)), model=settings.model)) as generation:
        transcripts = [_transcript(generation.store, one.id) for one in generation.store.documents()]
    corpus = Corpus(topics.stem, transcripts, [], index=index)
    texts, grades = read_topics(topics), read_qrels(qrels, set(corpus.texts()))
    for topic, (number, _) in grades.items():
        if topic not in texts:
            raise ValueError(f"{qrels}:{number}: {topic!r} is judged, but {topics} has no such topic")
    asked = []
    for topic, (_, found) in grades.items():
        given = {passage: grade for passage, grade in found.items() if grade > 0}
        asked.append(Asked(topic, texts[topic], "answerable" if given else "not answered", given))
    corpora = [Corpus(topics.stem, transcripts, asked, index=index)]
    return QuestionSet(topics.stem, corpora, 1, tuned_on=False, sha256=sum_of(corpora))


def read_topics(path: Path) -> dict[str, str]:
    """Id -> question, of TREC's marked up form or `id TAB question`. Raises ValueError naming the line that is off."""
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = any(line.lstrip().startswith("<") for line in lines)
    topics: dict[str, str] = {}
    for number, topic, text in _marked(path, lines) if marked else _plain(path, lines):
        if not text or topic in topics:
            raise ValueError(f"{path}:{number}: topic {topic!r} {'comes twice' if topic in topics else 'has no words'}")
        topics[topic] = text
    if not topics:
        raise ValueError(f"{path} holds no topic: <num> and <title>, or `id TAB question`, expected")
    return topics


def _plain(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(lines, start=1):
        topic, tab, text = line.partition("\t")
        if line.strip():
            if not tab:
                raise ValueError(f"{path}:{number}: `id TAB question` expected")
            yield number, topic.strip(), text.strip()


def _marked(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """A title may begin on the line after its mark."""
    topic, waiting = "", False
    for number, line in enumerate(lines, start=1):
        if found := _NUMBER.search(line):
            topic, waiting = found[1] or found[2], False
        if title := _ASKED.search(line):
            if not topic:
                raise ValueError(f"{path}:{number}: a title before any topic's number")
            if title[1]:
                yield number, topic, title[1]
            waiting = not title[1]
        elif waiting and line.strip():
            yield number, topic, "" if line.lstrip().startswith("<") else line.strip()
            waiting = False


def read_qrels(path: Path, passages: set[str]) -> Mapping[str, tuple[int, dict[str, int]]]:
    """Topic -> line of its first judgement, and passage -> grade; a passage's part counts for it.

    Raises ValueError naming the line that is off, or whose passage is not among the `passages`.
    """
    judged: dict[str, tuple[int, dict[str, int]]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            topic, _, statement, score = line.split()
            grade = int(score)
        except ValueError as error:
            raise ValueError(f"{path}:{number}: `topic 0 passage grade` expected") from error
        passage = passage_key(statement) if "#" in statement else statement
        if passage not in passages:
            raise ValueError(f"{path}:{number}: {statement!r} is judged, but the index has no such passage")
        _, grades = judged.setdefault(topic, (number, {}))
        grades[passage] = max(grade, grades.get(passage, 0))
    return judged


def _transcript(store: StatementStore, document_id: str) -> Transcript:
    """A document as it was indexed."""
    document = store.document(document_id)
    if document is None:
        raise ValueError(f"the index names {document_id!r}, but does not hold it")
    exchanges = []
    for exchange, statements in store.exchanges(document_id):
        parts = [list(group) for _, group in groupby(statements, key=lambda statement: passage_key(statement.id))]
        answers = tuple(_paragraph(document.text, part) for part in parts)
        exchanges.append(Exchange(exchange.section, exchange.asker, exchange.question, answers))
    return Transcript(document, tuple(exchanges))


def _paragraph(text: str, parts: Sequence[Statement]) -> Paragraph:
    start, end = parts[0].start, parts[-1].end
    noise = tuple((at + p.start - start, to + p.start - start) for p in parts for at, to in p.noise)
    number = int(passage_key(parts[0].id).rpartition("#")[2])
    return Paragraph(number, parts[0].speaker, Piece(text[start:end], start, end, noise))
