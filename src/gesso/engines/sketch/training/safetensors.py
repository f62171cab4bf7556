"""The safetensors file format, written: a length, a JSON header that says where each tensor is, the tensors' bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ALIGNED = 8


def write(tensors: Mapping[str, npt.NDArray[Any]], path: Path, texts: Mapping[str, str]) -> None:
    """Write float32 tensors in the order of their names, with `texts` as the file's metadata."""
    header: dict[str, Any] = {"__metadata__": dict(sorted(texts.items()))}
    parts: list[bytes] = []
    start = 0
    for name in sorted(tensors):
        data = np.ascontiguousarray(tensors[name], "<f4")
        header[name] = {"dtype": "F32", "shape": list(data.shape), "data_offsets": [start, start + data.nbytes]}
        parts.append(data.tobytes())
        start += data.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNED)
    path.write_bytes(b"".join([struct.pack("<Q", len(text)), text, *parts]))
