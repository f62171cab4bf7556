"""Write a TFLite network as ONNX: the same layers and weights, channels first, float16 weights kept as float16.

It knows the layers that the face and person networks of the `mediapipe` wheel are made of, the transposed convolution
of its selfie segmentation included, which no public converter knows. Anything else is an error, not a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from scripts.vendored import onnx_graph
from scripts.vendored.tflite_weights import schema, weights

Array = npt.NDArray[Any]

FIRST = (0, 3, 1, 2)
LAST = (0, 2, 3, 1)
"""The orders that bring channels first and last."""


LARGE = 1024
"""Weights from which a kernel is narrowed where that is asked for."""


def convert(model: bytes, *, narrow: bool = False) -> bytes:
    """The ONNX model with the same inputs and outputs, channels last like the original's.

    `narrow` keeps large kernels in eight bits a weight.
    """
    return _Converter(model, narrow=narrow).run()


class _Converter:
    def __init__(self, model: bytes, *, narrow: bool) -> None:
        tflite = schema()
        self.narrow = narrow
        self.lite = tflite
        self.model: Any = tflite.Model.GetRootAs(model, 0)
        self.graph: Any = self.model.Subgraphs(0)
        self.out = onnx_graph.Graph()
        self.constants: dict[int, Array] = weights(self.model)
        operators = cast("dict[str, Any]", vars(tflite.BuiltinOperator))
        self.codes = {value: key for key, value in operators.items() if isinstance(value, int)}

    def run(self) -> bytes:
        for index in self.graph.InputsAsNumpy():
            name = self._text(int(index))
            self.out.input(name, self._shape(int(index)))
            self.out.add("Transpose", [name], self._name(int(index)), perm=FIRST)
        for i in range(self.graph.OperatorsLength()):
            self._layer(self.graph.Operators(i))
        for index in self.graph.OutputsAsNumpy():
            self._output(int(index))
        return self.out.model()

    def _output(self, index: int) -> None:
        shape = self._shape(index)
        if len(shape) == 4:
            self.out.add("Transpose", [self._name(index)], self._text(index), perm=LAST)
        else:
            self.out.add("Identity", [self._name(index)], self._text(index))
        self.out.output(self._text(index), shape)

    def _layer(self, layer: Any) -> None:
        code = self.model.OperatorCodes(layer.OpcodeIndex())
        kind = self.codes[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if kind == "CUSTOM":
            kind = code.CustomCode().decode()
        if int(layer.Outputs(0)) in self.constants:
            return  # DEQUANTIZE and DENSIFY of weights, done by `weights`
        LAYERS[kind](self, layer)

    def _text(self, index: int) -> str:
        return str(self.graph.Tensors(index).Name().decode())

    def _shape(self, index: int) -> list[int]:
        return [int(side) for side in self.graph.Tensors(index).ShapeAsNumpy()]

    def _name(self, index: int) -> str:
        return f"t{index}"

    def _value(self, index: int) -> str:
        """The name of a layer's input; a constant of rank 4 is turned to channels first."""
        if index in self.constants and not self.out.holds(self._name(index)):
            values = self.constants[index]
            self.out.constant(self._name(index), np.transpose(values, FIRST) if values.ndim == 4 else values)
        return self._name(index)

    def _options(self, layer: Any, kind: str) -> Any:
        options = getattr(self.lite, kind)()
        table = layer.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def plain(self, layer: Any, kind: str, **attributes: Any) -> None:
        values = [self._value(int(i)) for i in layer.InputsAsNumpy()]
        self.out.add(kind, values, self._name(int(layer.Outputs(0))), **attributes)

    def _active(self, layer: Any, options: Any, kind: str, values: list[str], **attributes: Any) -> None:
        """A layer with the activation that is fused to it."""
        target = self._name(int(layer.Outputs(0)))
        function = options.FusedActivationFunction()
        if function == self.lite.ActivationFunctionType.NONE:
            self.out.add(kind, values, target, **attributes)
            return
        self.out.add(kind, values, f"{target}_linear", **attributes)
        if function == self.lite.ActivationFunctionType.RELU:
            self.out.add("Relu", [f"{target}_linear"], target)
        elif function == self.lite.ActivationFunctionType.RELU6:
            limits = [self.out.number(0.0), self.out.number(6.0)]
            self.out.add("Clip", [f"{target}_linear", *limits], target)
        else:
            raise ValueError(f"activation {function} is not known")

    def _padding(self, options: Any) -> str:
        return "SAME_UPPER" if options.Padding() == self.lite.Padding.SAME else "VALID"

    def convolution(self, layer: Any, *, by_channel: bool) -> None:
        options = self._options(layer, "DepthwiseConv2DOptions" if by_channel else "Conv2DOptions")
        source, kernel, bias = (int(i) for i in layer.InputsAsNumpy())
        values = self.constants[kernel]
        name = f"t{kernel}_kernel"
        if not self.out.holds(name):
            write = self.out.eight if self.narrow and values.size >= LARGE else self.out.constant
            write(name, values.transpose(3, 0, 1, 2) if by_channel else values.transpose(FIRST))
        attributes: dict[str, Any] = {
            "strides": [options.StrideH(), options.StrideW()],
            "dilations": [options.DilationHFactor(), options.DilationWFactor()],
            "auto_pad": self._padding(options),
            "group": values.shape[3] if by_channel else 1,
        }
        inputs = [self._value(source), name, self._value(bias)]
        self._active(layer, options, "Conv", inputs, **attributes)

    def transposed(self, layer: Any) -> None:
        """MediaPipe's own layer: a kernel as large as its stride, so that no two results overlap."""
        source, kernel, bias = (int(i) for i in layer.InputsAsNumpy())
        values = self.constants[kernel]
        if values.shape[1:3] != (2, 2):
            raise ValueError(f"a transposed convolution with a kernel of {values.shape[1:3]} is not known")
        self.out.constant(f"t{kernel}_kernel", values.transpose(3, 0, 1, 2))
        inputs = [self._value(source), f"t{kernel}_kernel", self._value(bias)]
        self.out.add("ConvTranspose", inputs, self._name(int(layer.Outputs(0))), strides=[2, 2])

    def sum(self, layer: Any, kind: str, table: str) -> None:
        values = [self._value(int(i)) for i in layer.InputsAsNumpy()]
        self._active(layer, self._options(layer, table), kind, values)

    def pool(self, layer: Any, kind: str) -> None:
        options = self._options(layer, "Pool2DOptions")
        sides = {"kernel_shape": [options.FilterHeight(), options.FilterWidth()]}
        strides = [options.StrideH(), options.StrideW()]
        values = [self._value(int(layer.Inputs(0)))]
        self._active(layer, options, kind, values, strides=strides, auto_pad=self._padding(options), **sides)

    def pad(self, layer: Any) -> None:
        before, after = self.constants[int(layer.Inputs(1))][list(FIRST)].T
        amounts = self.out.numbers(np.concatenate([before, after]).astype(np.int64))
        self.out.add("Pad", [self._value(int(layer.Inputs(0))), amounts], self._name(int(layer.Outputs(0))))

    def slope(self, layer: Any) -> None:
        source, alpha = (int(i) for i in layer.InputsAsNumpy())
        self.out.constant(f"t{alpha}_slope", self.constants[alpha].reshape(-1, 1, 1))
        self.out.add("PRelu", [self._value(source), f"t{alpha}_slope"], self._name(int(layer.Outputs(0))))

    def resize(self, layer: Any) -> None:
        options = self._options(layer, "ResizeBilinearOptions")
        source, target = int(layer.Inputs(0)), int(layer.Outputs(0))
        _, height, width, channels = self._shape(target)
        mode = "asymmetric"
        if options.AlignCorners() or options.HalfPixelCenters():
            mode = "align_corners" if options.AlignCorners() else "half_pixel"
        sizes = self.out.numbers(np.array([1, channels, height, width], np.int64))
        values = [self._value(source), "", "", sizes]
        self.out.add("Resize", values, self._name(target), mode="linear", coordinate_transformation_mode=mode)

    def reshape(self, layer: Any) -> None:
        source, target = int(layer.Inputs(0)), int(layer.Outputs(0))
        name = self._name(target)
        if len(self._shape(source)) == 4:
            self.out.add("Transpose", [self._value(source)], f"{name}_last", perm=LAST)
        else:
            self.out.add("Identity", [self._value(source)], f"{name}_last")
        shape = self.out.numbers(np.array(self._shape(target), np.int64))
        self.out.add("Reshape", [f"{name}_last", shape], name)
        if len(self._shape(target)) == 4:
            raise ValueError("a reshape to channels is not known")

    def join(self, layer: Any) -> None:
        axis = self._options(layer, "ConcatenationOptions").Axis()
        rank = len(self._shape(int(layer.Outputs(0))))
        self.plain(layer, "Concat", axis=(0, 2, 3, 1)[axis] if rank == 4 else axis)

    def depth(self, layer: Any) -> None:
        size = self._options(layer, "DepthToSpaceOptions").BlockSize()
        self.plain(layer, "DepthToSpace", blocksize=size, mode="DCR")


LAYERS: Mapping[str, Callable[[_Converter, Any], None]] = {
    "CONV_2D": lambda c, layer: c.convolution(layer, by_channel=False),
    "DEPTHWISE_CONV_2D": lambda c, layer: c.convolution(layer, by_channel=True),
    "Convolution2DTransposeBias": lambda c, layer: c.transposed(layer),
    "ADD": lambda c, layer: c.sum(layer, "Add", "AddOptions"),
    "MUL": lambda c, layer: c.sum(layer, "Mul", "MulOptions"),
    "MAX_POOL_2D": lambda c, layer: c.pool(layer, "MaxPool"),
    "AVERAGE_POOL_2D": lambda c, layer: c.pool(layer, "AveragePool"),
    "PAD": lambda c, layer: c.pad(layer),
    "PRELU": lambda c, layer: c.slope(layer),
    "RELU": lambda c, layer: c.plain(layer, "Relu"),
    "HARD_SWISH": lambda c, layer: c.plain(layer, "HardSwish"),
    "LOGISTIC": lambda c, layer: c.plain(layer, "Sigmoid"),
    "RESIZE_BILINEAR": lambda c, layer: c.resize(layer),
    "RESHAPE": lambda c, layer: c.reshape(layer),
    "CONCATENATION": lambda c, layer: c.join(layer),
    "DEPTH_TO_SPACE": lambda c, layer: c.depth(layer),
}
