"""Second half of `python -m eval adapt`: questions get a smaller encoder of their own.

Statements are encoded once, questions while somebody waits. The smaller encoder is cut out of the adapted one
(`pruning.py`) and trained to give its vectors (distillation; Hinton et al. 2015, Sanh et al. 2019): those of tokens and
of whole texts, and the tokens' weights, over some 270,000 texts that nobody judged. In the last third every second step
is a group's questions instead, which must also order its passages alike and give the same log-odds of an answer.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from eval.training.adapter import QUESTION_TOKENS, compare, divergence, encode_passages
from eval.training.groups import Group
from eval.training.optimise import cosine, descend
from eval.training.pruning import pruned
from eval.training.student import Encoded, LowRank, Student, Tokenised

# Of 6 layers, 12 heads and 1536 inner units: together they take .93 of the time of three whole layers.
LAYERS, HEADS, UNITS = (0, 1, 3, 5), 8, 768
CUT_BY = 1500  # texts that tell which heads and units add most
AT_ONCE = 1500  # texts that the teacher is given
STEPS = 40_000  # about what the packaged one took in two runs; minutes on a GPU, hours on two cores
BATCH = 6144  # tokens in a step
LENGTHS = (10, 14, 18, 24, 32, 48, QUESTION_TOKENS)  # texts are padded to the next of these
GROUPS_FROM, GROUP_EVERY, MOST_OF_GROUP = 2 / 3, 2, 72
LEARNING_RATE = 1e-3
TOKENS, WHOLE, WEIGHTS = 20.0, 5.0, 0.3  # what the distances of vectors of tokens, of texts, and of token weights count
ORDER, ODDS = 3.0, 0.2  # what a group's order of passages and log-odds count
UNWEIGHTED = 0.5  # a token's vector counts by its weight, and this much anyway
AVERAGE = 0.999  # of the weights so far in their running mean, which is what is written (Polyak & Juditsky 1992)


@dataclass(frozen=True, slots=True)
class Taught:
    """Texts of like length, padded to (n, t), and what the adapted encoder gives for them, in half precision.

    `sentences` (n, d), `tokens` (n, t, d), `weights` (n, t, 2).
    """

    texts: Tokenised
    sentences: Tensor
    tokens: Tensor
    weights: Tensor

    def drawn(self, count: int) -> "Taught":
        """So many of them, at random."""
        rows = torch.randint(len(self.sentences), (count,), device=self.sentences.device)
        parts = (self.texts.ids, self.texts.mask, self.texts.words, self.texts.numbers)
        texts = Tokenised(*(part[rows] for part in parts))
        return Taught(texts, self.sentences[rows], self.tokens[rows], self.weights[rows])


@dataclass(frozen=True, slots=True)
class Lessons:
    """The adapted encoder, what it gives for texts by length, and for the passages of every group asked for so far."""

    teacher: Student
    texts: list[Taught]
    _passages: dict[int, Encoded] = field(default_factory=dict, repr=False)

    def drawn(self) -> Taught:
        """A batch of texts of like length."""
        sizes = [lesson.tokens.shape[0] * lesson.tokens.shape[1] for lesson in self.texts]
        chosen = random.choices(self.texts, sizes)[0]
        return chosen.drawn(max(1, BATCH // chosen.tokens.shape[1]))

    def passages(self, group: Group) -> Encoded:
        """The group's passages, encoded once."""
        if id(group) not in self._passages:
            with torch.no_grad():
                encoded = encode_passages(self.teacher, group, in_context=True)
            self._passages[id(group)] = replace(encoded, tokens=encoded.tokens.half())
        kept = self._passages[id(group)]
        return replace(kept, tokens=kept.tokens.float())


def train_question_encoder(
    adapter: Path,
    groups: Sequence[Group],
    texts: Sequence[str],
    output: Path,
    *,
    steps: int = STEPS,
    device: str = "cpu",
    bfloat16: bool = False,
) -> None:
    """Cut a smaller encoder out of the one adapted by `adapter`, train it to follow that one, and write it.

    `texts` are encoded alone, one that stands there twice is drawn twice as often; of `groups` the order of passages
    is learnt too. What the adapted encoder gives for them is kept: 4 GB for 270,000 texts. `bfloat16`: with products of
    that format, four to five times as fast where the processor has them.
    """
    random.seed(0)
    torch.manual_seed(0)
    teacher = adapted(adapter).to(device).eval()
    teacher.in_bfloat16 = bfloat16
    lessons = Lessons(teacher, taught(teacher, texts))
    student = shortened(teacher, random.sample(list(texts), min(CUT_BY, len(texts))))
    parameters = [p for p in student.parameters() if p.requires_grad]
    average = [p.detach().clone() for p in parameters]

    def losses() -> Iterator[Tensor]:
        for step in range(steps):
            in_group = groups and step >= GROUPS_FROM * steps and step % GROUP_EVERY == 0
            yield group_lesson(student, lessons, random.choice(groups)) if in_group else text_lesson(student, lessons)
            share = min(AVERAGE, (1 + step) / (10 + step))  # less at first: where training began is soon forgotten
            for kept, now in zip(average, parameters, strict=True):
                kept.lerp_(now.detach(), 1 - share)

    descend(losses(), [{"params": parameters, "lr": LEARNING_RATE}], steps, cosine)
    for now, kept in zip(parameters, average, strict=True):
        now.data.copy_(kept)
    save_file(question_state(student), str(output))


def adapted(adapter: Path) -> Student:
    """The base model with a written adapter merged into it; nothing of it is trained."""
    student = Student()
    tensors = load_file(str(adapter))
    layers = {name: module for name, module in student.model.named_modules() if isinstance(module, LowRank)}
    for name, layer in layers.items():
        parent, _, own = name.rpartition(".")
        layer.layer.weight.data += tensors[f"{name}.B"].float() @ tensors[f"{name}.A"].float()
        setattr(student.model.get_submodule(parent), own, layer.layer)
    for name, value in student.heads.named_parameters():
        value.data.copy_(tensors[f"heads.{name}"])
    return student.requires_grad_(requires_grad=False)


def shortened(teacher: Student, texts: Sequence[str]) -> Student:
    """A copy cut down; everything but the vocabulary's embeddings is trained."""
    student = pruned(teacher, teacher.tokenise(texts, QUESTION_TOKENS), LAYERS, HEADS, UNITS)
    for name, parameter in student.named_parameters():
        parameter.requires_grad = name.startswith(("model.", "heads.")) and "word_embeddings" not in name
    return student


def question_state(student: Student) -> dict[str, Tensor]:
    """What the exporter reads: every tensor of the smaller model but the vocabulary's embeddings, and the heads."""
    model = {
        name: value.half().contiguous()
        for name, value in student.model.state_dict().items()
        if name.startswith(("embeddings.", "encoder.")) and value.is_floating_point() and "word_embeddings" not in name
    }
    return model | {f"heads.{name}": value.detach().half() for name, value in student.heads.named_parameters()}


@torch.no_grad()
def taught(teacher: Student, texts: Sequence[str]) -> list[Taught]:
    """The adapted encoder's vectors for all texts, those of like length together."""
    by_length: dict[int, list[Taught]] = {}
    ordered = sorted(texts, key=len)
    for start in range(0, len(ordered), AT_ONCE):
        batch = teacher.tokenise(ordered[start : start + AT_ONCE], QUESTION_TOKENS)
        lengths = batch.mask.sum(1)
        for least, most in pairwise((0, *LENGTHS)):
            rows = ((lengths > least) & (lengths <= most)).nonzero()[:, 0]
            if len(rows):
                by_length.setdefault(most, []).append(_taught(teacher, _padded(batch, rows, most)))
    return [_together(by_length.pop(length)) for length in sorted(by_length)]


def _padded(batch: Tokenised, rows: Tensor, length: int) -> Tokenised:
    """Some rows of a batch, cut or padded with zeros to a length."""
    parts = (batch.ids, batch.mask, batch.words, batch.numbers)
    return Tokenised(*(functional.pad(part[rows], (0, length - part.shape[1])) for part in parts))


def _taught(teacher: Student, texts: Tokenised) -> Taught:
    sentences, tokens = teacher.vectors(texts.ids, texts.mask)
    return Taught(texts, sentences.half(), tokens.half(), functional.softplus(teacher.heads(tokens)).half())


def _together(parts: Sequence[Taught]) -> Taught:
    def joined(name: str) -> Tensor:
        return torch.cat([getattr(part if hasattr(part, name) else part.texts, name) for part in parts])

    texts = Tokenised(joined("ids"), joined("mask"), joined("words"), joined("numbers"))
    return Taught(texts, joined("sentences"), joined("tokens"), joined("weights"))


def text_lesson(student: Student, lessons: Lessons) -> Tensor:
    """How far the student's vectors of some texts are from the teacher's."""
    wanted = lessons.drawn()
    return distance(student, wanted, student.vectors(wanted.texts.ids, wanted.texts.mask))


def distance(student: Student, wanted: Taught, given: tuple[Tensor, Tensor]) -> Tensor:
    """The distance of vectors of texts and tokens, the latter by what they count, and of the tokens' weights."""
    sentences, tokens = given
    words, weights = wanted.texts.words.float(), wanted.weights.float()
    count = words.sum().clamp_min(1)
    share = words * (UNWEIGHTED + weights[..., 0] * count / (weights[..., 0] * words).sum().clamp_min(1e-6))
    apart = (1 - (wanted.tokens.float() * tokens).sum(-1)) * share
    misjudged = (weights - functional.softplus(student.heads(tokens))).square().sum(-1) * words
    whole = (1 - (wanted.sentences.float() * sentences).sum(-1)).mean()
    return TOKENS * apart.sum() / share.sum().clamp_min(1e-6) + WEIGHTS * misjudged.sum() / count + WHOLE * whole


def group_lesson(student: Student, lessons: Lessons, group: Group) -> Tensor:
    """The same for a group's questions, and how else the student orders its passages and judges that they answer."""
    questions = [question.text for question in group.questions]
    chosen = random.sample(questions, min(MOST_OF_GROUP, len(questions)))
    with torch.no_grad():
        wanted = _taught(lessons.teacher, lessons.teacher.tokenise(chosen, QUESTION_TOKENS))
    texts, passages = wanted.texts, lessons.passages(group)
    sentences, tokens = student.vectors(texts.ids, texts.mask)
    told = Encoded(wanted.sentences.float(), wanted.tokens.float(), texts.words, texts.numbers)
    with torch.no_grad():
        before = compare(lessons.teacher, told, passages)
    now = compare(student, Encoded(sentences, tokens, texts.words, texts.numbers), passages)
    odds = functional.mse_loss(now.answers, before.answers)
    return distance(student, wanted, (sentences, tokens)) + ORDER * divergence(now.fused, before.fused) + ODDS * odds
