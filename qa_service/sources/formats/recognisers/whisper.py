"""Whisper, faster-whisper, WhisperX and whisper.cpp: segments, with words and speakers where those were asked for."""

from collections.abc import Iterator, Mapping

from pydantic import AliasChoices, Field, TypeAdapter

from qa_service.sources.formats.recognisers.shape import Json, Name, Part, Time, Words, code, listed, same_words
from qa_service.sources.formats.said import Said


class _Word(Part):
    word: Words = Field("", validation_alias=AliasChoices("word", "text"))
    start: Time = None
    end: Time = None
    speaker: Name = None


class _Segment(Part):
    text: Words
    start: Time = None
    end: Time = None
    speaker: Name = None
    words: list[_Word] | None = None


_SEGMENTS = TypeAdapter(list[_Segment])


class Whisper:
    """`{"segments": [{"start", "end", "text", "words"?, "speaker"?}], "language"?}`."""

    def fits(self, content: Json) -> bool:
        """Whether segments with text are there."""
        return listed(content, "segments") and "text" in content["segments"][0]

    def read(self, content: Json) -> Iterator[Said]:
        """Word by word where every word has its place in the segment's text, else segment by segment."""
        for segment in _SEGMENTS.validate_python(content["segments"]):
            words = segment.words or []
            if words and same_words([word.word for word in words], segment.text):
                yield from _by_word(segment, words)
            else:
                yield Said(segment.text, segment.speaker, segment.start, segment.end)

    def language(self, content: Json) -> str | None:
        """As recognised or told."""
        found = content.get("language")
        result = content.get("result")
        return code(found if found or not isinstance(result, Mapping) else result.get("language"))


def _by_word(segment: _Segment, words: list[_Word]) -> Iterator[Said]:
    """Words joined as in the segment's text: some have their space in front, others none."""
    at, text = 0, segment.text
    begins = segment.start
    for word in words:
        plain = word.word.strip()
        if not plain:
            continue
        found = text.find(plain, at)
        joined = found == at and at > 0
        at = found + len(plain)
        start = word.start if word.start is not None else begins
        ends = word.end if word.end is not None else start
        yield Said(plain, word.speaker or segment.speaker, start, ends, joined=joined)
        begins = ends
