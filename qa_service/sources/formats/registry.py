"""Which formats there are: by a file's ending or its media type, and how each is opened when it is needed.

A reader's module is imported when a file of its format is read, so that who only answers imports no reader's library.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath

from qa_service.errors import SourceError
from qa_service.sources.formats.source_text import SourceFormat


@dataclass(frozen=True, slots=True)
class Known:
    """A format as it is told by name; `module` has it as `FORMAT`."""

    module: str
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    timed: bool = False  # says when each part is said
    named: bool = True  # by its ending alone; else what a file holds decides

    def load(self) -> SourceFormat:
        """The format itself. Raises SourceError where the libraries that it needs are not installed."""
        try:
            found: SourceFormat = import_module(f"qa_service.sources.formats.{self.module}").FORMAT
        except ImportError as error:
            reason = f"reading {', '.join(self.suffixes)} needs {error.name}: pip install 'qa-service[formats]'"
            raise SourceError(reason) from error
        return found


_XML = ("application/xml", "text/xml", "application/tei+xml", "application/akn+xml")
# In the order in which one of several files of a name is chosen: the first says most. Text is looked at apart.
FORMATS = (
    Known("recognised", (".json",), ("application/json",), timed=True, named=False),
    Known("captions", (".vtt", ".srt"), ("text/vtt", "application/x-subrip", "text/srt"), timed=True),
    Known("xml_file", (".xml", ".tei", ".akn"), _XML),
    Known("word", (".docx",), ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)),
    Known("pdf", (".pdf",), ("application/pdf",)),
    Known("web_page", (".html", ".htm", ".xhtml"), ("text/html", "application/xhtml+xml")),
    Known("plain", (".txt", ".md"), ("text/plain", "text/markdown")),
)
PLAIN = FORMATS[-1]
_BY_SUFFIX = {suffix: known for known in FORMATS for suffix in known.suffixes}
_BY_MEDIA_TYPE = {
    media_type: known.suffixes[min(n, len(known.suffixes) - 1)]
    for known in FORMATS
    for n, media_type in enumerate(known.media_types)
}
SUFFIXES = tuple(_BY_SUFFIX)
MEDIA_TYPES = tuple(_BY_MEDIA_TYPE)
READ = ", ".join(sorted(f"*{suffix}" for known in FORMATS for suffix in known.suffixes if known.named))


def format_of(name: str) -> Known | None:
    """The format of a file by its name; None where it is of none. A JSON file may be metadata, too."""
    return _BY_SUFFIX.get(PurePath(name).suffix.lower())


def suffix_by(name: str | None, media_type: str) -> str | None:
    """The ending under which a file is kept, by its name or else its media type; None where neither tells."""
    if name and format_of(name):
        return PurePath(name).suffix.lower()
    return _BY_MEDIA_TYPE.get(media_type)


def media_type_of(name: str) -> str:
    """The media type of a file by its name."""
    suffix = PurePath(name).suffix.lower()
    return next((media for media, own in _BY_MEDIA_TYPE.items() if own == suffix), "application/octet-stream")
