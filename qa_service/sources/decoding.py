"""Bytes to text: UTF-8, or what the bytes and the language say they are."""

import re

import charset_normalizer

from qa_service.errors import SourceError

MOSTLY_ASCII = 0.25  # of the bytes that may be beyond ASCII in a language written in Latin letters
# What Windows used for languages in Latin letters that its Western code page lacks.
_BY_LANGUAGE = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"), "cp1250"),
    "tr": "cp1254",
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
    "vi": "cp1258",
}
_ENDS_WIDE = re.compile(rb"\A(?:\xff\xfe|\xfe\xff)")  # a mark of UTF-16 or UTF-32


def decode(data: bytes, language: str = "en") -> tuple[str, str | None]:
    """The text of a file, and the name of its encoding where that is not UTF-8. Raises SourceError with the line.

    A text in Latin letters is in the code page that Windows had for its language: a detector, which sees few letters
    of it that are not ASCII, takes a neighbour as often. Any other is left to the detector.
    """
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    encoding = _latin(data, language) if not _ENDS_WIDE.match(data) and b"\0" not in data else None
    if encoding is None:
        best = charset_normalizer.from_bytes(data).best()
        if best is None:
            raise SourceError("not UTF-8, and its encoding can't be told; save the file as UTF-8 text", line=line)
        encoding = best.encoding
    return data.decode(encoding), encoding


def _latin(data: bytes, language: str) -> str | None:
    if sum(byte > 127 for byte in data) > MOSTLY_ASCII * len(data):
        return None
    encoding = _BY_LANGUAGE.get(language[:2].lower(), "cp1252")
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return encoding
