"""Cuts lines into paragraphs with exact offsets, each with the label it opens with or why it is no speech."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa_service.language.sentences import sentence_spans
from qa_service.records import Piece
from qa_service.sources.labels import Label
from qa_service.sources.lines import BLANK, Line

_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟۔।॥:：;\u037e\"'”’)\]」』）]\s*$")
ENDS = re.compile(r"[.!?…。！？؟۔।॥\u037e][\"'”’)\]」』）*_]*\s*$")
_ORNAMENTS = "_*=~#"
FEWEST_LINES = 5  # that follow another of their paragraph, before they tell how lines break
ONE_SENTENCE = 0.6  # of them, that hold one sentence each, where every sentence has its own line
LONGEST_JOINED = 20_000  # characters over page breaks; a sentence is far shorter
FURNITURE = frozenset({"page number", "page header", "time code", "line number"})


@dataclass(frozen=True, slots=True)
class RawParagraph:
    """A paragraph as printed. `piece` leaves the label out; `line` counts from 1; `noise` says why it is no speech."""

    number: int
    line: int
    label: Label | None
    piece: Piece
    noise: str | None = None
    apart: bool = True  # a blank line, or nothing, stands before it

    @property
    def ends_sentence(self) -> bool:
        """Whether its last sentence is complete."""
        return ENDS.search(self.piece.text[-8:]) is not None


def read_paragraphs(text: str, lines: Sequence[Line], labels: Sequence[Label | None]) -> list[RawParagraph]:
    """All paragraphs in order.

    Blank lines part paragraphs, and so does a line that opens with a label. Lines without a blank between them are
    one paragraph where the text is hard-wrapped or has a line for each sentence, and one paragraph each elsewhere.
    """
    joined = _lines_are_joined(text, lines, labels)
    indented = joined and _is_indented(lines, labels)
    paragraphs: list[RawParagraph] = []
    first = 0
    for i in range(1, len(lines) + 1):
        if i < len(lines) and joined and _continues(lines, labels, i, indented=indented):
            continue
        paragraphs.append(_paragraph(text, lines, labels, first, i - 1, len(paragraphs)))
        first = i
    return _over_page_breaks(text, paragraphs, wrapped=joined)


def _continues(lines: Sequence[Line], labels: Sequence[Label | None], i: int, *, indented: bool) -> bool:
    before, line = lines[i - 1], lines[i]
    if labels[i] or line.blank_before or line.noise or before.noise:
        return False
    if (label := labels[i - 1]) and before.at + label.text_from >= before.end:
        return False
    return not (indented and line.indent > before.indent + 1)


def _paragraph(
    text: str, lines: Sequence[Line], labels: Sequence[Label | None], first: int, last: int, number: int
) -> RawParagraph:
    label, line = labels[first], lines[first]
    start = line.at + (label.text_from if label else 0)
    piece = trim(text, start, lines[last].end)
    inside = tuple(
        (one.start - piece.start, one.at - piece.start) for one in lines[first + 1 : last + 1] if one.at > one.start
    )
    piece = replace(piece, noise=tuple(cut for cut in inside if cut[1] <= len(piece.text)))
    return RawParagraph(number, line.number, label, piece, line.noise, line.blank_before)


def trim(text: str, start: int, end: int) -> Piece:
    """The cut [start, end) without white space around it and without a closing ornament such as `___` or `* * *`."""
    while start < end and text[start] in BLANK:
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    words_end, ornaments = end, 0
    while words_end > start and (_is_blank(text[words_end - 1]) or text[words_end - 1] in _ORNAMENTS):
        words_end -= 1
        ornaments += text[words_end] in _ORNAMENTS
    if ornaments > 1 or words_end == start:  # one alone belongs to its word: C#
        end = words_end
    return Piece(text[start:end], start, end)


def _is_blank(character: str) -> bool:
    return character.isspace() or character in BLANK


def join(text: str, before: Piece, after: Piece) -> Piece:
    """One cut over two: what stands between them is no speech."""
    return join_all(text, [before, after])


def join_all(text: str, pieces: Sequence[Piece]) -> Piece:
    """One cut over several in order: words that stand between them are no speech."""
    start, end = pieces[0].start, pieces[-1].end
    noise: list[tuple[int, int]] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        gap = trim(text, before.end, piece.start) if before else None
        if gap and gap.text:
            noise.append((gap.start - start, gap.end - start))
        noise += [(first + piece.start - start, last + piece.start - start) for first, last in piece.noise]
    return Piece(text[start:end], start, end, tuple(noise))


def _over_page_breaks(text: str, paragraphs: list[RawParagraph], *, wrapped: bool) -> list[RawParagraph]:
    """A sentence that goes on behind a page's footer and header is one paragraph."""
    joined: list[RawParagraph] = []
    waiting: list[RawParagraph] = []
    for paragraph in paragraphs:
        if paragraph.noise in FURNITURE and joined:
            waiting.append(paragraph)
            continue
        before = joined[-1] if joined else None
        if waiting and before and _goes_on(before, paragraph, wrapped=wrapped):
            joined[-1] = replace(before, piece=join(text, before.piece, paragraph.piece))
        else:
            joined += [*waiting, paragraph]
        waiting = []
    return joined + waiting


def _goes_on(before: RawParagraph, paragraph: RawParagraph, *, wrapped: bool) -> bool:
    """Whether a paragraph is the rest of a sentence that the one before begins."""
    if before.noise or not 0 < len(before.piece.text) < LONGEST_JOINED or before.ends_sentence:
        return False
    return not paragraph.label and not paragraph.noise and (wrapped or paragraph.piece.text[:1].islower())


def _lines_are_joined(text: str, lines: Sequence[Line], labels: Sequence[Label | None]) -> bool:
    """Whether lines that follow each other are one paragraph: they break inside sentences, or at each one's end."""
    inside = [
        (before, after)
        for (before, after), label in zip(pairwise(lines), labels[1:], strict=True)
        if label is None and not after.blank_before and not before.noise and not after.noise
    ]
    breaks = sum(not _ENDS_SENTENCE.search(text[max(one.at, one.end - 4) : one.end]) for one, _ in inside)
    if breaks * 3 > len(inside):
        return True
    if len(inside) < FEWEST_LINES or not _marked_otherwise(lines, labels):
        return False
    single = sum(len(sentence_spans(text[after.at : after.end])) == 1 for _, after in inside)
    return single >= ONE_SENTENCE * len(inside)


def _marked_otherwise(lines: Sequence[Line], labels: Sequence[Label | None]) -> bool:
    """Whether blank lines or labels part paragraphs, most of them."""
    return sum(line.blank_before or label is not None for line, label in zip(lines, labels, strict=True)) > 2


def _is_indented(lines: Sequence[Line], labels: Sequence[Label | None]) -> bool:
    """Whether paragraphs open with an indent: lines with a label stand further in than those behind them."""
    behind = [
        line.indent - after.indent
        for (line, after), label, other in zip(pairwise(lines), labels, labels[1:], strict=False)
        if label and not other and not after.blank_before
    ]
    return bool(behind) and sum(by > 1 for by in behind) * 10 > 7 * len(behind)
