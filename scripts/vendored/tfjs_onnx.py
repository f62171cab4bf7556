"""Write a TensorFlow.js graph model as ONNX: the same layers, kernels narrowed to eight bits.

It knows the layers that the nanodet network is made of; anything else is an error. Convolutions stand between two
transpositions here, as TensorFlow has channels last; onnxruntime takes those out when it loads the network.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from scripts.vendored.onnx_graph import Graph

Array = npt.NDArray[Any]

FIRST, LAST = (0, 3, 1, 2), (0, 2, 3, 1)
"""The orders that bring channels first and last."""


def convert(topology: bytes, binary: bytes, outputs: Mapping[str, str]) -> bytes:
    """The ONNX model; `outputs` renames nodes that are outputs, in that order."""
    described = json.loads(topology)
    return _Converter(described, _weights(described, binary)).run(outputs)


def _weights(described: Any, binary: bytes) -> dict[str, Array]:
    found: dict[str, Array] = {}
    at = 0
    for entry in described["weightsManifest"][0]["weights"]:
        kind: np.dtype[Any] = np.dtype(str(entry.get("quantization", entry)["dtype"]))
        count = math.prod(entry["shape"])
        found[entry["name"]] = np.frombuffer(binary, kind, count, at).reshape(entry["shape"])
        at += count * kind.itemsize
    return found


class _Converter:
    def __init__(self, described: Any, constants: dict[str, Array]) -> None:
        self.nodes: list[Any] = described["modelTopology"]["node"]
        self.constants = constants
        self.out = Graph()

    def run(self, outputs: Mapping[str, str]) -> bytes:
        for node in self.nodes:
            if node["op"] == "Const" or self._folded(node):
                continue
            LAYERS[node["op"]](self, node)
        for name, new in outputs.items():
            self.out.add("Identity", [name], new)
            self.out.output(new, [None, None, None])
        return self.out.model()

    def _folded(self, node: Any) -> bool:
        """Shapes are computed in the graph from constants; they become constants themselves."""
        values = [self.constants.get(name) for name in node.get("input", ())]
        known = [value for value in values if value is not None]
        if not values or len(known) < len(values) or node["op"] not in FOLDED:
            return False
        self.constants[node["name"]] = FOLDED[node["op"]](known)
        return True

    def value(self, name: str) -> str:
        name = name.removesuffix(":0")
        if name in self.constants and not self.out.holds(name):
            self.out.constant(name, self.constants[name])
        return name

    def plain(self, node: Any, kind: str, **attributes: Any) -> None:
        self.out.add(kind, [self.value(name) for name in node["input"]], node["name"], **attributes)

    def picture(self, node: Any) -> None:
        self.out.input(node["name"], [int(side["size"]) for side in node["attr"]["shape"]["shape"]["dim"]])

    def transpose(self, node: Any) -> None:
        source, order = node["input"]
        self.out.add("Transpose", [self.value(source)], node["name"], perm=self.constants[order].tolist())

    def convolution(self, node: Any) -> None:
        source, kernel = node["input"]
        name = f"{kernel}_first"
        if not self.out.holds(name):
            self.out.eight(name, self.constants[kernel].transpose(3, 2, 0, 1))
        self._first(node, "Conv", source, [name], strides=_pair(node, "strides"), dilations=_pair(node, "dilations"))

    def pool(self, node: Any) -> None:
        size = {"kernel_shape": _pair(node, "ksize"), "strides": _pair(node, "strides")}
        self._first(node, "MaxPool", node["input"][0], [], **size)

    def resize(self, node: Any) -> None:
        source, size = node["input"]
        high, wide = (int(side) for side in self.constants[size])
        if not node["attr"]["half_pixel_centers"]["b"]:
            raise ValueError("only half-pixel resizing is known")
        # Sides in sizes, as the number of channels is not known here: two, then the picture's own.
        name = self.value(source)
        self.out.add("Shape", [name], f"{name}_ends", start=0, end=1)
        self.out.add("Shape", [name], f"{name}_channels", start=3, end=4)
        sides = self.out.numbers(np.array([high, wide], np.int64))
        self.out.add("Concat", [f"{name}_ends", f"{name}_channels", sides], f"{name}_sizes", axis=0)
        inputs = ["", "", f"{name}_sizes"]
        self._first(node, "Resize", source, inputs, mode="linear", coordinate_transformation_mode="half_pixel")

    def _first(self, node: Any, kind: str, source: str, others: list[str], **attributes: Any) -> None:
        """A layer that wants channels first, between two transpositions."""
        name = node["name"]
        self.out.add("Transpose", [self.value(source)], f"{name}_in", perm=FIRST)
        self.out.add(kind, [f"{name}_in", *others], f"{name}_out", **attributes)
        self.out.add("Transpose", [f"{name}_out"], name, perm=LAST)

    def pad(self, node: Any) -> None:
        source, amounts, *value = node["input"]
        both = self.out.numbers(self.constants[amounts].T.ravel().astype(np.int64))
        self.out.add("Pad", [self.value(source), both, *map(self.value, value)], node["name"])

    def join(self, node: Any) -> None:
        *parts, axis = node["input"]
        self.out.add("Concat", [self.value(part) for part in parts], node["name"], axis=int(self.constants[axis]))

    def split(self, node: Any) -> None:
        source, sizes, axis = node["input"]
        lengths, start = self.constants[sizes].tolist(), 0
        across = self.out.numbers(self.constants[axis].reshape(1).astype(np.int64))
        for i, length in enumerate(lengths):
            ends = [self.out.numbers(np.array([at], np.int64)) for at in (start, start + length)]
            self.out.add("Slice", [self.value(source), *ends, across], f"{node['name']}:{i}" if i else node["name"])
            start += length

    def reshape(self, node: Any) -> None:
        source, shape = node["input"]
        sizes = self.out.numbers(self.constants[shape].astype(np.int64))
        self.out.add("Reshape", [self.value(source), sizes], node["name"])


def _pair(node: Any, name: str) -> list[int]:
    return [int(number) for number in node["attr"][name]["list"]["i"][1:3]]


def _leaky(converter: _Converter, node: Any) -> None:
    converter.plain(node, "LeakyRelu", alpha=float(node["attr"]["alpha"]["f"]))


LAYERS: Mapping[str, Callable[[_Converter, Any], None]] = {
    "Placeholder": lambda c, node: c.picture(node),
    "Transpose": lambda c, node: c.transpose(node),
    "Conv2D": lambda c, node: c.convolution(node),
    "MaxPool": lambda c, node: c.pool(node),
    "ResizeBilinear": lambda c, node: c.resize(node),
    "Pad": lambda c, node: c.pad(node),
    "PadV2": lambda c, node: c.pad(node),
    "ConcatV2": lambda c, node: c.join(node),
    "SplitV": lambda c, node: c.split(node),
    "Reshape": lambda c, node: c.reshape(node),
    "Add": lambda c, node: c.plain(node, "Add"),
    "AddV2": lambda c, node: c.plain(node, "Add"),
    "Sigmoid": lambda c, node: c.plain(node, "Sigmoid"),
    "Identity": lambda c, node: c.plain(node, "Identity"),
    "LeakyRelu": _leaky,
}

FOLDED: Mapping[str, Callable[[list[Array]], Array]] = {
    "Add": lambda values: values[0] + values[1],
    "AddV2": lambda values: values[0] + values[1],
    "SparseToDense": lambda values: np.full(values[1], values[3]),
}
