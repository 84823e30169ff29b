"""Marks paragraphs that are no speech for what surrounds them: headings, closing notes, a recogniser's loops."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa_service.language.sentences import sentence_spans, word_count
from qa_service.sources.paragraphs import RawParagraph
from qa_service.sources.words import PARTICLES

LOOP = 4  # times the same words in a row are a recogniser's loop, not speech
UNTERMINATED = 0.2  # of spoken paragraphs, that may lack a closing mark where one without is a heading
TITLE_CASE = 0.6  # of its words, that begin with a capital in a title
LONGEST_HEADING = 14  # words
FOOTER = 12  # paragraphs at most behind the last turn
_QUOTED = re.compile(r"[\"“„«»].*[^\W_][\"”“»«]")
_LAST_WORD = re.compile(
    r"\b(?:end|ends|ended|concluded|adjourned|closed)\b|以上|全文|完|了[）)]|结束|끝", re.IGNORECASE
)


def mark_headings(paragraphs: Sequence[RawParagraph]) -> list[RawParagraph]:
    """Mark short unlabelled paragraphs without a closing mark, where speech has one, and what follows the last of them.

    A text whose speech is hardly punctuated keeps them all.
    """
    spoken = [
        p
        for before, p in zip([None, *paragraphs], paragraphs, strict=False)
        if p.piece.text and not p.noise and (p.label or (before and before.label and not before.piece.text))
    ]
    unterminated = sum(not p.ends_sentence and p.piece.text[-1:].isalnum() for p in spoken)
    if not spoken or unterminated > UNTERMINATED * len(spoken):
        return list(paragraphs)
    marked = [
        replace(p, noise="heading") if _is_heading(p) or _is_quoted_heading(p, after) else p
        for p, after in zip(paragraphs, [*paragraphs[1:], None], strict=True)
    ]
    last = max((i for i, p in enumerate(marked) if p.label), default=len(marked))
    heading = next((i for i in range(last + 1, len(marked)) if _closes(marked[i])), len(marked))
    if len(marked) - heading <= FOOTER:
        marked[heading:] = [replace(p, noise=p.noise or "closing note") for p in marked[heading:]]
    return marked


def _closes(paragraph: RawParagraph) -> bool:
    """Whether what follows it, behind the last label, is no speech any more."""
    if paragraph.noise == "direction":
        return _LAST_WORD.search(paragraph.piece.text) is not None
    return paragraph.noise in {"heading", "note"} or (paragraph.noise == "ornament" and len(paragraph.piece.text) > 2)


def _is_heading(paragraph: RawParagraph) -> bool:
    text = paragraph.piece.text
    return (
        not paragraph.label and not paragraph.noise and bool(text) and paragraph.apart
        and (text[-1].isalnum() or text[-1] in ")*") and not text[0].islower()
        and word_count(text) <= LONGEST_HEADING and len(sentence_spans(text)) == 1 and _is_set_as_title(text)
    )  # fmt: skip


def _is_quoted_heading(paragraph: RawParagraph, after: RawParagraph | None) -> bool:
    """Whether it is a title that quotes what the turns under it say: `“The ditches were progress once”`."""
    text = paragraph.piece.text
    if paragraph.label or paragraph.noise or not paragraph.apart or after is None or after.label is None:
        return False
    return _QUOTED.fullmatch(text) is not None and word_count(text) <= LONGEST_HEADING


def _is_set_as_title(text: str) -> bool:
    """Two words at most, a number in front, or capitals as titles have them: "We met at 10:30" is none."""
    if text.split(":", 1)[0].isupper():
        return True
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word.casefold() not in PARTICLES]
    large = sum(word[0].isupper() for word in words)
    short = len(words) <= 2 and not any(c.isdecimal() for c in text)
    return short or re.match(r"\d{1,3}[.)]?\s", text) is not None or large >= TITLE_CASE * len(words)


def mark_loops(paragraphs: Sequence[RawParagraph]) -> list[RawParagraph]:
    """Mark paragraphs that only repeat the words before them, `LOOP` times and more, but for the first."""
    marked = list(paragraphs)
    words = [p.piece.text.casefold() for p in paragraphs]
    first = 0
    for i in range(1, len(words) + 1):
        if i == len(words) or words[i] != words[first]:
            if i - first >= LOOP and words[first]:
                marked[first + 1 : i] = [replace(p, noise="repeated") for p in marked[first + 1 : i]]
            first = i
    return marked
