"""AssemblyAI: `{"utterances": [{"speaker", "text", "start", "end", "words"}]}`, or words alone; milliseconds."""

from collections.abc import Iterator

from pydantic import TypeAdapter

from qa_service.sources.formats.recognisers.shape import Json, Name, Part, Time, Words, code, listed, numbered
from qa_service.sources.formats.said import Said


class _Word(Part):
    text: Words
    start: Time = None
    end: Time = None
    speaker: Name = None


class _Utterance(_Word):
    words: tuple[_Word, ...] = ()


_UTTERANCES, _WORDS = TypeAdapter(list[_Utterance]), TypeAdapter(list[_Word])


class AssemblyAi:
    """Utterances where speakers were told apart, else words."""

    def fits(self, content: Json) -> bool:
        """Whether utterances, or words with a text, are there beside the whole text."""
        if listed(content, "utterances"):
            return "text" in content["utterances"][0] and "start" in content["utterances"][0]
        return listed(content, "words") and "text" in content["words"][0] and "text" in content

    def read(self, content: Json) -> Iterator[Said]:
        """Word by word."""
        if not listed(content, "utterances"):
            yield from map(_said, _WORDS.validate_python(content["words"]))
            return
        for utterance in _UTTERANCES.validate_python(content["utterances"]):
            told = " ".join(word.text for word in utterance.words)
            if told.split() == utterance.text.split():
                yield from (_said(word, utterance.speaker) for word in utterance.words)
            else:
                yield _said(utterance)

    def language(self, content: Json) -> str | None:
        """As recognised or told."""
        return code(content.get("language_code"))


def _said(word: _Word, speaker: str | None = None) -> Said:
    return Said(word.text, numbered(speaker or word.speaker), _ms(word.start), _ms(word.end))


def _ms(time: float | None) -> float | None:
    return None if time is None else round(time / 1000, 3)
