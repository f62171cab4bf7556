"""What can be measured of a sound: level, pitch, onsets, tempo, key."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.audio.sounds import Samples, Sound, resample

Floats = npt.NDArray[np.floating[Any]]

KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

# Krumhansl and Kessler's ratings of how well each pitch class fits a key.
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])


def levels(samples: Samples, rate: int, per_second: float) -> Floats:
    """Root mean square of each of `per_second` stretches a second, of the mean of the channels."""
    mono = samples.mean(axis=1) if samples.ndim == 2 else samples
    count = max(1, round(len(mono) / rate * per_second))
    edges = np.minimum(np.rint(np.arange(count + 1) * rate / per_second).astype(np.int64), len(mono))
    sums = np.concatenate([[0.0], np.cumsum(mono.astype(np.float64) ** 2)])
    return np.sqrt(np.maximum(np.diff(sums[edges]), 0.0) / np.maximum(np.diff(edges), 1))


def spectrogram(samples: Samples, size: int, hop: int) -> Floats:
    """Magnitudes (frames, size // 2 + 1) under a Hann window; frame k is centred on sample k * hop."""
    padded = np.pad(samples, size // 2)
    count = 1 + max(0, len(padded) - size) // hop
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    return np.abs(np.fft.rfft(windows * np.hanning(size).astype(np.float32), axis=1))


def pitches(samples: Samples, rate: int, *, per_second: int = 50, low: float = 60.0, high: float = 600.0) -> Floats:
    """The fundamental in hertz of each of `per_second` windows a second, 0 where there is none (YIN's difference)."""
    span = int(2.5 * rate / low)
    longest, shortest = int(rate / low), int(rate / high)
    made: list[float] = []
    for centre in range(0, len(samples), rate // per_second):
        begin = max(0, centre - span // 2)
        made.append(_fundamental(samples[begin : begin + span].astype(np.float64), rate, shortest, longest))
    return np.array(made)


def _fundamental(window: Floats, rate: int, shortest: int, longest: int) -> float:
    if len(window) < 2 * longest or np.sqrt((window**2).mean()) < 0.005:
        return 0.0
    width = len(window) - longest
    size = 1 << (len(window) + width).bit_length()
    spectrum = np.fft.rfft(window, size) * np.conj(np.fft.rfft(window[:width], size))
    products = np.fft.irfft(spectrum, size)[: longest + 1]
    squares = np.concatenate([[0.0], np.cumsum(window**2)])
    energies = squares[width : width + longest + 1] - squares[: longest + 1]
    differences = energies[0] + energies - 2 * products
    mean = np.cumsum(differences[1:]) / np.arange(1, longest + 1)
    normal = np.concatenate([[1.0], differences[1:] / np.maximum(mean, 1e-12)])
    below = np.flatnonzero(normal[shortest:longest] < 0.2)
    if not len(below):
        return 0.0
    best = shortest + int(below[0])
    while best + 1 < longest and normal[best + 1] < normal[best]:
        best += 1
    left, middle, right = normal[best - 1], normal[best], normal[best + 1]
    bend = left - 2 * middle + right
    return rate / (best + (0.5 * (left - right) / bend if bend > 0 else 0.0))


def onsets(sound: Sound, per_second: int = 100) -> Floats:
    """How much louder the spectrum grows in each of `per_second` steps a second."""
    mono = resample(Sound(sound.mono()[:, None], sound.rate), 22050).samples[:, 0]
    loud = np.log1p(100 * spectrogram(mono, 1024, 22050 // per_second)[:, :400])
    return np.maximum(np.diff(loud, axis=0, prepend=loud[:1]), 0).mean(axis=1)


def tempo(sound: Sound, low: float = 60.0, high: float = 180.0) -> float:
    """Beats a minute: the lag at which the onsets are most like themselves, with a mild wish for 110."""
    grow = onsets(sound)
    grow = grow - np.convolve(grow, np.ones(100) / 100, "same")
    size = 1 << (2 * len(grow)).bit_length()
    alike = np.fft.irfft(np.abs(np.fft.rfft(grow, size)) ** 2, size)[: len(grow)]
    beats = np.arange(low, high + 0.25, 0.5)
    lags = 6000.0 / beats

    def at(times: float) -> Floats:
        return np.interp(lags * times, np.arange(len(alike)), alike, right=0.0)

    # A beat recurs after two and four of itself too; half as fast a pulse does not at its half.
    score = at(1) + 0.6 * at(2) + 0.4 * at(4) + 0.3 * at(0.5)
    return float(beats[np.argmax(score * np.exp(-0.5 * (np.log2(beats / 110) / 0.9) ** 2))])


def key(sound: Sound) -> tuple[int, str]:
    """Pitch class of the tonic (0 is C) and `major` or `minor`: the profile that the sound's notes fit best."""
    notes = chroma(sound)
    fits = {
        (tonic, mode): float(np.corrcoef(np.roll(profile, tonic), notes)[0, 1])
        for tonic in range(12)
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
    }
    return max(fits, key=lambda choice: np.nan_to_num(fits[choice], nan=-2.0))


def chroma(sound: Sound) -> Floats:
    """How strong each of the twelve pitch classes is, C first, summing to 1."""
    rate, size = 11025, 4096
    mono = resample(Sound(sound.mono()[:, None], sound.rate), rate).samples[:, 0]
    strong = spectrogram(mono, size, size // 2)
    hertz = np.arange(strong.shape[1]) * rate / size
    used = (hertz > 60) & (hertz < 2000)
    # Only peaks are notes; the noise of drums lies between them.
    peaks = (strong >= np.roll(strong, 1, 1)) & (strong > np.roll(strong, -1, 1)) & used
    notes = 69 + 12 * np.log2(np.maximum(hertz, 1.0) / 440)
    classes = np.rint(notes).astype(np.int64) % 12
    near = np.cos(np.pi * (notes - np.rint(notes))) ** 2
    total = np.bincount(classes, (np.sqrt(strong) * peaks).sum(axis=0) * near, 12)
    # The third and fifth overtones of a note sound a fifth and a major third above it.
    total = np.maximum(total - 0.3 * np.roll(total, 7) - 0.2 * np.roll(total, 4), 0)
    return total / max(float(total.sum()), 1e-9)
