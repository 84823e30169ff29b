"""AWS Transcribe: items with the labels of who speaks; the newer ones carry the label themselves."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, Field, TypeAdapter

from qa_service.sources.formats.recognisers.shape import Json, Name, Part, Time, Words, code, listed
from qa_service.sources.formats.said import Said


class _Alternative(Part):
    content: Words = ""


class _Item(Part):
    id: int | None = None
    type: str = "pronunciation"
    start_time: Time = None
    end_time: Time = None
    speaker_label: Name = None
    alternatives: tuple[_Alternative, ...] = ()

    @property
    def words(self) -> str:
        return self.alternatives[0].content if self.alternatives else ""


class _LabelledItem(Part):
    start_time: Time = None
    speaker_label: Name = None


class _LabelledSegment(_LabelledItem):
    end_time: Time = None
    items: tuple[_LabelledItem, ...] = ()


class _Labels(Part):
    segments: tuple[_LabelledSegment, ...] = ()


class _AudioSegment(Part):
    speaker_label: Name = None
    items: tuple[int, ...] = ()


class _Results(BaseModel):
    items: list[_Item]
    speaker_labels: _Labels | None = None
    audio_segments: list[_AudioSegment] = Field(default_factory=list)


_RESULTS = TypeAdapter(_Results)


class AwsTranscribe:
    """`{"results": {"items": […], "speaker_labels"?, "audio_segments"?}}`."""

    def fits(self, content: Json) -> bool:
        """Whether items with alternatives are there."""
        results = content.get("results")
        return isinstance(results, Mapping) and listed(results, "items") and "alternatives" in results["items"][0]

    def read(self, content: Json) -> Iterator[Said]:
        """Word by word; a mark belongs to the word before it."""
        results = _RESULTS.validate_python(content["results"])
        labels, by_id = _labels(results), _by_id(results)
        speaker, ends = None, None
        for item in results.items:
            if item.type == "punctuation":
                yield Said(item.words, speaker, ends, ends, joined=True)
                continue
            speaker = item.speaker_label or labels.get(item.start_time or 0.0)
            if speaker is None and item.id is not None:
                speaker = by_id.get(item.id)
            ends = item.end_time
            yield Said(item.words, speaker, item.start_time, item.end_time)

    def language(self, content: Json) -> str | None:
        """As recognised or told."""
        return code(content["results"].get("language_code"))


def _labels(results: _Results) -> dict[float, str]:
    """By the time at which a word begins, who says it."""
    segments = results.speaker_labels.segments if results.speaker_labels else ()
    return {
        item.start_time or 0.0: name
        for segment in segments
        for item in segment.items
        if (name := item.speaker_label or segment.speaker_label)
    }


def _by_id(results: _Results) -> dict[int, str]:
    return {
        n: segment.speaker_label for segment in results.audio_segments if segment.speaker_label for n in segment.items
    }
