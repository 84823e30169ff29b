"""JSON of recognisers: told by its shape, whatever program wrote it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import ValidationError

from qa_service.errors import SourceError
from qa_service.sources.formats.recognisers.assemblyai import AssemblyAi
from qa_service.sources.formats.recognisers.aws import AwsTranscribe
from qa_service.sources.formats.recognisers.azure import Azure
from qa_service.sources.formats.recognisers.deepgram import Deepgram
from qa_service.sources.formats.recognisers.podcast import Podcast
from qa_service.sources.formats.recognisers.shape import Json, Shape
from qa_service.sources.formats.recognisers.whisper import Whisper
from qa_service.sources.formats.said import read_said
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.metadata import Metadata, first_error

SHAPES: tuple[Shape, ...] = (Whisper(), Podcast(), AssemblyAi(), Deepgram(), AwsTranscribe(), Azure())
KNOWN = "Whisper, WhisperX, Podcasting 2.0, AssemblyAI, Deepgram, AWS Transcribe, Azure"


def _no_number(name: str) -> NoReturn:
    raise SourceError(f"{name} is no number in JSON; write null in its place")


def load(data: bytes) -> Any:
    """The JSON in a file. Raises SourceError with the line, and what to do."""
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError("not UTF-8; save the JSON as UTF-8", line=line) from error
    except json.JSONDecodeError as error:
        raise SourceError(f"not JSON ({error.msg}); export it again", line=error.lineno) from error
    except (RecursionError, ValueError) as error:  # too deep, or a number of too many digits
        raise SourceError("JSON that holds too deep a nesting or too long a number; export it again") from error


def shape_of(content: Any) -> Shape | None:
    """Which recogniser's it is; None for anything else, such as metadata."""
    if not isinstance(content, Mapping):
        return None
    return next((shape for shape in SHAPES if shape.fits(content)), None)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recogniser's JSON."""

    name: str = "recognised"
    version: int = 1
    suffixes: tuple[str, ...] = (".json",)
    media_types: tuple[str, ...] = ("application/json",)

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """Raises SourceError where it is of no known shape, or a part that is needed is missing."""
        content: Json = load(data)
        shape = shape_of(content)
        if shape is None:
            raise SourceError(f"JSON of no recogniser that is known ({KNOWN}); export WebVTT or plain text", line=1)
        try:
            return read_said(shape.read(content), language=shape.language(content))
        except ValidationError as error:
            place, message = first_error(error)
            raise SourceError(f"{place}: {message}; export it again, or as WebVTT") from error


FORMAT = Recognised()
