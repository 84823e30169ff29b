"""Records as rows of the store's tables, and back."""

import json
from collections.abc import Sequence
from typing import Any

from qa_service.dates import period_of
from qa_service.records import DateFrom, Document, Exchange, LanguageFrom, Noise, Statement


def document_row(d: Document) -> tuple[object, ...]:
    """As the table of documents has it."""
    speakers, notes, tags, roles = (
        json.dumps(part, ensure_ascii=False) for part in (d.speakers, d.notes, d.tags, dict(d.roles))
    )
    begins, ends = period_of(d.date) if d.date else (None, None)
    said = (d.id, d.title, d.language, d.sha256, d.text, speakers, d.origin, notes)
    read = (d.text_sha256, d.reader, d.reader_version, d.media)
    return (*said, d.date, d.date_from, tags, roles, d.language_from, begins, ends, *read)


def exchange_row(document: str, e: Exchange) -> tuple[object, ...]:
    """As the table of exchanges has it."""
    q = e.question
    if q is None:
        return (document, e.section, e.asker, None, None, None, None, "[]")
    return (document, e.section, e.asker, q.text, q.words, q.start, q.end, json.dumps(q.noise))


def names(stored: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(json.loads(stored))


def more(
    record: Sequence[Any],
) -> tuple[tuple[str, ...], str | None, DateFrom | None, tuple[str, ...], dict[str, str], LanguageFrom]:
    """Notes, date, where it is from, tags, roles, where the language is from, as `_SAID` has them."""
    return names(record[6]), record[7], record[8], names(record[9]), dict(json.loads(record[10])), record[11]


def how_read(record: Sequence[Any]) -> dict[str, Any]:
    """How the file was read, and its recording, as `_SAID` has them."""
    return dict(zip(("text_sha256", "reader", "reader_version", "media"), record[12:16], strict=True))


def noise(stored: str) -> Noise:
    """What is no speech."""
    return tuple((start, end) for start, end in json.loads(stored)) if stored != "[]" else ()


def statement_of(record: Sequence[Any]) -> Statement:
    """A statement as it was selected."""
    fields: list[Any] = list(record[1:])
    fields[9] = noise(fields[9])
    return Statement(*fields)
