"""What `NAME.json` beside a transcript may say of it, and what is no metadata but another program's output."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from qa_service.dates import check_date
from qa_service.errors import SourceError
from qa_service.printed import printable
from qa_service.sources.heads import nfc
from qa_service.sources.parser import Told

MOST_TAGS = 50
LONGEST_TAG = 100  # characters


def _different(tags: list[str]) -> list[str]:
    seen: set[str] = set()
    for tag in tags:
        if tag.casefold() in seen:
            raise ValueError(f"{tag!r} is given twice; name each tag once")
        seen.add(tag.casefold())
    return tags


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TAG), AfterValidator(nfc)
]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(_different)]


def _address(media: str) -> str:
    scheme = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", media)
    if any(c.isspace() or not c.isprintable() for c in media) and scheme:
        raise ValueError("an address holds no spaces; write them as %20")
    if scheme and not media.lower().startswith(("http://", "https://")):
        raise ValueError("give an address that begins with https:// or http://, or a file's name")
    return media


Media = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_address)
]
Date = Annotated[str, AfterValidator(check_date)]

# What recognisers write beside the text of the same name: their JSON is no metadata.
RECOGNISED = frozenset(
    "segments words utterances results monologues transcripts transcript chunks word_segments text speaker_labels "
    "paragraphs channels nbest recognizedphrases blocks".split()
)


class Metadata(BaseModel):
    """What `NAME.json` may say of `NAME.txt`; every field is optional."""

    model_config = ConfigDict(extra="forbid")

    title: Text | None = Field(None, description="shown with every citation")
    speakers: list[Text] = Field([], description="names of those who answer, as they should be quoted")
    askers: list[Text] = Field([], description="names of those who ask, where labels alone don't tell")
    names: dict[Text, Text] = Field(
        {}, description="by label as printed (`SPEAKER_00`, initials) the name it stands for"
    )
    roles: dict[Text, Text] = Field(
        {}, description="by name what that person is: `interviewer`, `Minister of Transport`"
    )
    language: str | None = Field(None, min_length=2, description="ISO 639 code of the text; else read from it")
    origin: str | None = Field(None, description="what is known of where the text comes from")
    date: Date | None = Field(None, description="when it was said: `2023`, `2023-09` or `2023-09-14`")
    tags: Tags = Field([], description="words of your own to find documents by")
    media: Media | None = Field(None, description="the recording's address (http, https) or file name")

    def told(self) -> Told:
        """What it says of who speaks, names with their accents composed."""
        return Told(
            tuple(map(nfc, self.speakers)),
            tuple(map(nfc, self.askers)),
            {nfc(label): nfc(name) for label, name in self.names.items()},
            {nfc(name): nfc(role) for name, role in self.roles.items()},
        )


def parse_metadata(data: bytes, file: Path) -> tuple[Metadata, str | None]:
    """The metadata in a file's bytes, and a note where they are another program's and not used.

    Raises SourceError naming the file and the field.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError("not UTF-8; save the file as UTF-8 text", file=file.name) from error
    if foreign := _keys_of_another(text):
        return (
            Metadata(),
            f"{printable(file.name)} holds {foreign}, so it is another program's output; not used as metadata",
        )
    try:
        return Metadata.model_validate_json(text), None
    except ValidationError as error:
        place, message = first_error(error)
        raise SourceError(f"{place}: {message}" if place else message, file=file.name) from error


def first_error(error: ValidationError) -> tuple[str, str]:
    """The field that is wrong, and what is wrong with it."""
    first = error.errors()[0]
    return ".".join(str(part) for part in first["loc"]), first["msg"].removeprefix("Value error, ")


def _keys_of_another(text: str) -> str | None:
    """What tells that the JSON is a recogniser's; None where it is metadata or no JSON."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, Mapping):
        return "no JSON object"
    found = sorted(key for key in content if key.casefold() in RECOGNISED)
    return ", ".join(map(repr, found[:3])) if found else None
