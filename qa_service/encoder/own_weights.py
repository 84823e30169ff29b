"""Our own weights on top of a packaged model's: the adapter, and the smaller encoder of questions.

This imports torch and is imported only where an encoder is exported.
"""

from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import nn

from qa_service.errors import ModelError


def merge_adapter(model: Any, adapter: Path) -> dict[str, Any]:
    """Add a low-rank adapter (LoRA, Hu et al. 2021) to the model's weights; returns its token-weight heads.

    For a linear layer L the file holds `L.A` (r, in) and `L.B` (out, r), added as B·A; `heads.weight` (2, d) and
    `heads.bias` (2,) turn a token's vector into its two weights.
    """
    tensors = {name: tensor.float() for name, tensor in load_file(str(adapter)).items()}
    layers = dict(model[0].model.named_modules())
    for name in (key.removesuffix(".A") for key in tensors if key.endswith(".A")):
        layers[name].weight.data += tensors[f"{name}.B"] @ tensors[f"{name}.A"]
    return {"weight": tensors["heads.weight"], "bias": tensors["heads.bias"]}


def shorten(model: Any, question: Path) -> dict[str, Any]:
    """Make the model the smaller encoder of questions that the file holds; returns its token-weight heads.

    The file has every tensor of the smaller model but the vocabulary's embeddings, which stay, and the heads' as in an
    adapter; the tensors' shapes tell how many layers, attention heads and inner units it has. It was trained to give
    the vectors of the whole model (`python -m eval adapt`). Raises ModelError for a file of anything else.
    """
    tensors = {name: tensor.float() for name, tensor in load_file(str(question)).items()}
    heads = {name: tensors.pop(f"heads.{name}") for name in ("weight", "bias")}
    bert = model[0].model
    kept = 1 + max(int(name.split(".")[2]) for name in tensors if name.startswith("encoder.layer."))
    bert.encoder.layer = nn.ModuleList(bert.encoder.layer[:kept])
    parameters = dict(bert.named_parameters())
    own = {name for name in parameters if not name.startswith("pooler.")} - {"embeddings.word_embeddings.weight"}
    if own != tensors.keys():
        raise ModelError(f"{question} lacks or has too much: {', '.join(sorted(own ^ tensors.keys()))}")
    for name, tensor in tensors.items():
        parameters[name].data = tensor
    return heads
