"""Speech: text read out by one of several voices, with the time of every phone.

One voice was learned (hibari-tts, Apache-2.0). The others are derived from it: another pitch, a longer or shorter
throat, another pace, more or less melody, more breath. They are told apart easily, and are no imitation of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from gesso.engines.sketch.audio.phonemes import spoken
from gesso.engines.sketch.audio.sounds import Samples, Sound
from gesso.engines.sketch.audio.vocoder import FRAMES, RATE, Spectra, spectra, voiced


@dataclass(frozen=True, slots=True)
class Voice:
    """How a voice differs from the learned one."""

    pitch: float = 195.0
    """Its middle, hertz."""
    throat: float = 1.0
    """Scale of the formants: above 1 is a smaller speaker."""
    pace: float = 1.0
    lilt: float = 1.0
    """How far the pitch moves about its middle."""
    breath: float = 0.0
    """0..1: how much of the harmonics is breath."""


VOICES: Mapping[str, Voice] = {
    "Auto": Voice(),
    "Emily": Voice(209, 1.0, 1.0, 1.1),
    "Isabella": Voice(188, 0.97, 0.92, 0.9, 0.2),
    "Chloe": Voice(256, 1.06, 1.06, 1.1),
    "Harper": Voice(174, 0.92, 1.04, 0.9),
    "Ava": Voice(233, 1.03, 1.03, 1.0),
    "Sophia": Voice(165, 0.99, 0.87, 0.75, 0.35),
    "Julia": Voice(197, 1.05, 1.12, 1.3),
    "James": Voice(98, 0.83, 0.95, 0.8),
    "Liam": Voice(134, 0.88, 1.06, 1.0),
    "Adrian": Voice(86, 0.80, 0.90, 0.7, 0.1),
    "Mason": Voice(122, 0.85, 1.0, 0.9),
    "Jack": Voice(147, 0.93, 1.14, 1.2),
    "Oliver": Voice(110, 0.90, 0.92, 0.7, 0.35),
    "Ethan": Voice(160, 0.94, 0.98, 0.8),
}
"""Voices by the names that endpoints offer; `Auto` is the learned one as it is."""

LEARNED = Voice()

LEVEL = 0.09
"""Root mean square of what is said: about -21 dB below full scale, with room for peaks."""

_VOICED = 60.0


class Phone(NamedTuple):
    """One phone (`" "` is a pause) and its time in seconds."""

    symbol: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Speech:
    """What was said, mono at 24 kHz, and its phones, end to end from 0 to the sound's end."""

    sound: Sound
    phones: list[Phone]

    @property
    def silent(self) -> bool:
        """Whether nothing of the text could be pronounced."""
        return not self.phones


def say(text: str, voice: str | Voice = "Auto", seed: int = 0) -> Speech:
    """Read `text` out. Unknown voice names are read by `Auto`; text without any English sound gives an empty Speech."""
    speaker = VOICES.get(voice, LEARNED) if isinstance(voice, str) else voice
    blocks: list[Samples] = []
    phones: list[Phone] = []
    for number, phonemes in enumerate(spoken(text)):
        made = as_voice(spectra(phonemes, speaker.pace), speaker)
        begin = sum(map(len, blocks)) / RATE
        phones += timed(made, begin)
        blocks.append(voiced(made, seed + number))
    samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return Speech(Sound(levelled(samples)[:, None], RATE), phones)


def as_voice(made: Spectra, voice: Voice) -> Spectra:
    """The spectra of the learned voice as another speaker's."""
    made = made.throat(voice.throat)
    sounding = made.pitch > _VOICED
    middle = float(np.median(made.pitch[sounding])) if sounding.any() else LEARNED.pitch
    moved = voice.pitch * (np.maximum(made.pitch, 1.0) / middle) ** voice.lilt
    pitch = np.where(sounding, moved, made.pitch).astype(np.float32) if voice != LEARNED else made.pitch
    return breathy(replace(made, pitch=pitch), voice.breath)


def breathy(made: Spectra, breath: float) -> Spectra:
    """A share of the harmonics' upper part turned into noise."""
    if not breath:
        return made
    rise = np.clip((np.arange(len(made.harmonics)) - 40) / 120, 0, 1).astype(np.float32)[:, None] * breath
    # A harmonic stands in one band of about eight: noise of equal strength in all of them would drown it.
    noise = np.logaddexp(made.noise, made.harmonics + np.log(np.maximum(rise * 0.5, 1e-6)))
    return replace(made, harmonics=made.harmonics + np.log(1 - 0.6 * rise), noise=noise.astype(np.float32))


def timed(made: Spectra, begin: float = 0.0) -> list[Phone]:
    """The phones with their times, stress marks left out: they take the time of the vowel behind them."""
    phones: list[Phone] = []
    since: float | None = None
    for symbol, start, end in zip(made.phones, made.edges[:-1], made.edges[1:], strict=True):
        if symbol in "ˈˌː":
            since = start if since is None else since
            continue
        first = start if since is None else since
        since = None
        phones.append(Phone(symbol, begin + first / FRAMES, begin + end / FRAMES))
    return phones


def levelled(samples: Samples) -> Samples:
    """The same at the usual level of speech, measured where somebody speaks; peaks stay below full scale."""
    if not len(samples):
        return samples
    loud = np.abs(samples) > 0.02 * np.abs(samples).max()
    strength = float(np.sqrt((samples[loud] ** 2).mean())) if loud.any() else 0.0
    scaled = samples * (LEVEL / max(strength, 1e-6))
    return (np.tanh(scaled / 0.9) * 0.9).astype(np.float32)
