"""Marks lines that are no speech though they stand among it: directions, time codes, headings, closing notes."""

import re
from collections.abc import Sequence

from qa_service.sources.labels import Label
from qa_service.sources.lines import BLANK, TIME_ALONE, TIME_BEFORE, Line
from qa_service.sources.openings import openings
from qa_service.sources.roles import is_shouted
from qa_service.sources.words import CONTACTS, NOT_NAMES, PARTS

LONGEST_DIRECTION = 8  # lines
_OPENS = {"[": "]", "(": ")", "（": "）", "［": "］", "【": "】", "〔": "〕", "{": "}", "<": ">"}
_CODED = re.compile(r"(?:\\?\[[^\[\]]{1,60}+\\?+\]\s*+)++[A-Z0-9.\-]{0,14}")
_TIMED = re.compile(r"(?:\\?[\[(]|\d{1,3}:\d{2}:\d{2})")
_NOTE = re.compile(
    r"(?:transcri(?:bed|pt|ption) (?:by|from|provided|courtesy|ends?|ended|started|edited|created|generated)\b.*"
    r"|(?:automatic |auto-?)?transcription by .*|subtitles by .*|captions? by .*|all rights reserved.*"
    r"|end of (?:the )?(?:transcript|recording|interview|tape|document|call|meeting)\W*"
    r"|.{2,60} (?:started|stopped) (?:transcription|recording)|(?:©|copyright (?:©|\(c\)|\d)).*"
    r"|.{2,60} (?:interjecting|interrupting|applauding|dissenting|members rose)\s*[—–-]*"
    r"|(?:provisional|uncorrected|unedited|draft) (?:version|transcript|copy)\b.*"
    r"|[A-Z][A-Z ]{3,30}: .* https?://\S+"  # what a recorder notes: `ACTION ITEM: … - WATCH: https://…`
    r"|\[[^\]]+\]\([^)]+\)|> ?[“\"„«].*|图为.*|.{0,40}[（(].{1,12}[摄攝][）)]|(?:https?://|www\.)\S+)",
    re.IGNORECASE,
)
# … and only where nobody's label follows any more: a footnote, who wrote it, how it was made.
_LAST_NOTE = re.compile(
    r"(?:\\?\[?\d{1,3}\\?\] .*|\\\d{1,2}\\ .*|for information media.*|.*not an official (?:record|document).*"
    r"|(?:following|after) the (?:regular )?(?:press conference|briefing)\b.*"
    r"|.*\bpublished on the (?:.{1,60} )?website.*|äußerungen unserer .*"
    r"|(?:this|the) (?:\w+ ){0,2}(?:transcript|transcription|file|article|interview)"
    r" (?:was|is|has been|may|represents)\b.*"
    r"|[A-Z][\w.'’ -]{2,60} (?:is|was) (?:a|an|the) (?:[\w-]+ ){0,3}(?:editor|writer|reporter|journalist|author)\b.*)",
    re.IGNORECASE,
)
_ITALIC = re.compile(r"(?<!\*)\*(?!\*)[^*]+\*(?!\*)|_[^_]+_")


def mark_speechless(text: str, lines: Sequence[Line], labels: Sequence[Label | None]) -> None:
    """Set `noise` on every line without a label that holds no speech, and move `at` behind time codes before speech."""
    initials = _initials(labels)
    last = max((i for i, label in enumerate(labels) if label), default=len(lines))
    for i, line in enumerate(lines):
        if line.noise or labels[i]:
            continue
        content = text[line.at : line.end]
        line.noise = _noise_of(content, initials)
        if line.noise is None and i > last:
            goes_on = lines[i - 1].noise == "note" and not line.blank_before
            if goes_on or (line.blank_before and _LAST_NOTE.fullmatch(content)):
                line.noise = "note"
        if line.noise is None and content[0] in _OPENS:
            _mark_direction(text, lines, labels, i)
        if line.noise is None and (match := TIME_BEFORE.match(content)) and _TIMED.match(content):
            line.at += match.end()
        if line.noise is None and _is_shouted_heading(text, lines, labels, i):
            line.noise = "heading"


def _initials(labels: Sequence[Label | None]) -> frozenset[str]:
    """`JV` for Jeroen Vos: some exports print them where a picture was."""
    names = {label.name for label in labels if label}
    return frozenset("".join(word[0] for word in name.split()).upper() for name in names if " " in name)


def _noise_of(content: str, initials: frozenset[str]) -> str | None:
    if content.startswith("#") or not any(c.isalnum() for c in content):
        return "heading" if any(c.isalnum() for c in content) else "ornament"
    if TIME_ALONE.fullmatch(content.strip(BLANK)):
        return "time code"
    if content in initials:
        return "initials"
    if _CODED.fullmatch(content) or is_bracketed(content):
        return "direction"
    if _NOTE.fullmatch(content.strip("*_ ")) or _ITALIC.fullmatch(content):
        return "note"
    return _part_of(content)


def _part_of(content: str) -> str | None:
    """Whether a label is a note to the reader, or names a part of the recording: `Contact: …`, `**Break:** [09:39]`."""
    for one in openings(content):
        if one.form == "colon" and one.head.key.replace(" ", "-") in CONTACTS:
            return "note"
        if one.form in {"colon", "alone-time"} and one.text_from >= len(content):
            words = one.head.words
            if (words and words[0] in PARTS) or (one.head.timed and one.head.key in NOT_NAMES):
                return "part"
    return None


def is_bracketed(content: str) -> bool:
    """Whether one pair of brackets holds all of it, a full stop behind them apart."""
    content = content.replace("\\[", "[").replace("\\]", "]").strip("*_ ").rstrip(".。")
    closing = _OPENS.get(content[:1])
    if closing is None or content[-1:] != closing:
        return False
    depth = 0
    for i, c in enumerate(content):
        depth += (c == content[0]) - (c == closing)
        if depth == 0:
            return i == len(content) - 1
    return False


def _mark_direction(text: str, lines: Sequence[Line], labels: Sequence[Label | None], first: int) -> None:
    """A direction that goes on over several lines, such as `[Whereupon, at 11:20 a.m., …]`."""
    opening = text[lines[first].at]
    closing, depth = _OPENS[opening], 0
    for last in range(first, min(first + LONGEST_DIRECTION, len(lines))):
        line = lines[last]
        if last > first and (labels[last] or line.blank_before):
            return
        content = text[line.at : line.end]
        depth += content.count(opening) - content.count(closing)
        if depth <= 0:
            if content.rstrip(".").endswith(closing) and depth == 0:
                for inside in lines[first : last + 1]:
                    inside.noise = "direction"
            return


def _is_shouted_heading(text: str, lines: Sequence[Line], labels: Sequence[Label | None], i: int) -> bool:
    """`CROSS-EXAMINATION`, on a line of its own between turns."""
    content = text[lines[i].at : lines[i].end]
    if not is_shouted(content) or content[-1] in '.?!:,;"”' or len(content) < 6:
        return False
    before = text[lines[i - 1].at : lines[i - 1].end] if i else "."
    after = i + 1 == len(lines) or labels[i + 1] is not None or lines[i + 1].blank_before
    return after and (lines[i].blank_before or before[-1] in '.?!:"”)' or lines[i - 1].noise is not None)
