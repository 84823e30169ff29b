"""Questions to try: those the transcripts themselves ask, as far as they are answered."""

import re
from collections.abc import Sequence
from itertools import chain, zip_longest
from weakref import WeakKeyDictionary

from qa_service.answering import Answer, AnswerService, Options
from qa_service.records import Document, Exchange, Statement

SHOWN = 4
DOCUMENTS = 4
TRIED = 8  # questions of one document; all are asked once per index, on the thread that answers
LENGTH = range(25, 151)  # shorter ones lean on what was said before, longer ones nobody reads

_ASKING = re.compile(r"[^.!?。！？]*[?？]")
_known: WeakKeyDictionary[AnswerService, list[str]] = WeakKeyDictionary()


def example_questions(service: AnswerService) -> list[str]:
    """Questions that are answered, the surest first, of the first documents in turn."""
    if service not in _known:
        sources = [(service.source(d.id), service.document(d.id)[1]) for d in service.documents()[:DOCUMENTS]]
        answered = [_answered(service, asked_in(*source)) for source in sources]
        in_turn = (question for question in chain.from_iterable(zip_longest(*answered)) if question)
        _known[service] = list(dict.fromkeys(in_turn))[:SHOWN]
    return _known[service]


def asked_in(document: Document, exchanges: Sequence[tuple[Exchange, list[Statement]]]) -> list[str]:
    """Sentences that ask: in what stands before the first exchange, then in the interviewer's questions."""
    pieces = [exchange.question for exchange, _ in exchanges if exchange.question]
    front = document.text[: pieces[0].start] if pieces else ""
    texts = [*front.split("\n"), *(piece.words for piece in pieces)]
    asking = (" ".join(sentence.split()) for text in texts for sentence in _ASKING.findall(text))
    return [sentence for sentence in dict.fromkeys(asking) if len(sentence) in LENGTH][:TRIED]


def _answered(service: AnswerService, questions: Sequence[str]) -> list[str]:
    answers: list[Answer] = service.ask_batch(questions, Options(top_k=1)) if questions else []
    surest = sorted(answers, key=lambda answer: -answer.confidence)
    return [answer.question for answer in surest if answer.answered]
