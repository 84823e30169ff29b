"""Question sets of every kind in one shape: the project's own, a BEIR folder, a folder of your own."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.datasets.beir import Collection, load_collection
from eval.datasets.examples import public_questions
from eval.datasets.own import INTERVIEW, Question, load_questions, other_documents, own_transcript
from eval.workbench.own_set import ANSWERS, grades_of, is_own, read_judgements, read_questions, read_transcripts
from eval.workbench.published import ABOUT
from qa_service.records import Transcript
from qa_service.settings import Settings

# Public collections of which one half, or the train queries, are dev: the default was tuned on these. A folder that
# `fetch` wrote says so itself.
TUNED_ON = ("scifact", "squad2-dev", "xquad-en", "qmsum-meetings")
WHOLE = "all"  # how `trained_on` begins where it was more than a half
SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its judgements: passage -> grade, empty where nobody answers it.

    `document`: the only one that is searched, if any.
    """

    id: str
    text: str
    category: str
    grades: Mapping[str, int]
    document: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether any passage answers it at least in part."""
        return bool(self.grades)


@dataclass(frozen=True, slots=True)
class Corpus:
    """What one index is made of, the questions over it, and its passages' names where they are not the statements'.

    `index`: where it is built already.
    """

    name: str
    transcripts: Sequence[Transcript]
    asked: Sequence[Asked]
    passages: Mapping[str, str] = field(default_factory=dict)
    index: Path | None = None

    def texts(self) -> dict[str, str]:
        """Passage -> its words."""
        found = {}
        for transcript in self.transcripts:
            for exchange in transcript.exchanges:
                for answer in exchange.answers:
                    name = f"{transcript.document.id}#{answer.number}"
                    found[self.passages.get(name, name)] = answer.piece.words
        return found


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions over one or more corpora. `relevant_from`: the least grade that answers.

    `tuned_on`: whether the default was tuned on it, so that it may not stand in a headline.
    """

    name: str
    corpora: Sequence[Corpus]
    relevant_from: int
    tuned_on: bool
    sha256: str

    @property
    def asked(self) -> list[Asked]:
        """All questions."""
        return [one for corpus in self.corpora for one in corpus.asked]


def load_set(name: str, settings: Settings) -> QuestionSet:
    """A set by name: `interview`, `transcripts`, a BEIR folder, each with `:dev` or `:test` behind it, or one's own.

    Raises ValueError naming what there is, or the file and line that is off.
    """
    base, _, split = name.rpartition(":") if name.rpartition(":")[2] in SPLITS else (name, "", "test")
    if base in {"interview", "transcripts"}:
        return _own(base, split, settings)
    folder = Path(base)
    if is_own(folder):
        return _of_ones_own(folder)
    if not (folder / "corpus.jsonl").is_file():
        raise ValueError(
            f"{name}: name a set (interview, transcripts), a BEIR folder (corpus.jsonl, queries.jsonl, "
            "qrels/test.tsv), or a folder of your own (transcripts/ and questions.txt)"
        )
    return _public(folder, split)


def _own(name: str, split: str, settings: Settings) -> QuestionSet:
    corpora = []
    for document in [INTERVIEW] if name == "interview" else other_documents():
        questions = load_questions(document, split)
        if questions:
            transcript = own_transcript(document, settings.source_dir)
            corpora.append(Corpus(document, [transcript], [_asked(q) for q in questions]))
    return QuestionSet(f"{name}-{split}", corpora, 2, split == "dev", sum_of(corpora))


def _asked(question: Question) -> Asked:
    return Asked(question.id, question.text, question.category, question.judgements, question.document)


def _of_ones_own(folder: Path) -> QuestionSet:
    """Only questions that were judged: others would count as answered by nobody."""
    questions, grades = read_questions(folder), grades_of(read_judgements(folder))
    asked = []
    for name, text in questions.items():
        if name in grades:
            found = {passage: grade for passage, grade in grades[name].items() if grade}
            answers = any(grade >= ANSWERS for grade in found.values())
            asked.append(Asked(name, text, "answerable" if answers else "not answered", found if answers else {}))
    if not asked:
        raise ValueError(f"no question of {folder} is judged yet: python -m eval pool {folder}, then judge")
    corpus = Corpus(folder.name, read_transcripts(folder), asked)
    return QuestionSet(folder.name, [corpus], ANSWERS, tuned_on=False, sha256=sum_of([corpus]))


def _public(folder: Path, split: str) -> QuestionSet:
    scope = folder / "scope.tsv"
    collection = load_collection(folder, scope=scope if scope.exists() else None)
    check_judged(folder, collection)
    trained_on = _trained_on(folder)
    whole = trained_on.startswith(WHOLE)
    halved = bool(trained_on) and not whole
    if not halved and split == "dev":
        raise ValueError(f"{folder.name} has no dev half; leave :dev away")
    if halved:
        queries, qrels, unanswerable, _ = public_questions(folder, collection, split)
    else:
        queries, qrels, unanswerable = collection.queries, collection.qrels, {}
    asked = [Asked(q, text, "answerable", qrels[q], collection.scope.get(q)) for q, text in queries.items()]
    asked += [Asked(q, text, "near-crowd", {}, None) for q, text in unanswerable.items()]
    corpus = Corpus(folder.name, collection.transcripts, asked, collection.passages)
    name = f"{folder.name}-{split}" if halved else folder.name
    return QuestionSet(name, [corpus], 1, whole or (halved and split == "dev"), sum_of([corpus]))


def _trained_on(folder: Path) -> str:
    """What the default saw of a collection: as its folder says, or by its name; empty for nothing."""
    if (folder / ABOUT).is_file():
        return str(json.loads((folder / ABOUT).read_text(encoding="utf-8"))["trained_on"])
    return "dev half" if folder.name in TUNED_ON else ""


def check_judged(folder: Path, collection: Collection) -> None:
    """Raises ValueError for a judged passage or a meeting of the scope that the corpus doesn't have."""
    known = set(collection.passages.values())
    for query, grades in collection.qrels.items():
        for passage in grades:
            if passage not in known:
                place = _place(folder / "qrels" / "test.tsv", query, passage)
                raise ValueError(f"{place}: query {query!r} is judged with {passage!r}, which corpus.jsonl lacks")
    meetings = {transcript.document.id for transcript in collection.transcripts}
    for query, meeting in collection.scope.items():
        if query in collection.queries and meeting not in meetings:
            place = _place(folder / "scope.tsv", query, meeting)
            raise ValueError(f"{place}: query {query!r} is about {meeting!r}, which no passage is of")


def _place(path: Path, query: str, other: str) -> str:
    """The file, and the line where both stand."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if line.split("\t")[:2] == [query, other]]
    return f"{path}:{found[0]}" if found else str(path)


def sum_of(corpora: Sequence[Corpus]) -> str:
    """SHA-256 over the texts, questions and judgements: tells whether two results are of the same set."""
    digest = hashlib.sha256()
    for corpus in corpora:
        for transcript in corpus.transcripts:
            digest.update(transcript.document.sha256.encode())
        for one in corpus.asked:
            digest.update(repr((one.id, one.text, sorted(one.grades.items()))).encode())
    return digest.hexdigest()
