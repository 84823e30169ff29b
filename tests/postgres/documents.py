"""Transcripts to put into a database."""

from qa_service.postgres.prepared import Source
from qa_service.postgres.preparing import Kept
from tests import fakes

BEES = "Reporter: Where do the bees winter?\n\nIda Moss: The bees winter in oak hollows.\n"


def kept(name: str, text: str, **metadata: object) -> Kept:
    """A transcript to put."""
    return Kept(fakes.transcript(name, text, **metadata), Source(f"{name}.txt", text.encode()))
