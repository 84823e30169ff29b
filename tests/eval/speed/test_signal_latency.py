"""The time of a question against the vector alone, and the command for any index."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.speed.signal_latency import ROUNDS, cost_of_a_question
from qa_service.encoder.protocol import EncodedBatch
from qa_service.retrieval.retriever import Retriever


def test_three_ways_take_turns_over_every_question(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    encode = retriever.encoder.encode_questions

    def noted(texts: Sequence[str]) -> EncodedBatch:
        asked.extend(texts)
        return encode(texts)

    monkeypatch.setattr(retriever.encoder, "encode_questions", noted)
    found = list(cost_of_a_question(retriever, ["What about loans?", "What about taxes?"]))
    assert [name for name, _, _ in found] == ["encoding alone", "the vector alone", "all signals"]
    assert all(0 < middle <= slow for _, middle, slow in found)
    assert len(asked) == 2 + 2 * 3 * ROUNDS  # the first two warm up


def test_without_an_index_the_command_says_how_to_build_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", str(tmp_path)]) == 1
    assert "qa-service build" in capsys.readouterr().err
