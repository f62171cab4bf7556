"""Parts become one sound: levels, some room, nothing above full scale, soft ends."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.audio.sampler import RATE
from gesso.engines.sketch.audio.sounds import Samples

LOUDNESS = 0.14
"""Root mean square of a finished mix: -17 dB below full scale."""

CEILING = 0.93
"""No sample is beyond it, so that no lossy format clips."""

_ROOM_SECONDS = 1.3
_BLOCK = 256


def at_level(part: Samples, level: float) -> Samples:
    """The part at a root mean square of `level`, measured where it sounds."""
    block = RATE // 10
    count = len(part) // block
    power = (part[: count * block].astype(np.float64) ** 2).reshape(count, -1).mean(axis=1)
    sounding = power[power > 1e-7]
    strength = float(np.sqrt(sounding.mean())) if len(sounding) else 0.0
    return part * np.float32(level / strength) if strength > 1e-5 else part


def placed(mono: Samples, length: int, begin: int, pan: float) -> Samples:
    """A mono sound somewhere in a stereo one of `length` samples, which may begin before it."""
    out = np.zeros((length, 2), np.float32)
    skipped = max(0, -begin)
    part = mono[skipped : skipped + max(0, length - max(begin, 0))]
    angle = (pan + 1) * np.pi / 4
    gains = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))
    out[max(begin, 0) : max(begin, 0) + len(part)] = part[:, None] * gains
    return out


def room(send: Samples, seed: int = 1) -> Samples:
    """What a hall of about a second gives back for (N, 2) samples; the highs die first."""
    rng = np.random.default_rng(seed)
    length = int(_ROOM_SECONDS * RATE)
    time = np.arange(length)[:, None] / RATE
    answer = rng.standard_normal((length, 2)) * np.exp(-time * 5.2)
    late = int(0.018 * RATE)
    answer = np.concatenate([np.zeros((late, 2)), answer])
    spectrum = np.fft.rfft(answer, axis=0)
    hertz = np.fft.rfftfreq(len(answer), 1 / RATE)[:, None]
    spectrum *= 1 / (1 + (hertz / 4200) ** 2) * (hertz > 180)
    answer = np.fft.irfft(spectrum, len(answer), axis=0)
    answer /= np.sqrt((answer**2).sum(axis=0))
    return _convolved(send, answer.astype(np.float32))


def _convolved(send: Samples, answer: Samples) -> Samples:
    """Overlap and add: one long transform of a whole song would need a gigabyte."""
    size = 1 << 18
    step = size - len(answer)
    filters = np.fft.rfft(answer, size, axis=0)
    out = np.zeros((len(send) + size, 2), np.float32)
    for start in range(0, len(send), step):
        block = np.fft.rfft(send[start : start + step], size, axis=0)
        out[start : start + size] += np.fft.irfft(block * filters, size, axis=0).astype(np.float32)
    return out[: len(send)]


def finished(mix: Samples, fade_out: float = 1.5) -> Samples:
    """The mix at its loudness, limited, with soft ends."""
    mix = limited(at_level(mix, LOUDNESS))
    length = min(len(mix), round(fade_out * RATE))
    mix[len(mix) - length :] *= np.cos(np.linspace(0, np.pi / 2, length, dtype=np.float32))[:, None]
    start = min(len(mix), RATE // 100)
    mix[:start] *= np.linspace(0, 1, start, dtype=np.float32)[:, None]
    return mix


def limited(mix: Samples) -> Samples:
    """Peaks held under the ceiling by a gain that sinks before them and comes back slowly."""
    count = -(-len(mix) // _BLOCK)
    padded = np.pad(np.abs(mix).max(axis=1), (0, count * _BLOCK - len(mix)))
    peaks = padded.reshape(count, _BLOCK).max(axis=1)
    ahead = np.lib.stride_tricks.sliding_window_view(np.pad(peaks, 3, mode="edge"), 7).max(axis=1)
    wanted = np.minimum(1.0, CEILING / np.maximum(ahead, 1e-6))
    gain = np.empty(count)
    now = 1.0
    for block, most in enumerate(wanted):
        now = min(most, now + 0.02)
        gain[block] = now
    curve = np.interp(np.arange(len(mix)), (np.arange(count) + 0.5) * _BLOCK, gain)
    return np.clip(mix * curve[:, None], -CEILING, CEILING).astype(np.float32)
