"""Lasting noises: wind, rain, engines and the like, made of shaped noise, and a few of them of recordings.

Each takes a length in samples (44,100 a second) and a generator, and gives (length,) at any level.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.audio.sampler import RATE, Note, play
from gesso.engines.sketch.audio.sounds import Samples

Rng = np.random.Generator
Wave = npt.NDArray[np.floating[Any]]
Bed = Callable[[int, Rng], Wave]

BED_LEVEL = 0.06
"""Root mean square of a bed."""


def shaped(length: int, rng: Rng, low: float, high: float, tilt: float = 0.0) -> Samples:
    """Noise between two frequencies in hertz; `tilt` is decibels an octave above the lower one."""
    spectrum = np.fft.rfft(rng.standard_normal(length).astype(np.float32))
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    gain = 1 / np.sqrt((1 + (low / np.maximum(hertz, 1)) ** 4) * (1 + (hertz / high) ** 4))
    gain *= np.maximum(hertz, low) ** (tilt / 6.02) / low ** (tilt / 6.02)
    return even(np.fft.irfft(spectrum * gain, length).astype(np.float32))


def even(wave: Wave, level: float = 1.0) -> Samples:
    """The same at a root mean square of `level`."""
    strength = float(np.sqrt((wave.astype(np.float64) ** 2).mean())) if len(wave) else 0.0
    return (wave * (level / max(strength, 1e-6))).astype(np.float32)


def drift(length: int, rng: Rng, per_second: float, low: float, high: float) -> Samples:
    """A curve that wanders smoothly between two values."""
    count = max(4, int(length / RATE * per_second) + 4)
    points = rng.uniform(low, high, count)
    places = np.linspace(0, count - 3, length) + 1
    first = places.astype(np.int64)
    share = (1 - np.cos((places - first) * np.pi)) / 2
    return (points[first] * (1 - share) + points[first + 1] * share).astype(np.float32)


def wind(length: int, rng: Rng) -> Wave:
    """Gusts: three bands that swell at different times."""
    bands = ((60, 250, 0.5), (200, 600, 0.9), (600, 1600, 0.5))
    parts = [shaped(length, rng, low, high) * drift(length, rng, 0.7, 0.1, most) ** 2 for low, high, most in bands]
    return np.stack(parts).sum(axis=0)


def rain(length: int, rng: Rng) -> Wave:
    """A hiss, and drops that are heard one by one."""
    made = shaped(length, rng, 900, 9000, -3) * drift(length, rng, 0.5, 0.8, 1.0)
    return made + 1.2 * grains(length, rng, 90, 0.006, (1500, 6000))


def stream(length: int, rng: Rng) -> Wave:
    """Running water: bubbles, each a short tone that rises."""
    made = 0.25 * shaped(length, rng, 300, 3000, -3)
    return made + grains(length, rng, 70, 0.03, (350, 1800), rise=0.6)


def fire(length: int, rng: Rng) -> Wave:
    """A low roar and crackles."""
    roar = shaped(length, rng, 40, 300) * drift(length, rng, 2, 0.3, 0.7)
    return roar + 1.6 * grains(length, rng, 18, 0.003, (1500, 7000))


def engine(length: int, rng: Rng) -> Wave:
    """A motor that revs up and down: harmonics of its firing rate, and its exhaust."""
    hertz = drift(length, rng, 0.6, 55, 150)
    phase = 2 * np.pi * np.cumsum(hertz, dtype=np.float64) / RATE
    tones = np.sum([np.sin(phase * n / 2 + n) / n**0.8 for n in range(1, 14)], axis=0)
    rough = shaped(length, rng, 80, 2500, -4) * (0.4 + 0.6 * np.maximum(np.sin(phase / 2), 0))
    return even((np.tanh(tones) + 0.35 * rough).astype(np.float32) * (hertz / 100) ** 0.5)


def hum(length: int, rng: Rng) -> Wave:
    """Mains hum and the air of machines."""
    time = np.arange(length) / RATE
    tones = np.sum([np.sin(2 * np.pi * 50 * n * time) / n**1.5 for n in (1, 2, 4, 6)], axis=0)
    return even((tones + 0.7 * shaped(length, rng, 100, 900, -3)).astype(np.float32))


def traffic(length: int, rng: Rng) -> Wave:
    """Cars that pass: low rumble, tyres, and now and then one that is near."""
    made = shaped(length, rng, 40, 400) * drift(length, rng, 0.5, 0.4, 1.0)
    for centre in rng.uniform(0, length, max(1, round(length / RATE / 3))):
        near = np.exp(-(((np.arange(length) - centre) / RATE / 0.7) ** 2))
        made += shaped(length, rng, 150, 1800, -3) * near.astype(np.float32) * 1.3
    return made


def room(length: int, rng: Rng) -> Wave:
    """The air of a quiet place."""
    return shaped(length, rng, 60, 700, -4)


def crowd(length: int, rng: Rng) -> Wave:
    """Many people talking at once, none of them understood: bursts of voiced noise in the bands of vowels."""
    made = 0.4 * shaped(length, rng, 200, 1200, -4)
    for _ in range(9):
        low = float(rng.uniform(250, 500))
        syllables = np.maximum(drift(length, rng, rng.uniform(3, 5), -0.6, 1.0), 0)
        pitch = drift(length, rng, 2, 0.85, 1.2) * rng.uniform(95, 230)
        buzz = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / RATE)) * 0.3
        band = shaped(length, rng, low, low * 2.6, -2)
        made += (band * (1 + buzz) * syllables * rng.uniform(0.3, 0.8)).astype(np.float32)
    return made


def insects(length: int, rng: Rng) -> Wave:
    """Crickets: a high tone in quick bursts."""
    time = np.arange(length) / RATE
    made = np.zeros(length, np.float32)
    for _ in range(3):
        tone = np.sin(2 * np.pi * rng.uniform(3900, 5200) * time)
        bursts = np.maximum(np.sin(2 * np.pi * rng.uniform(14, 20) * time), 0) ** 2
        pauses = np.clip(drift(length, rng, 1.5, -0.5, 1.0) * 5, 0, 1)
        made += (tone * bursts * pauses * rng.uniform(0.4, 1)).astype(np.float32)
    return made


def sparse(instrument: str, per_second: float, keys: tuple[int, int], seconds: float, spread: int = 40) -> Bed:
    """A bed of recorded strokes at random times."""

    def made(length: int, rng: Rng) -> Wave:
        count = max(1, round(length / RATE * per_second))
        starts = np.sort(rng.uniform(0, max(length / RATE - 0.3, 0.1), count))
        notes = [
            Note(float(start), seconds, int(rng.integers(keys[0], keys[1] + 1)), int(rng.integers(110 - spread, 111)))
            for start in starts
        ]
        return play(notes, instrument, length).mean(axis=1)

    return made


def sustained(instrument: str, key: int) -> Bed:
    """One recorded noise held throughout."""

    def made(length: int, rng: Rng) -> Wave:
        shift = float(rng.uniform(-1, 1))
        lead = RATE * 3  # it swells in: the middle of the recording is wanted
        whole = play([Note(0, (length + lead) / RATE, key + shift, 110)], instrument, length + lead)
        return whole[lead:].mean(axis=1)

    return made


def grains(
    length: int, rng: Rng, per_second: float, seconds: float, band: tuple[float, float], rise: float = 0.0
) -> Samples:
    """Short decaying tones at random times, of random pitch in a band."""
    made = np.zeros(length, np.float32)
    size = int(seconds * 5 * RATE)
    time = np.arange(size) / RATE
    for start in rng.integers(0, max(1, length - size), round(length / RATE * per_second)):
        hertz = band[0] * (band[1] / band[0]) ** rng.random()
        tone = np.sin(2 * np.pi * hertz * time * (1 + rise * time / (seconds * 5)))
        tone *= np.exp(-time / seconds) * rng.random() ** 2
        made[start : start + size] += tone[: length - start].astype(np.float32)
    return even(made, 0.7)


BEDS: Mapping[str, Bed] = {
    "wind": wind,
    "rain": rain,
    "stream": stream,
    "sea": sustained("sea", 60),
    "fire": fire,
    "engine": engine,
    "hum": hum,
    "traffic": traffic,
    "room": room,
    "crowd": crowd,
    "applause": sustained("applause", 60),
    "insects": insects,
    "birds": sparse("bird", 1.1, (52, 72), 0.8),
    "helicopter": sustained("helicopter", 60),
}
"""Lasting noises by name."""
