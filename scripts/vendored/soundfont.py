"""Cut a few instruments and drums out of a General MIDI soundfont (SF3: SoundFont 2 with Vorbis samples).

What comes out: the samples as they were compressed, end to end, and a table that says for which keys and velocities
each is played, how it loops, and its envelope. Modulators and stereo links are left out.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

PROGRAMS = {
    "piano": 0,
    "rhodes": 4,
    "harpsichord": 6,
    "celesta": 8,
    "glockenspiel": 9,
    "music box": 10,
    "vibraphone": 11,
    "marimba": 12,
    "organ": 16,
    "accordion": 21,
    "harmonica": 22,
    "nylon guitar": 24,
    "steel guitar": 25,
    "clean guitar": 27,
    "distortion guitar": 30,
    "acoustic bass": 32,
    "finger bass": 33,
    "synth bass": 38,
    "violin": 40,
    "harp": 46,
    "strings": 48,
    "choir": 52,
    "trumpet": 56,
    "brass": 61,
    "alto sax": 65,
    "clarinet": 71,
    "flute": 73,
    "square lead": 80,
    "saw lead": 81,
    "warm pad": 89,
    "sitar": 104,
    "banjo": 105,
    "steel drums": 114,
    "taiko": 116,
    "sea": 122,
    "bird": 123,
    "helicopter": 125,
    "applause": 126,
    "shot": 127,
}
"""Our name of an instrument and its General MIDI program, counted from 0."""

KITS = {"standard kit": 0, "power kit": 16, "electronic kit": 25, "brush kit": 40}
"""Our name of a drum kit and its program in bank 128."""

DRUMS = (35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 51, 54, 69, 70)
"""Keys of a kit that are kept: kick, stick, snare, clap, toms, hats, crash, ride, tambourine, cabasa, maracas."""

VELOCITIES = (45, 85, 115)
"""How hard a key is hit where a layer is taken; they stand for 0..63, 64..99 and 100..127."""

_BANDS = ((0, 63), (64, 99), (100, 127))

# Generators of the SoundFont 2.04 specification, section 8.1.2.
_CUTOFF, _OPENED, _PAN, _ATTACK, _HOLD, _DECAY, _SUSTAIN, _RELEASE = 8, 11, 17, 34, 35, 36, 37, 38
_INSTRUMENT, _KEYS, _VELOCITIES, _QUIETER, _COARSE, _FINE, _SAMPLE, _LOOPS, _SCALE, _ROOT = (
    *(41, 43, 44, 48, 51, 52, 53),
    *(54, 56, 58),
)
_ADDED = (_QUIETER, _COARSE, _FINE, _PAN, _CUTOFF, _ATTACK, _HOLD, _DECAY, _SUSTAIN, _RELEASE)
"""Generators in which a preset adds to its instrument."""

_DEFAULTS = {_CUTOFF: 13500, _ATTACK: -12000, _HOLD: -12000, _DECAY: -12000, _RELEASE: -12000, _SCALE: 100}

Generators = dict[int, int]


@dataclass(frozen=True)
class Font:
    """The tables of a soundfont file."""

    presets: list[tuple[bytes, int, int, int]]
    """Name, program, bank, first bag."""
    preset_bags: list[Generators]
    instruments: list[int]
    """First bag of each."""
    instrument_bags: list[Generators]
    samples: list[tuple[bytes, int, int, int, int, int, int, int]]
    """Name, start, end, loop start, loop end, rate, root key, cents."""
    data: bytes


def cut(data: bytes) -> tuple[bytes, bytes]:
    """The samples of what is kept, and the table in JSON."""
    font = _read(data)
    chosen = {name: (0, program, None) for name, program in PROGRAMS.items()}
    chosen |= {name: (128, program, DRUMS) for name, program in KITS.items()}
    used: dict[int, int] = {}
    table = {name: _zones(font, bank, program, keys, used) for name, (bank, program, keys) in chosen.items()}
    blob = bytearray()
    samples: list[dict[str, int]] = []
    for number in used:
        _, start, end, *_, rate, _, _ = font.samples[number]
        samples.append({"at": len(blob), "bytes": end - start, "rate": rate})
        blob += font.data[start:end]
    text = json.dumps({"samples": samples, "instruments": table}, separators=(",", ":"), sort_keys=True)
    return bytes(blob), text.encode()


def _zones(
    font: Font, bank: int, program: int, keys: tuple[int, ...] | None, used: dict[int, int]
) -> list[dict[str, object]]:
    bands: dict[str, list[tuple[int, int]]] = {}
    for velocity, band in zip(VELOCITIES, _BANDS, strict=True):
        for zone in _layer(font, bank, program):
            low, high = _range(zone, _KEYS)
            softest, loudest = _range(zone, _VELOCITIES)
            kept = keys is None or any(low <= key <= high for key in keys)
            if kept and softest <= velocity <= loudest:
                bands.setdefault(json.dumps(_zone(font, zone, used)), []).append(band)
    # Layers that differ in nothing but velocity are one.
    return [{**json.loads(zone), "velocities": (own[0][0], own[-1][1])} for zone, own in bands.items()]


def _zone(font: Font, zone: Generators, used: dict[int, int]) -> dict[str, object]:
    number = zone[_SAMPLE] & 0xFFFF
    _, _, _, loop_start, loop_end, _, root, cents = font.samples[number]

    def seconds(generator: int) -> float:
        return round(2 ** (zone.get(generator, _DEFAULTS[generator]) / 1200), 4)

    # An envelope opens the filter for a while; what plays this has a fixed one, half opened.
    opened = max(0, zone.get(_OPENED, 0)) / 2
    key = zone.get(_ROOT, -1)
    tuned = (root if key < 0 else key) - zone.get(_COARSE, 0) - (zone.get(_FINE, 0) + cents) / 100
    return {
        "keys": _range(zone, _KEYS),
        "sample": used.setdefault(number, len(used)),
        "root": round(tuned, 3),
        "scale": zone.get(_SCALE, 100) / 100,
        "loop": (loop_start, loop_end) if zone.get(_LOOPS, 0) & 1 else None,
        "quieter": round(zone.get(_QUIETER, 0) * 0.04, 2),  # decibels, as synthesisers take the unit, not as written
        "pan": round(zone.get(_PAN, 0) / 500, 3),
        "cutoff": round(min(20000.0, 8.176 * 2 ** ((zone.get(_CUTOFF, 13500) + opened) / 1200))),
        "envelope": [seconds(_ATTACK), seconds(_HOLD), seconds(_DECAY), zone.get(_SUSTAIN, 0) / 10, seconds(_RELEASE)],
    }


def _layer(font: Font, bank: int, program: int) -> Iterator[Generators]:
    """Every zone of a preset with all its generators."""
    (number,) = (n for n, preset in enumerate(font.presets[:-1]) if preset[1:3] == (program, bank))
    shared: Generators = {}
    for bag in range(font.presets[number][3], font.presets[number + 1][3]):
        over = {**shared, **font.preset_bags[bag]}
        if _INSTRUMENT not in over:
            shared = over
            continue
        for inner in _instrument(font, over[_INSTRUMENT]):
            both = dict(inner)
            for generator in _ADDED:
                if generator in over:
                    both[generator] = inner.get(generator, _DEFAULTS.get(generator, 0)) + over[generator]
            for generator in (_KEYS, _VELOCITIES):
                (low, high), (least, most) = _range(inner, generator), _range(over, generator)
                both[generator] = max(low, least) | min(high, most) << 8
            if all(low <= high for low, high in (_range(both, _KEYS), _range(both, _VELOCITIES))):
                yield both


def _instrument(font: Font, number: int) -> Iterator[Generators]:
    shared: Generators = {}
    for bag in range(font.instruments[number], font.instruments[number + 1]):
        zone = {**shared, **font.instrument_bags[bag]}
        if _SAMPLE in zone:
            yield zone
        else:
            shared = zone


def _range(zone: Generators, generator: int) -> tuple[int, int]:
    value = zone.get(generator, 127 << 8) & 0xFFFF
    return value & 0xFF, value >> 8


def _read(data: bytes) -> Font:
    chunks = {name: (start, size) for name, start, size in _chunks(data, 12, len(data))}

    def bags(bag: bytes, generators: bytes) -> list[Generators]:
        firsts = [first for first, _ in struct.iter_unpack("<HH", _of(data, chunks[bag]))]
        rows = list(struct.iter_unpack("<Hh", _of(data, chunks[generators])))
        return [dict(rows[begin:end]) for begin, end in pairwise(firsts)]

    return Font(
        [(bytes(n), p, b, f) for n, p, b, f, *_ in struct.iter_unpack("<20sHHHIII", _of(data, chunks[b"phdr"]))],
        bags(b"pbag", b"pgen"),
        [first for _, first in struct.iter_unpack("<20sH", _of(data, chunks[b"inst"]))],
        bags(b"ibag", b"igen"),
        [row[:8] for row in struct.iter_unpack("<20sIIIIIBbHH", _of(data, chunks[b"shdr"]))],
        _of(data, chunks[b"smpl"]),
    )


def _of(data: bytes, chunk: tuple[int, int]) -> bytes:
    return data[chunk[0] : chunk[0] + chunk[1]]


def _chunks(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while start + 8 <= end:
        name, size = data[start : start + 4], struct.unpack_from("<I", data, start + 4)[0]
        if name == b"LIST":
            yield from _chunks(data, start + 12, start + 8 + size)
        else:
            yield name, start + 8, size
        start += 8 + size + (size & 1)
