"""What every shape of a recogniser's JSON is: how it is told, and how its words are read."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict

from qa_service.sources.formats.said import Said, clean, seconds

Json = Mapping[str, Any]


def _text(value: object) -> object:
    return "" if value is None else value


def _name(value: object) -> object:
    """A speaker's label as text: some write numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (clean(value) or None) if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_text)]
Time = Annotated[float | None, BeforeValidator(seconds)]
Name = Annotated[str | None, BeforeValidator(_name)]


class Part(BaseModel):
    """A part of a recogniser's JSON: what isn't named is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class Shape(Protocol):
    """A recogniser's JSON."""

    def fits(self, content: Json) -> bool:
        """Whether the JSON is of this shape, by its keys and the kinds of what they hold."""

    def read(self, content: Json) -> Iterator[Said]:
        """The words in order. Raises ValidationError where something that is needed is missing."""

    def language(self, content: Json) -> str | None:
        """The code of the language it was recognised in, if it says so."""


def listed(content: Json, key: str) -> bool:
    """Whether a list of objects, not empty, stands under the key."""
    found = content.get(key)
    return isinstance(found, list) and bool(found) and isinstance(found[0], Mapping)


def code(value: object) -> str | None:
    """An ISO 639 code from `en`, `en-US` or `en_us`; None for anything else."""
    if not isinstance(value, str):
        return None
    own = value.replace("_", "-").partition("-")[0].lower()
    return own if own.isascii() and own.isalpha() and 2 <= len(own) <= 3 else None


def numbered(name: str | None) -> str | None:
    """`Speaker 0` for what is only a number or a letter: nobody is quoted as `0`."""
    return f"Speaker {name}" if name and len(name) <= 2 and name.isalnum() else name


def same_words(words: list[str], text: str) -> bool:
    """Whether single words, put together, are the text: some leave out what they could not align."""
    return "".join("".join(words).split()) == "".join(text.split())
