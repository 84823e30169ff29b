"""The questions' encoder as a graph for one text at a time: no mask, no padding, fixed shapes but the length.

A traced BERT spends an eighth of a short question's time on working out shapes and masks. This imports torch and is
imported only where an encoder is exported.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class QuestionGraph(nn.Module):
    """A BERT model with the outputs of the whole pipeline, for token ids (1, t)."""

    def __init__(self, bert: Any, heads: dict[str, Tensor]) -> None:
        super().__init__()
        embeddings = bert.embeddings
        self.size = bert.config.hidden_size // bert.config.num_attention_heads
        self.words = embeddings.word_embeddings
        self.places = nn.Parameter(embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0])
        self.norm = embeddings.LayerNorm
        self.layers = bert.encoder.layer
        self.heads = heads

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The text's vector (1, d), its tokens' (1, t, d), all of unit length, and the tokens' weights (1, t, 2)."""
        hidden = self.norm(self.words(ids) + self.places[: ids.shape[1]])
        for layer in self.layers:
            hidden = layer.attention.output.LayerNorm(self._attended(layer.attention, hidden) + hidden)
            inner = functional.gelu(layer.intermediate.dense(hidden))
            hidden = layer.output.LayerNorm(layer.output.dense(inner) + hidden)
        tokens = functional.normalize(hidden, dim=-1)
        weights = functional.softplus(functional.linear(tokens, self.heads["weight"], self.heads["bias"]))
        return functional.normalize(hidden.mean(1), dim=-1), tokens, weights

    def _attended(self, attention: Any, hidden: Tensor) -> Tensor:
        own, width = attention.self, attention.self.query.weight.shape[0]
        query, key, value = (
            part(hidden).view(-1, width // self.size, self.size).transpose(0, 1)
            for part in (own.query, own.key, own.value)
        )
        shares = torch.softmax((query * self.size**-0.5) @ key.transpose(1, 2), dim=-1)
        joined = (shares @ value).transpose(0, 1).reshape(1, -1, width)
        result: Tensor = attention.output.dense(joined)
        return result
