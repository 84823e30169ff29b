"""What a cue's lines say: voices, times between words, and the words without any mark-up."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_service.sources.formats.cues import Cue
from qa_service.sources.formats.said import clean

_TAG = re.compile(
    r"<(?P<time>(?:\d{1,5}:)?\d{1,2}:\d{2}\.\d{1,3})>"
    r"|<v(?:\.[^\s>]*)?[ \t]+(?P<voice>[^>\n]{1,200})>|(?P<silent></v>)"
    r"|<rt(?:\.[^>\s]*)?>.*?(?:</rt>|(?=</ruby>)|$)"
    r"|</?(?:c|i|b|u|s|lang|ruby|rt|rp|v|font|span|em|strong)(?:[.\s][^<>]{0,300})?/?>"
    r"|<br\s*/?>|\{\\[^{}]{0,200}\}|\\[Nnh]",
    re.IGNORECASE,
)
_STYLED = re.compile(r"[*_]{0,2}")


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a line. `voice`: who says them; None: not told. `begins`: from a time between the words, if there is."""

    words: str
    voice: str | None = None
    begins: float | None = None


def parts_of(cue: Cue) -> list[list[Part]]:
    """By line its parts; a voice goes on until the cue's end or another."""
    voice: str | None = None
    begins: float | None = None
    lines = []
    for line in cue.lines:
        parts: list[Part] = []
        at = 0
        for match in _TAG.finditer(line):
            parts += _part(line[at : match.start()], voice, begins)
            at = match.end()
            if match["time"]:
                begins = _seconds(match["time"], cue)
            elif match["voice"]:
                voice, begins = clean(html.unescape(match["voice"])) or None, None
            elif match["silent"]:
                voice = None
            elif match.group().lower().startswith(("<br", "\\")):
                parts += [Part(" ", voice, begins)]
        parts += _part(line[at:], voice, begins)
        if any(part.words.strip() for part in parts):
            lines.append(parts)
    return lines


def _part(text: str, voice: str | None, begins: float | None) -> Iterator[Part]:
    words = html.unescape(text).replace("\u200b", "").replace("\u200e", "").replace("\u200f", "")
    if words:
        yield Part(words, voice, begins)


def _seconds(stamp: str, cue: Cue) -> float | None:
    """A time inside the cue; None for one that is not."""
    total = 0.0
    for part in stamp.split(":"):
        total = total * 60 + float(part)
    return round(total, 3) if cue.begins <= total <= cue.ends else None


def plain(parts: list[Part]) -> str:
    """The words of a line."""
    return clean("".join(part.words for part in parts))
