"""Azure's batch transcription: recognised phrases, each with its best reading and maybe a speaker's number."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter

from qa_service.sources.formats.recognisers.shape import Json, Name, Part, Words, code, listed, numbered
from qa_service.sources.formats.said import Said, seconds

TICKS = 10_000_000  # of a second
_DURATION = re.compile(r"PT(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?", re.IGNORECASE)


def _iso(value: Any) -> float | None:
    """Seconds of `PT1M2.5S`."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) and len(value) < 64 else None
    if match is None:
        return None
    return float(match["h"] or 0) * 3600 + float(match["m"] or 0) * 60 + float(match["s"] or 0)


class _Best(Part):
    display: Words = ""
    lexical: Words = ""


class _Phrase(Part):
    nBest: tuple[_Best, ...] = ()
    speaker: Name = None
    channel: int | None = None
    offset: Annotated[float | None, BeforeValidator(_iso)] = None
    duration: Annotated[float | None, BeforeValidator(_iso)] = None
    offsetInTicks: float | None = None
    durationInTicks: float | None = None
    locale: str | None = None

    @property
    def time(self) -> tuple[float | None, float | None]:
        """When it begins and ends."""
        begins = self.offset if self.offsetInTicks is None else self.offsetInTicks / TICKS
        lasts = self.duration if self.durationInTicks is None else self.durationInTicks / TICKS
        return seconds(begins), seconds(begins + lasts) if begins is not None and lasts is not None else None


_PHRASES = TypeAdapter(list[_Phrase])


class Azure:
    """`{"recognizedPhrases": [{"speaker"?, "offset", "duration", "nBest": [{"display"}]}]}`."""

    def fits(self, content: Json) -> bool:
        """Whether recognised phrases are there."""
        return listed(content, "recognizedPhrases")

    def read(self, content: Json) -> Iterator[Said]:
        """Phrase by phrase in the order of time: channels stand behind each other."""
        phrases = _PHRASES.validate_python(content["recognizedPhrases"])
        for phrase in sorted(phrases, key=lambda one: one.time[0] or 0.0):
            best = phrase.nBest[0] if phrase.nBest else _Best()
            begins, ends = phrase.time
            yield Said(best.display or best.lexical, numbered(phrase.speaker), begins, ends)

    def language(self, content: Json) -> str | None:
        """Of the first phrase that tells it."""
        return next((own for p in content["recognizedPhrases"] if (own := code(p.get("locale")))), None)
