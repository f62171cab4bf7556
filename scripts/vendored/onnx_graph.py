"""A small ONNX graph, written node by node; the same calls give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

OPSET = 17
FORMAT = 8
"""Versions of the operators and of the file that every run time of the last years reads."""


class Graph:
    """Nodes, constants, inputs and outputs in the order they were named."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._known: set[str] = set()

    def holds(self, name: str) -> bool:
        return name in self._known

    def add(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """A node with one output."""
        from onnx import helper

        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        self._known.add(output)
        return output

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        """A constant; float16 is widened when the network is loaded, so that no float16 arithmetic is needed."""
        from onnx import TensorProto, numpy_helper

        self._known.add(name)
        half = values.dtype == np.float16
        stored = f"{name}_half" if half else name
        self._constants[stored] = numpy_helper.from_array(np.ascontiguousarray(values), stored)
        if half:
            self.add("Cast", [stored], name, to=TensorProto.FLOAT)
        return name

    def eight(self, name: str, values: npt.NDArray[Any]) -> str:
        """A convolution's kernel in eight bits a weight, with a scale for each of its outputs."""
        from onnx import TensorProto, numpy_helper

        wide = values.astype(np.float32)
        scale = np.maximum(np.abs(wide).reshape(len(wide), -1).max(axis=1), 1e-8).astype(np.float32) / 127
        scale = scale.reshape(-1, *[1] * (wide.ndim - 1))
        stored, by = f"{name}_eight", f"{name}_scale"
        self._constants[stored] = numpy_helper.from_array(np.rint(wide / scale).astype(np.int8), stored)
        self._constants[by] = numpy_helper.from_array(scale, by)
        self.add("Cast", [stored], f"{name}_whole", to=TensorProto.FLOAT)
        return self.add("Mul", [f"{name}_whole", by], name)

    def number(self, value: float) -> str:
        return self.numbers(np.array(value, np.float32))

    def numbers(self, values: npt.NDArray[Any]) -> str:
        """A constant named after what is in it."""
        name = f"n_{values.dtype}_{'_'.join(map(str, values.ravel().tolist()))}"
        return name if name in self._known else self.constant(name, values)

    def input(self, name: str, shape: Sequence[int]) -> None:
        self._inputs.append(_slot(name, shape))

    def output(self, name: str, shape: Sequence[int | None]) -> None:
        self._outputs.append(_slot(name, shape))

    def model(self) -> bytes:
        """The checked model."""
        from onnx import checker as library_checker
        from onnx import helper

        checker: Any = library_checker
        constants = list(self._constants.values())
        graph = helper.make_graph(self._nodes, "network", self._inputs, self._outputs, constants)
        opset = [helper.make_opsetid("", OPSET)]
        model: Any = helper.make_model(graph, opset_imports=opset, ir_version=FORMAT, producer_name="gesso")
        checker.check_model(model, full_check=True)
        data: bytes = model.SerializeToString(deterministic=True)
        return data


def _slot(name: str, shape: Sequence[int | None]) -> Any:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
