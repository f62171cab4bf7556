"""A song from lyrics and a style: sections in order, a tune, a band, a singer, and their mix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gesso.engines.sketch.audio import lyrics, mixing
from gesso.engines.sketch.audio.arrange import Clock, Score, arrange
from gesso.engines.sketch.audio.grooves import GROOVES
from gesso.engines.sketch.audio.lyrics import Section
from gesso.engines.sketch.audio.melody import Passage, Phrase, compose
from gesso.engines.sketch.audio.sampler import RATE, play
from gesso.engines.sketch.audio.singing import LEAD, Tone, sing
from gesso.engines.sketch.audio.sounds import Samples, Sound, resample
from gesso.engines.sketch.audio.speech import VOICES
from gesso.engines.sketch.audio.style import Style
from gesso.engines.sketch.audio.vocoder import RATE as SUNG_RATE

Tell = Callable[[float, str], None]

_LEVELS: Mapping[str, float] = {"chords": 0.055, "bass": 0.07, "kit": 0.075, "pad": 0.035, "lead": 0.05}
_PANS: Mapping[str, float] = {"chords": -0.25, "bass": 0.0, "kit": 0.0, "pad": 0.15, "lead": 0.35}
_SENDS: Mapping[str, float] = {"chords": 0.16, "bass": 0.02, "kit": 0.08, "pad": 0.3, "lead": 0.25}
_VOICE_LEVEL, _VOICE_SEND, _SECOND = 0.115, 0.22, 0.45
_SHORTEST = 24.0
_TAIL = 2.0
_MEN_BELOW = 165.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A song before it is played."""

    style: Style
    clock: Clock
    passages: tuple[Passage, ...]

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return sum(passage.bars for passage in self.passages)

    @property
    def seconds(self) -> float:
        """How long it is, its last chord dying away included."""
        return self.bars * self.clock.bar + _TAIL


def plan(sections: Sequence[Section], style: Style, seed: int) -> Plan:
    """Order the sections, with an intro and an outro where the lyrics have none, and write the tune."""
    ordered = list(sections)
    groove = GROOVES[style.groove]
    clock = Clock(style.tempo, groove.beats, groove.swing)
    centre = _centre(style)
    if style.band:
        ordered = _framed(ordered)
    passages = compose(ordered, style, groove.beats, centre, seed)
    if sum(passage.bars for passage in passages) * clock.bar < _SHORTEST and any(part.sung for part in ordered):
        ordered = lyrics.twice([part for part in ordered if part.kind not in ("intro", "outro")])
        passages = compose(_framed(ordered) if style.band else ordered, style, groove.beats, centre, seed)
    return Plan(style, clock, tuple(passages))


def perform(made: Plan, seed: int, tell: Tell = lambda done, stage: None) -> Sound:
    """Play and sing a plan: stereo at 44.1 kHz, loud as a record, without a clipped sample."""
    length = round(made.seconds * RATE)
    score = arrange(made.passages, made.style, made.clock, seed)
    mix, send = _band(score, length, tell)
    _sung(made, seed, mix, send, tell)
    tell(0.85, "mixing")
    mix += mixing.room(send)
    return Sound(mixing.finished(mix), RATE)


def bed(style: Style, seconds: float, seed: int) -> Sound:
    """Music without a voice, exactly so long: the band alone, its last second fading."""
    groove = GROOVES[style.groove]
    clock = Clock(style.tempo, groove.beats, groove.swing)
    kinds = ("verse", "solo", "chorus", "solo") if style.energy > 0.4 else ("intro", "bridge", "solo", "bridge")
    count = max(1, int(np.ceil(seconds / clock.bar / 4)))
    passages = compose([Section("solo")] * count, style, groove.beats, 62, seed)
    passages = [replace(passage, kind=kinds[n % 4]) for n, passage in enumerate(passages)]
    length = max(1, round(seconds * RATE))
    mix, send = _band(arrange(passages, style, clock, seed), length, lambda done, stage: None)
    return Sound(mixing.finished(mix + mixing.room(send), min(1.0, seconds / 4)), RATE)


def _framed(sections: list[Section]) -> list[Section]:
    kinds = [section.kind for section in sections]
    front = [] if "intro" in kinds else [Section("intro")]
    back = [] if "outro" in kinds else [Section("outro")]
    return [*front, *sections, *back]


def _centre(style: Style) -> int:
    """The key about which the voice is at ease, on a tone of the tonic's chord."""
    middle = 52 if VOICES[style.voice].pitch < _MEN_BELOW else 62
    return middle + (style.tonic - middle + 6) % 12 - 6 if style.band else middle


def _band(score: Score, length: int, tell: Tell) -> tuple[Samples, Samples]:
    mix = np.zeros((length, 2), np.float32)
    send = np.zeros((length, 2), np.float32)
    for number, (part, notes) in enumerate(score.parts.items()):
        tell(0.05 + 0.45 * number / len(score.parts), f"playing {score.instruments[part]}")
        played = play(notes, score.instruments[part], length, pan=_PANS[part])
        played = mixing.at_level(played, _LEVELS[part])
        mix += played
        send += played * np.float32(_SENDS[part])
    return mix, send


def _sung(made: Plan, seed: int, mix: Samples, send: Samples, tell: Tell) -> None:
    """Add every phrase; in a chorus a second voice sings a third below."""
    voice = VOICES[made.style.voice]
    phrases = [(passage.kind, phrase) for passage in made.passages for phrase in passage.phrases]
    track = np.zeros((len(mix), 2), np.float32)
    for number, (kind, phrase) in enumerate(phrases):
        tell(0.5 + 0.35 * number / len(phrases), "singing")
        tones = tones_of(phrase, made.clock)
        begin = round((phrase.bar * made.clock.bar - LEAD) * RATE)
        track += mixing.placed(_at_rate(sing(phrase.line, tones, voice, seed + number)), len(mix), begin, 0.0)
        if kind == "chorus":
            below = [replace(tone, key=_third_below(tone.key, made.style)) for tone in tones]
            second = _at_rate(sing(phrase.line, below, replace(voice, throat=voice.throat * 0.97), seed + 500 + number))
            track += mixing.placed(second, len(mix), begin + RATE // 60, -0.45) * np.float32(_SECOND)
    track = mixing.at_level(track, _VOICE_LEVEL)
    mix += track
    send += track * np.float32(_VOICE_SEND)


def tones_of(phrase: Phrase, clock: Clock) -> list[Tone]:
    """The notes of a phrase in seconds from its first bar."""
    beat = 60 / clock.tempo
    return [Tone(clock.at(0, note.beat), max(0.12, note.beats * beat * 0.96), note.key) for note in phrase.notes]


def _third_below(key: float, style: Style) -> float:
    from gesso.engines.sketch.audio.melody import scale

    classes = scale(style)
    place = min(range(7), key=lambda step: min((key - classes[step]) % 12, (classes[step] - key) % 12))
    return key - (classes[place] - classes[place - 2]) % 12


def _at_rate(samples: Samples) -> Samples:
    return resample(Sound(samples[:, None], SUNG_RATE), RATE).samples[:, 0]
