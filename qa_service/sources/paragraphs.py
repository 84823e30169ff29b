"""Cuts a text into paragraphs with exact offsets, each with the speaker label it opens with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_service.records import Piece
from qa_service.sources.labels import Label, LabelReader

_LINE = re.compile(r"[^\n]+")
_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟۔।॥:：;\u037e\"'”’)\]]\s*$")
_ORNAMENTS = "_*=~#"
_BLANK = " \t\r\n\v\f\u00a0\u2028\u2029\u3000\u200b\u200c\u200d\u2060\ufeff"  # the last five have no width


@dataclass(frozen=True, slots=True)
class RawParagraph:
    """A paragraph as printed. `piece` leaves the label out; `line` counts from 1."""

    number: int
    line: int
    label: Label | None
    piece: Piece


def read_paragraphs(text: str, known: tuple[str, ...] = ()) -> list[RawParagraph]:
    """All non-empty paragraphs in order.

    Blank lines part paragraphs, and so does a line that opens with a label. Lines without a blank between them
    are one paragraph where the text is hard-wrapped, and one paragraph each where it is not.
    """
    lines = [m for m in _LINE.finditer(text) if m.group().strip(_BLANK)]
    reader = LabelReader((m.group().strip(_BLANK) for m in lines), known)
    labels = [reader.read(m.group().strip(_BLANK)) for m in lines]
    wrapped = _is_hard_wrapped(text, lines, labels)
    paragraphs = []
    line, counted = 1, 0
    for number, (first, last) in enumerate(_groups(text, lines, labels, wrapped=wrapped)):
        start = lines[first].start() + _indent(lines[first].group())
        if label := labels[first]:
            start += label.text_from
        line += text.count("\n", counted, lines[first].start())
        counted = lines[first].start()
        paragraphs.append(RawParagraph(number, line, label, trim(text, start, lines[last].end())))
    return paragraphs


def trim(text: str, start: int, end: int) -> Piece:
    """The cut [start, end) without white space around it and without a closing ornament such as `___` or `* * *`."""
    while start < end and text[start] in _BLANK:
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
    return character.isspace() or character in _BLANK


def _groups(
    text: str, lines: list[re.Match[str]], labels: list[Label | None], *, wrapped: bool
) -> Iterator[tuple[int, int]]:
    first = 0
    for i in range(1, len(lines) + 1):
        ends = i == len(lines) or labels[i] is not None or not wrapped or _blank_between(text, lines[i - 1], lines[i])
        alone = labels[i - 1] is not None and _is_alone(lines[i - 1], labels[i - 1])
        if ends or alone:
            yield first, i - 1
            first = i


def _is_alone(line: re.Match[str], label: Label | None) -> bool:
    return label is not None and label.text_from >= len(line.group().strip(_BLANK))


def _blank_between(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    return text.count("\n", before.end(), after.start()) > 1


def _is_hard_wrapped(text: str, lines: list[re.Match[str]], labels: list[Label | None]) -> bool:
    """Whether lines break inside sentences: most line ends inside a block don't end a sentence."""
    inside = [
        before.group()
        for before, after, label in zip(lines, lines[1:], labels[1:], strict=False)
        if label is None and not _blank_between(text, before, after)
    ]
    breaks = sum(1 for line in inside if not _ENDS_SENTENCE.search(line))
    return breaks * 3 > len(inside)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(_BLANK))
