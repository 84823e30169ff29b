"""Cuts an encoder down: fewer layers, and in each fewer attention heads and inner units.

Kept is what adds most to the hidden states of some texts, told by its variance (as heads by Michel et al. 2019, units
by Molchanov et al. 2017, who take gradients); what the others add on average goes into the bias.
"""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from eval.training.student import Student, Tokenised


@torch.no_grad()
def pruned(whole: Student, texts: Tokenised, layers: Sequence[int], heads: int, units: int) -> Student:
    """A copy with the `layers` only, each with `heads` attention heads and `units` inner units."""
    student = copy.deepcopy(whole)
    bert: Any = student.model
    kept = [bert.encoder.layer[place] for place in layers]
    size = bert.config.hidden_size // bert.config.num_attention_heads
    given = _given(
        [part for layer in kept for part in (layer.attention.output.dense, layer.output.dense)], student, texts
    )
    for layer in kept:
        attention, after, inner = layer.attention.self, layer.attention.output.dense, layer.output.dense
        _narrow([attention.query, attention.key, attention.value], after, given[after], heads, size)
        _narrow([layer.intermediate.dense], inner, given[inner], units, 1)
    bert.encoder.layer = nn.ModuleList(kept)
    return student


def _given(linears: Sequence[nn.Linear], student: Student, texts: Tokenised) -> dict[nn.Linear, Tensor]:
    """What each layer is given for the texts' tokens, (n, in)."""
    seen: dict[nn.Linear, Tensor] = {}
    real = texts.mask.bool()

    def note(linear: Any, inputs: tuple[Tensor], _: Tensor) -> None:
        seen[linear] = inputs[0][real].float()

    hooks = [linear.register_forward_hook(note) for linear in linears]
    student.vectors(texts.ids, texts.mask)
    for hook in hooks:
        hook.remove()
    return seen


def _narrow(before: Sequence[nn.Linear], after: nn.Linear, given: Tensor, keep: int, size: int) -> None:
    """Between `before` and `after` keep the `keep` groups of `size` values that move the output most."""
    mean = given.mean(0)
    varies = (given - mean).T @ (given - mean) / len(given)
    products = (varies * (after.weight.T @ after.weight)).reshape(len(mean) // size, size, -1, size)
    added = products.diagonal(dim1=0, dim2=2).sum((0, 1))  # by group: the mean square of what it adds to the output
    groups = added.topk(keep).indices.sort().values
    chosen = (groups[:, None] * size + torch.arange(size, device=groups.device)).flatten()
    gone = torch.ones(len(mean), dtype=torch.bool, device=mean.device)
    gone[chosen] = False
    after.bias.data += after.weight[:, gone] @ mean[gone]
    after.weight.data = after.weight[:, chosen].clone()
    for linear in before:
        linear.weight.data, linear.bias.data = linear.weight[chosen].clone(), linear.bias[chosen].clone()
