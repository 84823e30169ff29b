"""Podcasting 2.0: `{"version": "1.0.0", "segments": [{"startTime", "endTime", "speaker"?, "body"}]}`."""

from collections.abc import Iterator

from pydantic import TypeAdapter

from qa_service.sources.formats.recognisers.shape import Json, Name, Part, Time, Words, code, listed
from qa_service.sources.formats.said import Said


class _Segment(Part):
    body: Words
    startTime: Time = None
    endTime: Time = None
    speaker: Name = None


_SEGMENTS = TypeAdapter(list[_Segment])


class Podcast:
    """A segment is a word or a sentence; its speaker goes on where the next names none."""

    def fits(self, content: Json) -> bool:
        """Whether segments with a body are there."""
        return listed(content, "segments") and "body" in content["segments"][0]

    def read(self, content: Json) -> Iterator[Said]:
        """Segment by segment."""
        speaker: str | None = None
        for segment in _SEGMENTS.validate_python(content["segments"]):
            speaker = segment.speaker or speaker
            yield Said(segment.body, speaker, segment.startTime, segment.endTime)

    def language(self, content: Json) -> str | None:
        """If it is told."""
        return code(content.get("language"))
