"""Answer retrieval over transcripts: verbatim statements, exact citations, an honest "not answered"."""

__version__ = "0.1.0"
