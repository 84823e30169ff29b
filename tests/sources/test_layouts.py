"""How transcripts are printed in the world, and what a person reads in them (layouts/README.md)."""

from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from qa_service.errors import SourceError
from qa_service.records import Piece, Transcript
from qa_service.sources.folder import read_transcript
from tests.sources.layout_score import GOLD, LAYOUTS, Score, count_of, score

BAR = Score(attributed=0.98, leaked=0.01, asked=0.95, wrong=0)
ALL = Score(attributed=0.979, leaked=0.006, asked=0.954, wrong=0.001)

# Texts that don't reach the bar yet, with what they reach and why.
KNOWN_SHORT: dict[str, Score] = {
    # what a moderator throws in is taken for the next question
    "asap-sports": Score(1, 0, 0.928, 0),
    # `Plusieurs députés …` is no label; who asks without a mark answers; an interjection is the question
    "assemblee-nationale": Score(1, 0.115, 0.666, 0.01),
    # the Speaker's own question inside an answer is taken for the question
    "australia-hansard": Score(1, 0, 0.9, 0),
    # `An hon. member:` inside a turn is no label
    "canada-hansard": Score(1, 0.006, 1, 0.009),
    # those who ask inside a clip (UNIDENTIFIED FEMALE) aren't seen to ask
    "cnn-rush": Score(1, 0, 0.888, 0),
    # a heading like a sentence; the Speaker's reply is the question of what follows
    "europarl-council-question-time": Score(1, 0.014, 0.875, 0),
    # the customer's one question, among answers, is left an answer
    "fathom-customer-call": Score(0.901, 0.032, 0.888, 0),
    # an answer that ends in a question is taken for one
    "focus-group-int-p": Score(0.976, 0, 0.789, 0),
    # a question of two words without a mark (予算は。) is none
    "japan-diet-sangiin": Score(1, 0, 0.888, 0),
    # `Your name, please?` is the question, and the asker who gives his name answers it
    "mea-india-briefing": Score(1, 0.051, 0.9, 0),
    # a question in writing below the briefing, without a label
    "mfa-en-followups": Score(1, 0.066, 0.928, 0),
    # `1. NAME (Party) to the Minister: …` at the start is an introduction; the Speaker's ruling is the question; a note
    "nz-oral-questions": Score(1, 0.021, 0.846, 0),
    # an answer that ends in a question is taken for one
    "otter-panel": Score(0.862, 0, 0.857, 0),
    # refused: `[–]name 12 points` lines are no labels
    "reddit-ama": Score(0, 0, 0, 0),
    # the interpreter, who asks for another, answers
    "rev-variant": Score(1, 0.024, 0.933, 0),
    # headings like sentences (`Jakttider för säl`), and a closing sentence of the record
    "riksdag-fragestund": Score(1, 0.031, 1, 0),
    # a footnote is read as speech
    "senate-hearing": Score(1, 0.026, 1, 0),
    # the moderator's `any final words?` is the question (a reader may take it for one, too)
    "state-department-deputy": Score(1, 0, 0.909, 0),
    # `the staff –`, a question that is cut off, is none
    "state-department-deputy-joint": Score(1, 0, 0.923, 0),
    # a question from the floor without a mark is left out; a table's quotation marks stay
    "tab-separated": Score(1, 0.005, 0.937, 0),
    # who answers and once asks counts as asking: some of his answers become questions
    "teams-docx-surname-first": Score(0.804, 0, 0.846, 0),
    # no marks, no capitals, segments cut anywhere: who asks is guessed from each segment; `Unknown:` is no label
    "time-first": Score(1, 0.008, 0.85, 0.013),
}

REFUSED = [name for name in GOLD if GOLD[name]["must_refuse"]]
READ = [name for name in GOLD if name not in REFUSED]
count_once = cache(count_of)


@cache
def read(name: str) -> Transcript:
    return read_transcript(LAYOUTS / f"{name}.txt")


@pytest.mark.parametrize("name", REFUSED)
def test_a_text_in_which_nobody_speaks_is_refused(name: str) -> None:
    with pytest.raises(SourceError):
        read(name)


@pytest.mark.parametrize("name", READ)
def test_pieces_are_verbatim_in_order_and_apart(name: str) -> None:
    try:
        transcript = read(name)
    except SourceError as refused:
        assert KNOWN_SHORT.get(name, BAR).attributed == 0, refused
        return
    source, pieces = transcript.document.text, list[Piece]()
    for exchange in transcript.exchanges:
        pieces += [exchange.question] if exchange.question else []
        pieces += [answer.piece for answer in exchange.answers]
    assert all(source[piece.start : piece.end] == piece.text for piece in pieces)
    assert all(before.end <= after.start for before, after in pairwise(pieces))


@pytest.mark.parametrize("name", READ)
def test_a_layout_is_read_as_a_person_reads_it(name: str) -> None:
    measured, bar = score(count_once(name)), KNOWN_SHORT.get(name, BAR)
    assert measured.reaches(bar), f"{measured} is short of {bar}"


@pytest.mark.parametrize("name", KNOWN_SHORT)
def test_what_reaches_the_bar_is_not_listed_as_short(name: str) -> None:
    assert not score(count_once(name)).reaches(BAR), "take it off KNOWN_SHORT"


def test_all_layouts_together_are_read_as_well_as_they_were() -> None:
    measured = score(sum(map(count_once, GOLD), Counter[str]()))
    assert measured.reaches(ALL), f"{measured} is short of {ALL}"
