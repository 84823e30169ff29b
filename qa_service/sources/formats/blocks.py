"""The reading that a document's blocks make, with the turns that times, tables or bold type state."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa_service.sources.formats.marked import is_interview, label_bold_names
from qa_service.sources.formats.page_block import Block
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.formats.tables import read_tables
from qa_service.sources.formats.timed_labels import Said, find_said
from qa_service.sources.formats.writing import Floor, SpeechWriter, Timekeeper


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself."""

    title: str | None = None
    date: str | None = None
    language: str | None = None
    notes: tuple[str, ...] = ()


def compose(blocks: Sequence[Block], about: About) -> SourceText:
    """The reading: turns are stated where the layout tells them, else labels in the text are left to the parser."""
    blocks, in_tables = read_tables(blocks)
    if said := in_tables or find_said(blocks):
        read = _spoken(said)
    elif is_interview(blocks):
        read = _interview(blocks)
    else:
        read = _plain(label_bold_names(blocks))
    return replace(read, title=about.title, date=about.date, language=about.language, notes=(*about.notes, *read.notes))


def _plain(blocks: Sequence[Block]) -> SourceText:
    out = SpeechWriter()
    for block in blocks:
        if block.text.strip():
            out.writer.block(block.text)
    return SourceText(out.writer.text)


def _interview(blocks: Sequence[Block]) -> SourceText:
    """Questions in bold, answers not: nobody is named."""
    out = SpeechWriter()
    began = False
    for block in blocks:
        asks = block.strong and block.text.rstrip().endswith("?")
        began = began or asks
        if not began or (block.strong and not asks):
            out.aside(block.text)
            continue
        floor = Floor(None, kind="asks" if asks else "answers")
        if out.floor != floor:
            out.gives_floor(floor)
        out.paragraph(block.text)
    return SourceText(out.writer.text, turns=tuple(out.turns))


def _spoken(said: Sequence[Said]) -> SourceText:
    out = SpeechWriter()
    times = Timekeeper()
    for part in said:
        out.gives_floor(None)
        if part.label is not None:
            out.aside(part.label)
        if part.speech:
            out.gives_floor(Floor(part.speaker))
        for text in part.texts:
            where = out.paragraph(text)
            if part.speech:
                times.spoken(where, part.begins, part.ends)
    timeline, notes = times.timeline()
    return SourceText(out.writer.text, turns=tuple(out.turns), timeline=timeline, notes=notes)
