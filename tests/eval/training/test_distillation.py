"""The questions' smaller encoder learns to give what the adapted one gives, and the exporter reads what is written."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from eval.training import distillation
from eval.training.distillation import (
    HEADS,
    LAYERS,
    UNITS,
    Lessons,
    adapted,
    group_lesson,
    question_state,
    shortened,
    taught,
    text_lesson,
    train_question_encoder,
)
from eval.training.student import LowRank, Student
from tests.encoder.plain import PlainEncoder
from tests.eval.training.trams import GROUP

pytestmark = pytest.mark.model

TEXTS = [
    "Who pays the drivers?",
    "When does the ferry leave the harbour in winter?",
    "The depot sends out more.",
    "Why?",
]


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that changes something."""
    torch.manual_seed(0)
    student = Student()
    for module in student.modules():
        if isinstance(module, LowRank):
            module.B.data.normal_(std=0.01)
    path = tmp_path_factory.mktemp("adapter") / "adapter.safetensors"
    save_file(student.state(), str(path))
    return path


@pytest.fixture(scope="module")
def teacher(adapter: Path) -> Student:
    """The adapted encoder."""
    return adapted(adapter)


def test_the_teacher_is_the_base_model_with_the_adapter_merged(teacher: Student) -> None:
    torch.manual_seed(0)
    unmerged = Student()
    for module in unmerged.modules():
        if isinstance(module, LowRank):
            module.B.data.normal_(std=0.01)
    texts = ["Who pays the drivers?"]
    wanted, given = unmerged.encode(texts, 32), teacher.encode(texts, 32)
    torch.testing.assert_close(given.tokens, wanted.tokens, atol=2e-3, rtol=0)  # the file holds half precision
    assert not any(parameter.requires_grad for parameter in teacher.parameters())


def test_texts_are_taught_beside_others_of_like_length(teacher: Student) -> None:
    lessons = taught(teacher, TEXTS)
    assert [tuple(lesson.tokens.shape) for lesson in lessons] == [(3, 10, 384), (1, 14, 384)]
    for lesson in lessons:
        for row, ids in enumerate(lesson.texts.ids):
            text = teacher.tokenizer.decode(ids, skip_special_tokens=True)
            alone = teacher.encode([text], 64)
            length = alone.tokens.shape[1]
            torch.testing.assert_close(lesson.sentences[row].float(), alone.sentences[0], atol=2e-3, rtol=0)
            torch.testing.assert_close(lesson.tokens[row, :length].float(), alone.tokens[0], atol=2e-3, rtol=0)
            assert lesson.texts.words[row].sum() == alone.words[0].sum()


def test_passages_are_encoded_once(teacher: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons = Lessons(teacher, [])
    first = lessons.passages(GROUP)
    monkeypatch.setattr(distillation, "encode_passages", None)
    torch.testing.assert_close(lessons.passages(GROUP).tokens, first.tokens)
    assert first.tokens.dtype == torch.float32


def test_the_whole_encoder_has_nothing_to_learn_and_the_smaller_one_gets_nearer(
    teacher: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distillation, "BATCH", 60)
    torch.manual_seed(0)
    lessons = Lessons(teacher, taught(teacher, TEXTS))
    assert float(text_lesson(teacher, lessons)) == pytest.approx(0, abs=1e-2)
    assert float(group_lesson(teacher, lessons, GROUP)) == pytest.approx(0, abs=1e-2)
    student = shortened(teacher, TEXTS)
    optimizer = torch.optim.AdamW([p for p in student.parameters() if p.requires_grad], lr=5e-4)
    losses = []
    for step in range(16):
        loss = group_lesson(student, lessons, GROUP) if step % 2 else text_lesson(student, lessons)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert sum(losses[-2:]) < sum(losses[:2]) / 2


def test_what_is_written_has_learnt(
    adapter: Path, teacher: Student, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distillation, "BATCH", 60)
    monkeypatch.setattr(distillation, "LEARNING_RATE", 3e-3)  # thirty steps of warming up
    near = []
    for steps in (1, 40):
        written_to = tmp_path / f"{steps}.safetensors"
        train_question_encoder(adapter, [], TEXTS, written_to, steps=steps)
        encoder = PlainEncoder(tmp_path, question=written_to)
        given = np.concatenate([encoder.question(text)[0] for text in TEXTS])
        near.append(float((given * teacher.encode(TEXTS, 64).sentences.numpy()).sum(-1).mean()))
    assert near[1] > near[0] + 0.1


def test_what_training_writes_the_exporter_makes_the_same_encoder(
    adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distillation, "BATCH", 60)
    written: list[Student] = []

    def state(student: Student) -> dict[str, torch.Tensor]:
        written.append(student)
        return question_state(student)

    monkeypatch.setattr(distillation, "question_state", state)
    written_to = tmp_path / "question.safetensors"
    train_question_encoder(adapter, [GROUP], TEXTS, written_to, steps=4, bfloat16=True)
    layers = written[0].model.encoder.layer
    assert len(layers) == len(LAYERS)
    assert {tuple(layer.attention.self.query.weight.shape) for layer in layers} == {(HEADS * 32, 384)}
    assert {tuple(layer.output.dense.weight.shape) for layer in layers} == {(384, UNITS)}
    written[0].in_bfloat16 = False
    wanted = written[0].encode(["Who pays the drivers?"], 32)
    sentence, tokens, weights = PlainEncoder(tmp_path, question=written_to).question("Who pays the drivers?")
    assert sentence[0] @ wanted.sentences[0].detach().numpy() == pytest.approx(1, abs=1e-4)
    assert tokens.shape == wanted.tokens.shape
    assert weights.shape == (*tokens.shape[:2], 2)
