"""The encoder while its adapter is trained: all-MiniLM-L6-v2 frozen, low-rank changes and two token heads on top."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn
from torch.nn import functional

from qa_service.encoder.packages import MINILM
from qa_service.encoder.protocol import is_word
from qa_service.language.sentences import sentence_spans

RANK = 16


class LowRank(nn.Module):
    """A frozen linear layer plus B·A (LoRA, Hu et al. 2021)."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.A = nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.B = nn.Parameter(torch.zeros(layer.out_features, RANK))
        self.adapted = True

    def forward(self, inputs: Tensor) -> Tensor:
        """The layer's output with the adapter's added."""
        if not self.adapted:
            plain: Tensor = self.layer(inputs)
            return plain
        added = functional.linear(functional.linear(inputs, self.A), self.B)
        result: Tensor = self.layer(inputs) + added
        return result


@dataclass(frozen=True, slots=True)
class Tokenised:
    """A batch of n texts of at most t tokens: `ids`, `mask`, `words` and `numbers` (n, t), see `Encoded`."""

    ids: Tensor
    mask: Tensor
    words: Tensor
    numbers: Tensor


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch of n texts of at most t tokens.

    `sentences` (n, d) and `tokens` (n, t, d) of unit length; which tokens are `words` (n, t); the `numbers` (n, t) of
    the sentences they stand in.
    """

    sentences: Tensor
    tokens: Tensor
    words: Tensor
    numbers: Tensor


class Student(nn.Module):
    """The encoder with its adapter and token heads, and what turns matches into an answer's log-odds."""

    def __init__(self) -> None:
        super().__init__()
        self.in_bfloat16 = False  # whether layers multiply in that format
        loaded = SentenceTransformer(str(MINILM.folder), device="cpu")
        self.tokenizer = loaded.tokenizer
        model: Any = loaded[0].model
        for parameter in model.parameters():
            parameter.requires_grad = False
        _wrap_linear(model)
        self.model = model
        self.heads = nn.Linear(model.config.hidden_size, 2)
        nn.init.zeros_(self.heads.weight)
        nn.init.constant_(self.heads.bias, 0.54)  # softplus of it is 1
        self.bias = nn.Parameter(torch.tensor(0.0))
        self.missing = nn.Parameter(torch.tensor(1.0))
        self.fused = nn.Parameter(torch.tensor(2.0))

    def encode(self, texts: Sequence[str], most: int, text_from: Sequence[int] | None = None) -> Encoded:
        """Encode texts of at most `most` tokens; tokens before `text_from` are context, not words."""
        batch = self.tokenise(texts, most, text_from)
        return Encoded(*self.vectors(batch.ids, batch.mask), batch.words, batch.numbers)

    def vectors(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Of token ids (n, t): the texts' vectors (n, d) and the tokens' (n, t, d), of unit length."""
        with torch.autocast(ids.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            hidden = self.model(input_ids=ids, attention_mask=mask)[0].float()
        counted = mask.unsqueeze(-1).float()
        whole = functional.normalize((hidden * counted).sum(1) / counted.sum(1), dim=-1)
        return whole, functional.normalize(hidden, dim=-1)

    def tokenise(self, texts: Sequence[str], most: int, text_from: Sequence[int] | None = None) -> Tokenised:
        """Token ids of texts, on the model's device."""
        batch = self.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=most,
            return_tensors="pt",
            return_offsets_mapping=True,
        )
        offsets = batch["offset_mapping"]
        words = torch.tensor(
            [[is_word(text[a:b]) for a, b in spans] for text, spans in zip(texts, offsets.tolist(), strict=True)]
        )
        starts = torch.tensor(list(text_from) if text_from else [0] * len(texts))
        words &= offsets[:, :, 0] >= starts[:, None]
        numbers = [
            torch.searchsorted(torch.tensor([begin + start for begin, _ in sentence_spans(text[start:])] or [0]), own)
            for text, start, own in zip(texts, starts.tolist(), offsets[:, :, 0] + 1, strict=True)
        ]
        parts = batch["input_ids"], batch["attention_mask"], words, torch.stack(numbers).clamp_min(1) - 1
        return Tokenised(*(part.to(self.bias.device) for part in parts))

    @contextmanager
    def unadapted(self) -> Iterator[None]:
        """The base model as it was, without gradients or dropout."""
        layers = [module for module in self.model.modules() if isinstance(module, LowRank)]
        training = self.model.training
        self.model.eval()
        for layer in layers:
            layer.adapted = False
        try:
            with torch.no_grad():
                yield
        finally:
            self.model.train(training)
            for layer in layers:
                layer.adapted = True

    def state(self) -> dict[str, Tensor]:
        """What is learnt, as the exporter reads it."""
        tensors = {
            f"{name}.{part}": getattr(module, part).detach().half().contiguous()
            for name, module in self.model.named_modules()
            if isinstance(module, LowRank)
            for part in ("A", "B")
        }
        heads = {f"heads.{name}": value.detach().half() for name, value in self.heads.named_parameters()}
        return tensors | heads


def _wrap_linear(module: nn.Module, path: str = "") -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.Linear) and "pooler" not in f"{path}{name}":
            setattr(module, name, LowRank(child))
        else:
            _wrap_linear(child, f"{path}{name}.")
