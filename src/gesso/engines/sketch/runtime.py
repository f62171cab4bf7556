"""One way to run an ONNX network: on one thread, without spinning, on the CPU, giving its working memory back."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import assets

Array = npt.NDArray[Any]


def run(name: str, *inputs: Array) -> Array:
    """Run the asset `name` on its inputs in the order the network declares them; its first output comes back.

    The network is opened once a process. Raises AssetMissing when the file is not there.
    """
    return run_all(name, *inputs)[0]


def run_all(name: str, *inputs: Array) -> list[Array]:
    """As `run`, with every output."""
    import onnxruntime

    net = _session(name)
    options: Any = onnxruntime.RunOptions()
    # Otherwise half a gigabyte stays with the worker after one picture; asking the system for it again costs a tenth.
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    feeds = {slot.name: value for slot, value in zip(net.get_inputs(), inputs, strict=True)}
    return [np.asarray(output) for output in net.run(None, feeds, options)]


@cache
def _session(name: str) -> Any:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(assets.path(name)), options, providers=["CPUExecutionProvider"])
