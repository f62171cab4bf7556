"""The tune: a chord for each bar, a note for each syllable, on the beat where it is stressed, at home at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.audio.lyrics import Line, Section
from gesso.engines.sketch.audio.style import Style

_SCALES: Mapping[str, tuple[int, ...]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}

# Degrees of the scale on which the chord of each bar stands.
_PROGRESSIONS: Mapping[tuple[str, str], tuple[tuple[int, ...], ...]] = {
    ("major", "verse"): ((0, 5, 3, 4), (0, 4, 5, 3), (0, 2, 3, 4), (0, 3, 0, 4)),
    ("major", "chorus"): ((3, 4, 0, 5), (0, 4, 5, 3), (5, 3, 0, 4)),
    ("major", "bridge"): ((5, 2, 3, 4), (3, 0, 1, 4)),
    ("minor", "verse"): ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 6)),
    ("minor", "chorus"): ((5, 6, 0, 2), (0, 5, 2, 6), (3, 5, 0, 6)),
    ("minor", "bridge"): ((3, 0, 5, 4), (5, 2, 3, 4)),
}

_HEIGHT = {"verse": 0, "prechorus": 2, "chorus": 3, "bridge": 1, "outro": 0, "intro": 0, "solo": 3}
"""Scale steps by which a section lies above the verse."""


@dataclass(frozen=True, slots=True)
class Chord:
    """A triad: pitch class of its root, and the semitones of its third and fifth above."""

    root: int
    third: int
    fifth: int

    @property
    def classes(self) -> tuple[int, int, int]:
        """Its three pitch classes."""
        return self.root, (self.root + self.third) % 12, (self.root + self.fifth) % 12


@dataclass(frozen=True, slots=True)
class Sung:
    """One syllable's note: beats from the line's first bar, and a key."""

    beat: float
    beats: float
    key: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A line with its notes, one a syllable; `bar` is the song's bar in which it begins, `bars` how many it takes."""

    line: Line
    notes: tuple[Sung, ...]
    bar: int
    bars: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A section with its bars: a chord each, and its phrases."""

    kind: str
    bar: int
    chords: tuple[Chord, ...]
    phrases: tuple[Phrase, ...] = ()

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return len(self.chords)


def compose(sections: list[Section], style: Style, beats: int, centre: int, seed: int) -> list[Passage]:
    """Chords and tune of a song. `beats` are in a bar; `centre` is the key about which the voice is at ease."""
    made: list[Passage] = []
    bar = 0
    for section in sections:
        kind = section.kind if section.kind in ("verse", "chorus", "bridge") else _like(section.kind)
        rng = np.random.default_rng([seed, ("verse", "chorus", "bridge").index(kind)])  # a chorus returns as it was
        row = _PROGRESSIONS[style.mode, kind]
        degrees = row[int(rng.integers(len(row)))]
        lengths = [1 if line is None else _bars(line, beats) for line in section.lines]
        total = max(sum(lengths), 4 if not section.sung else 0)
        total += total % 2
        chords = _chords(degrees, total, style, last=section.sung != ())
        phrases: list[Phrase] = []
        at = 0
        for number, (line, length) in enumerate(zip(section.lines, lengths, strict=True)):
            if line is not None:
                end = number == len(section.lines) - 1
                # Every other line answers with the same tune.
                motif = np.random.default_rng([seed, _HEIGHT[section.kind], len(phrases) % 2])
                under = chords[at : at + length]
                notes = _tune(line, under, style, beats * length, centre + _HEIGHT[section.kind], motif, final=end)
                phrases.append(Phrase(line, notes, bar + at, length))
            at += length
        made.append(Passage(section.kind, bar, chords, tuple(phrases)))
        bar += total
    return made


def scale(style: Style) -> tuple[int, ...]:
    """The pitch classes of the key, tonic first."""
    return tuple((style.tonic + step) % 12 for step in _SCALES[style.mode])


def chord(style: Style, degree: int) -> Chord:
    """The triad on a degree of the scale; the fifth degree of a minor key is major, which leads home."""
    steps = _SCALES[style.mode]
    root = steps[degree % 7]
    third, fifth = ((steps[(degree + up) % 7] - root) % 12 for up in (2, 4))
    if style.mode == "minor" and degree == 4:
        third = 4
    return Chord((style.tonic + root) % 12, third, fifth)


def _like(kind: str) -> str:
    return {"solo": "chorus", "prechorus": "bridge"}.get(kind, "verse")


def _bars(line: Line, beats: int) -> int:
    """Bars for a line: about two syllables a beat, and room to breathe."""
    return 2 if len(line.syllables) <= 4 * beats - 4 else 3 if len(line.syllables) <= 6 * beats - 4 else 4


def _chords(degrees: tuple[int, ...], total: int, style: Style, *, last: bool) -> tuple[Chord, ...]:
    row = [degrees[number % len(degrees)] for number in range(total)]
    if last and total >= 2:
        row[-2:] = [4 if row[-2] != 4 else 3, 0] if total >= 4 else [row[-2], 0]
    return tuple(chord(style, degree) for degree in row)


def _tune(
    line: Line,
    chords: tuple[Chord, ...],
    style: Style,
    beats: int,
    centre: int,
    rng: np.random.Generator,
    *,
    final: bool,
) -> tuple[Sung, ...]:
    starts = _rhythm(line, beats)
    keys = _keys(line, starts, chords, style, centre, rng, final=final)
    ends = [*starts[1:], min(starts[-1] + 2.5, beats - 0.25)]
    notes: list[Sung] = []
    for start, end, key in zip(starts, ends, keys, strict=True):
        notes.append(Sung(start, max(min(end - start, 2.0 if end != ends[-1] else 2.5), 0.2), key))
    return tuple(notes)


def _rhythm(line: Line, beats: int) -> list[float]:
    """When each syllable begins, in beats: spread evenly, drawn to the beat where it is stressed."""
    count = len(line.syllables)
    room = beats - 1.5  # the last note holds, and somebody breathes
    step = 0.5 if count <= room * 2 + 1 else 0.25
    spread = min(1.0, room / max(count - 1, 1))
    grid = [round(number * spread / step) for number in range(count)]
    for number in range(1, count):
        grid[number] = max(grid[number], grid[number - 1] + 1)
    for number, syllable in enumerate(line.syllables):
        whole = round(1 / step)
        place = grid[number]
        if syllable.stress == 2 and place % whole:
            left = grid[number - 1] if number else -1
            right = grid[number + 1] if number + 1 < count else place + whole
            nearest = whole * round(place / whole)
            if left < nearest < right:
                grid[number] = nearest
    over = max(0.0, grid[-1] * step - (beats - 0.5)) if grid else 0.0
    return [place * step * (1 - over / max(grid[-1] * step, 1)) for place in grid]


def _keys(
    line: Line,
    starts: list[float],
    chords: tuple[Chord, ...],
    style: Style,
    centre: int,
    rng: np.random.Generator,
    *,
    final: bool,
) -> list[int]:
    """Chord tones on stressed syllables, steps between them, along an arch."""
    tones = [key for key in range(centre - 8, centre + 10) if key % 12 in scale(style)]
    peak, height = float(rng.uniform(0.3, 0.7)), float(rng.uniform(2.5, 5))
    tilt = float(rng.uniform(-2, 2))
    beats = len(chords)
    keys: list[int] = []
    for number, (syllable, start) in enumerate(zip(line.syllables, starts, strict=True)):
        along = number / max(len(starts) - 1, 1)
        arch = height * (1 - ((along - peak) / max(peak, 1 - peak)) ** 2) - 2 + tilt * (along - 0.5)
        wish = centre + arch + float(rng.normal(0, 1.2))
        under = chords[min(int(start / (starts[-1] + 2) * beats), beats - 1)]
        last = number == len(starts) - 1
        if last and final:
            choices = [key for key in tones if key % 12 == style.tonic]
        elif syllable.stress or last or not keys:
            choices = [key for key in tones if key % 12 in under.classes]
        else:
            choices = [key for key in tones if 0 < abs(key - keys[-1]) <= 2] or tones
        near = keys[-1] if keys else centre
        keys.append(min(choices, key=lambda key: abs(key - wish) + 0.5 * max(abs(key - near) - 4, 0)))
    return keys
