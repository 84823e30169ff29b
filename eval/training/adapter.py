"""`python -m eval adapt`: trains the low-rank adapter of the default encoder, on two cores in 35 minutes.

One pass trains three things: what ranking adds up (sentence vector, late interaction with the statement and with its
best sentence) to follow the judgements' grades, by the cross entropy of a list (ListNet, Cao et al. 2007; MaxSim as in
ColBERT); how much each question token counts; and how much is missing where nothing matches a token, from questions
that nobody answers. Everything else stays all-MiniLM-L6-v2.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from eval.training.groups import Group, TrainingQuestion, drawn
from eval.training.optimise import descend
from eval.training.student import Encoded, Student

EPOCHS = 3
OWN_TIMES = 2  # how often an epoch goes through our own groups
TEMPERATURE, DENSE_TEMPERATURE = 0.1, 0.05
LEARNING_RATE, HEAD_LEARNING_RATE = 4e-4, 3e-3
QUESTION_TOKENS, PASSAGE_TOKENS, CONTEXT_TOKENS = 64, 176, 240
SILENCE, PUBLIC_SILENCE = 1.0, 0.15  # what telling answered questions counts; the crowd's were judged by one paragraph
IN_CONTEXT = 0.8  # share of steps whose passages have the question they answer in front
UNFORGOTTEN = 1.0  # what staying near the base model's ranking counts on public passages (Li & Hoiem 2016)
SENTENCE, DENSE = 0.6, 0.3  # about what fusion gives them


@dataclass(frozen=True, slots=True)
class Compared:
    """q questions against p passages: cosines and `fused` scores (q, p); log-odds (q,) that the best one answers."""

    dense: Tensor
    fused: Tensor
    answers: Tensor


def compare(student: Student, asked: Encoded, passages: Encoded) -> Compared:
    """Score every question against every passage, as the service does."""
    dense = asked.sentences @ passages.sentences.T
    pairs = torch.einsum("qad,pbd->qpab", asked.tokens, passages.tokens)
    pairs = pairs.masked_fill(~passages.words[None, :, None, :], -1)
    counts, stakes = functional.softplus(student.heads(asked.tokens)).mul(asked.words[..., None]).unbind(-1)
    counts = (counts / counts.sum(-1, keepdim=True).clamp_min(1e-6))[:, None]
    shape = (*pairs.shape[:3], int(passages.numbers.max()) + 1)
    places = passages.numbers[None, :, None, :].expand_as(pairs)
    covered = torch.full(shape, -1.0, device=pairs.device).scatter_reduce(3, places, pairs, "amax")
    best = covered.amax(3)
    late, sentence = (best * counts).sum(-1), (covered * counts[..., None]).sum(2).amax(-1)
    fused = late + SENTENCE * sentence + DENSE * dense
    first = fused.argmax(1, keepdim=True)
    of_first = best.gather(1, first[:, :, None].expand(-1, -1, best.shape[2]))[:, 0]
    missing = ((1 - of_first) * stakes).sum(-1)
    answers = student.bias + student.fused * fused.gather(1, first)[:, 0] - student.missing * missing
    return Compared(dense, fused, answers)


def group_loss(student: Student, group: Group, questions: Sequence[TrainingQuestion]) -> Tensor:
    """The loss of some questions of a group over all its passages."""
    in_context, texts = random.random() < IN_CONTEXT, [q.text for q in questions]
    compared = compare_texts(student, texts, group, in_context=in_context)
    gains = gains_of(group, questions).to(compared.fused.device)
    answerable = gains.sum(1) > 0
    loss = torch.zeros((), device=gains.device)
    if answerable.any():
        wanted = gains[answerable] / gains[answerable].sum(1, keepdim=True)
        loss = functional.cross_entropy(compared.fused[answerable] / TEMPERATURE, wanted)
        loss = loss + 0.3 * functional.cross_entropy(compared.dense[answerable] / DENSE_TEMPERATURE, wanted)
    if not answerable.all():
        errors = functional.binary_cross_entropy_with_logits(compared.answers, answerable.float(), reduction="none")
        weight = SILENCE if any(group.asked) else PUBLIC_SILENCE
        loss = loss + weight * ((errors[answerable].mean() if answerable.any() else 0) + errors[~answerable].mean())
    if not any(group.asked):
        with student.unadapted():
            before = compare_texts(student, texts, group, in_context=in_context).fused
        loss = loss + UNFORGOTTEN * divergence(compared.fused, before)
    return loss


def gains_of(group: Group, questions: Sequence[TrainingQuestion]) -> Tensor:
    """The grades (q, p) of a group's passages."""
    return torch.tensor([[float(q.grades.get(i, 0)) for i in range(len(group.passages))] for q in questions])


def divergence(now: Tensor, before: Tensor) -> Tensor:
    """How far (q, p) scores order passages otherwise than before: the mean divergence of the lists."""
    wanted, given = functional.log_softmax(before / TEMPERATURE, -1), functional.log_softmax(now / TEMPERATURE, -1)
    return functional.kl_div(given, wanted, log_target=True, reduction="batchmean")


def compare_texts(student: Student, questions: Sequence[str], group: Group, *, in_context: bool) -> Compared:
    """Encode questions and a group's passages, and compare them."""
    passages = encode_passages(student, group, in_context=in_context)
    return compare(student, student.encode(questions, QUESTION_TOKENS), passages)


def encode_passages(student: Student, group: Group, *, in_context: bool) -> Encoded:
    """A group's passages, each with the question it answers in front or without."""
    if not in_context or not any(group.asked):
        return student.encode(group.passages, PASSAGE_TOKENS)
    starts = [len(asked) + 1 if asked else 0 for asked in group.asked]
    texts = [f"{asked} {passage}".lstrip() for asked, passage in zip(group.asked, group.passages, strict=True)]
    return student.encode(texts, CONTEXT_TOKENS, starts)


def train_adapter(
    own: Sequence[Group], public: Sequence[Group], output: Path, *, device: str = "cpu", seed: int = 0
) -> None:
    """Train and write the adapter. Our own groups are gone through `OWN_TIMES` an epoch."""
    random.seed(seed)
    torch.manual_seed(seed)
    student = (
        Student().to(device).train()
    )  # with dropout, as the base model was trained: else transcripts are learnt by heart
    layers = [p for p in student.model.parameters() if p.requires_grad]
    heads = [p for name, p in student.named_parameters() if not name.startswith("model.")]
    groups = [{"params": layers, "lr": LEARNING_RATE}, {"params": heads, "lr": HEAD_LEARNING_RATE}]
    order = _order(own, public)
    descend((group_loss(student, group, drawn(group.questions)) for group in order), groups, len(order))
    save_file(student.state(), str(output))


def _order(own: Sequence[Group], public: Sequence[Group]) -> list[Group]:
    ordered = []
    for _ in range(EPOCHS):
        epoch = [*list(own) * OWN_TIMES, *public]
        ordered += random.sample(epoch, len(epoch))
    return ordered
