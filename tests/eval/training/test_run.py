"""What both trainings are given, and that nothing is trained where it could not be written."""

from pathlib import Path
from typing import Any

import pytest

from eval.training import distillation_texts, run
from eval.training.distillation_texts import QUESTION_TIMES
from eval.training.run import train_both
from qa_service.settings import Settings
from tests.eval.training.trams import GROUP


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The arguments of the trainings, which are not run."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(run, "own_groups", lambda _: [GROUP])
    monkeypatch.setattr(distillation_texts, "MADE_UP", 2)
    monkeypatch.setattr(run, "train_adapter", lambda *given, **_: seen.update(adapter=given))
    monkeypatch.setattr(
        run, "train_question_encoder", lambda *given, **options: seen.update(question=given, options=options)
    )
    return seen


def test_the_questions_encoder_follows_the_adapter_just_trained(called: dict[str, Any], tmp_path: Path) -> None:
    output = tmp_path / "new" / "folder"
    train_both(Settings(), [], output, steps=7)
    assert output.is_dir()
    own, public, adapter = called["adapter"]
    assert (own, public, adapter) == ([GROUP], [], output / "transcript-minilm.safetensors")
    follows, groups, texts, question = called["question"]
    assert (follows, question) == (adapter, output / "question-minilm.safetensors")
    assert [group.name for group in groups] == [GROUP.name] * 2
    assert groups[0] is groups[1]  # so that its passages are encoded once
    assert texts.count(GROUP.questions[0].text) == QUESTION_TIMES
    assert called["options"]["steps"] == 7


def test_with_an_adapter_only_the_questions_encoder_is_trained(called: dict[str, Any], tmp_path: Path) -> None:
    train_both(Settings(), [], tmp_path, adapter=tmp_path / "known")
    assert "adapter" not in called
    assert called["question"][0] == tmp_path / "known"


def test_no_step_is_refused_before_anything_is_trained(called: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 steps train nothing"):
        train_both(Settings(), [], tmp_path, steps=0)
    assert not called
