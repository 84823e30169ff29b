"""Second half of `python -m eval adapt`: questions get an encoder of their own with half the layers.

Statements are encoded once, questions while somebody waits. The shorter encoder starts from layers of the adapted one
and is trained to give its vectors (distillation; Hinton et al. 2015, Sanh et al. 2019): those of tokens and of whole
texts, the tokens' weights, and every second step the scores of a group's passages and the log-odds that the best one
answers. Dev questions only, as the adapter; of public collections also the sentences of passages.
"""

import copy
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from eval.adapter import QUESTION_TOKENS, compare, divergence, encode_passages
from eval.adapter_data import Group, drawn
from eval.adapter_model import Encoded, LowRank, Student
from eval.descent import descend
from qa_service.sources.sentences import sentence_spans

LAYERS = (0, 2, 5)  # of the adapted encoder, which the shorter one starts from
STEPS, TEXTS = 3600, 96
GROUP_EVERY = 2  # steps: then the questions of one group, with its passages
LEARNING_RATE = 5e-4
TOKENS, WHOLE, WEIGHTS = 10.0, 5.0, 0.3  # what vectors of tokens, of texts, and token weights count; scores count 1
ODDS = 0.2  # what log-odds count
MOST_SENTENCES = 14_000  # of the collections' passages beside the groups'
SHORTEST, LONGEST = 16, 160  # characters of a statement's sentence that is encoded as if it were a question
ALIKE = 1200  # texts to each side in order of length from which a batch is drawn, so that little is padding


@dataclass(frozen=True, slots=True)
class Taught:
    """What the adapted encoder gives for one text of t tokens: (d,), (t, d) half precision, (t, 2)."""

    sentence: Tensor
    tokens: Tensor
    weights: Tensor


def train_question_encoder(
    adapter: Path, own: Sequence[Group], public: Sequence[Group], passages: Sequence[str], output: Path
) -> None:
    """Train the shorter encoder after the adapter in `adapter`, also on sentences of more `passages`, and write it."""
    random.seed(0)
    torch.manual_seed(0)
    teacher = adapted(adapter)
    student = shortened(teacher)
    groups = [*own, *own, *public]
    more = sorted(sentences_of(passages))
    known = texts_of([*own, *public]) | set(random.sample(more, min(MOST_SENTENCES, len(more))))
    texts = sorted(known, key=lambda text: (len(text), text))
    lessons = Lessons(teacher, taught(teacher, texts))
    parameters = [p for p in student.parameters() if p.requires_grad]

    def losses() -> Iterator[Tensor]:
        for step in range(1, STEPS + 1):
            group = random.choice(groups) if step % GROUP_EVERY == 0 else None
            chosen = [q.text for q in drawn(group.questions)] if group else _neighbours(texts)
            yield lesson_loss(lessons, student, chosen, group)

    descend(losses(), [{"params": parameters, "lr": LEARNING_RATE}], STEPS)
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


def shortened(teacher: Student) -> Student:
    """A copy with the chosen layers only; everything but the vocabulary's embeddings is trained."""
    student = copy.deepcopy(teacher)
    student.model.encoder.layer = nn.ModuleList(student.model.encoder.layer[place] for place in LAYERS)
    for name, parameter in student.named_parameters():
        parameter.requires_grad = name.startswith(("model.", "heads.")) and "word_embeddings" not in name
    return student


def question_state(student: Student) -> dict[str, Tensor]:
    """What the exporter reads: every tensor of the shorter model but the vocabulary's embeddings, and the heads."""
    model = {
        name: value.half().contiguous()
        for name, value in student.model.state_dict().items()
        if name.startswith(("embeddings.", "encoder.")) and value.is_floating_point() and "word_embeddings" not in name
    }
    return model | {f"heads.{name}": value.detach().half() for name, value in student.heads.named_parameters()}


def texts_of(groups: Sequence[Group]) -> set[str]:
    """All questions of the groups, and the sentences of their passages."""
    questions = {question.text for group in groups for question in group.questions}
    return questions | sentences_of([passage for group in groups for passage in group.passages])


def sentences_of(passages: Sequence[str]) -> set[str]:
    """Sentences about as long as questions."""
    cut = {passage[start:end] for passage in passages for start, end in sentence_spans(passage)}
    return {sentence for sentence in cut if SHORTEST <= len(sentence) < LONGEST}


@dataclass(frozen=True, slots=True)
class Lessons:
    """The adapted encoder, what it gives for `texts`, and for the passages of every group that was asked for."""

    teacher: Student
    texts: dict[str, Taught]
    _passages: dict[int, Encoded] = field(default_factory=dict, repr=False)

    def passages(self, group: Group) -> Encoded:
        """The group's passages, encoded once."""
        if id(group) not in self._passages:
            with torch.no_grad():
                encoded = encode_passages(self.teacher, group, in_context=True)
            self._passages[id(group)] = replace(encoded, tokens=encoded.tokens.half())
        kept = self._passages[id(group)]
        return replace(kept, tokens=kept.tokens.float())


@torch.no_grad()
def taught(teacher: Student, texts: Sequence[str]) -> dict[str, Taught]:
    """The adapted encoder's vectors for all texts."""
    store: dict[str, Taught] = {}
    for start in range(0, len(texts), 128):
        part = texts[start : start + 128]
        encoded = teacher.encode(part, QUESTION_TOKENS)
        weights = functional.softplus(teacher.heads(encoded.tokens))
        for row, (text, length) in enumerate(zip(part, _lengths(encoded), strict=True)):
            store[text] = Taught(
                encoded.sentences[row].clone(), encoded.tokens[row, :length].half(), weights[row, :length].clone()
            )
    return store


def _lengths(encoded: Encoded) -> Iterator[int]:
    """Up to each text's last word: what follows it is never compared."""
    for words in encoded.words:
        yield int(words.nonzero().max()) + 1 if words.any() else 1


def lesson_loss(lessons: Lessons, student: Student, texts: Sequence[str], group: Group | None) -> Tensor:
    """How far the student's vectors of some texts, and what it makes of a group's passages, are from the teacher's."""
    given = student.encode(texts, QUESTION_TOKENS)
    wanted, weights = _together([lessons.texts[text] for text in texts], given)
    words = given.words.float()
    apart = (1 - (wanted.tokens * given.tokens).sum(-1)) * words
    misjudged = (weights - functional.softplus(student.heads(given.tokens))).square().sum(-1) * words
    whole = (1 - (wanted.sentences * given.sentences).sum(-1)).mean()
    loss = (TOKENS * apart.sum() + WEIGHTS * misjudged.sum()) / words.sum() + WHOLE * whole
    if group:
        passages = lessons.passages(group)
        with torch.no_grad():
            before = compare(lessons.teacher, wanted, passages)
        now = compare(student, given, passages)
        loss = loss + divergence(now.fused, before.fused) + ODDS * functional.mse_loss(now.answers, before.answers)
    return loss


def _together(all_taught: Sequence[Taught], given: Encoded) -> tuple[Encoded, Tensor]:
    """What several texts are to give as one batch, shaped like what the student gave."""
    tokens, weights = torch.zeros_like(given.tokens), torch.zeros(*given.words.shape, 2)
    for row, one in enumerate(all_taught):
        tokens[row, : len(one.tokens)] = one.tokens.float()
        weights[row, : len(one.weights)] = one.weights
    return Encoded(torch.stack([one.sentence for one in all_taught]), tokens, given.words, given.numbers), weights


def _neighbours(texts: Sequence[str]) -> list[str]:
    """Texts of like length, from anywhere."""
    place = random.randrange(len(texts))
    near = texts[max(0, place - ALIKE) : place + ALIKE]
    return random.sample(near, min(TEXTS, len(near)))
