"""Exchanges to statements: one per answer paragraph; one too long for the model is cut at sentence ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa_service.language.sentences import sentence_spans
from qa_service.records import Document, Exchange, Paragraph, Statement, Transcript, noise_within

TokenSpans = Callable[[str], list[tuple[int, int]]]
MOST_OF_TOKEN = 8  # characters of a token, mostly
AROUND = 32  # characters of a quote's prefix and suffix
SEAM_TOKENS = 2  # some tokenizers need more tokens for joined sentences than for each alone


@dataclass(frozen=True, slots=True)
class Cut:
    """A paragraph that was longer than the model's window: reported, never silently truncated."""

    id: str
    tokens: int
    parts: int


def cut_statements(
    transcript: Transcript, token_spans: TokenSpans, max_tokens: int
) -> tuple[list[Statement], list[Cut]]:
    """The statements of a transcript in order, and what had to be cut.

    A statement's id is `document#n`, n the paragraph's number in its source; later parts are `document#n.2`, …
    """
    document = transcript.document
    statements, cuts = [], []
    for exchange in transcript.exchanges:
        asked = exchange.question.words if exchange.question else None  # once: a long question may have many answers
        for paragraph in exchange.answers:
            spoken = paragraph.piece.spoken
            parts = list(fit_window(spoken, token_spans, max_tokens))
            name = f"{document.id}#{paragraph.number}"
            if len(parts) > 1:
                cuts.append(Cut(name, len(token_spans(spoken)), len(parts)))
            for n, span in enumerate(parts, start=1):
                id_ = name if n == 1 else f"{name}.{n}"
                statements.append(_statement(id_, span, paragraph, exchange, asked, document))
    return statements, cuts


def _statement(
    id_: str, span: tuple[int, int], paragraph: Paragraph, exchange: Exchange, asked: str | None, document: Document
) -> Statement:
    start, end = span
    at, ends = paragraph.piece.start + start, paragraph.piece.start + end
    return Statement(
        id=id_,
        document=document.id,
        section=exchange.section,
        speaker=paragraph.speaker,
        asker=exchange.asker,
        asked=asked,
        text=paragraph.piece.text[start:end],
        start=at,
        end=ends,
        noise=noise_within(paragraph.piece.noise, start, end),
        prefix=document.text[max(0, at - AROUND) : at],
        suffix=document.text[ends : ends + AROUND],
    )


def fit_window(text: str, token_spans: TokenSpans, max_tokens: int) -> Iterator[tuple[int, int]]:
    """Cuts of `text` of at most `max_tokens` tokens: at sentence ends, between words only inside a longer sentence."""
    if len(token_spans(text)) <= max_tokens:
        yield 0, len(text)
        return
    max_tokens -= SEAM_TOKENS
    start = end = count = 0
    for piece_start, piece_end in sentence_spans(text):
        for first, last, tokens in _short_enough(text, piece_start, piece_end, token_spans, max_tokens):
            if count and count + tokens > max_tokens:
                yield start, end
                count = 0
            if not count:
                start = first
            end, count = last, count + tokens
    if count:
        yield start, end


def _short_enough(
    text: str, start: int, end: int, token_spans: TokenSpans, max_tokens: int
) -> Iterator[tuple[int, int, int]]:
    """A sentence as (start, end, tokens), in several pieces only if it alone exceeds the window."""
    ahead = MOST_OF_TOKEN * max_tokens  # all the rest, looked at for each piece, would take the square of its length
    while True:
        tokens = token_spans(text[start : min(end, start + ahead)])
        if len(tokens) <= max_tokens:
            if start + ahead >= end:
                break
            ahead *= 2
            continue
        stop = start + tokens[max_tokens][0]
        space = text.rfind(" ", start + 1, stop)
        stop = space if space > start else stop
        yield start, stop, max_tokens
        start = stop + len(text[stop : stop + ahead]) - len(text[stop : stop + ahead].lstrip())
    if tokens:
        yield start, end, len(tokens)
