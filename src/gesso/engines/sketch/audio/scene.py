"""What a place sounds like: words that name noises, lasting ones under short ones, placed in time and in stereo."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from gesso.engines.sketch.audio.noises import BED_LEVEL, BEDS, Rng, Wave, even
from gesso.engines.sketch.audio.sampler import RATE
from gesso.engines.sketch.audio.sounds import Samples, Sound, resample
from gesso.engines.sketch.audio.strokes import STROKES

_WORDS: Mapping[str, str] = {
    # beds
    "wind": "wind winds windy gust gusts breeze storm blizzard desert mountain mountains hurricane howl howls",
    "rain": "rain rains raining rainy drizzle downpour shower monsoon",
    "stream": "stream river creek brook fountain waterfall water flowing bubbling trickle trickles pouring pours",
    "sea": "sea ocean wave waves surf beach shore coast seagulls tide underwater",
    "fire": "fire campfire flame flames burning burns crackle crackles crackling fireplace torch sizzle sizzles",
    "engine": "engine engines motor motorcycle car cars truck race racing drag accelerate accelerates roar revs "
    "revving tractor boat drone rocket train spaceship",
    "hum": "hum hums humming machine machines computer server fridge electric electricity robot robots buzz neon lab",
    "traffic": "traffic street city highway road downtown urban avenue",
    "crowd": "crowd crowds people audience chatter restaurant cafe market party talking murmur stadium bar",
    "applause": "applause clapping clap claps applauds cheer cheers cheering ovation",
    "insects": "insects crickets cicadas cricket night jungle swamp summer meadow",
    "birds": "bird birds birdsong chirp chirps chirping forest garden park woods morning parrot sparrow dawn spring",
    "helicopter": "helicopter chopper propeller rotor",
    "room": "room quiet silence ambience ambient interior office library studio",
    # strokes
    "whoosh": "whoosh whooshes swoosh swish fly flies flying zoom passes swing swings jump jumps sword throws dance",
    "impact": "impact hit hits crash crashes slam slams thud punch punches fall falls collision boom stomp lands drop",
    "footstep": "footstep footsteps walk walks walking run runs running steps marching jog hike strolls paces hooves",
    "screech": "screech screeches tires tyres brake brakes drift drifts skid skids",
    "splash": "splash splashes splashing dive dives swim swims swimming paddle puddle rowing row",
    "thunder": "thunder lightning thunderstorm",
    "explosion": "explosion explosions explode explodes blast detonates fireworks firework cannon",
    "shot": "shot shots gun gunshot gunfire shoot shoots rifle pistol",
    "click": "click clicks clicking typing keyboard clock tick ticking ticks camera shutter button switch",
    "knock": "knock knocks knocking door wood wooden hammer hammers hammering chop chops clatter clatters clack",
    "glass": "glass shatter shatters smash breaking bottle dishes plates",
    "bell": "bell bells chime chimes church gong ring rings ringing",
    "horn": "horn honk honks siren ship",
    "bark": "bark barks barking dog dogs puppy",
    "meow": "meow meows cat cats kitten",
    "rustle": "rustle rustles rustling leaves paper cloth pages fabric grass whisper brush brushing",
    "drum": "drum drums taiko heartbeat",
    "chirp": "tweet tweets tweeting robin canary",
}
"""Noise and the words that call it; each word stands for one noise."""

_RECORDED = frozenset({"sea", "applause", "birds", "helicopter", "shot", "drum", "chirp"})
_STROKE_LEVEL = 0.35
_REGULAR = {"footstep": 1.9, "click": 3.0, "drum": 1.6, "knock": 1.8, "bark": 0.9}
"""Strokes that come regularly, and how many of them a second; others come now and then."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in the picture: when (seconds), how strong (0..1), where (-1 left to 1 right)."""

    at: float
    strength: float = 0.7
    pan: float = 0.0
    cut: bool = False
    """Whether the picture changes altogether."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The noises that words call for, in the order they are named."""

    beds: tuple[str, ...] = ()
    strokes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=())
    """Words of some weight that name nothing here."""


def listen(prompt: str) -> Heard:
    """Read the noises out of words."""
    calls = _calls()
    words = re.findall(r"[a-z]+", prompt.lower())
    called = list(dict.fromkeys(calls[word] for word in words if word in calls))
    return Heard(
        tuple(name for name in called if name in BEDS)[:4],
        tuple(name for name in called if name in STROKES)[:5],
        tuple(dict.fromkeys(word for word in words if word not in calls and len(word) > 5))[:8],
    )


def recorded(prompt: str) -> bool:
    """Whether a recording is among what `prompt` calls for; all else is made of tones and noise."""
    heard = listen(prompt)
    return bool(_RECORDED & {*heard.beds, *heard.strokes})


def scene_sound(
    prompt: str,
    seconds: float,
    rate: int = RATE,
    seed: int = 0,
    events: Sequence[Event] | None = None,
    *,
    near: bool = False,
    motion: Wave | None = None,
) -> Sound:
    """What `prompt` calls for, in stereo, exactly `seconds` long.

    Short noises fall on `events` where there are any, else where chance puts them. `near` brings out small sounds:
    beds become quiet, strokes close, their high end clear. `motion` (0..1, any number of values over the whole time)
    lets lasting noises swell. Words that name nothing here are not heard.
    """
    rng = np.random.default_rng(seed)
    heard = listen(prompt)
    length = max(1, round(seconds * RATE))
    mix = np.zeros((length, 2), np.float32)
    for number, name in enumerate(heard.beds or ("room",)):
        share = (0.3 if near else 1.0) * 0.8**number * (0.35 if name == "room" else 1.0)
        mix += _bed(name, length, rng) * np.float32(share * BED_LEVEL)
    if motion is not None and len(motion) > 1:
        swell = np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(motion)), motion)
        mix *= (0.4 + 0.6 * swell)[:, None].astype(np.float32)
    for name, event in _placed(heard, seconds, rng, events):
        _strike(mix, name, event, rng, near=near)
    return resample(Sound(_bounded(_softened(mix, length)), RATE), rate)


def _placed(heard: Heard, seconds: float, rng: Rng, events: Sequence[Event] | None) -> list[tuple[str, Event]]:
    if events:
        # What strikes is what the words name, in turn; a cut, and movement without a name, is air.
        names = heard.strokes or ("whoosh",)
        moving = [event for event in events if not event.cut]
        placed = [(names[number % len(names)], event) for number, event in enumerate(moving)]
        return placed + [("whoosh", event) for event in events if event.cut]
    return [(name, event) for name in heard.strokes for event in _by_chance(name, seconds, rng)]


def _by_chance(name: str, seconds: float, rng: Rng) -> list[Event]:
    pace = _REGULAR.get(name)
    if pace is not None:
        times = np.arange(0.25, seconds - 0.1, 1 / pace)
        times += rng.normal(0, 0.02, len(times))
        return [Event(float(max(at, 0)), float(rng.uniform(0.5, 0.8)), 0.25 * (-1) ** n) for n, at in enumerate(times)]
    count = max(1, round(seconds / 3.5))
    slots = (np.arange(count) + rng.uniform(0.15, 0.6, count)) * seconds / count
    return [Event(float(at), float(rng.uniform(0.6, 1.0)), float(rng.uniform(-0.7, 0.7))) for at in slots]


def _bed(name: str, length: int, rng: Rng) -> Samples:
    """Two channels of the same kind that differ enough to be wide, yet have a middle."""
    one, other = even(BEDS[name](length, rng)), even(BEDS[name](length, rng))
    return np.stack([0.85 * one + 0.5 * other, 0.5 * one + 0.85 * other], axis=1).astype(np.float32)


def _strike(mix: Samples, name: str, event: Event, rng: Rng, *, near: bool) -> None:
    wave = STROKES[name](rng)
    if near:
        # A close microphone hears the high end: a first difference lifts it.
        wave = 0.5 * wave + 1.5 * np.diff(wave, prepend=np.float32(0))
        wave = wave / max(float(np.abs(wave).max()), 1e-6)
    begin = int(event.at * RATE)
    if not 0 <= begin < len(mix):
        return
    angle = (event.pan + 1) * np.pi / 4
    gain = _STROKE_LEVEL * (0.35 + 0.65 * event.strength)
    part = wave[: len(mix) - begin, None] * np.array([np.cos(angle), np.sin(angle)], np.float32)
    mix[begin : begin + len(part)] += (part * np.float32(gain * 1.3)).astype(np.float32)


def _softened(mix: Samples, length: int) -> Samples:
    fade = min(length // 2, RATE // 20)
    mix[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)[:, None]
    mix[length - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return mix


def _bounded(mix: Samples) -> Samples:
    return (np.tanh(mix / 0.95) * 0.95).astype(np.float32)


@cache
def _calls() -> Mapping[str, str]:
    return {word: name for name, words in _WORDS.items() for word in words.split()}
