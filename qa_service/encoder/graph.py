"""Puts an ONNX graph together, one operator after the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8


class Graph:
    """Operators and weights so far; every method adds some and returns the name of what they give."""

    def __init__(self) -> None:
        self._inputs: list[onnx.ValueInfoProto] = []
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def input(self, name: str) -> str:
        """Whole numbers (batch, length) that the graph is given."""
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]))
        return name

    def constant(self, values: ArrayLike) -> str:
        """Weights: whole numbers stay such, all else is float32."""
        array = np.asarray(values)
        array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
        name = f"weights_{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name))
        return name

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """One operator; `output` names what it gives, where the name matters."""
        name = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output or name], name=name, **attributes))
        return output or name

    def floats(self, numbers: str) -> str:
        """Whole numbers as float32."""
        return self.add("Cast", numbers, to=TensorProto.FLOAT)

    def linear(self, hidden: str, weight: ArrayLike, bias: ArrayLike) -> str:
        """A linear layer of a weight (out, in)."""
        return self.add("Add", self.add("MatMul", hidden, self.constant(np.asarray(weight).T)), self.constant(bias))

    def norm(self, hidden: str, weight: ArrayLike, bias: ArrayLike, epsilon: float) -> str:
        """Layer normalisation over the last axis."""
        return self.add("LayerNormalization", hidden, self.constant(weight), self.constant(bias), epsilon=epsilon)

    def gelu(self, hidden: str) -> str:
        """The exact one, written as runtimes know it and make one operator of."""
        share = self.add("Erf", self.add("Div", hidden, self.constant(np.sqrt(2.0))))
        grown = self.add("Mul", hidden, self.add("Add", share, self.constant(1.0)))
        return self.add("Mul", grown, self.constant(0.5))

    def unit(self, vectors: str, *, output: str) -> str:
        """Vectors along the last axis at unit length."""
        length = self.add("Max", self.add("ReduceL2", vectors, axes=[-1]), self.constant(1e-12))
        return self.add("Div", vectors, length, output=output)

    def first(self, table: ArrayLike, length: str, axes: Sequence[int]) -> str:
        """The first `length` of a table along each of the axes."""
        ends = self.add("Concat", *[length] * len(axes), axis=0) if len(axes) > 1 else length
        starts = self.constant([0] * len(axes))
        return self.add("Slice", self.constant(table), starts, ends, self.constant(list(axes)))

    def write(self, path: Path, outputs: Sequence[str]) -> None:
        """The graph as a file, with outputs of any shape."""
        given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self._nodes, "encoder", self._inputs, given, self._weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="qa-service"
        )
        onnx.save(model, str(path))
