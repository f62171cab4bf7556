"""Colours of things: the main colour exchanged, or that of one part: a snowman's scarf, the juice in a glass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.scene.noise import Plane
from gesso.engines.sketch.words import lexicon
from gesso.engines.sketch.words.description import Subject
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]

MOTLEY = frozenset(
    {"kite", "umbrella-on-ground", "parachute", "carousel-horse", "circus-tent", "yo-yo", "wrapped-gift"}
)
"""Sprites of several colours of which none is the thing's own."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part of a sprite is: its colour there, how far from that its pixels are in Lab's a and b, its rows."""

    colour: RGB
    reach: float = 30.0
    rows: tuple[float, float] = (0.0, 1.0)
    """First and last, in shares of the height."""
    outline: tuple[tuple[float, float], ...] = ()
    """Its corners in shares of width and height, where its colour does not set it apart."""


_SNOWMAN = {"scarf": Part((68, 118, 217), 40, (0.3, 0.88)), "top-hat": Part((82, 68, 100), 26, (0.0, 0.235))}
_MILK = ((0.105, 0.218), (0.897, 0.218), (0.792, 0.892), (0.206, 0.892))
MAIN: Mapping[str, Part] = {"sailboat": Part((240, 150, 60), 62)}
"""What takes a thing's colour where that is not the colour of most of its sprite: the boat, not the water."""

PARTS: Mapping[str, Mapping[str, Part]] = {
    "snowman": _SNOWMAN,
    "snowman-without-snow": _SNOWMAN,
    "wrapped-gift": {"ribbon": Part((205, 30, 75), 40)},
    "glass-of-milk": {"drink": Part((227, 222, 242), outline=_MILK)},
    "wine-glass": {"drink": Part((217, 40, 155), 60)},
    "beer-mug": {"drink": Part((252, 186, 110), 34)},
    "tumbler-glass": {"drink": Part((190, 130, 74), 34)},
    "hot-beverage": {"drink": Part((131, 83, 88), 14)},
    "cocktail-glass": {"drink": Part((168, 234, 123), 30)},
    "tropical-drink": {"drink": Part((255, 160, 70), 40, (0.25, 0.8))},
    "bubble-tea": {"drink": Part((249, 163, 131), 30)},
}
"""Parts of sprites that a prompt may give a colour of their own."""


def painted(pixels: Pixels, subject: Subject) -> Pixels:
    """A subject's pixels in the colours that were asked for it and for its parts."""
    colour = surface(subject)
    if colour and subject.sprite in MAIN:
        done, _ = _part(pixels, MAIN[subject.sprite], colour)
    else:
        done = recolour(pixels, colour, subject.sprite in MOTLEY, _furred(subject))
    known = PARTS.get(subject.sprite, {})
    for name, colour in subject.parts:
        if name in known:
            own, weight = _part(pixels, known[name], colour)
            share = np.clip(weight[..., None] * 2, 0, 1)
            mixed = done[..., :3] + (own[..., :3].astype(np.float32) - done[..., :3]) * share
            done = np.dstack([np.rint(mixed).astype(np.uint8), done[..., 3]])
    return done


def _furred(subject: Subject) -> bool:
    """Whether a colour goes over the whole thing: a yellow duck's white back is yellow too."""
    return bool(subject.sprite) and sprites.info(subject.sprite).subgroup.startswith("animal")


def _part(pixels: Pixels, part: Part, colour: RGB) -> tuple[Pixels, Plane]:
    """One part of a sprite in another colour, with its shading; and how much each pixel belongs to it, 0..1."""
    lab, own = _lab(pixels), _lab(np.array([[part.colour]]))[0, 0]
    weight = _weight(lab, own, part)
    return _exchanged(pixels, lab, weight, float(own[0]), colour), weight


def _weight(lab: Plane, own: Plane, part: Part) -> Plane:
    """How much each pixel belongs to a part whose colour is `own`."""
    away = np.hypot(lab[..., 1] - own[1], lab[..., 2] - own[2])
    weight = np.clip((part.reach - away) / (0.35 * part.reach), 0, 1)
    rows = len(lab)
    if part.outline:
        shine = cv2.GaussianBlur(np.clip((99 - lab[..., 0]) / 4, 0.4, 1), (0, 0), 1.5)
        weight = _inside(part.outline, lab.shape[1], rows) * shine
    weight[: int(part.rows[0] * rows)] = weight[int(part.rows[1] * rows) :] = 0
    return weight.astype(np.float32)


def surface(subject: Subject) -> RGB | None:
    """The colour asked for, else that of the material."""
    material = lexicon.material(subject.material) if subject.material else None
    return subject.colour or (material.rgb if material else None)


def _inside(outline: tuple[tuple[float, float], ...], width: int, height: int) -> Plane:
    corners = np.array([(x * width * 8, y * height * 8) for x, y in outline]).astype(np.int32)
    return cv2.fillPoly(np.zeros((height, width), np.float32), [corners], 1.0, cv2.LINE_AA, 3)


def recolour(pixels: Pixels, colour: RGB | None, motley: bool = False, furred: bool = False) -> Pixels:
    """The main colour of a thing exchanged in Lab; its shading, eyes, wheels and other parts stay.

    What is `motley` has no main colour: all its colours become shades of the new one. What is `furred` takes the colour
    in its pale parts too.
    """
    if colour is None:
        return pixels
    lab = _lab(pixels)
    weight, (usual, *_) = _main_colour(lab, pixels[..., 3])
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    if motley:
        weight = np.clip((chroma - 10) / 10, 0, 1).astype(np.float32)
    if furred:
        pale = np.clip((22 - chroma) / 6, 0, 1) * np.clip((lab[..., 0] - 34) / 8, 0, 1)
        weight = np.maximum(weight, pale).astype(np.float32)
        coat = (pixels[..., 3] > 128) & (weight > 0.5)
        usual = float(np.median(lab[..., 0][coat])) if coat.any() else usual
    return _exchanged(pixels, lab, weight, usual, colour)


def _lab(pixels: Pixels) -> Plane:
    return cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _exchanged(pixels: Pixels, lab: Plane, weight: Plane, usual: float, colour: RGB) -> Pixels:
    """Where `weight` says so, `colour` as light or dark as the pixel is beside the `usual` lightness."""
    target = _lab(np.array([[colour]]))[0, 0]
    spread = np.clip((lab[..., 0] - usual) / 50, -1.2, 1.2)
    vivid = float(np.clip(np.hypot(target[1], target[2]) / 60, 0, 1))
    light = target[0] + spread * (26 if 18 < target[0] < 88 else 34 if target[0] <= 18 else 22)
    fade = 1 - 0.35 * np.clip(spread, 0, 1) * vivid
    new = np.stack([np.clip(light, 3, 98), target[1] * fade, target[2] * fade], axis=-1).astype(np.float32)
    done = cv2.cvtColor(lab + (new - lab) * weight[..., None], cv2.COLOR_LAB2RGB)
    return np.dstack([np.rint(np.clip(done, 0, 1) * 255).astype(np.uint8), pixels[..., 3]])


def _main_colour(lab: Plane, alpha: Pixels) -> tuple[Plane, tuple[float, float, float]]:
    """How much each pixel belongs to the colour that covers most, and that colour."""
    seen = alpha > 128
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    vivid = seen & (chroma > 14) & (lab[..., 0] > 16)
    if vivid.sum() < 0.30 * max(1, seen.sum()):
        # The grey parts as light as most of them: a white van's body, not its wheels.
        grey = seen & (chroma < 20) & (lab[..., 0] > 40)
        usual = float(np.median(lab[..., 0][grey])) if grey.any() else 60.0
        weight = np.clip((lab[..., 0] - max(30.0, usual - 26)) / 12, 0, 1) * np.clip((24 - chroma) / 8, 0, 1)
        pick = seen & (weight > 0.5)
        return weight.astype(np.float32), _median(lab, pick if pick.any() else seen)
    hue = np.arctan2(lab[..., 2], lab[..., 1])
    bins = np.histogram(hue[vivid], bins=36, range=(-np.pi, np.pi), weights=chroma[vivid])[0]
    smooth = bins + np.roll(bins, 1) + np.roll(bins, -1)
    main = (float(smooth.argmax()) + 0.5) * np.pi / 18 - np.pi
    away = np.abs((hue - main + np.pi) % (2 * np.pi) - np.pi)
    weight = cv2.GaussianBlur(np.clip((0.85 - away) / 0.25, 0, 1) * np.clip((chroma - 6) / 8, 0, 1), (0, 0), 1.0)
    pick = seen & (weight > 0.5)
    middle = _median(lab, pick if pick.any() else seen)
    # Tyres and outlines lean to the same hue, but are far darker.
    weight = weight * np.clip((lab[..., 0] - (middle[0] - 44)) / 10, 0, 1)
    return weight.astype(np.float32), middle


def _median(lab: Plane, mask: npt.NDArray[Any]) -> tuple[float, float, float]:
    values = np.median(lab[mask], axis=0) if mask.any() else np.array([50.0, 0.0, 0.0])
    return float(values[0]), float(values[1]), float(values[2])
