"""What holds for any text at all."""

import re
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_service.errors import SourceError
from qa_service.language.sentences import sentence_spans
from qa_service.records import Piece
from qa_service.sources.parser import parse
from qa_service.sources.statements import SEAM_TOKENS, fit_window
from tests import fakes

LABELS = (
    "Reporter: |Q: |A: |Q. |A. |Ada Lund: |ADA LUND (CHAIR): |**Host:** |**Ada Lund**: |记者：|金壮龙：|Reporter|Host _"
    "|THE CHAIR: |Note: |First: |[Ada Lund]: |Q1: |\ufeffQ: |: |ada: |"
).split("|")
CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),  # all but lone surrogates, which UTF-8 can't hold
    st.sampled_from("abcXYZ .?!…。？:：_*#~= \t\u0301\u200d😀🇸🇪\x0b\x0c\x85\u2028\u3000\u00a0\ufeff\x1c\x00\r"),
)
WORDS = st.lists(st.text(CHARACTERS, max_size=8), max_size=6).map(" ".join)
LINES = st.builds(str.__add__, st.sampled_from(LABELS), WORDS)
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", "\n \n\n", "\r"])
TEXTS = st.lists(st.builds(str.__add__, LINES, BREAKS), max_size=12).map("".join)
TOKENS = fakes.FakeEncoder().token_spans

many = settings(max_examples=300, deadline=None)


@many
@given(TEXTS)
@example("Reporter: 0\nTHE CHAIR: 0\nReporter: \nNote: \nTHE CHAIR: ?\nAda Lund: 0\n")
def test_any_text_is_parsed_verbatim_or_refused_with_its_line(text: str) -> None:
    try:
        exchanges = parse(text).exchanges
    except SourceError as refused:
        assert refused.line is not None
        assert 1 <= refused.line <= text.count("\n") + 1
        return
    pieces: list[Piece] = []
    for exchange in exchanges:
        pieces += [exchange.question] if exchange.question else []
        pieces += [answer.piece for answer in exchange.answers]
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces)
    assert all(before.end <= after.start for before, after in pairwise(pieces))
    assert all(piece.text.strip() for piece in pieces)


@many
@given(st.one_of(TEXTS, WORDS))
def test_sentences_cover_everything_but_white_space(text: str) -> None:
    done = 0
    for start, end in sentence_spans(text):
        assert start >= done
        assert text[start:end].strip() == text[start:end] != ""
        assert not text[done:start].strip()
        done = end
    assert not text[done:].strip()


@many
@given(
    st.one_of(TEXTS, WORDS, st.lists(st.sampled_from(["a", "bb.", "c!", "Dd", "\n", "，", "。"])).map(" ".join)),
    st.data(),
)
def test_cuts_hold_every_word_in_order_and_fit_the_window(text: str, data: st.DataObject) -> None:
    limit = data.draw(st.integers(1 + SEAM_TOKENS, 9))
    cuts = list(fit_window(text, TOKENS, limit))
    assert all(len(TOKENS(text[start:end])) <= limit for start, end in cuts)
    assert all(before[1] <= after[0] for before, after in pairwise(cuts))
    assert [word for start, end in cuts for word in re.findall(r"\w+", text[start:end])] == re.findall(r"\w+", text)
