"""What was said in a text, as tests compare it."""

from qa_service.sources.parser import parse

Said = list[tuple[str | None, str | None, list[tuple[str | None, str]]]]


def said(text: str, *, speakers: tuple[str, ...] = (), askers: tuple[str, ...] = ()) -> Said:
    """(asker, question, [(speaker, answer), …]) of every exchange."""
    return [
        (e.asker, e.question.text if e.question else None, [(a.speaker, a.piece.text) for a in e.answers])
        for e in parse(text, speakers=speakers, askers=askers).exchanges
    ]
