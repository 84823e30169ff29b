"""What a question names is read only where the rules know its language."""

import pytest

from qa_service.retrieval.reading import Reader
from qa_service.retrieval.retriever import Retriever


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Ada Lund: Who pays for the drivers?", "Who pays for the drivers?"),
        ("Ada Lund: Wer bezahlt die Fahrer und warum?", "Ada Lund: Wer bezahlt die Fahrer und warum?"),
        ("Wer bezahlt die Fahrer, nach Ada Lund?", "Wer bezahlt die Fahrer, nach Ada Lund?"),
    ],
)
def test_a_frame_is_taken_off_in_english_only(retriever: Retriever, question: str, left: str) -> None:
    read = Reader(retriever.generation).read(question, {})
    assert read.question == left
    assert bool(read.filters) is (left != question)


def test_words_a_document_is_known_by_count_in_english_only(retriever: Retriever) -> None:
    place = "Lindhaven"  # in the title of one transcript, and in no statement of it
    english, german = retriever.gather([f"Who pays in {place}?", f"Wer bezahlt das in {place} und warum?"], {})
    assert english is not None
    assert german is not None
    held = [e.coverage.present[:, e.coverage.terms.index("lindhaven")].any() for e in (english, german)]
    assert held == [True, False]
