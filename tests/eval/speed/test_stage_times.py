"""Where a question's time goes: every stage is met, none twice, and nothing stays wrapped."""

import time

import pytest

from eval.speed.stage_times import PARTS, Stopwatch, stages
from qa_service.retrieval.retriever import Retriever


def test_every_stage_of_a_question_is_timed_and_they_add_up(retriever: Retriever) -> None:
    found = stages(retriever, ["What does the minister say about loans?"])
    assert list(found) == ["tokenise", "encode", *PARTS, "read and write JSON", "everything else", "all"]
    assert all(found[name] > 0 for name in found if name != "encode"), found
    assert sum(found.values()) == pytest.approx(2 * found["all"])


def test_afterwards_nothing_is_timed_any_more(retriever: Retriever) -> None:
    before = {(owner, name): getattr(owner, name) for parts in PARTS.values() for owner, name in parts}
    stages(retriever, ["What does the minister say about loans?"])
    assert all(getattr(owner, name) is function for (owner, name), function in before.items())


def test_a_stage_within_another_counts_for_the_outer_one() -> None:
    watch = Stopwatch()
    with watch.stage("outer"), watch.stage("inner"):
        time.sleep(0.001)
    assert set(watch.taken) == {"outer"}
    assert watch.taken["outer"] >= 1
