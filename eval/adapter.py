"""`python -m eval adapt`: trains the low-rank adapter of the default encoder, on two cores within an hour.

One pass trains three things: the sentence vector and the late interaction to rank the answering passage above
look-alikes (InfoNCE, van den Oord et al. 2018; MaxSim as in ColBERT), how much each question token counts, and how much
is missing where nothing matches a token (from questions that nobody answers). Only the adapter (LoRA, Hu et al. 2021)
and the two token heads are learnt; everything else stays all-MiniLM-L6-v2.
"""

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn
from torch.nn import functional

from eval.adapter_data import TrainingQuestion, TrainingSet
from qa_service.encoder.export import locate_model

BASE = "all-MiniLM-L6-v2"
RANK = 16
EPOCHS = 2
KEPT = 0.35  # of the learnt change: between both models generalises better than either (Wortsman et al. 2022)
TEMPERATURE = 0.05
LEARNING_RATE, HEAD_LEARNING_RATE = 6e-4, 5e-3
QUESTIONS = 12  # answerable and unanswerable ones in a batch; 16 where a set has only answerable ones
QUESTION_TOKENS, PASSAGE_TOKENS, CONTEXT_TOKENS = 64, 176, 224
IN_CONTEXT = 0.6  # share of batches whose passages have the question they answer in front


class LowRank(nn.Module):
    """A frozen linear layer plus B·A."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.A = nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.B = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, inputs: Tensor) -> Tensor:
        """The layer's output with the adapter's added."""
        added = functional.linear(functional.linear(inputs, self.A), self.B)
        result: Tensor = self.layer(inputs) + added
        return result


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch: `sentences` (n, d), `tokens` (n, t, d), both of unit length, and which tokens are `words` (n, t)."""

    sentences: Tensor
    tokens: Tensor
    words: Tensor


class Student(nn.Module):
    """The encoder with its adapter and token heads."""

    def __init__(self) -> None:
        super().__init__()
        loaded = SentenceTransformer(locate_model(BASE), device="cpu")
        self.tokenizer = loaded.tokenizer
        model: Any = loaded[0].model
        for parameter in model.parameters():
            parameter.requires_grad = False
        _wrap_linear(model)
        self.model = model
        self.heads = nn.Linear(model.config.hidden_size, 2)
        nn.init.zeros_(self.heads.weight)
        nn.init.constant_(self.heads.bias, 0.54)  # softplus of it is 1
        self.bias = nn.Parameter(torch.tensor(1.5))
        self.scale = nn.Parameter(torch.tensor(4.0))

    def encode(self, texts: Sequence[str], most: int, text_from: Sequence[int] | None = None) -> Encoded:
        """Encode texts of at most `most` tokens; tokens before `text_from` are context, not words."""
        batch = self.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=most,
            return_tensors="pt",
            return_offsets_mapping=True,
        )
        hidden = self.model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])[0]
        mask = batch["attention_mask"].unsqueeze(-1).float()
        sentences = functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
        offsets = batch["offset_mapping"]
        words = torch.tensor(
            [[text[a:b].isalnum() for a, b in spans] for text, spans in zip(texts, offsets.tolist(), strict=True)]
        )
        if text_from is not None:
            words &= offsets[:, :, 0] >= torch.tensor(list(text_from))[:, None]
        return Encoded(sentences, functional.normalize(hidden, dim=-1), words)

    def state(self) -> dict[str, Tensor]:
        """What is learnt, as the exporter reads it, half-way back to the base model."""
        share = {"A": 1.0, "B": KEPT}
        tensors = {
            f"{name}.{part}": (getattr(module, part).detach() * share[part]).half().contiguous()
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


def batch_loss(student: Student, data: TrainingSet, questions: Sequence[TrainingQuestion]) -> Tensor:
    """The loss of some answerable questions of a set together with as many unanswerable ones."""
    nobody = random.sample(data.unanswerable, min(QUESTIONS, len(data.unanswerable)))
    positives = [random.choice(q.positives) for q in questions]
    shown = positives + [random.choice(q.lookalikes) for q in questions if q.lookalikes]
    shown += [i for q in nobody for i in random.sample(q.lookalikes, min(2 if data.own else 1, len(q.lookalikes)))]
    rows = list(dict.fromkeys(shown))
    passages = _encode_passages(student, data, rows)
    asked = student.encode([q.text for q in [*questions, *nobody]], QUESTION_TOKENS)
    ranking = len(questions)
    target = torch.tensor([rows.index(row) for row in positives])
    also_right = torch.tensor(
        [[row != own and row in q.judged for row in rows] for q, own in zip(questions, positives, strict=True)]
    )
    dense = asked.sentences @ passages.sentences.T
    pairs = torch.einsum("qad,pbd->qpab", asked.tokens, passages.tokens)
    best = pairs.masked_fill(~passages.words[None, :, None, :], -1).amax(-1)
    counts, stakes = functional.softplus(student.heads(asked.tokens)).mul(asked.words[..., None]).unbind(-1)
    late = (best * counts[:, None]).sum(-1) / counts.sum(-1)[:, None].clamp_min(1e-6)

    def contrast(scores: Tensor) -> Tensor:
        return functional.cross_entropy((scores[:ranking] / TEMPERATURE).masked_fill(also_right, -1e4), target)

    loss = 0.5 * contrast(dense) + contrast(late)
    if not nobody:
        return loss
    first = (late + 0.4 * dense).argmax(1)
    missing = ((1 - best[torch.arange(len(first)), first]) * stakes).sum(-1)
    logits = student.bias - student.scale * missing / 3
    answers = (torch.arange(len(logits)) < ranking).float()
    errors = functional.binary_cross_entropy_with_logits(logits, answers, reduction="none")
    return loss + 0.5 * (errors[:ranking].mean() + errors[ranking:].mean())


def _encode_passages(student: Student, data: TrainingSet, rows: Sequence[int]) -> Encoded:
    if not any(data.asked) or random.random() >= IN_CONTEXT:
        most = CONTEXT_TOKENS if any(data.asked) else PASSAGE_TOKENS
        return student.encode([data.passages[row] for row in rows], most)
    starts = [len(data.asked[row]) + 1 if data.asked[row] else 0 for row in rows]
    texts = [f"{data.asked[row]} {data.passages[row]}".lstrip() for row in rows]
    return student.encode(texts, CONTEXT_TOKENS, starts)


def train_adapter(sets: Sequence[TrainingSet], output: Path, seed: int = 0) -> None:
    """Train and write the adapter. Our own sets are gone through twice an epoch."""
    random.seed(seed)
    torch.manual_seed(seed)
    student = Student()
    heads = [*student.heads.parameters(), student.bias, student.scale]
    layers = [p for p in student.model.parameters() if p.requires_grad]
    groups = [{"params": layers, "lr": LEARNING_RATE}, {"params": heads, "lr": HEAD_LEARNING_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = EPOCHS * len(_batches(sets))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 30) * max(0.02, 1 - step / steps)
    )
    student.train()
    started = time.monotonic()
    done = 0
    for _ in range(EPOCHS):
        for data, questions in _batches(sets):
            loss = batch_loss(student, data, questions)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(layers, 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            if done % 20 == 0:
                print(f"step {done}/{steps} loss {loss.item():.3f} {time.monotonic() - started:.0f} s", flush=True)
    save_file(student.state(), str(output))


def _batches(sets: Sequence[TrainingSet]) -> list[tuple[TrainingSet, list[TrainingQuestion]]]:
    batches = []
    for data in [*sets, *(s for s in sets if s.own)]:
        order = random.sample(data.answerable, len(data.answerable))
        size = QUESTIONS if data.unanswerable else QUESTIONS + 4
        chunks = [order[i : i + size] for i in range(0, len(order), size)]
        batches += [(data, chunk) for chunk in chunks if len(chunk) >= size // 2]
    random.shuffle(batches)
    return batches
