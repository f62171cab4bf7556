"""A mouth in a picture, opened, drawn wide or shut: the skin about it is moved, what lies within is drawn.

All is reckoned in the mouth's own frame: `s` along the line between its corners, `t` towards the chin, both in half
widths of the mouth from its middle. The upper lip and the skin over it are one piece, the lower lip and the jaw
another; between them is the opening. Where the given mouth shows teeth they stay with the upper lip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.png import Pixels

Floats = npt.NDArray[np.floating[Any]]

UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""The face mesh's points along the inner edges of the lips, from corner to corner."""

CORNERS, CHIN, NOSE, LIP = (61, 291), 152, 2, 17
POINTS = tuple(dict.fromkeys((*UPPER, *LOWER, *CORNERS, CHIN, NOSE, LIP)))
"""Every point of the mesh that is read here."""

GAP = 0.78
"""How far the lips part at most, in half widths."""

_UP, _DOWN = 0.22, 0.78
_INNER = 0.86
_REACH = 2.6
_GRID = 240


@dataclass(frozen=True, slots=True, eq=False)
class Lips:
    """Where a mouth is and how it is shaped, in its own frame."""

    middle: Floats
    along: Floats
    """Unit vector from corner to corner."""
    half: float
    """Half the width, pixels."""
    places: Floats
    """`s` at which the edges are known, rising."""
    upper: Floats
    lower: Floats
    """`t` of the inner edges there."""
    chin: float
    nose: float
    """`t` of the chin and of the nose's base."""
    lip: float
    """`t` of the lower lip's outer edge."""

    def local(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Pixels to the mouth's frame."""
        ux, uy = self.along
        dx, dy = x - self.middle[0], y - self.middle[1]
        return (dx * ux + dy * uy) / self.half, (dy * ux - dx * uy) / self.half

    def pixels(self, s: Floats, t: Floats) -> tuple[Floats, Floats]:
        """The mouth's frame to pixels."""
        ux, uy = self.along
        return self.middle[0] + self.half * (s * ux - t * uy), self.middle[1] + self.half * (s * uy + t * ux)


def lips(points: Floats) -> Lips:
    """Read a mouth from the 468 points of a face mesh (or rows of them at `POINTS`' numbers)."""
    left, right = points[CORNERS[0], :2], points[CORNERS[1], :2]
    half = max(float(np.hypot(*(right - left))) / 2, 1.0)
    along = (right - left) / (2 * half)
    middle = (left + right) / 2
    none = np.zeros(1)
    plain = Lips(middle, along, half, none, none, none, 1.5, -1.0, 0.5)

    def edge(numbers: tuple[int, ...]) -> tuple[Floats, Floats]:
        s, t = plain.local(points[list(numbers), 0], points[list(numbers), 1])
        order = np.argsort(s)
        return s[order], t[order]

    places = np.linspace(-_INNER, _INNER, 25)
    upper, lower = (np.interp(places, *edge(numbers)) for numbers in (UPPER, LOWER))
    # The mesh lets closed lips cross by a hair.
    seam = (upper + lower) / 2
    upper, lower = np.minimum(upper, seam), np.maximum(lower, seam)
    _, (chin, nose, lip) = plain.local(points[[CHIN, NOSE, LIP], 0], points[[CHIN, NOSE, LIP], 1])
    return Lips(
        middle, along, half, places, upper, lower, max(float(chin), 0.8), min(float(nose), -0.3), max(float(lip), 0.2)
    )


def spoken(pixels: Pixels, mouth: Lips, opened: float, wide: float) -> Pixels:
    """The picture (H, W, 3) with the mouth `opened` 0..1 and `wide` -1..1; a new array, the same outside the region."""
    box = _box(mouth, pixels.shape)
    if box is None:
        return pixels
    left, top, right, bottom = box
    view = pixels[top:bottom, left:right]
    columns = np.linspace(left, right - 1, min(right - left, _GRID))
    rows = np.linspace(top, bottom - 1, min(bottom - top, _GRID))
    x, y = np.meshgrid(columns, rows)
    s, t, depth, gap = _sources(mouth, *mouth.local(x, y), opened, wide)
    sx, sy = mouth.pixels(s, t)
    size = (right - left, bottom - top)
    fields: list[Any] = [cv2.resize(field.astype(np.float32), size) for field in (sx - x, sy - y, depth, gap, s)]
    grid_x, grid_y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    moved = cv2.remap(view, grid_x + fields[0], grid_y + fields[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = _inside(mouth, view, fields[2], fields[3], fields[4])
    made = pixels.copy()
    made[top:bottom, left:right] = _edged(view, _filled(moved, *inside), mouth, box)
    return made


def _box(mouth: Lips, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    reach = max(_REACH, mouth.chin * 1.7) * mouth.half
    x, y = mouth.middle
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = min(shape[1], int(x + reach) + 1), min(shape[0], int(y + reach) + 1)
    return (left, top, right, bottom) if right - left > 8 and bottom - top > 8 else None


def _sources(mouth: Lips, s: Floats, t: Floats, opened: float, wide: float) -> tuple[Floats, Floats, Floats, Floats]:
    """For each place of the result: where it comes from, how deep below the upper lip's edge it is, and the gap there.

    A place is in the opening where its depth is above 0 and below the gap.
    """
    near = np.exp(-((s / 1.7) ** 2) - ((t - 0.1) / 1.1) ** 2)
    for_width = 0.24 * wide * near
    s0 = s / (1 + for_width)  # the corners go out or come in; the cheeks stay
    shape = np.sqrt(np.clip(1 - (s0 / _INNER) ** 2, 0, 1))
    upper = np.interp(s0, mouth.places, mouth.upper)
    lower = np.interp(s0, mouth.places, mouth.lower)
    had = lower - upper
    wanted = GAP * opened * (1 - 0.12 * max(wide, 0.0)) * shape**1.2
    more = wanted - had
    up, down = _UP * more, _DOWN * more
    new_upper, new_lower = upper - up, lower + down
    high = t < (new_upper + new_lower) / 2
    above = np.clip((upper - mouth.nose), 0.1, None)
    t_up = t.copy()
    for _ in range(4):
        t_up = t + up * np.clip(1 - (upper - t_up) / above, 0, 1) ** 1.5
    t_down = t.copy()
    broad = np.exp(-((s0 / 1.25) ** 4))
    jaw = _DOWN * (GAP * opened - float(had.max())) * broad
    for _ in range(6):
        t_down = t - _lowered(mouth, t_down, lower, down, jaw)
    depth, gap = t - new_upper, new_lower - new_upper
    source = np.where(high, np.minimum(t_up, upper), np.maximum(t_down, lower))
    # Teeth that are seen stay with the upper lip.
    source = np.where((depth > 0) & (depth < gap), upper + np.minimum(depth, np.maximum(had, 0)), source)
    outside = np.abs(s0) > _INNER
    smooth = np.where(t < (upper + lower) / 2, t_up, t_down)
    return s0, np.where(outside, smooth, source), depth, np.where(outside, 0.0, gap)


def _lowered(mouth: Lips, t: Floats, lower: Floats, down: Floats, jaw: Floats) -> Floats:
    """How far what lies at `t` below the lips goes down: the lip with its edge, the chin with the jaw, the neck not."""
    below = np.clip((t - lower) / max(mouth.lip, 0.2), 0, 1)
    jaw_share = below * below * (3 - 2 * below)
    at_jaw = 0.62 * jaw
    fade = np.clip((t - mouth.chin * 0.9) / (mouth.chin * 0.75), 0, 1)
    return (down * (1 - jaw_share) + at_jaw * jaw_share) * (1 - fade * fade * (3 - 2 * fade)) * (t > lower - 0.5)


def _inside(mouth: Lips, view: Pixels, depth: Floats, gap: Floats, s: Floats) -> tuple[Floats, Floats, Floats]:
    """Colours of the mouth's inside (h, w, 3), how much of it covers the moved picture, and the shade over that."""
    light, tint = _light(mouth, view)
    had = np.interp(s, mouth.places, mouth.lower - mouth.upper)
    pixel = 1 / mouth.half
    cover = _step(depth, 0, 1.4 * pixel) * _step(gap - depth, 0, 1.4 * pixel) * _step(_INNER - np.abs(s), 0, 0.16)
    cover = cover * _step(gap, 0.015, 0.04)
    real = (1 - _step(depth - had + 0.04, 0, 0.08)) * _step(had, 0.05, 0.13)
    colour = _drawn(depth, gap, s, light, tint, teeth=had.max() < 0.12)
    shade = np.exp(-((depth / 0.07) ** 2)) * 0.35 * cover
    return colour, cover * (1 - real), shade * (gap > 0.05)


def _light(mouth: Lips, view: Pixels) -> tuple[float, Floats]:
    """How bright the skin about the mouth is (0..1), and its colour against its brightness."""
    low, high = np.percentile(view.reshape(-1, 3), (55, 85), axis=0)
    skin = (low + high) / 2 / 255
    light = float(np.clip(skin.mean(), 0.05, 1))
    return light, np.clip(skin / max(light, 1e-3), 0.4, 1.8)


def _drawn(depth: Floats, gap: Floats, s: Floats, light: float, tint: Floats, *, teeth: bool) -> Floats:
    """The cavity, the tongue on its floor and, where the picture shows none, the upper teeth."""
    rise = np.clip(depth / np.maximum(gap, 1e-3), 0, 1)
    cavity = np.array([0.20, 0.07, 0.07]) * (0.55 + 0.6 * light)
    made = np.ones((*depth.shape, 3)) * cavity * (0.55 + 0.6 * rise[..., None])
    tongue = np.array([0.62, 0.28, 0.28]) * light * 1.05
    floor = gap - 0.30 * gap * np.clip(1 - (s / 0.6) ** 2, 0, 1)
    on_tongue = _step(depth - floor, -0.03, 0.12) * (gap > 0.3) * 0.8
    made = made * (1 - on_tongue[..., None]) + tongue * on_tongue[..., None]
    if teeth:
        ivory = np.array([0.93, 0.90, 0.84]) * light * 1.25 * (0.5 + 0.5 * tint / tint.max())
        edge = np.minimum(0.26, 0.5 * gap) * np.sqrt(np.clip(1 - (s / 0.72) ** 2, 0, 1))
        gaps = 1 - 0.22 * np.exp(-((((s / 0.155) - np.rint(s / 0.155)) / 0.10) ** 2)) * (np.abs(s) > 0.01)
        round_ = 1 - 0.45 * np.clip(np.abs(s) / 0.72, 0, 1) ** 2
        on_teeth = _step(edge - depth, 0.0, 0.05) * _step(edge, 0.02, 0.06)
        made = made * (1 - on_teeth[..., None]) + ivory * (gaps * round_)[..., None] * on_teeth[..., None]
    return np.clip(made, 0, 1) * 255


def _filled(moved: Pixels, colour: Floats, cover: Floats, shade: Floats) -> Floats:
    base = moved.astype(np.float32)
    made = base * (1 - cover[..., None]) + colour * cover[..., None]
    return made * (1 - shade[..., None])


def _edged(view: Pixels, made: Floats, mouth: Lips, box: tuple[int, int, int, int]) -> Pixels:
    """Faded into what was there towards the region's border, so that nothing outside it changes."""
    left, top, right, bottom = box
    x, y = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    s, t = mouth.local(x.astype(np.float32), y.astype(np.float32))
    far = np.maximum(np.abs(s) / 2.1, np.maximum(t / (mouth.chin * 1.62), -t / 1.6))
    keep = _step(1.0 - far, 0.0, 0.2)[..., None]
    return np.clip(np.rint(view * (1 - keep) + made * keep), 0, 255).astype(np.uint8)


def _step(value: Floats, low: float, high: float) -> Floats:
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)
