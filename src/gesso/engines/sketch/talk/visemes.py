"""The mouth over time: how far it opens, how wide it is drawn, from phones with times or from the sound alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.audio import measure
from gesso.engines.sketch.audio.sounds import Sound, resample
from gesso.engines.sketch.audio.speech import Phone

Curve = npt.NDArray[np.floating[Any]]

SHAPES: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys("pbm", (0.0, 0.0)),
    **dict.fromkeys("fv", (0.10, 0.15)),
    **dict.fromkeys("θð", (0.22, 0.1)),
    **dict.fromkeys("tdnlszTɾ", (0.22, 0.25)),
    **dict.fromkeys("kɡŋhʔ", (0.30, 0.1)),
    **dict.fromkeys("ʃʒʧʤ", (0.25, -0.4)),
    "ɹ": (0.25, -0.35),
    "w": (0.14, -0.8),
    "j": (0.25, 0.4),
    "ɑ": (1.0, 0.0),
    "a": (1.0, 0.1),
    "æ": (0.85, 0.4),
    "ɛ": (0.6, 0.35),
    "ɪ": (0.4, 0.45),
    "i": (0.35, 0.7),
    **dict.fromkeys("əᵊɐᵻɚ", (0.4, 0.05)),
    "ʌ": (0.6, 0.05),
    "ɔ": (0.75, -0.4),
    "ʊ": (0.4, -0.5),
    "u": (0.3, -0.8),
    "ɜ": (0.45, -0.2),
    "A": (0.5, 0.45),
    "I": (0.85, 0.2),
    "O": (0.55, -0.5),
    "W": (0.85, -0.25),
    "Y": (0.6, -0.2),
    "Q": (0.5, -0.4),
}
"""Phone -> (how open 0..1, how wide -1 rounded to 1 spread); all others are silence."""

CLOSED = frozenset("pbm")
"""Phones for which the lips meet."""

_REST = (0.0, 0.0)
_STEPS = 200
_BLEND = 0.09


@dataclass(frozen=True, slots=True)
class Mouth:
    """A mouth frame by frame: `open` 0..1 and `wide` -1..1, (F,) each."""

    open: Curve
    wide: Curve


def of_phones(phones: Sequence[Phone], seconds: float, fps: float) -> Mouth:
    """The mouth of spoken phones at the middle of each frame; it is shut on p, b and m."""
    count = max(1, round(seconds * _STEPS))
    targets = np.tile(np.array(_REST), (count, 1))
    shut = np.ones(count)
    for symbol, start, end in phones:
        targets[round(start * _STEPS) : round(end * _STEPS)] = SHAPES.get(symbol, _REST)
        if symbol in CLOSED:
            # The lips meet within the phone, however short, and part towards its neighbours.
            time = np.arange(count) / _STEPS - (start + end) / 2
            shut = np.minimum(shut, np.clip((np.abs(time) - (end - start) * 0.3) / 0.05, 0, 1))
    width = round(_BLEND * _STEPS) | 1
    window = np.hanning(width + 2)[1:-1]
    window /= window.sum()
    smooth = np.stack([np.convolve(np.pad(row, width // 2, mode="edge"), window, "valid") for row in targets.T])
    return _at_frames(Mouth(np.clip(smooth[0] * 1.08, 0, 1) * shut, smooth[1]), seconds, fps)


def of_sound(sound: Sound, fps: float) -> Mouth:
    """The mouth that a recording suggests: open with the energy of vowels, narrow for hisses, shut in silence."""
    rate, hop = 16000, 160
    mono = resample(Sound(sound.mono()[:, None], sound.rate), rate).samples[:, 0]
    strong = measure.spectrogram(mono, 512, hop) ** 2
    hertz = np.arange(strong.shape[1]) * rate / 512

    def band(low: float, high: float) -> Curve:
        return np.sqrt(strong[:, (hertz >= low) & (hertz < high)].sum(axis=1))

    vowels, hiss = band(250, 3000), band(3800, 8000)
    loudest = max(float(np.percentile(vowels, 96)), 1e-3 * 512)
    level = np.clip(vowels / loudest, 0, 1.2) ** 0.7
    hissing = np.clip(hiss / np.maximum(vowels, 0.05 * loudest) - 0.6, 0, 1)
    open_ = np.clip((level - 0.12) / 0.8, 0, 1) * (1 - hissing) + 0.2 * hissing * (hiss > 0.05 * loudest)
    front, back = band(1600, 2800), band(400, 1100)
    wide = np.tanh(2.2 * (np.log1p(front) - np.log1p(back) + 0.9)) * np.clip(level * 1.5, 0, 1) * 0.8
    window = np.hanning(9)[1:-1] / np.hanning(9).sum()
    smooth: list[Any] = [np.convolve(curve, window, "same") for curve in (open_, wide)]
    made = Mouth(*smooth)
    return _at_frames(made, sound.seconds, fps, steps=rate / hop)


def _at_frames(made: Mouth, seconds: float, fps: float, steps: float = _STEPS) -> Mouth:
    count = max(1, int(np.ceil(seconds * fps - 1e-6)))
    times = (np.arange(count) + 0.5) / fps
    known = np.arange(len(made.open)) / steps
    return Mouth(np.interp(times, known, made.open), np.interp(times, known, made.wide))
