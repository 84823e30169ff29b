"""Turns that recorders' exports open with a name and a time: Teams, Word's Transcribe, Otter, Rev and their like."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa_service.sources.formats.page_block import Block
from qa_service.sources.formats.writing import one_line
from qa_service.sources.heads import clean_name, read_head
from qa_service.sources.roles import is_capitalised

FEWEST = 2  # labels with a time, from which they are labels
FOLLOWED = 0.6  # of them, that words follow: a list of chapters has none
LONGEST = 100  # characters of a label's line
NAME_WORDS = 7
_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
_BEHIND = re.compile(rf"(?P<name>\S.*?)(?:\s+|\s*[\[(|·–-]\s*)\[?\(?(?P<time>{_TIME})[\])]?\s*:?")
_BEFORE = re.compile(rf"[\[(]?(?P<time>{_TIME})[\])]?[\s|·–-]+(?P<name>\S.*?):?")
_RANGE = re.compile(rf"(?P<begins>{_TIME})\s*(?:-->|[-–—])\s*(?P<ends>{_TIME})")
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_CLOCK = re.compile(r"(?:^|\s)[ap]\.?m\.?$|\b(?:19|20)\d\d\b", re.IGNORECASE)  # `9:41 AM`, `May 7, 2024 9:30`
_STARTED = re.compile(r".{2,80} (?:started|stopped) (?:transcription|recording)", re.IGNORECASE)


@dataclass(slots=True)
class Said:
    """A label as printed with what is said under it, or words that are no speech."""

    label: str | None
    speaker: str | None
    begins: float | None = None
    ends: float | None = None
    texts: list[str] = field(default_factory=list)
    speech: bool = True


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    opens: bool  # a block
    heading: bool


def seconds_of(time: str) -> float:
    """`1:02:03.5` in seconds."""
    seconds = 0.0
    for part in time.replace(",", ".").split(":")[:3]:  # a fourth part counts frames
        seconds = seconds * 60 + float(part)
    return seconds


def find_said(blocks: Sequence[Block]) -> list[Said]:
    """The turns in order with what stands around them; nothing where labels with times don't carry the text.

    Nor where one line with a time can't be read as a label: its words would stand under somebody else's name.
    """
    lines = [
        _Line(line.strip(), first, block.heading)
        for block in blocks
        for first, line in zip([True, *[False] * block.text.count("\n")], block.text.split("\n"), strict=True)
        if line.strip()
    ]
    said = list(_read(lines))
    labelled = [part for part in said if part.label is not None]
    followed = sum(bool(part.texts) for part in labelled)
    names = {part.speaker for part in labelled}
    if len(labelled) < FEWEST or followed < FOLLOWED * len(labelled):
        return []
    if any(map(_looks_like_a_label, (text for part in said for text in part.texts))):
        return []
    if len(names) == len(labelled) > FEWEST + 1:
        return []  # nobody speaks twice: these are headings with times
    return said


def _read(lines: Sequence[_Line]) -> Iterator[Said]:
    current = Said(None, None, speech=False)
    i = 0
    while i < len(lines):
        found = _label(lines, i)
        if found:
            yield current
            current, i = found
            continue
        line = lines[i]
        if line.heading or _STARTED.fullmatch(line.text):
            yield current
            yield Said(None, None, texts=[line.text], speech=False)
            current = Said(None, current.speaker, current.begins, current.ends, speech=current.speech)
        elif line.opens or not current.texts or _looks_like_a_label(line.text):
            current.texts.append(line.text)
        else:
            current.texts[-1] += f" {line.text}"
        i += 1
    yield current


def _label(lines: Sequence[_Line], i: int) -> tuple[Said, int] | None:
    """A label that begins at a line, and the line behind it."""
    text = lines[i].text
    if len(text) > LONGEST:
        return None
    if match := _RANGE.fullmatch(text):
        name = lines[i + 1].text if i + 1 < len(lines) else ""
        speaker = _name(name) if len(name) < LONGEST and i + 2 < len(lines) else None
        if speaker is None:
            return None
        return Said(f"{text} {name}", speaker, seconds_of(match["begins"]), seconds_of(match["ends"])), i + 2
    for form in (_BEHIND, _BEFORE):
        if (match := form.fullmatch(text)) and (speaker := _name(match["name"])):
            return Said(one_line(text), speaker, seconds_of(match["time"])), i + 1
    return None


def _looks_like_a_label(text: str) -> bool:
    """Whether words stand beside a time alone on a line."""
    for form in (_BEHIND, _BEFORE):
        if len(text) <= LONGEST and (match := form.fullmatch(text)):
            return any(map(str.isalpha, match["name"])) and not _CLOCK.search(match["name"])
    return False


def _name(text: str) -> str | None:
    """The name, where the words can be one."""
    text = text.strip()
    words = _BRACKETED.sub("", text).split()
    if _CLOCK.search(text):
        return None
    if text.endswith((".", "?", "!", ",", ";")) or len(words) > NAME_WORDS:
        return None
    if not is_capitalised(" ".join(word for word in words if word.strip("()[]#")[:1].isalpha())):
        return None
    head = read_head(text)
    return clean_name(" ".join(words)) if head is not None and words else None
