"""Short noises: what is heard when something strikes, slides, breaks or is stepped on.

Each takes a generator and gives (length,) float32 at 44,100 samples a second, with a peak near 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gesso.engines.sketch.audio.noises import Rng, Wave, grains, shaped
from gesso.engines.sketch.audio.sampler import RATE, Note, play
from gesso.engines.sketch.audio.sounds import Samples

Stroke = Callable[[Rng], Samples]


def _time(seconds: float) -> Wave:
    return np.arange(int(seconds * RATE)) / RATE


def _peak(wave: Wave) -> Samples:
    return (wave / max(float(np.abs(wave).max()), 1e-6)).astype(np.float32)


def whoosh(rng: Rng) -> Samples:
    """Air that something passes through: a band of noise that rises and falls."""
    time = _time(rng.uniform(0.35, 0.6))
    middle = np.exp(-(((time - 0.5 * time[-1]) / (0.2 * time[-1])) ** 2))
    low, high = shaped(len(time), rng, 200, 700), shaped(len(time), rng, 900, 3500)
    return _peak(low * middle * 0.6 + high * middle**2)


def impact(rng: Rng) -> Samples:
    """A heavy blow: a falling thump and a crack."""
    time = _time(0.6)
    hertz = rng.uniform(45, 65) + 90 * np.exp(-time * 28)
    thump = np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * np.exp(-time * 9)
    return _peak(thump + 0.5 * shaped(len(time), rng, 300, 4000) * np.exp(-time * 45))


def footstep(rng: Rng) -> Samples:
    """Heel, then sole."""
    time = _time(0.22)
    made = shaped(len(time), rng, 80, 500) * np.exp(-time * 45)
    later = np.maximum(time - rng.uniform(0.06, 0.09), 0)
    sole = shaped(len(time), rng, 500, 3500) * np.exp(-later * 60) * (later > 0) * 0.35
    return _peak(made + sole)


def screech(rng: Rng) -> Samples:
    """Tyres: a rough tone between whistle and noise."""
    time = _time(rng.uniform(0.7, 1.1))
    hertz = rng.uniform(850, 1100) * (1 + 0.12 * np.sin(2 * np.pi * 7 * time) - 0.15 * time)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    tone = np.sum([np.sin(phase * n) / n for n in (1, 2, 3)], axis=0)
    ends = np.minimum(time / 0.05, 1) * np.minimum((time[-1] - time) / 0.2, 1)
    return _peak(
        (tone * (0.8 + 0.2 * shaped(len(time), rng, 30, 200)) + 0.3 * shaped(len(time), rng, 900, 3000)) * ends
    )


def splash(rng: Rng) -> Samples:
    """Water thrown up, and the drops that fall back."""
    time = _time(0.9)
    made = shaped(len(time), rng, 400, 6000, -3) * np.exp(-time * 6) * np.minimum(time / 0.02, 1)
    return _peak(made + 0.8 * grains(len(time), rng, 60, 0.02, (400, 2000), rise=0.5) * np.exp(-time * 2))


def thunder(rng: Rng) -> Samples:
    """A crack and a long roll."""
    time = _time(2.6)
    roll = shaped(len(time), rng, 30, 180) * np.exp(-time * 1.1) * (0.6 + 0.4 * np.sin(time * 9 + rng.uniform(0, 6)))
    return _peak(roll + 0.6 * shaped(len(time), rng, 200, 3000) * np.exp(-time * 9))


def explosion(rng: Rng) -> Samples:
    """A blast: everything at once, then its low end."""
    time = _time(1.8)
    blast = np.tanh(3 * shaped(len(time), rng, 40, 5000, -4)) * np.exp(-time * 5)
    return _peak(blast + shaped(len(time), rng, 25, 120) * np.exp(-time * 1.8))


def click(rng: Rng) -> Samples:
    """A key, a switch, a clock."""
    time = _time(0.06)
    return _peak(
        shaped(len(time), rng, 1500, 7000) * np.exp(-time * 220) + np.sin(2 * np.pi * 900 * time) * np.exp(-time * 160)
    )


def knock(rng: Rng) -> Samples:
    """Wood that is struck."""
    time = _time(0.25)
    tones = np.sum([np.sin(2 * np.pi * hertz * rng.uniform(0.95, 1.05) * time) for hertz in (190, 310, 540)], axis=0)
    return _peak(
        (tones * np.exp(-time * 30) + shaped(len(time), rng, 200, 2500) * np.exp(-time * 90)).astype(np.float32)
    )


def glass(rng: Rng) -> Samples:
    """Something that breaks into pieces."""
    time = _time(0.9)
    made = grains(len(time), rng, 70, 0.035, (2200, 8500)) * np.exp(-time * 3)
    return _peak(made + 0.6 * shaped(len(time), rng, 2000, 9000) * np.exp(-time * 40))


def bell(rng: Rng) -> Samples:
    """A struck bell: partials that are no harmonics."""
    time = _time(2.2)
    base = rng.uniform(380, 560)
    partials = ((0.5, 0.5, 1.0), (1, 1, 1.4), (1.19, 0.7, 1.9), (1.5, 0.4, 2.2), (2, 0.5, 2.6), (2.74, 0.3, 4))
    return _peak(np.sum([np.sin(2 * np.pi * base * n * time) * g * np.exp(-time * f) for n, g, f in partials], axis=0))


def horn(rng: Rng) -> Samples:
    """Two tones at once, as cars and ships have them."""
    time = _time(0.8)
    ends = np.minimum(time / 0.03, 1) * np.minimum((time[-1] - time) / 0.08, 1)
    base = rng.uniform(320, 420)
    tone = np.sum([np.sin(2 * np.pi * base * step * n * time) / n for step in (1, 1.26) for n in range(1, 7)], axis=0)
    return _peak(np.tanh(tone) * ends)


def bark(rng: Rng) -> Samples:
    """A dog: a short voiced burst whose pitch rises and falls."""
    time = _time(0.24)
    hertz = rng.uniform(330, 480) * (1 + 0.5 * np.sin(np.pi * time / time[-1]))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    tone = np.sum([np.sin(phase * n) * np.exp(-(((n * hertz - 1100) / 900) ** 2)) for n in range(1, 9)], axis=0)
    return _peak(
        (tone + 0.4 * shaped(len(time), rng, 700, 2500)) * np.maximum(np.sin(np.pi * time / time[-1]), 0) ** 0.7
    )


def meow(rng: Rng) -> Samples:
    """A cat: a tone whose pitch and vowel arch."""
    time = _time(0.75)
    arch = np.maximum(np.sin(np.pi * np.minimum(time / time[-1] * 1.1, 1)), 0)
    hertz = rng.uniform(420, 520) * (1 + 0.35 * arch)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    vowel = 900 + 900 * arch
    tone = np.sum([np.sin(phase * n) * np.exp(-(((n * hertz - vowel) / 700) ** 2)) for n in range(1, 10)], axis=0)
    return _peak(tone * arch**0.6)


def rustle(rng: Rng) -> Samples:
    """Cloth, paper or leaves."""
    time = _time(rng.uniform(0.3, 0.6))
    made = shaped(len(time), rng, 2500, 11000) * np.sin(np.pi * time / time[-1])
    return _peak(made * np.abs(shaped(len(time), rng, 4, 25)) + 0.2 * made)


def recorded(instrument: str, key: int, seconds: float = 1.2) -> Stroke:
    """One stroke of a sampled instrument."""

    def made(rng: Rng) -> Samples:
        note = Note(0, seconds, key + int(rng.integers(-1, 2)), 110)
        return _peak(play([note], instrument, int(RATE * (seconds + 0.6))).mean(axis=1))

    return made


STROKES: Mapping[str, Stroke] = {
    "whoosh": whoosh,
    "impact": impact,
    "footstep": footstep,
    "screech": screech,
    "splash": splash,
    "thunder": thunder,
    "explosion": explosion,
    "click": click,
    "knock": knock,
    "glass": glass,
    "bell": bell,
    "horn": horn,
    "bark": bark,
    "meow": meow,
    "rustle": rustle,
    "shot": recorded("shot", 60),
    "drum": recorded("taiko", 60),
    "chirp": recorded("bird", 62, 0.8),
}
"""Short noises by name."""
