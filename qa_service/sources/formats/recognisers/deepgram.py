"""Deepgram: `{"results": {"channels": [{"alternatives": [{"words", "paragraphs"}]}], "utterances"?}}`."""

from collections.abc import Iterator, Mapping
from heapq import merge

from pydantic import TypeAdapter

from qa_service.sources.formats.recognisers.shape import Json, Name, Part, Time, Words, code, listed, numbered
from qa_service.sources.formats.said import Said


class _Word(Part):
    word: Words = ""
    punctuated_word: Words = ""
    start: Time = None
    end: Time = None
    speaker: Name = None


class _Alternative(Part):
    transcript: Words = ""
    words: tuple[_Word, ...] = ()


class _Channel(Part):
    alternatives: tuple[_Alternative, ...] = ()
    detected_language: str | None = None


_CHANNELS = TypeAdapter(list[_Channel])


class Deepgram:
    """Words of the first alternative. Several channels are several persons, in the order of time."""

    def fits(self, content: Json) -> bool:
        """Whether channels with alternatives are there."""
        results = content.get("results")
        return isinstance(results, Mapping) and listed(results, "channels") and "alternatives" in results["channels"][0]

    def read(self, content: Json) -> Iterator[Said]:
        """Word by word."""
        channels = _CHANNELS.validate_python(content["results"]["channels"])
        several = sum(bool(c.alternatives and c.alternatives[0].words) for c in channels) > 1
        said = [list(_words(channel, n if several else None)) for n, channel in enumerate(channels)]
        yield from merge(*said, key=lambda one: one.begins or 0.0) if several else (one for c in said for one in c)

    def language(self, content: Json) -> str | None:
        """As detected."""
        return code(content["results"]["channels"][0].get("detected_language"))


def _words(channel: _Channel, number: int | None) -> Iterator[Said]:
    best = channel.alternatives[0] if channel.alternatives else _Alternative()
    if not best.words:
        yield Said(best.transcript, None if number is None else f"Channel {number}")
    for word in best.words:
        name = numbered(word.speaker) if number is None else f"Channel {number}"
        yield Said(word.punctuated_word or word.word, name, word.start, word.end)
