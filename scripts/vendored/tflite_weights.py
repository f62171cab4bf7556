"""The weights in a TFLite file as arrays: float16 as it is, sparse tensors made dense."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def schema() -> Any:
    """The classes that read the format's tables."""
    return importlib.import_module("tflite")


def weights(model: Any) -> dict[int, Array]:
    """Tensor number to values, for what is stored and for what is only made dense or widened from that."""
    tflite = schema()

    kinds: dict[int, Any] = {tflite.TensorType.FLOAT32: np.float32, tflite.TensorType.FLOAT16: np.float16}
    kinds[tflite.TensorType.INT32] = np.int32
    graph = model.Subgraphs(0)
    found: dict[int, Array] = {}
    for index in range(graph.TensorsLength()):
        tensor = graph.Tensors(index)
        raw = model.Buffers(tensor.Buffer()).DataAsNumpy()
        if isinstance(raw, np.ndarray) and raw.size:
            values = raw.tobytes()
            flat: Array = np.frombuffer(values, kinds[tensor.Type()])
            shape = [int(side) for side in tensor.ShapeAsNumpy()] if tensor.ShapeLength() else []
            found[index] = flat.reshape(shape) if tensor.Sparsity() is None else _dense(flat, shape, tensor.Sparsity())
    passing = (tflite.BuiltinOperator.DEQUANTIZE, tflite.BuiltinOperator.DENSIFY)
    for i in range(graph.OperatorsLength()):
        layer = graph.Operators(i)
        code = model.OperatorCodes(layer.OpcodeIndex())
        if max(code.BuiltinCode(), code.DeprecatedBuiltinCode()) in passing and int(layer.Inputs(0)) in found:
            found[int(layer.Outputs(0))] = found[int(layer.Inputs(0))]
    return found


def _dense(flat: Array, shape: list[int], sparsity: Any) -> Array:
    """Follow the levels of a sparse tensor: each dimension is either full or lists where its values are."""
    order = [int(axis) for axis in sparsity.TraversalOrderAsNumpy()]
    blocks = [] if sparsity.BlockMapIsNone() else [int(axis) for axis in sparsity.BlockMapAsNumpy()]
    levels = [sparsity.DimMetadata(i) for i in range(sparsity.DimMetadataLength())]
    places: list[tuple[int, ...]] = [()]
    for level in levels:
        if level.Format() == 0:
            places = [(*place, i) for place in places for i in range(level.DenseSize())]
            continue
        ends, at = _numbers(level, "ArraySegments"), _numbers(level, "ArrayIndices")
        places = [(*place, int(at[j])) for n, place in enumerate(places) for j in range(ends[n], ends[n + 1])]
    out = np.zeros(shape, flat.dtype)
    sizes = {len(shape) + i: levels[order.index(len(shape) + i)].DenseSize() for i in range(len(blocks))}
    for place, value in zip(places, flat, strict=True):
        by_axis = dict(zip(order, place, strict=True))
        index = [by_axis[axis] for axis in range(len(shape))]
        for i, axis in enumerate(blocks):
            index[axis] = index[axis] * sizes[len(shape) + i] + by_axis[len(shape) + i]
        out[tuple(index)] = value
    return out


def _numbers(level: Any, field: str) -> Array:
    """A vector of numbers, whose width the file chooses."""
    tflite = schema()

    widths = {1: tflite.Int32Vector, 2: tflite.Uint16Vector, 3: tflite.Uint8Vector}
    vector: Any = widths[getattr(level, f"{field}Type")()]()
    table = getattr(level, field)()
    vector.Init(table.Bytes, table.Pos)
    return np.asarray(vector.ValuesAsNumpy())
