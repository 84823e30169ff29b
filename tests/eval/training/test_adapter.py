"""Training scores a question as the service ranks it, and learns from a handful of questions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from eval.training import adapter
from eval.training.adapter import DENSE, SENTENCE, compare, divergence, encode_passages, group_loss, train_adapter
from eval.training.distillation import adapted
from eval.training.student import Encoded, LowRank, Student
from qa_service.retrieval.late_interaction import Matches
from tests.encoder.plain import PlainEncoder
from tests.eval.training.trams import GROUP

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def student() -> Student:
    """The untrained student."""
    torch.manual_seed(0)
    return Student()


def test_tokens_of_the_question_in_front_are_context_and_sentences_are_numbered(student: Student) -> None:
    passages = encode_passages(student, GROUP, in_context=True)
    assert passages.words.sum(1).tolist() == [10, 6]
    numbers = passages.numbers[0][passages.words[0]].tolist()
    assert numbers == [0] * 5 + [1] * 5
    assert set(passages.numbers[1].tolist()) == {0}


def test_a_question_is_scored_as_the_service_does(student: Student) -> None:
    passages = encode_passages(student, GROUP, in_context=True)
    asked = student.encode([q.text for q in GROUP.questions], 32)
    fused = compare(student, asked, passages).fused.detach().numpy()
    for row, words in enumerate(asked.words):
        tokens = asked.tokens[row][words].detach().numpy()
        weights = functional.softplus(student.heads(asked.tokens[row][words]))[:, 0].detach().numpy()
        for column in range(2):
            own = passages.words[column]
            pairs = passages.tokens[column][own].detach().numpy() @ tokens.T
            starts = np.flatnonzero(np.diff(passages.numbers[column][own].numpy(), prepend=-1))
            matches = Matches.of(
                weights / weights.sum(), np.maximum.reduceat(pairs, starts), starts.astype(np.uint8), np.array([0])
            )
            dense = (asked.sentences[row] @ passages.sentences[column]).item()
            wanted = matches.scores[0] + SENTENCE * matches.sentence_scores[0] + DENSE * dense
            assert fused[row, column] == pytest.approx(wanted, abs=1e-4)


def test_a_few_steps_lower_the_loss_and_change_the_adapter_only() -> None:
    torch.manual_seed(0)
    student = Student()
    frozen = student.model.embeddings.word_embeddings.weight.clone()
    optimizer = torch.optim.AdamW([p for p in student.parameters() if p.requires_grad], lr=1e-3)
    losses = []
    for _ in range(8):
        loss = group_loss(student, GROUP, GROUP.questions)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert torch.equal(frozen, student.model.embeddings.word_embeddings.weight)
    assert {name.rpartition(".")[2] for name in student.state()} == {"A", "B", "weight", "bias"}


def test_training_writes_what_the_exporter_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "EPOCHS", 1)
    train_adapter([GROUP], [GROUP], tmp_path / "adapter.safetensors")
    (tmp_path / "plain").mkdir()
    encoder = PlainEncoder(tmp_path / "plain", tmp_path / "adapter.safetensors")
    wanted = adapted(tmp_path / "adapter.safetensors").encode(["Who pays the drivers?"], 32)
    sentence, tokens, weights = encoder.passage("Who pays the drivers?")
    np.testing.assert_allclose(sentence, wanted.sentences.detach().numpy(), atol=1e-4)
    np.testing.assert_allclose(tokens, wanted.tokens.detach().numpy(), atol=1e-4)
    assert weights.shape == (1, wanted.tokens.shape[1], 2)
    unadapted = Student().encode(["Who pays the drivers?"], 32)
    assert np.abs(sentence - unadapted.sentences.detach().numpy()).max() > 1e-3


def test_unadapted_is_the_base_model_for_a_while() -> None:
    torch.manual_seed(0)
    changed = Student()
    with torch.no_grad():
        before = changed.encode(["Twelve trams run."], 16).tokens
        for module in changed.modules():
            if isinstance(module, LowRank):
                module.B.normal_(std=0.05)
        after = changed.encode(["Twelve trams run."], 16).tokens
    with changed.unadapted():
        assert torch.equal(changed.encode(["Twelve trams run."], 16).tokens, before)
    assert not torch.equal(before, after)
    assert torch.equal(changed.encode(["Twelve trams run."], 16).tokens, after)


def test_public_passages_cost_more_the_further_their_ranking_is_from_the_base_models(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = torch.tensor([[0.9, 0.4], [0.1, 0.2]])
    assert divergence(same, same).item() == pytest.approx(0, abs=1e-6)
    assert divergence(same.flip(1), same) > divergence(same.flip(1) * 0.1, same) > 0
    public = replace(GROUP, asked=["", ""])
    plain = group_loss(student, public, public.questions).item()
    monkeypatch.setattr(adapter, "divergence", lambda now, before: (now - before).abs().mean() + 5)
    assert group_loss(student, public, public.questions).item() == pytest.approx(plain + 5, abs=1e-4)


def test_dropout_is_for_training_and_never_for_the_base_model_beside_it() -> None:
    student = Student()
    texts = ["Twelve trams run at night."]

    def same() -> bool:
        return torch.equal(student.encode(texts, 16).tokens, student.encode(texts, 16).tokens)

    assert same()
    student.train()
    assert not same()
    with student.unadapted():
        assert same()
    assert not same()


def test_encoded_texts_have_unit_length(student: Student) -> None:
    encoded: Encoded = student.encode(["Twelve trams run.", "So?"], 16)
    assert torch.allclose(encoded.sentences.norm(dim=-1), torch.ones(2), atol=1e-5)
    assert torch.allclose(encoded.tokens.norm(dim=-1), torch.ones(encoded.tokens.shape[:2]), atol=1e-5)
