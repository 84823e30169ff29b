"""A statement as a quotation to paste: the words, who says them, where and when, and the address that shows them."""

from qa_service.api.pages.moment import Moment
from qa_service.indexing.summaries import DocumentSummary
from qa_service.records import Document


def quotation(
    words: str, speaker: str | None, document: Document | DocumentSummary, moment: Moment | None, address: str
) -> str:
    """Three lines of plain text."""
    when = moment.words if moment else ""
    source = ", ".join(part for part in (speaker, document.title, document.date, when) if part)
    return f"“{words}”\n— {source}\n{address}"
