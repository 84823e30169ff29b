"""Tables: a row that holds a time, a speaker and words is a turn; any other is a block, its cells parted by tabs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from qa_service.sources.formats.page_block import Block
from qa_service.sources.formats.timed_labels import Said, seconds_of
from qa_service.sources.formats.writing import one_line
from qa_service.sources.heads import clean_name, read_head

FEWEST_ROWS = 3
MOST_COLUMNS = 6  # of a table of speech
TIMES = 0.6  # of a column's cells, that are times in a column of times
NAMES = 0.8  # of a column's cells that hold words, that can be names in a column of speakers
LONGEST_NAME = 60
SPOKEN = 0.5  # of the document's characters, that stand in tables of speech where these are its transcript
_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,:]\d{1,3})?"
_TIME = re.compile(rf"\W*(?P<begins>{_CLOCK})(?:\s*(?:-->|[-–—]|to)\s*(?P<ends>{_CLOCK}))?\W*")


def read_tables(blocks: Sequence[Block]) -> tuple[list[Block], list[Said]]:
    """The blocks with each row's text, and the turns of the whole where a table of speech carries most of it."""
    plain = [replace(block, text=_row(block.cells)) if block.cells else block for block in blocks]
    said: list[Said] = []
    spoken = 0
    for table, group in groupby(plain, key=lambda block: block.table):
        rows = list(group)
        turns = _turns(rows) if table else []
        spoken += sum(len(text) for part in turns for text in part.texts if part.speech)
        said += turns or [Said(None, None, texts=[block.text for block in rows], speech=False)]
    return (plain, said) if spoken and spoken >= SPOKEN * sum(len(b.text) for b in plain) else (plain, [])


def _row(cells: Sequence[str]) -> str:
    return "\t".join(one_line(cell) for cell in cells if cell.strip())


def _turns(rows: Sequence[Block]) -> list[Said]:
    """The rows as turns; nothing where the table is none of speech."""
    width = max(len(row.cells) for row in rows)
    if len(rows) < FEWEST_ROWS or not 2 <= width <= MOST_COLUMNS:
        return []
    columns = [[one_line(row.cells[i]) if i < len(row.cells) else "" for row in rows] for i in range(width)]
    times = next((i for i, cells in enumerate(columns) if _share(cells, _is_time) >= TIMES), None)
    names = next((i for i, cells in enumerate(columns) if i != times and _are_names(cells)), None)
    words = max(
        (i for i in range(width) if i not in {times, names}), key=lambda i: sum(map(len, columns[i])), default=None
    )
    if names is None or words is None:
        return []
    said: list[Said] = []
    speaker: str | None = None
    for n, row in enumerate(rows):
        time = _TIME.fullmatch(columns[times][n]) if times is not None else None
        name, texts = columns[names][n], _paragraphs(row.cells[words] if words < len(row.cells) else "")
        if (times is not None and time is None and n == 0) or not texts:
            said.append(Said(None, None, texts=[row.text], speech=False))  # the columns' names, or a heading
            continue
        begins, ends = (seconds_of(time[part]) if time and time[part] else None for part in ("begins", "ends"))
        label = "\t".join(cell for i, cell in enumerate(c[n] for c in columns) if i != words and cell)
        speaker = clean_name(name) or speaker
        said.append(Said(label or None, speaker, begins, ends, texts))
    return said


def _paragraphs(cell: str) -> list[str]:
    return [one_line(line) for line in cell.split("\n") if line.strip()]


def _is_time(cell: str) -> bool:
    return _TIME.fullmatch(cell) is not None


def _are_names(cells: Sequence[str]) -> bool:
    """Whether a column names speakers: short, each a name, and some of them again."""
    named = [cell for cell in cells if cell]
    if len(named) < FEWEST_ROWS or len(set(named)) > len(named) * 2 // 3:
        return False
    return _share(named, lambda cell: len(cell) <= LONGEST_NAME and read_head(cell) is not None) >= NAMES


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / max(1, len(cells))
