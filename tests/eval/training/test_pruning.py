"""Cutting an encoder down keeps what adds most and accounts for the rest's mean."""

import pytest
import torch

from eval.training.pruning import pruned
from eval.training.student import LowRank, Student

pytestmark = pytest.mark.model

TEXTS = ["Who pays the drivers?", "When does the ferry leave?", "twelve trams at night", "Is the levy due in March?"]


@pytest.fixture(scope="module")
def whole() -> Student:
    """The base model with plain layers."""
    student = Student()
    for name, module in list(student.model.named_modules()):
        if isinstance(module, LowRank):
            parent, _, own = name.rpartition(".")
            setattr(student.model.get_submodule(parent), own, module.layer)
    return student.requires_grad_(requires_grad=False)


def test_with_nothing_cut_the_vectors_stay(whole: Student) -> None:
    texts = whole.tokenise(TEXTS, 32)
    same = pruned(whole, texts, range(6), 12, 1536)
    torch.testing.assert_close(same.vectors(texts.ids, texts.mask), whole.vectors(texts.ids, texts.mask))


def test_heads_and_units_that_add_nothing_go_first_and_cost_nothing(whole: Student) -> None:
    texts = whole.tokenise(TEXTS, 32)
    given = pruned(whole, texts, range(6), 12, 1536)
    for layer in given.model.encoder.layer:
        layer.attention.output.dense.weight[:, 64:96] = 0  # the third head
        layer.output.dense.weight[:, 5] = 0
    cut = pruned(given, texts, range(6), 11, 1535)
    kept = torch.cat([torch.arange(64), torch.arange(96, 384)])
    for narrow, layer in zip(cut.model.encoder.layer, given.model.encoder.layer, strict=True):
        torch.testing.assert_close(narrow.attention.self.key.weight, layer.attention.self.key.weight[kept])
        torch.testing.assert_close(narrow.output.dense.weight, layer.output.dense.weight[:, torch.arange(1536) != 5])
    torch.testing.assert_close(cut.vectors(texts.ids, texts.mask), given.vectors(texts.ids, texts.mask))


def test_layers_are_left_out(whole: Student) -> None:
    cut = pruned(whole, whole.tokenise(TEXTS, 32), [0, 5], 12, 1536)
    last = whole.model.encoder.layer[5]
    torch.testing.assert_close(cut.model.encoder.layer[1].output.dense.weight, last.output.dense.weight)


def test_what_is_cut_off_is_replaced_by_its_mean(whole: Student) -> None:
    texts = whole.tokenise(TEXTS, 32)
    wanted = whole.vectors(texts.ids, texts.mask)[0]
    cut = pruned(whole, texts, range(6), 11, 1400)
    near = (cut.vectors(texts.ids, texts.mask)[0] * wanted).sum(-1)
    for layer, own in zip(cut.model.encoder.layer, whole.model.encoder.layer, strict=True):
        layer.output.dense.bias.copy_(own.output.dense.bias)
        layer.attention.output.dense.bias.copy_(own.attention.output.dense.bias)
    without = (cut.vectors(texts.ids, texts.mask)[0] * wanted).sum(-1)
    assert near.mean() > 0.9
    assert near.mean() > without.mean()
