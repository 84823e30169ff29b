"""The questions' shorter encoder learns to give what the adapted one gives, and the exporter reads what is written."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer

from eval import question_encoder
from eval.adapter_model import BASE, LowRank, Student
from eval.question_encoder import (
    LAYERS,
    Lessons,
    adapted,
    lesson_loss,
    question_state,
    sentences_of,
    shortened,
    taught,
    texts_of,
    train_question_encoder,
)
from qa_service.encoder.export import locate_model, shorten
from tests.eval.trams import GROUP

pytestmark = pytest.mark.model


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


def test_lessons_are_questions_and_sentences(teacher: Student) -> None:
    texts = texts_of([GROUP])
    assert "Who pays the drivers?" in texts
    assert "The depot sends out more." in texts
    assert not any(text in texts for text in GROUP.passages[:1])
    assert sentences_of(["A ferry leaves at noon. So?", "No."]) == {"A ferry leaves at noon."}
    known = taught(teacher, sorted(texts))
    assert set(known) == texts
    one = known["The depot sends out more."]
    assert one.sentence.shape == (384,)
    assert one.tokens.shape == (6, 384)  # [CLS] and five words; what follows the last word is never compared
    assert one.weights.shape == (6, 2)


def test_passages_are_encoded_once(teacher: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons = Lessons(teacher, {})
    first = lessons.passages(GROUP)
    monkeypatch.setattr(question_encoder, "encode_passages", None)
    torch.testing.assert_close(lessons.passages(GROUP).tokens, first.tokens)
    assert first.tokens.dtype == torch.float32


def test_the_whole_encoder_has_nothing_to_learn_and_the_shorter_one_gets_nearer(teacher: Student) -> None:
    texts = sorted(texts_of([GROUP]))
    lessons = Lessons(teacher, taught(teacher, texts))
    questions = [question.text for question in GROUP.questions]
    for chosen, group in ((texts, None), (questions, GROUP)):
        assert float(lesson_loss(lessons, teacher, chosen, group)) == pytest.approx(0, abs=1e-2)
    student = shortened(teacher)
    assert len(student.model.encoder.layer) == len(LAYERS) < len(teacher.model.encoder.layer)
    optimizer = torch.optim.AdamW([p for p in student.parameters() if p.requires_grad], lr=1e-3)
    losses = []
    for _ in range(8):
        loss = lesson_loss(lessons, student, questions, GROUP)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_what_training_writes_the_exporter_makes_the_same_encoder(
    adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_encoder, "STEPS", 3)
    written: list[Student] = []

    def state(student: Student) -> dict[str, torch.Tensor]:
        written.append(student)
        return question_state(student)

    monkeypatch.setattr(question_encoder, "question_state", state)
    written_to = tmp_path / "question.safetensors"
    train_question_encoder(adapter, [GROUP], [GROUP], ["A ferry leaves at noon. So?"], written_to)
    model: Any = SentenceTransformer(locate_model(BASE), device="cpu")
    heads = shorten(model, written_to)
    assert heads["weight"].shape == (2, 384)
    assert len(model[0].model.encoder.layer) == len(LAYERS)
    wanted = written[0].encode(["Who pays the drivers?"], 32).sentences[0].detach().numpy()
    assert model.encode("Who pays the drivers?", normalize_embeddings=True) @ wanted == pytest.approx(1, abs=1e-4)
