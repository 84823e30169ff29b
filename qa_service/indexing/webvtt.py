"""A transcript with times as WebVTT: who speaks as voice tags, so that players show it."""

import html
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from qa_service.records import Document, Exchange, Statement, Timed

MOST_CHARACTERS = 84  # of a cue of words: two lines
LONGEST_S = 7.0  # of such a cue
BY_WORDS = 15  # characters of a part on average; fewer, and each part is a word
Spoken = tuple[int, int, str | None]  # from where to where who speaks


def captions(document: Document, exchanges: Sequence[tuple[Exchange, list[Statement]]]) -> str:
    """All that is timed, in the text's order, as a WebVTT file."""
    said = sorted(_spoken(exchanges), key=lambda one: one[:2])
    starts = [one[0] for one in said]
    cues = ["WEBVTT"]
    for parts in _cues(document.text, document.anchored.timeline):
        first, last = parts[0], parts[-1]
        n = bisect_right(starts, first.start)
        speaker = said[n - 1][2] if n and first.start < said[n - 1][1] else None
        words = html.escape(" ".join(document.text[first.start : last.end].split()), quote=False)
        voice = f"<v {_name(speaker)}>" if speaker else ""
        ends = max(part.ends for part in parts)
        cues.append(f"{_stamp(first.begins)} --> {_stamp(max(ends, first.begins + 0.001))}\n{voice}{words}")
    return "\n\n".join(cues) + "\n"


def _spoken(exchanges: Sequence[tuple[Exchange, list[Statement]]]) -> Iterator[Spoken]:
    for exchange, statements in exchanges:
        if exchange.question:
            yield exchange.question.start, exchange.question.end, exchange.asker
        yield from ((statement.start, statement.end, statement.speaker) for statement in statements)


def _cues(text: str, timeline: Sequence[Timed]) -> Iterator[list[Timed]]:
    """Parts that are shown together: single words are put together up to two lines, within a paragraph."""
    by_words = sum(part.end - part.start for part in timeline) < BY_WORDS * len(timeline)
    cue: list[Timed] = []
    for part in timeline:
        if cue and not (by_words and _fits(text, cue, part)):
            yield cue
            cue = []
        cue.append(part)
    if cue:
        yield cue


def _fits(text: str, cue: list[Timed], part: Timed) -> bool:
    together = part.end - cue[0].start <= MOST_CHARACTERS and 0 <= part.ends - cue[0].begins <= LONGEST_S
    return together and "\n\n" not in text[cue[-1].end : part.start]


def _name(speaker: str) -> str:
    return html.escape(" ".join(speaker.replace(">", " ").split()), quote=False)


def _stamp(time: float) -> str:
    ms = round(time * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
