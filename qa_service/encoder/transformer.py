"""A transformer's weights become an ONNX graph with the encoder's three outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa_service.encoder.graph import Graph
from qa_service.encoder.protocol import FloatArray

OUTPUTS = ("sentence", "tokens", "weights")


@dataclass(frozen=True, slots=True)
class Transformer:
    """An encoder's weights: `tensors` by BERT's names, the rest as the architectures differ.

    `places` (p, d) is added to a token by where it stands, `bias` (heads, p, p), if any, to how much two tokens attend
    to each other; `head` is an attention head's size.
    """

    tensors: Mapping[str, FloatArray]
    places: FloatArray
    head: int
    epsilon: float
    bias: FloatArray | None = None

    @property
    def layers(self) -> int:
        """How many there are."""
        return 1 + max(int(name.split(".")[2]) for name in self.tensors if name.startswith("encoder.layer."))


def write_transformer(
    model: Transformer, heads: Mapping[str, FloatArray] | None, path: Path, *, in_batches: bool
) -> None:
    """Write the model's graph: the mean of a text's tokens, every token, both at unit length, and two token weights.

    The weights come from linear `heads` on the tokens' vectors, or are ones. Without `in_batches` it takes one text at
    a time, and no mask.
    """
    graph = Graph()
    ids = graph.input("input_ids")
    mask = graph.floats(graph.input("attention_mask")) if in_batches else None
    length = graph.add("Shape", ids, start=1, end=2)
    hidden = _embeddings(graph, model, ids, length)
    bias = _attention_bias(graph, model, length, mask)
    for number in range(model.layers):
        hidden = _layer(graph, model, hidden, bias, f"encoder.layer.{number}")
    _write_vectors(graph, hidden, mask)
    if heads:
        graph.add("Softplus", graph.linear("tokens", heads["weight"], heads["bias"]), output="weights")
    else:
        shape = graph.add("Concat", graph.add("Shape", ids), graph.constant([2]), axis=0)
        graph.add("Expand", graph.constant(1.0), shape, output="weights")
    graph.write(path, OUTPUTS)


def _embeddings(graph: Graph, model: Transformer, ids: str, length: str) -> str:
    """Tokens first, (t, n, d): the runtime then reads each attention head in place instead of moving it first."""
    vocabulary = graph.constant(model.tensors["embeddings.word_embeddings.weight"])
    words = graph.add("Gather", vocabulary, graph.add("Transpose", ids, perm=[1, 0]))
    placed = graph.add("Add", words, graph.first(model.places[:, None], length, [0]))
    return _norm(graph, model, placed, "embeddings")


def _attention_bias(graph: Graph, model: Transformer, length: str, mask: str | None) -> str | None:
    """What is added to the scores of attention in every layer; for padding the least number there is."""
    relative = None if model.bias is None else graph.first(model.bias, length, [1, 2])
    if mask is None:
        return relative
    padding = graph.add("Sub", graph.constant(1.0), graph.add("Unsqueeze", mask, graph.constant([1, 2])))
    least = graph.add("Mul", padding, graph.constant(np.finfo(np.float32).min))
    return graph.add("Add", relative, least) if relative else least


def _layer(graph: Graph, model: Transformer, hidden: str, bias: str | None, name: str) -> str:
    attended = _attended(graph, model, hidden, bias, f"{name}.attention.self")
    attended = _linear(graph, model, attended, f"{name}.attention.output.dense")
    hidden = _norm(graph, model, graph.add("Add", attended, hidden), f"{name}.attention.output")
    inner = graph.gelu(_linear(graph, model, hidden, f"{name}.intermediate.dense"))
    outer = _linear(graph, model, inner, f"{name}.output.dense")
    return _norm(graph, model, graph.add("Add", outer, hidden), f"{name}.output")


def _attended(graph: Graph, model: Transformer, hidden: str, bias: str | None, name: str) -> str:
    width = len(model.tensors[f"{name}.query.bias"])
    heads = graph.constant([0, 0, width // model.head, model.head])

    def part(own: str, scale: float = 1.0) -> str:
        weight, shift = (model.tensors[f"{name}.{own}.{kind}"] * np.float32(scale) for kind in ("weight", "bias"))
        apart = graph.add("Reshape", graph.linear(hidden, weight, shift), heads)
        return graph.add("Transpose", apart, perm=[1, 2, 0, 3])  # (n, heads, t, head)

    query, key, value = part("query", model.head**-0.5), part("key"), part("value")
    scores = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 1, 3, 2]))
    shares = graph.add("Softmax", graph.add("Add", scores, bias) if bias else scores, axis=-1)
    mixed = graph.add("Transpose", graph.add("MatMul", shares, value), perm=[2, 0, 1, 3])
    return graph.add("Reshape", mixed, graph.constant([0, 0, width]))


def _write_vectors(graph: Graph, hidden: str, mask: str | None) -> None:
    """Of unit length, so that a sum does for a mean."""
    hidden = graph.add("Transpose", hidden, perm=[1, 0, 2])
    if mask is None:
        whole = graph.add("ReduceSum", hidden, graph.constant([1]), keepdims=0)
    else:
        row = graph.add("Unsqueeze", mask, graph.constant([1]))
        whole = graph.add("Squeeze", graph.add("MatMul", row, hidden), graph.constant([1]))
    graph.unit(whole, output="sentence")
    graph.unit(hidden, output="tokens")


def _linear(graph: Graph, model: Transformer, hidden: str, name: str) -> str:
    return graph.linear(hidden, model.tensors[f"{name}.weight"], model.tensors[f"{name}.bias"], name)


def _norm(graph: Graph, model: Transformer, hidden: str, name: str) -> str:
    weight, bias = (model.tensors[f"{name}.LayerNorm.{kind}"] for kind in ("weight", "bias"))
    return graph.norm(hidden, weight, bias, model.epsilon)
