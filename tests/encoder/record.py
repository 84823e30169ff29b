"""Writes `recorded.json`, what torch gives in single precision; `python -m tests.encoder.record` after a training."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from eval.training.distillation import adapted
from eval.training.student import Student
from qa_service.encoder.export import PACKAGED_MODELS
from qa_service.settings import Settings

RECORDED = Path(__file__).with_name("recorded.json")
QUESTIONS = [
    "How many trams run at night?",
    "¿Quién paga a los conductores?",
    "wen does the new gravty satelite start",
    "small firms loans interest rates",
    "Why?",
]
PASSAGES = [
    "How will small firms get loans? Guide financial institutions to increase support for small companies, and promote "
    "a long-term mechanism that dares to lend, is willing to lend, can lend and will lend.",
    "GDP grew by 5.2% year-on-year in Q3/2023.",
    "Die Straßenbahn fährt um halb acht.",
    "He said: We will not raise the fee. Half of the apples withered on the branches, and cider will become dearer. "
    * 6,
]


def question_student(adapter: Path, question: Path) -> Student:
    """The questions' encoder of a file, run by transformers' own BERT."""
    student: Any = adapted(adapter)
    tensors = {name: tensor.float() for name, tensor in load_file(str(question)).items()}
    for name, value in student.heads.named_parameters():
        value.data = tensors.pop(f"heads.{name}")
    layers = {name.split(".")[2] for name in tensors if name.startswith("encoder.layer.")}
    student.model.encoder.layer = nn.ModuleList(student.model.encoder.layer[: len(layers)])
    parameters = dict(student.model.named_parameters())
    for name, tensor in tensors.items():
        parameters[name].data = tensor
    made: Student = student
    return made


@torch.no_grad()
def vectors(student: Student, texts: list[str]) -> list[dict[str, Any]]:
    """A text's vector, and its tokens' two weights one after the other, special tokens too."""
    records = []
    for text in texts:
        encoded = student.eval().encode([text], 256)
        weights = functional.softplus(student.heads(encoded.tokens[0])).flatten().tolist()
        rounded = [round(number, 5) for number in encoded.sentences[0].tolist()]
        records.append({"text": text, "vector": rounded, "weights": [round(number, 4) for number in weights]})
    return records


def main() -> None:
    """Record the default model's."""
    packaged = PACKAGED_MODELS[Settings.model_fields["model"].default]
    assert packaged.adapter and packaged.question
    questions = vectors(question_student(packaged.adapter, packaged.question), QUESTIONS)
    recorded = {"questions": questions, "passages": vectors(adapted(packaged.adapter), PASSAGES)}
    RECORDED.write_text(json.dumps(recorded, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
