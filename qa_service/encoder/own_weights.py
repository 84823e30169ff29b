"""A packaged model's weights and our own on top of them: the adapter, and the smaller encoder of questions."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from qa_service.encoder.protocol import FloatArray
from qa_service.errors import ModelError

Tensors = Mapping[str, FloatArray]
VOCABULARY = "embeddings.word_embeddings.weight"


def read_tensors(path: Path) -> dict[str, FloatArray]:
    """A file's floating-point tensors by name, in single precision."""
    tensors = load_file(path)
    return {name: t.astype(np.float32, copy=False) for name, t in tensors.items() if t.dtype.kind == "f"}


def merge_adapter(base: Tensors, adapter: Path) -> tuple[Tensors, Tensors]:
    """The model's weights with a low-rank adapter (LoRA, Hu et al. 2021) added, and its token-weight heads.

    For a linear layer L the file holds `L.A` (r, in) and `L.B` (out, r), added as B·A; `heads.weight` (2, d) and
    `heads.bias` (2,) turn a token's vector into its two weights.
    """
    own = read_tensors(adapter)
    heads = _take_heads(own)
    layers = [name.removesuffix(".A") for name in own if name.endswith(".A")]
    added = {f"{name}.weight": base[f"{name}.weight"] + own[f"{name}.B"] @ own[f"{name}.A"] for name in layers}
    return {**base, **added}, heads


def shorten(base: Tensors, question: Path) -> tuple[Tensors, Tensors]:
    """The smaller encoder of questions that the file holds, and its token-weight heads.

    The file has every tensor of the smaller model but the vocabulary's embeddings, which are the model's, and the
    heads' as in an adapter; the tensors' shapes tell how many layers, attention heads and inner units it has. It was
    trained to give the vectors of the whole model (`python -m eval adapt`). Raises ModelError for a file of anything
    else.
    """
    own = read_tensors(question)
    heads = _take_heads(own)
    kept = 1 + max(_layer(name) for name in own)
    needed = {name for name in base if _layer(name) < kept and not name.startswith("pooler.")} - {VOCABULARY}
    if needed != own.keys():
        raise ModelError(f"{question} lacks or has too much: {', '.join(sorted(needed ^ own.keys()))}")
    return {**own, VOCABULARY: base[VOCABULARY]}, heads


def _take_heads(own: dict[str, FloatArray]) -> Tensors:
    return {name: own.pop(f"heads.{name}") for name in ("weight", "bias")}


def _layer(name: str) -> int:
    """Which layer a tensor is of; -1 for none."""
    return int(name.split(".")[2]) if name.startswith("encoder.layer.") else -1
