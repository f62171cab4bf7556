"""Five short films of known motion, drawn by the engine: a pan, a zoom, things that pass, a roll, a chase.

Each is a scene larger than the frame, seen through a camera that goes on smoothly, with things in front that go their
own ways. Every frame is drawn from the scene itself, so that any moment between two frames has a true picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
"""(H, W, 3) or (H, W, 4) uint8."""

WIDTH, HEIGHT = 1280, 720
WIDE, HIGH = 1984, 1120
"""The size of the scenes."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera is: the scene's point in the middle of the frame, its enlargement, its roll in degrees."""

    x: float
    y: float
    zoom: float = 1.0
    roll: float = 0.0


@dataclass(frozen=True, slots=True)
class Thing:
    """A sprite before the scene. `way` is for a time in seconds: the frame's pixel of its middle, and its turn."""

    sprite: str
    height: float
    way: Callable[[float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Film:
    """A name, the scene's words, the camera and the things, by time in seconds."""

    name: str
    scene: str
    camera: Callable[[float], View]
    things: tuple[Thing, ...] = ()


def _still(_: float) -> View:
    return View(WIDE / 2, HIGH / 2)


FILMS = (
    Film("pan", "a lighthouse on a cliff at sunset", lambda t: View(960 + 190 * t, 520 + 34 * t)),
    Film(
        "zoom",
        "a street in a city at night",
        lambda t: View(WIDE / 2 + 40 * t, HIGH / 2, 1.35**t),
    ),
    Film(
        "passing",
        "a lake in the mountains in summer",
        _still,
        (
            Thing("bicycle", 230, lambda t: (980 - 330 * t, 560, 0)),
            Thing("parrot", 170, lambda t: (1000 - 420 * t, 260 - 120 * t + 30 * np.sin(5 * t), 14 * np.sin(4 * t))),
            Thing("soccer-ball", 90, lambda t: (300 + 240 * t, 640 - 160 * abs(np.sin(4 * t)), 200 * t)),
        ),
    ),
    Film("roll", "a street in a city on a sunny day", lambda t: View(WIDE / 2, HIGH / 2, 1.08, 22 * t)),
    Film(
        "chase",
        "a fox in a forest in autumn",
        lambda t: View(1320 - 620 * t, 560),
        (
            Thing("racing-car", 190, lambda t: (640 + 60 * np.sin(3 * t), 520, 2 * np.sin(9 * t))),
            Thing("butterfly", 110, lambda t: (1100 - 380 * t, 200 + 60 * np.sin(6 * t), 10 * np.sin(7 * t))),
        ),
    ),
)


def frame(film: Film, seconds: float) -> Array:
    """The film at a moment: (720, 1280, 3) uint8 sRGB."""
    view = film.camera(seconds)
    turn = cv2.getRotationMatrix2D((view.x, view.y), view.roll, view.zoom)
    turn[:, 2] += WIDTH / 2 - view.x, HEIGHT / 2 - view.y
    scene = _scene(film.scene)
    seen = cv2.warpAffine(scene, turn, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    picture = seen.astype(np.float32)
    for thing in film.things:
        _put(picture, thing, seconds)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _put(picture: Array, thing: Thing, seconds: float) -> None:
    sprite = _sprite(thing.sprite)
    x, y, turn = thing.way(seconds)
    height, width = sprite.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), turn, thing.height / height)
    move[:, 2] += x - width / 2, y - height / 2
    laid = cv2.warpAffine(sprite, move, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    picture *= 1 - laid[..., 3:]
    picture += laid[..., :3]


@cache
def _sprite(name: str) -> Array:
    """Premultiplied float32, alpha 0..1, a transparent border around it."""
    from gesso.engines.sketch.composition import sprites

    found = np.pad(sprites.trimmed(name), ((4, 4), (4, 4), (0, 0))).astype(np.float32)
    found[..., 3:] /= 255
    found[..., :3] *= found[..., 3:]
    return found


@cache
def _scene(words: str) -> Array:
    from gesso.engines.sketch import text_to_image
    from gesso.engines.sketch.words import prompt
    from gesso.shapes import Size
    from gesso.tasks import TextToImage

    order = TextToImage(prompt=words, size=Size(WIDE, HIGH))
    return text_to_image.draw(order, prompt.parse(words), order.size, 3).pixels
