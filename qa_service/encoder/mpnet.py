"""MPNet's part of a graph (Song et al. 2020): how far two tokens stand apart is added to how they attend."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.protocol import FloatArray
from qa_service.encoder.transformer import Transformer

NAMES = {
    ".attention.attn.q.": ".attention.self.query.",
    ".attention.attn.k.": ".attention.self.key.",
    ".attention.attn.v.": ".attention.self.value.",
    ".attention.attn.o.": ".attention.output.dense.",
    ".attention.LayerNorm.": ".attention.output.LayerNorm.",
}  # its names and BERT's
FARTHEST = 128  # tokens at this distance and beyond are in one bucket


def mpnet(tensors: Mapping[str, FloatArray], config: Mapping[str, Any]) -> Transformer:
    """Of its tensors and its `config.json`."""
    places = tensors["embeddings.position_embeddings.weight"][config["pad_token_id"] + 1 :]
    where = np.arange(len(places))
    apart = where[:, None] - where  # a row attends to a column
    bias = tensors["encoder.relative_attention_bias.weight"][buckets(apart, config["relative_attention_num_buckets"])]
    head = config["hidden_size"] // config["num_attention_heads"]
    return Transformer(_as_bert(tensors), places, head, config["layer_norm_eps"], bias.transpose(2, 0, 1))


def buckets(apart: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Distances as bucket numbers: half of them for each direction, half of these exact, the others ever wider."""
    half = count // 2
    exact, away = half // 2, np.abs(apart)
    wider = np.log(np.maximum(away, 1).astype(np.float32) / exact) / math.log(FARTHEST / exact) * (half - exact)
    far = np.minimum(exact + wider.astype(np.int64), half - 1)
    return np.where(apart < 0, half, 0) + np.where(away < exact, away, far)


def _as_bert(tensors: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    renamed = {}
    for name, tensor in tensors.items():
        for own, known in NAMES.items():
            name = name.replace(own, known)
        renamed[name] = tensor
    return renamed
