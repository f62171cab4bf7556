"""Instruments: recorded notes of a cut General MIDI soundfont, played at any pitch, length and strength.

What a SoundFont 2 player does, as far as the ear asks for it: key and velocity zones, loops, envelopes in decibels, a
low-pass filter that a hard stroke opens. Modulators, vibrato and chorus are left out.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import av
import numpy as np

from gesso.engines.sketch import assets
from gesso.engines.sketch.audio.sounds import Samples

RATE = 44100
"""Samples a second of everything that is played."""

NAME = "fluid-r3"
"""What a result tells as the recordings that played."""

_TABLE, _RECORDINGS = "music/instruments.json", "music/instruments.bin"
_LONGEST_RELEASE = 1.5
_CONTROL = 64
_OPEN_HAT = 46


@dataclass(frozen=True, slots=True)
class Note:
    """A key (60 is middle C; on a kit it names the drum) struck at `start` for `seconds`, 1..127 hard."""

    start: float
    seconds: float
    key: float
    velocity: int = 90


@dataclass(frozen=True, slots=True)
class Zone:
    """How one recording is played for a range of keys and velocities."""

    keys: tuple[int, int]
    velocities: tuple[int, int]
    sample: int
    root: float
    scale: float
    loop: tuple[int, int] | None
    quieter: float
    pan: float
    cutoff: float
    envelope: tuple[float, float, float, float, float]
    """Attack, hold and decay in seconds, how far it decays in decibels, release in seconds."""


def instruments() -> tuple[str, ...]:
    """The names that can be played."""
    return tuple(_zones())


def play(notes: Iterable[Note], instrument: str, length: int, *, gain: float = 1.0, pan: float = 0.0) -> Samples:
    """The notes as (length, 2) samples; `pan` is -1 left to 1 right. What sounds on past the end is cut."""
    out = np.zeros((length, 2), np.float32)
    struck: dict[tuple[float, int, int], Samples] = {}
    kit = instrument.endswith(" kit")
    for note in notes:
        begin = round(note.start * RATE)
        if not 0 <= begin < length:
            continue
        held = 0 if kit and note.key != _OPEN_HAT else max(1, round(note.seconds * RATE / _CONTROL)) * _CONTROL
        what = (note.key, note.velocity, held)
        if what not in struck:
            struck[what] = _struck(instrument, *what)
        sound = struck[what][: length - begin]
        out[begin : begin + len(sound)] += sound
    left, right = np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)
    return (out * np.array([left, right], np.float32) * np.float32(gain * np.sqrt(2))).astype(np.float32)


def _struck(instrument: str, key: float, velocity: int, held: int) -> Samples:
    parts = [_sounding(zone, key, velocity, held) for zone in _fitting(instrument, key, velocity)]
    made = np.zeros((max(map(len, parts), default=0), 2), np.float32)
    for part in parts:
        made[: len(part)] += part
    return made


def _fitting(instrument: str, key: float, velocity: int) -> list[Zone]:
    whole = round(key)
    zones = [zone for zone in _zones()[instrument] if zone.velocities[0] <= velocity <= zone.velocities[1]]
    return [zone for zone in zones if zone.keys[0] <= whole <= zone.keys[1]]


def _sounding(zone: Zone, key: float, velocity: int, held: int) -> Samples:
    recording, rate = _recording(zone.sample)
    ratio = 2.0 ** ((key - zone.root) * zone.scale / 12) * rate / RATE
    release = min(zone.envelope[4], _LONGEST_RELEASE)
    whole = int(len(recording) / ratio)
    # A held of 0 is a drum: the stroke rings out by itself.
    length = min(whole, RATE * 4) if not held else held + round(release * RATE)
    places = np.arange(length) * ratio
    if zone.loop is not None and held and zone.loop[1] > zone.loop[0] + 1:
        first, last = zone.loop
        places = np.where(places < last, places, first + (places - first) % (last - first))
    low = places.astype(np.int64)
    inside = low < len(recording) - 1
    low = np.minimum(low, len(recording) - 2)
    share = (places - low).astype(np.float32)
    wave = (recording[low] * (1 - share) + recording[low + 1] * share) * inside
    wave = _filtered(wave, zone.cutoff * 2.0 ** (-1.5 * (1 - velocity / 127)))
    wave *= _envelope(zone, velocity, held, length)
    angle = (zone.pan + 1) * np.pi / 4
    return (wave[:, None] * np.array([np.cos(angle), np.sin(angle)])).astype(np.float32)


def _envelope(zone: Zone, velocity: int, held: int, length: int) -> Samples:
    attack, hold, decay, sustain, release = zone.envelope
    time = np.arange(0, length + _CONTROL, _CONTROL) / RATE
    lost = np.clip((time - attack - hold) / max(decay, 1e-3) * 100, 0, sustain) + zone.quieter
    if held:
        lost = lost + np.clip((time - held / RATE) / max(min(release, _LONGEST_RELEASE), 0.03) * 90, 0, 90)
    gain = np.minimum(time / max(attack, 1e-3), 1.0) * 10.0 ** (-lost / 20) * (velocity / 127) ** 1.6
    if attack <= 0.002:
        gain[0] = gain[min(1, len(gain) - 1)]  # a stroke begins at once, between two control points
    return np.interp(np.arange(length), np.arange(len(time)) * _CONTROL, gain).astype(np.float32)


def _filtered(wave: Samples, cutoff: float) -> Samples:
    """Two poles of low pass, by frequency: a note at a time is long enough."""
    if cutoff > 14000 or not len(wave):
        return wave
    size = 4096 * -(-len(wave) // 4096)
    spectrum = np.fft.rfft(wave, size)
    hertz = np.arange(len(spectrum)) * (RATE / size)
    spectrum *= 1 / (1 + (hertz / max(cutoff, 150.0)) ** 2)
    return np.fft.irfft(spectrum, size)[: len(wave)].astype(np.float32)


@cache
def _zones() -> Mapping[str, tuple[Zone, ...]]:
    table = _table()["instruments"]
    return {name: tuple(_zone(row) for row in rows) for name, rows in table.items()}


def _zone(row: Mapping[str, Any]) -> Zone:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Zone(**fields)


@cache
def _table() -> Mapping[str, Any]:
    return json.loads(assets.path(_TABLE).read_text("utf-8"))


@lru_cache(maxsize=128)
def _recording(number: int) -> tuple[Samples, int]:
    place = _table()["samples"][number]
    with assets.path(_RECORDINGS).open("rb") as file:
        file.seek(place["at"])
        data = file.read(place["bytes"])
    with av.open(io.BytesIO(data), "r", format="ogg") as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(np.float32), place["rate"]
