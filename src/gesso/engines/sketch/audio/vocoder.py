"""The embedded voice: phonemes to spectra (hibari-tts's network), and spectra to samples at any pitch.

The network gives, 80 times a second, how loud harmonics and noise are in 601 bands, and the pitch; a source of pulses
at that pitch is filtered by them. So the pitch can be replaced (singing), the bands moved (a longer or shorter throat)
and time stretched without touching the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

NAME = "hibari-0.2.1"
"""What a result tells as the learned part that spoke."""

RATE = 24000
FRAMES = 80
"""Spectra a second."""

_FIRST = 6
"""Frames that a first phone is taken to have."""

_DURATIONS = "/Clip_output_0"
"""The network's inner tensor of durations: a unit is two frames."""


@dataclass(frozen=True, slots=True)
class Spectra:
    """What the network says of phonemes: five spectra (601, F), the pitch (F,) in hertz, and where phones end."""

    harmonics: Floats
    turns: Floats
    noise: Floats
    free: Floats
    phases: Floats
    pitch: Floats
    phones: str
    edges: tuple[int, ...]
    """Frame at which each phone begins, and the end: one more than there are phones."""

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.pitch)

    def at(self, places: npt.NDArray[np.floating[Any]]) -> Spectra:
        """The spectra read at frame `places`: time stretched, squeezed or cut. The phones are the caller's to place."""
        low = np.clip(np.floor(places).astype(np.int64), 0, self.frames - 1)
        high = np.minimum(low + 1, self.frames - 1)
        share = np.clip(places - low, 0, 1).astype(np.float32)

        def mixed(values: Floats) -> Floats:
            return (values[..., low] * (1 - share) + values[..., high] * share).astype(np.float32)

        nearest = np.where(share < 0.5, low, high)
        return replace(
            self,
            harmonics=mixed(self.harmonics),
            turns=mixed(self.turns),
            noise=mixed(self.noise),
            free=mixed(self.free),
            phases=self.phases[:, nearest],
            pitch=mixed(self.pitch),
        )

    def throat(self, scale: float) -> Spectra:
        """The formants moved: above 1 a shorter throat (higher), below 1 a longer one."""
        if scale == 1.0:
            return self
        bins = np.arange(len(self.harmonics))
        places = np.clip(bins / scale, 0, len(bins) - 1)
        low = np.floor(places).astype(np.int64)
        high = np.minimum(low + 1, len(bins) - 1)
        share = (places - low).astype(np.float32)[:, None]
        # What would come from beyond the last band is not known: it fades instead of repeating the edge.
        beyond = (np.maximum(bins / scale - (len(bins) - 1), 0) * 0.02).astype(np.float32)[:, None]

        def moved(values: Floats) -> Floats:
            return (values[low] * (1 - share) + values[high] * share).astype(np.float32)

        return replace(
            self,
            harmonics=moved(self.harmonics) - beyond,
            turns=moved(self.turns),
            noise=moved(self.noise) - beyond,
            free=moved(self.free) - beyond,
            phases=self.phases[np.rint(places).astype(np.int64)],
        )


def spectra(phonemes: str, pace: float = 1.0) -> Spectra:
    """Ask the network for a phoneme string of at most 400; `pace` above 1 is faster."""
    known = [phone for phone in phonemes if phone in _alphabet()]
    ids = np.array([[0, *numbers(phonemes), 0]], np.int64)
    feeds = {"ids": ids, "speed": np.array([pace], np.float32)}
    *parts, units = (np.asarray(value) for value in _network().run(None, feeds))
    made = [np.ascontiguousarray(part[0], np.float32) for part in parts]
    ends = np.cumsum(np.rint(units.ravel()).astype(np.int64) * 2)
    # Measured against what is voiced, a token's sound lies one token before its duration, and the first one's includes
    # the silence in front.
    last = len(made[-1])
    edges = (0, max(0, int(ends[0]) - _FIRST), *(min(int(end) + 1, last) for end in ends[:-2]), last)
    # The silent marks around the string are phones too: a pause each.
    return Spectra(*made, phones=f" {''.join(known)} ", edges=edges)


def numbers(phonemes: str) -> list[int]:
    """The phonemes by their numbers in the alphabet, which is Kokoro's; others are left out."""
    return [_alphabet()[phone] for phone in phonemes if phone in _alphabet()]


def voiced(made: Spectra, seed: int) -> Floats:
    """The samples (N,), `RATE` a second; `seed` makes the noise."""
    from hibari import dsp

    rng = np.random.default_rng(seed)
    samples = dsp.synth(made.harmonics, made.turns, made.noise, made.free, made.phases, made.pitch, rng)
    return np.asarray(samples, np.float32)


@cache
def _alphabet() -> dict[str, int]:
    import json

    return json.loads((_folder() / "vocab.json").read_text("utf-8"))


@cache
def _network() -> Any:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    data = (_folder() / "hibari.onnx").read_bytes() + _also(_DURATIONS)
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _also(tensor: str) -> bytes:
    """Bytes that, behind an ONNX file, make one more inner tensor an output.

    A protobuf reader merges a field that comes twice: this is a second `graph` (7), an `output` (12) with a `name` (1).
    """

    def field(number: int, data: bytes) -> bytes:
        return bytes([number << 3 | 2, len(data)]) + data

    return field(7, field(12, field(1, tensor.encode())))


def _folder() -> Path:
    from hibari import tts

    return Path(tts.ASSETS)
