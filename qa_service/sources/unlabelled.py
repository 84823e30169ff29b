"""Interviews without names: questions are bold, numbered, dashed, italic, in capitals or headings; answers are not."""

import math
import re
from collections.abc import Callable, Sequence

from qa_service.language.sentences import QUESTION
from qa_service.sources.labels import Label
from qa_service.sources.lines import Line
from qa_service.sources.roles import is_shouted

FEWEST_QUESTIONS = 3
ASKING = 0.5  # of the marked paragraphs, that hold a question
ANSWERED = 0.6  # of them, that another paragraph follows
DASHED = 0.6  # of all paragraphs from the first dashed one on, where answers are dashed as well
_NUMBER = re.compile(r"(?:\*\*)?Q?(?P<number>\d{1,3})\s?[.)、．:]\s*(?:\*\*)?", re.IGNORECASE)
_DASH = re.compile(r"[—–―-]{1,2}\s+|—(?=\S)")
# Natural logarithms of how likely a question mark ends a question or an answer, and a turn is a question behind one.
_MARK = {True: (math.log(0.8), math.log(0.1)), False: (math.log(0.2), math.log(0.9))}
_NEXT = ((math.log(0.03), math.log(0.97)), (math.log(0.9), math.log(0.1)))

Block = tuple[int, int]  # first and last line


def question_paragraphs(text: str, lines: Sequence[Line]) -> list[Label | None]:
    """A label without a name for the first line of each question and of each answer; all None for other texts."""
    blocks = _blocks(lines)
    for mark in (_bold, _numbered, _italic, _heading, _shouted):
        starts = mark(text, lines, blocks)
        if found := _questions(text, lines, blocks, starts):
            return _labelled(lines, blocks, found)
    return _dashed(text, lines, blocks)


def _blocks(lines: Sequence[Line]) -> list[Block]:
    blocks: list[Block] = []
    for i, line in enumerate(lines):
        if line.noise:
            continue
        if blocks and not line.blank_before and blocks[-1][1] == i - 1:
            blocks[-1] = (blocks[-1][0], i)
        else:
            blocks.append((i, i))
    return blocks


def _content(text: str, lines: Sequence[Line], block: Block) -> str:
    return text[lines[block[0]].at : lines[block[1]].end]


def _wrapped_in(pattern: str) -> Callable[[str, Sequence[Line], Sequence[Block]], dict[int, int]]:
    compiled = re.compile(pattern, re.DOTALL)

    def starts(text: str, lines: Sequence[Line], blocks: Sequence[Block]) -> dict[int, int]:
        found = {}
        for i, block in enumerate(blocks):
            if match := compiled.match(_content(text, lines, block)):
                found[i] = match.end()
        return found

    return starts


_bold = _wrapped_in(r"(?:\*\*|__|<b>|<strong>)(?=[^*_<]+(?:\*\*|__|</b>|</strong>)[.?!]?\s*$)")
_italic = _wrapped_in(r"[*_](?![*_])(?=[^*_]+[*_]\s*$)")
_heading = _wrapped_in(r"#{2,6}\s+(?=[^\n]+$)")


def _shouted(text: str, lines: Sequence[Line], blocks: Sequence[Block]) -> dict[int, int]:
    return {i: 0 for i, block in enumerate(blocks) if is_shouted(_content(text, lines, block))}


def _numbered(text: str, lines: Sequence[Line], blocks: Sequence[Block]) -> dict[int, int]:
    """Paragraphs whose numbers count up from 1; a list inside an answer begins anew and is none."""
    found, wanted = {}, 1
    for i, block in enumerate(blocks):
        match = _NUMBER.match(_content(text, lines, block))
        if match and int(match["number"]) == wanted:
            found[i], wanted = match.end(), wanted + 1
    return found


def _questions(
    text: str, lines: Sequence[Line], blocks: Sequence[Block], starts: dict[int, int]
) -> dict[int, tuple[int, str]]:
    """Where the words of questions and of the answers behind them begin, by block; empty where marks mean neither."""
    asking = [i for i in starts if QUESTION.search(_content(text, lines, blocks[i]))]
    if len(asking) < FEWEST_QUESTIONS:
        return {}
    chosen = [i for i in starts if i >= asking[0]]
    answered = sum(i + 1 < len(blocks) and i + 1 not in starts for i in chosen)
    if len(asking) < ASKING * len(chosen) or answered < ANSWERED * len(chosen):
        return {}
    found: dict[int, tuple[int, str]] = {}
    for i in chosen:
        if i - 1 not in starts or i == chosen[0]:
            found[i] = (starts[i], "asks")
        if i + 1 < len(blocks) and i + 1 not in starts:
            found[i + 1] = (0, "answers")
    return found


def _labelled(lines: Sequence[Line], blocks: Sequence[Block], found: dict[int, tuple[int, str]]) -> list[Label | None]:
    labels: list[Label | None] = [None] * len(lines)
    for i, (text_from, says) in found.items():
        labels[blocks[i][0]] = Label("", None, text_from, "paragraph", says)
    return labels


def _dashed(text: str, lines: Sequence[Line], blocks: Sequence[Block]) -> list[Label | None]:
    """Turns that open with a dash: questions only, or both."""
    starts = {i: m.end() for i, b in enumerate(blocks) if (m := _DASH.match(_content(text, lines, b)))}
    if len(starts) < 2 * FEWEST_QUESTIONS or len(starts) < DASHED * (len(blocks) - min(starts)):
        return _labelled(lines, blocks, _questions(text, lines, blocks, starts))
    asks = [bool(QUESTION.search(_content(text, lines, blocks[i])[-3:])) for i in starts]
    if sum(asks) < FEWEST_QUESTIONS:
        return [None] * len(lines)
    says = most_likely_questions(asks)
    found = {i: (at, "asks" if q else "answers") for (i, at), q in zip(starts.items(), says, strict=True)}
    return _labelled(lines, blocks, found)


def most_likely_questions(marks: Sequence[bool]) -> list[bool]:
    """Which turns are questions, told by whether each ends in a question mark and that turns mostly alternate.

    Viterbi's algorithm (1967) over two states.
    """
    scores = [_MARK[marks[0]][0], _MARK[marks[0]][1] + math.log(0.3)]
    back: list[list[int]] = []
    for mark in marks[1:]:
        ways = [[scores[before] + _NEXT[before][to] for before in (0, 1)] for to in (0, 1)]
        back.append([int(way[1] > way[0]) for way in ways])
        scores = [max(way) + _MARK[mark][to] for to, way in enumerate(ways)]
    state = 0 if scores[0] >= scores[1] else 1
    states = [state]
    for choice in reversed(back):
        state = choice[state]
        states.append(state)
    return [state == 0 for state in reversed(states)]
