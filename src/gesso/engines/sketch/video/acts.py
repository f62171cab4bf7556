"""How things move: each act is a few curves over the frames, in units of the thing's own size.

An act starts from the thing's place as it is. For a loop all rates are whole turns of the video, and what travels gains
some ground in the picture and loses it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.video.shot import Thing

Curve = npt.NDArray[np.float64]


GAINED = 0.15
"""Share of the frame's width that a traveller gains in a loop before it falls back."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The frames of a video as seconds; `loop` makes every rate fit."""

    count: int
    fps: float
    loop: bool = False

    @property
    def seconds(self) -> float:
        return self.count / self.fps

    @property
    def time(self) -> Curve:
        return np.arange(self.count) / self.fps

    def turns(self, rate: float) -> Curve:
        """The angle, radians, of something that turns `rate` times a second."""
        if self.loop:
            rate = max(1, round(rate * self.seconds)) / self.seconds
        return 2 * np.pi * rate * self.time

    def wave(self, rate: float, phase: float = 0.0) -> Curve:
        """A sine of `rate` Hz that starts at nothing."""
        return np.sin(self.turns(rate) + phase) - np.sin(phase)

    def share(self) -> Curve:
        """0 at the first frame, 1 at the last; there and back for a loop."""
        along = np.arange(self.count) / max(1, self.count if self.loop else self.count - 1)
        return np.sin(np.pi * along) ** 2 if self.loop else along * along * (3 - 2 * along)


@dataclass(slots=True)
class Motion:
    """A thing's shift (pixels, right and down), scale about its foot, turn (degrees) and opacity at each frame.

    `lift` is how far it is above its ground, pixels: the shadow stays below.
    """

    x: Curve
    y: Curve
    wide: Curve
    high: Curve
    turn: Curve
    seen: Curve
    lift: Curve
    middle: float = 0.0
    """What scale and turn are about: 0 the foot, 1 the middle."""

    @classmethod
    def still(cls, count: int) -> Motion:
        zero, one = np.zeros(count), np.ones(count)
        return cls(zero, zero.copy(), one, one.copy(), zero.copy(), one.copy(), zero.copy())


@dataclass(frozen=True, slots=True)
class Act:
    """What a thing is to do: the name of the act, to which side (-1, 0, 1), how strongly, and depth (1 nearer)."""

    name: str
    side: float = 0.0
    strength: float = 1.0
    nearer: float = 0.0


@dataclass(frozen=True, slots=True)
class _Scene:
    clock: Clock
    width: int
    height: int
    free: bool
    """Whether the first frame is ours to choose (a drawn scene) or must show the thing where it is."""
    rng: np.random.Generator


Play = Callable[[Motion, Thing, Act, _Scene], None]


def perform(
    thing: Thing, acts: list[Act], clock: Clock, size: tuple[int, int], *, free: bool, rng: np.random.Generator
) -> Motion:
    """All acts of a thing together."""
    motion = Motion.still(clock.count)
    scene = _Scene(clock, *size, free, rng)
    for act in acts or [Act("idle")]:
        ACTS[act.name](motion, thing, act, scene)
        if act.nearer:
            grown = 1 + (0.45 if act.nearer > 0 else -0.32) * act.strength * clock.share()
            motion.wide, motion.high = motion.wide * grown, motion.high * grown
            motion.y = motion.y + act.nearer * 0.06 * size[1] * clock.share()
    return motion


# ---------------------------------------------------------------- travel


def _travel(motion: Motion, thing: Thing, act: Act, scene: _Scene, speed: float) -> None:
    """Go to a side at `speed` of the thing's longer side a second; a thing that stays in the picture."""
    if thing.cut or (act.nearer and not act.side):
        return
    clock, middle = scene.clock, thing.left + thing.width / 2
    side = act.side or thing.faces or (1.0 if middle < scene.width / 2 else -1.0)
    pace = speed * act.strength * min(max(thing.width, thing.height), 0.45 * scene.width)
    way = pace * clock.seconds
    back = min(way / 2, max(0.0, (middle if side > 0 else scene.width - middle) - 0.1 * scene.width))
    start = -side * back if scene.free else 0.0
    room = (scene.width * 0.92 - middle) if side > 0 else (middle - scene.width * 0.08)
    if clock.loop:
        # As seen by a camera that goes along: it never leaves the frame, and ends where it began.
        ahead, behind = scene.width - thing.left - thing.width, thing.left
        ahead, behind = (max(0.0, side_room) for side_room in ((ahead, behind) if side > 0 else (behind, ahead)))
        reach = min(way, GAINED * scene.width, ahead + (behind if scene.free else 0.0))
        motion.x = motion.x + side * (reach * clock.share() - max(0.0, reach - ahead))
        return
    way = min(way, max(0.0, room) + abs(start))
    time = clock.time / max(1e-6, clock.time[-1]) if clock.count > 1 else clock.time
    begun = np.clip(clock.time / 0.5, 0, 1)
    eased = time if scene.free else time * (0.5 * begun + 0.5)
    motion.x = motion.x + start + side * way * eased


def _bob(motion: Motion, thing: Thing, clock: Clock, rate: float, high: float, squash: float) -> None:
    """Steps: up and down by `high` of the height, flatter when down."""
    steps = np.abs(np.sin(clock.turns(rate) / 2))
    motion.y = motion.y - steps * high * thing.height
    motion.lift = motion.lift + steps * high * thing.height
    motion.high = motion.high * (1 + squash * (2 * steps - 1) + squash)
    motion.wide = motion.wide * (1 - squash * (2 * steps - 1) - squash)


def _run(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _travel(motion, thing, act, scene, 0.95)
    _bob(motion, thing, scene.clock, 3.0, 0.07, 0.025)
    motion.turn = motion.turn + 3.0 * scene.clock.wave(3.0)


def _walk(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _travel(motion, thing, act, scene, 0.38)
    _bob(motion, thing, scene.clock, 1.9, 0.022, 0.008)
    motion.turn = motion.turn + 1.6 * scene.clock.wave(0.95)


def _fly(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _travel(motion, thing, act, scene, 0.75)
    motion.y = motion.y + 0.14 * thing.height * scene.clock.wave(0.4)
    motion.turn = motion.turn + 4.0 * scene.clock.wave(0.4, 0.6)
    motion.high = motion.high * (1 + 0.05 * scene.clock.wave(2.4))


def _swim(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _travel(motion, thing, act, scene, 0.42)
    motion.y = motion.y + 0.05 * thing.height * scene.clock.wave(0.55)
    motion.turn = motion.turn + 4.0 * scene.clock.wave(0.55, 1.0)
    motion.wide = motion.wide * (1 + 0.025 * scene.clock.wave(1.6))


def _drive(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _travel(motion, thing, act, scene, 0.7)
    motion.y = motion.y - 0.006 * thing.height * np.abs(scene.clock.wave(6.0))
    motion.turn = motion.turn + 0.5 * scene.clock.wave(1.3)


def _sail(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _travel(motion, thing, act, scene, 0.16)
    _rock(motion, thing, act, scene)


def _slide(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _travel(motion, thing, act, scene, 0.5)


def _tumble(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    side = act.side or thing.faces or 1.0
    _travel(motion, thing, Act(act.name, side, act.strength), scene, 0.6)
    _rolled(motion, -side * scene.clock.turns(0.45 * act.strength))


# ---------------------------------------------------------------- in place


def _jump(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    along = (scene.clock.turns(0.85) / (2 * np.pi)) % 1
    air = np.clip((along - 0.22) / 0.60, 0, 1)
    room = max(0.12 * thing.height, thing.top - 0.02 * scene.height)
    high = 4 * air * (1 - air) * min(room, 0.42 * act.strength * min(thing.height, 0.5 * scene.height))
    crouch = np.where(
        along < 0.22, np.sin(np.pi * along / 0.22), np.where(along > 0.82, np.sin(np.pi * (along - 0.82) / 0.18), 0)
    )
    motion.y, motion.lift = motion.y - high, motion.lift + high
    stretch = np.where(air * (1 - air) > 0, 0.05, 0.0) - 0.13 * crouch
    motion.high, motion.wide = motion.high * (1 + stretch), motion.wide * (1 - 0.7 * stretch)
    if act.side:
        _travel(motion, thing, act, scene, 0.5)


def _toss(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    """Thrown: up and over to a side, down, and back."""
    along = (scene.clock.turns(0.7) / (2 * np.pi)) % 1
    room = max(0.5 * thing.height, thing.top - 0.05 * scene.height)
    high = 4 * along * (1 - along) * min(room, 0.3 * scene.height)
    side = act.side or (1.0 if thing.left + thing.width / 2 < scene.width / 2 else -1.0)
    motion.y, motion.lift = motion.y - high, motion.lift + high
    motion.x = motion.x + side * 0.07 * scene.width * (1 - np.cos(scene.clock.turns(0.35)))
    _rolled(motion, -side * scene.clock.turns(0.7))


def _dance(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _bob(motion, thing, scene.clock, 2.0, 0.05, 0.03)
    motion.turn = motion.turn + 6.0 * act.strength * scene.clock.wave(1.0)
    motion.x = motion.x + 0.07 * thing.width * act.strength * scene.clock.wave(0.5)


def _spin(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    facing = np.cos(scene.clock.turns(0.5 * act.strength))
    motion.wide = motion.wide * np.where(np.abs(facing) < 0.06, np.copysign(0.06, facing), facing)


def _wheel(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    _rolled(motion, -(act.side or 1.0) * scene.clock.turns(0.35 * act.strength))


def _rolled(motion: Motion, angle: Curve) -> None:
    """Turn about the middle; about its foot a thing would go under the ground."""
    motion.turn = motion.turn + np.degrees(angle)
    motion.middle = 1.0


def _fall(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    room = max(0.08 * scene.height, scene.height * 0.96 - (thing.top + thing.height))
    if scene.clock.loop:
        motion.y = motion.y + room * scene.clock.share()
        return
    time = scene.clock.time / max(0.4, min(1.4, scene.clock.seconds * 0.4) / max(0.3, act.strength))
    down = np.where(time < 1, time**2, 1 - 0.12 * np.abs(np.sin(np.pi * np.clip(time - 1, 0, 1))))
    motion.y = motion.y + room * down
    motion.turn = motion.turn + 7.0 * np.clip(time, 0, 1)


def _rise(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    room = max(0.0, thing.top - 0.04 * scene.height) + (0.15 * thing.height if thing.top < 0.1 * scene.height else 0)
    way = min(room, 0.5 * scene.height * act.strength) * scene.clock.share()
    motion.y, motion.lift = motion.y - way, motion.lift + way
    motion.turn = motion.turn + 1.5 * scene.clock.wave(0.3)


def _sink(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    motion.y = motion.y + 0.35 * thing.height * act.strength * scene.clock.share()


def _float(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    reach = min(thing.height, 0.4 * scene.height) * act.strength
    motion.y = motion.y + 0.10 * reach * scene.clock.wave(0.28)
    motion.x = motion.x + 0.05 * reach * scene.clock.wave(0.17)
    motion.turn = motion.turn + 2.5 * scene.clock.wave(0.22)
    if act.side:
        _travel(motion, thing, act, scene, 0.15)


def _rock(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    motion.turn = motion.turn + 2.2 * act.strength * scene.clock.wave(0.34)
    motion.y = motion.y + 0.018 * thing.height * scene.clock.wave(0.42)


def _wave(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    motion.turn = motion.turn + 3.2 * act.strength * scene.clock.wave(1.5)
    motion.high = motion.high * (1 + 0.012 * scene.clock.wave(1.5, 0.8))


def _nod(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    motion.high = motion.high * (1 - 0.03 * act.strength * np.abs(scene.clock.wave(0.7)))
    motion.turn = motion.turn + 1.2 * scene.clock.wave(0.35)


def _shiver(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    motion.x = motion.x + 0.012 * act.strength * thing.width * scene.clock.wave(7.0)
    motion.turn = motion.turn + 0.8 * scene.clock.wave(6.0)


def _grow(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    factor = 1 + 0.40 * act.strength * scene.clock.share()
    motion.high, motion.wide = motion.high * factor, motion.wide * factor


def _shrink(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    factor = 1 - 0.40 * min(1.8, act.strength) * scene.clock.share()
    motion.high, motion.wide = motion.high * factor, motion.wide * factor


def _vanish(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    motion.seen = motion.seen * (1 - scene.clock.share())


def _appear(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    if scene.free:
        motion.seen = motion.seen * scene.clock.share()


def _breathe(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    """Slow breaths that can be seen: of who sleeps."""
    breath = 0.5 - 0.5 * np.cos(scene.clock.turns(0.28))
    motion.high = motion.high * (1 + 0.035 * act.strength * breath)
    motion.wide = motion.wide * (1 + 0.012 * act.strength * breath)


def _idle(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    """What nobody told anything: the living breathe, boats rock, what hangs in the air hovers."""
    if thing.afloat:
        _rock(motion, thing, act, scene)
    elif thing.airborne:
        _float(motion, thing, act, scene)
    elif thing.lives:
        phase = float(scene.rng.uniform(0, 0.6))
        motion.high = motion.high * (1 + 0.008 * scene.clock.wave(0.30, phase))
        motion.wide = motion.wide * (1 + 0.003 * scene.clock.wave(0.30, phase))
        motion.turn = motion.turn + 0.5 * scene.clock.wave(0.17, phase)


def _rest(motion: Motion, thing: Thing, act: Act, scene: _Scene) -> None:
    """Nothing at all: what is told to stand still does."""


ACTS: Mapping[str, Play] = {
    "run": _run,
    "walk": _walk,
    "fly": _fly,
    "swim": _swim,
    "drive": _drive,
    "sail": _sail,
    "slide": _slide,
    "tumble": _tumble,
    "jump": _jump,
    "toss": _toss,
    "dance": _dance,
    "spin": _spin,
    "wheel": _wheel,
    "fall": _fall,
    "rise": _rise,
    "sink": _sink,
    "float": _float,
    "rock": _rock,
    "wave": _wave,
    "nod": _nod,
    "shiver": _shiver,
    "grow": _grow,
    "shrink": _shrink,
    "vanish": _vanish,
    "appear": _appear,
    "breathe": _breathe,
    "idle": _idle,
    "rest": _rest,
}
