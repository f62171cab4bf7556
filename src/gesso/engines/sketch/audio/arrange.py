"""The band: what each instrument plays under a tune, section by section, harder in a chorus than in a verse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gesso.engines.sketch.audio.grooves import CRASH, GROOVES, HIGH_TOM, LOW_TOM, MID_TOM, SNARE, Groove
from gesso.engines.sketch.audio.melody import Chord, Passage, scale
from gesso.engines.sketch.audio.sampler import Note
from gesso.engines.sketch.audio.style import Style

_STRENGTH: Mapping[str, float] = {
    "intro": 0.55,
    "verse": 0.65,
    "prechorus": 0.8,
    "chorus": 1.0,
    "bridge": 0.6,
    "solo": 0.9,
    "outro": 0.55,
}

_PLAYS: Mapping[str, frozenset[str]] = {
    "intro": frozenset({"chords", "lead", "pad"}),
    "verse": frozenset({"chords", "bass", "kit"}),
    "prechorus": frozenset({"chords", "bass", "kit", "pad"}),
    "chorus": frozenset({"chords", "bass", "kit", "pad", "fill"}),
    "bridge": frozenset({"chords", "bass", "pad"}),
    "solo": frozenset({"chords", "bass", "kit", "lead", "pad"}),
    "outro": frozenset({"chords", "bass", "pad", "lead"}),
}
"""Who plays where; `fill` is a lead that answers the singer."""


@dataclass(frozen=True, slots=True)
class Score:
    """What the band plays: notes by part, and the instrument of each part."""

    parts: Mapping[str, Sequence[Note]]
    instruments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clock:
    """Beats to seconds, off-beats as late as the groove swings."""

    tempo: float
    beats: int
    swing: float = 0.0

    @property
    def bar(self) -> float:
        """Seconds of a bar."""
        return self.beats * 60 / self.tempo

    def at(self, bar: int, beat: float) -> float:
        """The second of a beat within a bar."""
        late = self.swing / 4 if abs(beat % 1 - 0.5) < 0.01 else 0.0
        return bar * self.bar + (beat + late) * 60 / self.tempo


def arrange(passages: Sequence[Passage], style: Style, clock: Clock, seed: int) -> Score:
    """Everything the band plays."""
    groove = GROOVES[style.groove]
    instruments = {"chords": style.chords, "bass": style.bass, "kit": style.kit, "pad": style.pad, "lead": style.lead}
    if not style.band:
        instruments = {"chords": "piano"}
    parts: dict[str, list[Note]] = {part: [] for part, instrument in instruments.items() if instrument}
    for number, passage in enumerate(passages):
        rng = np.random.default_rng([seed, number])
        plays = _PLAYS[passage.kind]
        strength = _STRENGTH[passage.kind] * (0.6 + 0.4 * style.energy)
        for part, notes in parts.items():
            if part == "lead" and {"lead", "fill"} & plays:
                notes.extend(_lead(passage, style, clock, strength, rng))
            elif part in plays:
                notes.extend(_PART[part](passage, groove, clock, strength, rng))
    return Score(parts, {part: instruments[part] for part in parts})


def _strokes(row: str) -> Iterator[tuple[float, str, float]]:
    """Beat, mark and beats to the next stroke of a row of sixteenths."""
    places = [place for place, mark in enumerate(row) if mark != "."]
    for place, following in zip(places, [*places[1:], len(row)], strict=True):
        yield place / 4, row[place], (following - place) / 4


def _chords(
    passage: Passage, groove: Groove, clock: Clock, strength: float, rng: np.random.Generator
) -> Iterator[Note]:
    before: tuple[int, ...] = (60, 64, 67)
    for number, chord in enumerate(passage.chords):
        before = voicing(chord, before)
        tones = (*before, before[0] + 12)
        for stroke, (beat, mark, beats) in enumerate(_strokes(groove.chords[: groove.beats * 4])):
            velocity = _hit(mark, 78, strength, rng)
            seconds = beats * 60 / clock.tempo * groove.hold
            start = clock.at(passage.bar + number, beat)
            if groove.picking == "arpeggio":
                key = tones[(0, 2, 1, 3, 2, 1, 2, 3)[stroke % 8] % len(tones)]
                yield Note(start, seconds, key, velocity)
                continue
            for string, key in enumerate(before):
                late = 0.012 * string if groove.picking == "strum" else 0.0
                yield Note(start + late, seconds, key, velocity)


def _pad(passage: Passage, groove: Groove, clock: Clock, strength: float, rng: np.random.Generator) -> Iterator[Note]:
    before: tuple[int, ...] = (60, 64, 67)
    velocity = _hit("x", 70, strength, rng)
    for number, chord in enumerate(passage.chords):
        before = voicing(chord, before)
        for key in before:
            yield Note(clock.at(passage.bar + number, 0), clock.bar * 1.02, key, velocity)


def _bass(passage: Passage, groove: Groove, clock: Clock, strength: float, rng: np.random.Generator) -> Iterator[Note]:
    for number, chord in enumerate(passage.chords):
        root = 28 + (chord.root - 28) % 12  # from the low E up
        steps = {"r": 0, "3": chord.third, "5": chord.fifth if root + chord.fifth < 43 else chord.fifth - 12, "o": 12}
        for beat, mark, beats in _strokes(groove.bass[: groove.beats * 4]):
            start = clock.at(passage.bar + number, beat)
            yield Note(start, beats * 60 / clock.tempo * 0.92, root + steps[mark], _hit("x", 95, strength, rng))


def _kit(passage: Passage, groove: Groove, clock: Clock, strength: float, rng: np.random.Generator) -> Iterator[Note]:
    if passage.kind in ("chorus", "solo"):
        yield Note(clock.at(passage.bar, 0), 1, CRASH, _hit("x", 80, strength, rng))
    last = passage.bar + passage.bars - 1
    for number in range(passage.bar, last + 1):
        fill = number == last and passage.bars >= 4 and SNARE in groove.drums
        for drum, row in groove.drums.items():
            for beat, mark, _ in _strokes(row[: groove.beats * 4]):
                if not (fill and beat >= groove.beats - 1):
                    yield Note(clock.at(number, beat), 0.2, drum, _hit(mark, 84, strength, rng))
        if fill:
            for step, drum in enumerate((SNARE, HIGH_TOM, MID_TOM, LOW_TOM)):
                yield Note(
                    clock.at(number, groove.beats - 1 + step / 4), 0.2, drum, _hit("x", 80 + 6 * step, strength, rng)
                )


def _lead(passage: Passage, style: Style, clock: Clock, strength: float, rng: np.random.Generator) -> Iterator[Note]:
    """A tune of its own where nobody sings, short answers where somebody does."""
    tones = [key for key in range(62, 86) if key % 12 in scale(style)]
    busy = [(phrase.bar, phrase.bar + phrase.bars) for phrase in passage.phrases]
    motif = (
        [(0.0, 1.0), (1.0, 0.5), (1.5, 0.5), (2.0, 1.5)] if clock.beats == 4 else [(0.0, 1.5), (1.5, 0.5), (2.0, 1.0)]
    )
    near = 72
    for number, chord in enumerate(passage.chords):
        bar = passage.bar + number
        singing = any(begin <= bar < end for begin, end in busy)
        ends = any(bar == end - 1 for _, end in busy)
        if singing and not ends:
            continue
        for beat, beats in motif[-1:] if singing else motif:
            strong = beat in (0.0, 2.0)
            choices = [key for key in tones if key % 12 in chord.classes] if strong else tones
            wish = near + int(rng.integers(-4, 5)) + (2 if near < 68 else -2 if near > 78 else 0)
            near = min(choices, key=lambda key: abs(key - wish))
            beat_at = beat + (1.0 if singing else 0.0)
            velocity = _hit("x", 62 if singing else 84, strength, rng)
            yield Note(clock.at(bar, beat_at), beats * 60 / clock.tempo * 0.95, near, velocity)


_PART = {"chords": _chords, "pad": _pad, "bass": _bass, "kit": _kit}


def voicing(chord: Chord, before: tuple[int, ...]) -> tuple[int, ...]:
    """The inversion of a triad that lies nearest to the one before it, about middle C."""
    best: tuple[int, ...] = before
    least = float("inf")
    for lowest in range(52, 66):
        if lowest % 12 not in chord.classes:
            continue
        keys = [lowest]
        while len(keys) < 3:
            keys.append(next(key for key in range(keys[-1] + 1, keys[-1] + 13) if key % 12 in chord.classes))
        way = sum(abs(a - b) for a, b in zip(keys, before, strict=True)) + 0.1 * abs(keys[1] - 61)
        if way < least:
            best, least = tuple(keys), way
    return best


def _hit(mark: str, velocity: int, strength: float, rng: np.random.Generator) -> int:
    """How hard: a capital is harder, a weak section softer, and nobody plays like a machine."""
    hard = velocity * (1.15 if mark == "X" else 1.0) * (0.62 + 0.42 * strength)
    # A few levels only, so that the same stroke is made once and played often.
    return int(np.clip(4 * round((hard + float(rng.normal(0, 3))) / 4), 20, 124))
