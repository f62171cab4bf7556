"""A still picture taken apart for a shot: what stands in front is cut out, what lies behind is painted on.

Nothing here knows things by name. What stands out from its surroundings (and what people there are) becomes one layer
or a few, the place that it leaves and the world beyond the picture's edges are filled from what is around.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit import fill, mattes, regions
from gesso.engines.sketch.edit.canvas import reduced
from gesso.engines.sketch.edit.skies import sky
from gesso.engines.sketch.edit.spread import spread
from gesso.engines.sketch.edit.steps import Target
from gesso.engines.sketch.remake import outside
from gesso.engines.sketch.video import cutouts
from gesso.engines.sketch.video.cutouts import Cutout
from gesso.engines.sketch.video.render import depth_at
from gesso.engines.sketch.video.shot import Pixels, Plane, Seam, Shot, Thing

Mask = npt.NDArray[np.bool_]

SIDE = 448
"""Longer side of the copy on which the picture is taken apart."""

FILLED_SIDE = 640
"""Longer side at which what lies behind and beyond is painted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shot of the picture needs: how far beyond its edges, and which parts move by themselves."""

    margin: float = 0.0
    things: bool = True
    water: bool = False
    plants: bool = False


def stage(picture: Pixels, wanted: Wanted, rng: np.random.Generator) -> Shot:
    """The shot of a picture (H, W, 3), which comes out unchanged while nothing moves."""
    height, width = picture.shape[:2]
    margin = round(wanted.margin * width + 1) if wanted.margin > 0.002 else 0
    margin_y = round(wanted.margin * height + 1) if margin else 0
    small = reduced(picture, SIDE)
    above = sky(small)
    parts: set[str] = set()
    found = cutouts.in_front(small, above, parts) if wanted.things else []
    horizon = _horizon(above, height, [thing.mask for thing in found])
    alphas = [_matte(thing.mask, picture) for thing in found]
    # The surroundings are those of what lies behind: a thing that an edge cuts is not to be seen twice.
    behind = _behind(picture, np.max(alphas, axis=0), rng) if alphas else picture
    shot = Shot(width, height, extended(behind, margin, margin_y, rng), (margin, margin_y), horizon)
    shot.things = [_cut(picture, alpha, shot, thing) for alpha, thing in zip(alphas, found, strict=True)]
    shot.seam = _seam(picture, behind, np.max(alphas, axis=0)) if alphas else None
    shot.parts = tuple(sorted(parts))
    shot.sky = None if above is None else wide(above, shot)
    shot.night = above is not None and float(small[above > 0.5].mean()) < 70
    if wanted.water:
        shot.water = _region(small, "water", shot)
    if wanted.plants:
        shot.plants = _region(small, "grass", shot)
    return shot


# ---------------------------------------------------------------- in front


def _matte(mask: Plane, picture: Pixels) -> Plane:
    """Opacity (0..1) of a mask at the picture's size, with the picture's own outline."""
    height, width = picture.shape[:2]
    soft = mattes.refined(mask, picture).full(picture).astype(np.float32) / 255
    # The guided filter leaves a veil inside large even parts; what is surely inside is solid.
    reach = max(3, round(0.006 * max(height, width)) * 2 + 1)
    large = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    core = cv2.erode((large > 0.5).astype(np.float32), np.ones((reach, reach), np.uint8))
    near = cv2.dilate((large > 0.5).astype(np.float32), np.ones((reach, reach), np.uint8))
    soft = np.maximum(soft, cv2.GaussianBlur(core, (0, 0), 1.5)) * cv2.GaussianBlur(near, (0, 0), 1.5)
    return np.asarray(soft, np.float32)


def _cut(picture: Pixels, alpha: Plane, shot: Shot, found: Cutout) -> Thing:
    """The thing as a layer, carried on beyond the edges that cut it."""
    inner = alpha > 0.5
    sides = (float(inner[:, :2].mean()), float(inner[:, -2:].mean()), float(inner[-2:].mean()), float(inner[:2].mean()))
    across, down = shot.margin
    full = cv2.copyMakeBorder(picture, down, down, across, across, cv2.BORDER_REFLECT)
    closing = inner[-1].sum() < 0.85 * inner[-max(2, shot.height // 12)].sum()
    alpha = np.asarray(cv2.copyMakeBorder(alpha, down, down, across, across, cv2.BORDER_REPLICATE), np.float32)
    if down and closing:
        # What narrows towards the edge ends soon behind it; what is cut across goes on.
        away = np.arange(down, dtype=np.float32)[:, None] / max(2.0, 0.03 * shot.height)
        alpha[-down:] *= np.clip(1 - away, 0, 1)
    rows, columns = np.nonzero(alpha.max(axis=1) > 0.02)[0], np.nonzero(alpha.max(axis=0) > 0.02)[0]
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    part = alpha[top:bottom, left:right]
    pixels = np.dstack([full[top:bottom, left:right] * part[..., None], part * 255])
    foot = min(bottom - down, shot.height)
    return Thing(
        pixels=np.rint(pixels).astype(np.uint8),
        left=left - across,
        top=top - down,
        depth=max(0.5, float(depth_at(float(foot), shot.horizon, shot.height))),
        label=found.label,
        lives=found.lives,
        cut=max(sides) > 0.06,
        airborne=shot.sky is None and foot < 0.55 * shot.height,
    )


SOLID = (0.97, 0.995)
"""Opacities between which what lies behind a cut-out ceases to be seen through it."""


def _seam(picture: Pixels, behind: Pixels, alpha: Plane) -> Seam | None:
    """The picture where something else was painted behind it and the cut-outs do not hide that."""
    rows, columns = (np.nonzero((picture != behind).any(axis=(axis, 2)))[0] for axis in (1, 0))
    if not len(rows):
        return None
    part = np.s_[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    share = np.clip((SOLID[1] - alpha[part]) / (SOLID[1] - SOLID[0]), 0, 1).astype(np.float32)
    return Seam(picture[part].copy(), share, int(columns[0]), int(rows[0]))


EVEN = 2.2
"""Detail (levels of 255) below which surroundings count as even: a sky or a wall is carried on, not copied."""


def _behind(full: Pixels, alpha: Plane, rng: np.random.Generator) -> Pixels:
    """The picture without what stands in front."""
    small = reduced(full, FILLED_SIDE)
    height, width = small.shape[:2]
    reach = max(3, round(0.012 * max(height, width)) * 2 + 1)
    near = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
    hole = cv2.dilate((near > 0.04).astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    made = _filled(small, hole, rng)
    large = cv2.resize(made, (full.shape[1], full.shape[0]), interpolation=cv2.INTER_CUBIC)
    size = max(3, round(0.008 * max(full.shape[:2])) * 2 + 1)
    cover = cv2.dilate((alpha > 0.01).astype(np.float32), np.ones((size, size), np.uint8))
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), 2.0), np.float32)
    cover[alpha > 0.01] = 1
    return np.asarray(cv2.blendLinear(np.asarray(large, np.uint8), full, cover, 1 - cover))


def _filled(small: Pixels, hole: Mask, rng: np.random.Generator) -> Pixels:
    """Even surroundings go on smoothly into the hole, the others as patches of themselves."""
    floats = small.astype(np.float32)
    smooth = spread(floats, hole)
    if hole.mean() > 0.9:
        return np.rint(smooth).clip(0, 255).astype(np.uint8)
    detail = np.abs(floats - cv2.GaussianBlur(floats, (0, 0), 2.0)).mean(axis=2)
    rough = spread(np.dstack([detail] * 3), hole)[..., 0]
    share = np.clip((cv2.GaussianBlur(rough, (0, 0), 6.0) - 0.6 * EVEN) / (0.8 * EVEN), 0, 1).astype(np.float32)
    made = fill.fill(small, hole, rng, effort=14).astype(np.float32)
    mixed = smooth + (made - smooth) * share[..., None]
    return np.where(hole[..., None], np.rint(mixed).clip(0, 255), small).astype(np.uint8)


# ---------------------------------------------------------------- around


def extended(picture: Pixels, across: int, down: int, rng: np.random.Generator) -> Pixels:
    """The picture with its surroundings painted on; the picture itself stays to the bit."""
    if not across:
        return picture
    height, width = picture.shape[:2]
    scale = min(1.0, FILLED_SIDE / max(width + 2 * across, height + 2 * down))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    x, y = max(1, round(across * scale)), max(1, round(down * scale))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    canvas = cv2.copyMakeBorder(small, y, y, x, x, cv2.BORDER_REFLECT_101)
    known = np.zeros(canvas.shape[:2], np.bool_)
    known[y : y + size[1], x : x + size[0]] = True
    made = outside.completed(np.asarray(canvas, np.uint8), known, rng)
    full = cv2.resize(made, (width + 2 * across, height + 2 * down), interpolation=cv2.INTER_CUBIC)
    out = np.asarray(full, np.uint8)
    _seamless(out, picture, across, down)
    return out


def _seamless(out: Pixels, picture: Pixels, across: int, down: int) -> None:
    """Lay the picture in, with its edge's own sharpness carried a little way outwards."""
    height, width = picture.shape[:2]
    reach = max(2, min(across, down) // 3)
    mirrored = cv2.copyMakeBorder(picture, reach, reach, reach, reach, cv2.BORDER_REFLECT_101)
    share = np.zeros(mirrored.shape[:2], np.float32)
    share[reach : reach + height, reach : reach + width] = 1
    share = np.asarray(cv2.blur(share, (2 * reach + 1, 2 * reach + 1)), np.float32)
    share = np.clip(share * 2, 0, 1)
    part = out[down - reach : down + height + reach, across - reach : across + width + reach]
    if part.shape == mirrored.shape:
        part[...] = cv2.blendLinear(mirrored, part.copy(), share, 1 - share)
    out[down : down + height, across : across + width] = picture


def _horizon(above: Plane | None, height: int, masks: list[Plane]) -> float:
    """The row where the ground begins: under the sky, else where it usually is; low for things without a ground."""
    if above is not None:
        edge = float((above > 0.5).sum(axis=0).mean()) / above.shape[0]
        return float(np.clip(edge, 0.12, 0.8)) * height
    large = max((float(mask.mean()) for mask in masks), default=0.0)
    return (0.75 if large > 0.25 else 0.42) * height


def wide(mask: Plane, shot: Shot) -> Plane:
    """A small mask on the background, carried on beyond the picture's edges."""
    across, down = shot.margin
    large = cv2.resize(mask, (shot.width, shot.height), interpolation=cv2.INTER_LINEAR)
    large = cv2.GaussianBlur(large, (0, 0), max(1.0, shot.height / 300))
    return np.asarray(cv2.copyMakeBorder(large, down, down, across, across, cv2.BORDER_REPLICATE), np.float32)


def _region(small: Pixels, noun: str, shot: Shot) -> Plane | None:
    """Where water or green is, by its colour; what stands in front is its own layer and does not count."""
    found = regions.find(Target(noun, noun, several=True), regions.View(small))
    if found is None or float(found.mask.mean()) < 0.02:
        return None
    mask = np.asarray(cv2.resize(found.mask, (small.shape[1], small.shape[0])), np.float32)
    above = sky(small)
    if above is not None:
        mask = mask * (above < 0.5)
    return wide(np.asarray(mask, np.float32), shot)
