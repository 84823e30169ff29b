"""`python -m eval named`: questions that name who, where or when; here the plain ones in other forms."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

from eval.datasets.indexes import index_of
from eval.datasets.own import INTERVIEW, Question, load_questions, other_documents, own_transcript
from eval.metrics import Estimate, estimate
from eval.quality.dated import ask_many, summarise_many
from eval.quality.pairs import Asked, ask, ask_pairs, summarise_pairs
from qa_service.answering import AnswerService
from qa_service.records import Transcript
from qa_service.settings import Settings
from qa_service.sources.folder import read_folder

NOBODY = "Jane Smith"

Form = Callable[[str, str], str]
FORMS: dict[str, Form] = {
    "Q": lambda q, _: q,
    "According to WHO, Q": lambda q, who: f"According to {who}, {_low(q)}",
    "What did WHO say about this: Q": lambda q, who: f"What did {who} say about this: {_low(q)}",
    "Q, according to WHO?": lambda q, who: f"{q.rstrip(' ?')}, according to {who}?",
    "Q, WHO?": lambda q, who: f"{q.rstrip(' ?')}, {who}?",
    "In the interview, Q": lambda q, _: f"In the interview, {_low(q)}",
    "In WHO's opinion: Q": lambda q, who: f"In {who}'s opinion, {_low(q)}",
    "WHO on this: Q": lambda q, who: f"{who} on this: {_low(q)}",
    "I would like to know from WHO: Q": lambda q, who: f"I would like to know from {who}: {_low(q)}",
}
PLACED: dict[str, Form] = {
    "Q in WHERE?": lambda q, where: f"{q.rstrip(' ?')} in {where}?",
    "In WHERE, Q": lambda q, where: f"In {where}, {_low(q)}",
}
WHERES = ("China", "2023", "Brazil", "2031")  # the interview's place and year, and others


def named_tables(settings: Settings, split: str) -> dict[str, dict[str, dict[str, Estimate]]]:
    """By table, row and measure: other forms of plain questions, hand-written ones, many documents at once."""
    return {
        "the same questions in other forms": score_named(settings, split),
        "hand-written, beside the plain questions": summarise_pairs(ask_pairs(settings, split)),
        "many documents at once": summarise_many(ask_many(settings, split)),
    }


def score_named(settings: Settings, split: str) -> dict[str, dict[str, Estimate]]:
    """By form and who is named: shares answered of answerable and unanswerable questions, and P@1 never abstaining."""
    asked: dict[str, list[Asked]] = {}
    for transcript, questions in _sets(settings, split):
        with index_of([transcript], settings) as retriever:
            service = AnswerService(retriever, settings.false_answers)
            for name, form, who in _framed(transcript):
                texts = [form(question.text, who(question)) for question in questions]
                forms = [replace(question, text=text) for question, text in zip(questions, texts, strict=True)]
                asked.setdefault(name, []).extend(ask(service, forms))
    return {name: _summary(found) for name, found in asked.items()}


def _sets(settings: Settings, split: str) -> Iterable[tuple[Transcript, list[Question]]]:
    """The interview and, for the test split, every held-out transcript that names its speakers."""
    interview = next(t for t in read_folder(settings.source_dir).transcripts if t.document.id == INTERVIEW)
    yield interview, load_questions(split=split)
    for document in other_documents() if split == "test" else []:
        transcript = own_transcript(document, settings.source_dir)
        questions = load_questions(document, split)
        if questions and transcript.document.speakers:  # else there is nobody to name
            yield transcript, questions


def _framed(transcript: Transcript) -> Iterable[tuple[str, Form, Callable[[Question], str]]]:
    """Forms with whoever gives the best answer, and with somebody who says nothing here."""
    speakers = {
        f"{transcript.document.id}#{answer.number}": answer.speaker
        for exchange in transcript.exchanges
        for answer in exchange.answers
    }
    most = transcript.document.speakers[0]

    def right(question: Question) -> str:
        best = max(question.judgements, key=lambda one: question.judgements[one], default="")
        return speakers.get(best) or most

    for name, form in FORMS.items():
        yield name, form, right
        if name.startswith(("According", "What", "Q, according")):
            yield name.replace("WHO", NOBODY), form, lambda _: NOBODY
    if transcript.document.id == INTERVIEW:
        for where, (name, form) in product(WHERES, PLACED.items()):
            yield name.replace("WHERE", where), form, partial(_always, where)


def _summary(found: Sequence[Asked]) -> dict[str, Estimate]:
    yes = [asked for asked in found if asked.question.answerable]
    no = [asked for asked in found if not asked.question.answerable]
    return {
        "answered": estimate([float(asked.answered) for asked in yes]),
        "P@1": estimate([float(asked.first_is_good) for asked in yes]),
        "answered, unanswerable": estimate([float(asked.answered) for asked in no]),
    }


def _always(name: str, _: Question) -> str:
    return name


def _low(question: str) -> str:
    """As it stands inside a sentence: its first letter small, but for `I`."""
    first = question.split(" ", 1)[0]
    return question if first == "I" or first[1:] != first[1:].lower() else question[:1].lower() + question[1:]
