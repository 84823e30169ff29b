"""Whole numbers multiplied by the one-operator graph."""

import numpy as np
import onnx

from qa_service.encoder.products import MODEL, integer_products


def test_products_are_exact_at_the_ends_of_the_range() -> None:
    random = np.random.default_rng(0)
    codes = random.choice(np.array([0, 1, 127], dtype=np.uint8), (37, 128))
    query = random.choice(np.array([-127, 0, 127], dtype=np.int8), (128, 5))
    expected = codes.astype(np.int64) @ query.astype(np.int64)
    np.testing.assert_array_equal(integer_products(codes, query), expected)


def test_the_graph_is_that_one_operator() -> None:
    graph = onnx.load(str(MODEL)).graph
    assert [(node.op_type, list(node.input)) for node in graph.node] == [("MatMulInteger", ["codes", "query"])]
    assert not graph.initializer
