"""BERT's part of a graph (Devlin et al. 2018): places and the first token type are added to a token."""

from collections.abc import Mapping
from typing import Any

from qa_service.encoder.protocol import FloatArray
from qa_service.encoder.transformer import Transformer


def bert(tensors: Mapping[str, FloatArray], config: Mapping[str, Any]) -> Transformer:
    """Of its tensors and its `config.json`."""
    places = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    head = config["hidden_size"] // config["num_attention_heads"]
    return Transformer(tensors, places, head, config["layer_norm_eps"])
