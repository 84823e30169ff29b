"""Files of one name in one folder, as programs write them side by side: which of them is read.

Recognisers write the same words as text, subtitles and JSON. The one that says most is read: who speaks and when. A
text in which somebody has changed a word or named a speaker goes before all of them.
"""

import re
import stat
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from qa_service.errors import SourceError
from qa_service.sources.formats.recognised import load, shape_of
from qa_service.sources.formats.registry import FORMATS, PLAIN, format_of
from qa_service.sources.metadata import Metadata
from qa_service.sources.reading import MOST_BYTES, Reading, read_file

MOST_NAMES = 200  # of speakers, whose labels are looked for in a text
_WORD = re.compile(r"\w+")
_Stamp = tuple[int, int, int]  # tells whether a file has changed


def is_recognised(path: Path) -> bool:
    """Whether a JSON file is a recogniser's by its shape, and no metadata."""
    stamp = _stamp(path)
    return stamp is not None and (stamp[0] > MOST_BYTES or _is_recognised(path, stamp))


def metadata_beside(path: Path) -> Path:
    """Where a file's metadata stand: `NAME.json`, or `NAME.metadata.json` where that is a recogniser's."""
    beside = path.with_suffix(".json")
    if path.suffix.lower() == ".json" or is_recognised(beside):
        return path.with_suffix(".metadata.json")
    return beside


def chosen(family: Sequence[Path]) -> list[Path]:
    """Which of the files of a name are read, each as a document: mostly one."""
    texts = [path for path in family if format_of(path.name) is PLAIN]
    others = sorted((path for path in family if _is_other(path)), key=_rank)
    if not others or len(texts) > 1:
        return texts
    timed = [path for path in others if (known := format_of(path.name)) and known.timed]
    if texts:
        return [next((path for path in timed if _say_the_same(path, texts[0])), texts[0])]
    if len(timed) > 1:
        return [next((path for path in timed if _reading(path)), timed[0])]
    return others[:1]


def _is_other(path: Path) -> bool:
    known = format_of(path.name)
    return known is not None and known is not PLAIN and (known.named or is_recognised(path))


def _rank(path: Path) -> tuple[int, int, str]:
    suffix = path.suffix.lower()
    known = next(known for known in FORMATS if suffix in known.suffixes)
    return FORMATS.index(known), known.suffixes.index(suffix), path.name


def _say_the_same(path: Path, text: Path) -> bool:
    stamps = _stamp(path), _stamp(text)
    return stamps[0] is not None and stamps[1] is not None and _same_words(path, text, (stamps[0], stamps[1]))


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino) if stat.S_ISREG(found.st_mode) else None


@lru_cache(4096)
def _is_recognised(path: Path, _: _Stamp) -> bool:
    try:
        return shape_of(load(path.read_bytes())) is not None
    except (SourceError, OSError):
        return False


@lru_cache(1024)
def _same_words(path: Path, text: Path, _: tuple[_Stamp, _Stamp]) -> bool:
    """Whether a text holds nothing but the words of the other, and the labels that it has."""
    one, other = _reading(path), _reading(text)
    if one is None or other is None:
        return False
    turns = one.source.turns or ()
    names = {re.escape(turn.speaker) for turn in turns if turn.speaker}
    said = other.text
    if len(names) > MOST_NAMES:
        return False
    if names:
        label = rf"^[ \t]*[\[(]?(?:{'|'.join(sorted(names, key=len, reverse=True))})[\])]?:?(?!\w)"
        said = re.sub(label, "", said, flags=re.MULTILINE)
    own = " ".join(one.text[turn.start : turn.end] for turn in turns)
    return _WORD.findall(own.casefold()) == _WORD.findall(said.casefold())


def _reading(path: Path) -> Reading | None:
    stamp = _stamp(path)
    if stamp is None or stamp[0] > MOST_BYTES:
        return None
    try:
        return read_file(path.name, path.read_bytes(), Metadata())
    except (SourceError, OSError):
        return None
