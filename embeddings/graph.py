"""BERT as an OpenVINO graph, made in memory from a model's own tensors: no other file is written or read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.openvino_runtime import import_openvino
from embeddings.types import FloatArray

Tensors = Callable[[str], FloatArray]
"""A tensor of the model by its name, in float32."""


@dataclass(frozen=True, slots=True)
class BertShape:
    """What the graph needs to know of a BERT besides its tensors; `width` is a multiple of `n_heads`."""

    n_layers: int
    n_heads: int
    width: int
    epsilon: float


def build_graph(shape: BertShape, tensors: Tensors, head: str | None, int8: bool) -> Any:
    """Embedded tokens [n, length, width] and what is added to the attention scores, [n, 1, 1, length], 0 or a
    large negative number for padding, to the last layer [n, length, width], or to what the linear layer
    `head` makes of it.

    With `int8` the layers' weights are whole numbers of a scale a row. On a CPU with such instructions the
    products are then of whole numbers too: each 64 numbers of a token get a scale of their own as it comes.
    """
    return _Builder(shape, tensors, int8).build(head)


class _Builder:
    def __init__(self, shape: BertShape, tensors: Tensors, int8: bool) -> None:
        self._op: Any = import_openvino().opset13
        self._shape, self._tensors, self._int8 = shape, tensors, int8

    def build(self, head: str | None) -> Any:
        op = self._op
        tokens = op.parameter([-1, -1, self._shape.width], np.float32, name="tokens")
        mask = op.parameter([-1, 1, 1, -1], np.float32, name="mask")
        hidden = self._normalise(tokens, "embeddings.LayerNorm")
        for i in range(self._shape.n_layers):
            hidden = self._layer(hidden, mask, f"encoder.layer.{i}")
        if head is not None:
            weight, bias = self._tensors(f"{head}.weight"), self._tensors(f"{head}.bias")
            hidden = op.add(op.matmul(hidden, op.constant(weight), False, True), op.constant(bias[None, None]))
        return import_openvino().Model([hidden], [tokens, mask], "bert")

    def _layer(self, hidden: Any, mask: Any, name: str) -> Any:
        op = self._op
        attended = self._linear(self._attend(hidden, mask, f"{name}.attention.self"), f"{name}.attention.output.dense")
        hidden = self._normalise(op.add(hidden, attended), f"{name}.attention.output.LayerNorm")
        inner = op.gelu(self._linear(hidden, f"{name}.intermediate.dense"), "erf")
        return self._normalise(op.add(hidden, self._linear(inner, f"{name}.output.dense")), f"{name}.output.LayerNorm")

    def _attend(self, hidden: Any, mask: Any, name: str) -> Any:
        """Query, key and value by one product, then the heads' attention side by side again."""
        op, shape = self._op, self._shape
        merged = self._linear(hidden, f"{name}.query", f"{name}.key", f"{name}.value")
        heads = op.reshape(merged, _whole(0, 0, 3, shape.n_heads, shape.width // shape.n_heads), True)
        parts = op.split(op.transpose(heads, _whole(2, 0, 3, 1, 4)), op.constant(np.int64(0)), 3).outputs()
        query, key, value = (op.squeeze(part, _whole(0)) for part in parts)
        attended = op.scaled_dot_product_attention(query, key, value, mask, causal=False)
        return op.reshape(op.transpose(attended, _whole(0, 2, 1, 3)), _whole(0, 0, shape.width), True)

    def _linear(self, values: Any, *names: str) -> Any:
        op = self._op
        weight = np.concatenate([self._tensors(f"{name}.weight") for name in names])
        bias = np.concatenate([self._tensors(f"{name}.bias") for name in names])
        matrix = self._whole_numbers(weight) if self._int8 else op.constant(weight)
        return op.add(op.matmul(values, matrix, False, True), op.constant(bias[None, None]))

    def _whole_numbers(self, weight: FloatArray) -> Any:
        op = self._op
        scale = np.maximum(np.abs(weight).max(axis=1, keepdims=True), 1e-12) / np.float32(127)
        return op.multiply(op.convert(op.constant(np.rint(weight / scale).astype(np.int8)), "f32"), op.constant(scale))

    def _normalise(self, values: Any, name: str) -> Any:
        op = self._op
        even = op.mvn(values, _whole(2), True, self._shape.epsilon, "INSIDE_SQRT")
        weight, bias = self._tensors(f"{name}.weight"), self._tensors(f"{name}.bias")
        return op.add(op.multiply(even, op.constant(weight[None, None])), op.constant(bias[None, None]))


def _whole(*numbers: int) -> Any:
    return import_openvino().opset13.constant(np.array(numbers, dtype=np.int64))
