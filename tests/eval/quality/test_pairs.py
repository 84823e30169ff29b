"""Named questions beside the plain ones that they are made from, and what many documents give."""

from eval.datasets.own import INTERVIEW, Question, named_documents
from eval.quality.dated import many_documents
from eval.quality.pairs import Asked, summarise_pairs
from tests.conftest import ROOT


def asked(category: str, *, answered: bool, good: bool) -> Asked:
    """What a question of that category got."""
    grades = {} if category.startswith("near") else {"x#1": 3}
    return Asked(Question("q", "x", "dev", category, "Why?", grades, "p"), answered, good, 0.5)


def test_named_and_plain_questions_are_told_side_by_side() -> None:
    plain = asked("fact", answered=True, good=True)
    pairs = [
        (asked("named", answered=True, good=True), plain),
        (asked("named", answered=False, good=False), plain),
        (asked("near-named", answered=False, good=False), plain),
    ]
    found = {name: {what: e.value for what, e in row.items()} for name, row in summarise_pairs(pairs).items()}
    assert found == {
        "named": {"answered": 0.5, "answered, plain": 1.0, "P@1": 0.5, "P@1, plain": 1.0},
        "near-named": {"answered": 0.0},
    }


def test_the_interview_comes_first() -> None:
    assert named_documents()[0] == INTERVIEW
    assert len(named_documents()) == len(set(named_documents())) > 20


def test_many_documents_hold_the_same_speaker_at_several_dates() -> None:
    dates: dict[str, set[str | None]] = {}
    for transcript in many_documents(ROOT / "source_texts"):
        for speaker in transcript.document.speakers:
            dates.setdefault(speaker.casefold(), set()).add(transcript.document.date)
    assert sum(len(when) == 3 for when in dates.values()) >= 4
