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
from gesso.engines.sketch.edit.foreground import foreground
from gesso.engines.sketch.edit.skies import sky
from gesso.engines.sketch.edit.steps import Target
from gesso.engines.sketch.remake import outside
from gesso.engines.sketch.video.render import depth_at
from gesso.engines.sketch.video.shot import Pixels, Plane, Shot, Thing

Mask = npt.NDArray[np.bool_]

SIDE = 448
"""Longer side of the copy on which the picture is taken apart."""

FILLED_SIDE = 640
"""Longer side at which what lies behind and beyond is painted."""

MOST_THINGS = 3
LEAST_SHARE = 0.006
"""Share of the picture below which a part in front stays with the background."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a shot of the picture needs: how far beyond its edges, and which parts move by themselves."""

    margin: float = 0.0
    things: bool = True
    water: bool = False
    plants: bool = False
    lives: bool = True


def stage(picture: Pixels, wanted: Wanted, rng: np.random.Generator) -> Shot:
    """The shot of a picture (H, W, 3), which comes out unchanged while nothing moves."""
    height, width = picture.shape[:2]
    margin = round(wanted.margin * width + 1) if wanted.margin > 0.002 else 0
    margin_y = round(wanted.margin * height + 1) if margin else 0
    small = reduced(picture, SIDE)
    above = sky(small)
    masks = _in_front(small, above) if wanted.things else []
    horizon = _horizon(above, height, masks)
    full = extended(picture, margin, margin_y, rng)
    alphas = [_matte(mask, picture, (margin, margin_y)) for mask in masks]
    shot = Shot(width, height, full, (margin, margin_y), horizon)
    shot.things = [_cut(full, alpha, shot, wanted) for alpha in alphas]
    if alphas:
        shot.background = _behind(full, np.max(alphas, axis=0), rng)
    shot.sky = None if above is None else wide(above, shot)
    shot.night = above is not None and float(small[above > 0.5].mean()) < 70
    if wanted.water:
        shot.water = _region(small, "water", shot)
    if wanted.plants:
        shot.plants = _region(small, "grass", shot)
    return shot


# ---------------------------------------------------------------- in front


def _in_front(small: Pixels, above: Plane | None) -> list[Plane]:
    """Masks (small's size) of the parts in front, from the largest."""
    found = foreground(small)
    if found is None or float(found.mean()) > 0.72:
        return []
    solid = (found > 0.5).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    sizes = sorted(((int(stats[k, cv2.CC_STAT_AREA]), k) for k in range(1, count)), reverse=True)
    kept = [k for area, k in sizes if area >= max(LEAST_SHARE * solid.size, 0.08 * sizes[0][0])][:MOST_THINGS]
    return [np.asarray(labels == k, np.float32) for k in kept if not _is_sky(labels == k, above)]


def _is_sky(part: Mask, above: Plane | None) -> bool:
    return above is not None and float(above[part].mean()) > 0.6 and bool(part[0].mean() > 0.3)


def _matte(mask: Plane, picture: Pixels, margin: tuple[int, int]) -> Plane:
    """Opacity (0..1) on the extended picture: the mask with the picture's own outline, carried on beyond its edges."""
    height, width = picture.shape[:2]
    soft = mattes.refined(mask, picture).full(picture).astype(np.float32) / 255
    # The guided filter leaves a veil inside large even parts; what is surely inside is solid.
    reach = max(3, round(0.006 * max(height, width)) * 2 + 1)
    large = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    core = cv2.erode((large > 0.5).astype(np.float32), np.ones((reach, reach), np.uint8))
    near = cv2.dilate((large > 0.5).astype(np.float32), np.ones((reach, reach), np.uint8))
    soft = np.maximum(soft, cv2.GaussianBlur(core, (0, 0), 1.5)) * cv2.GaussianBlur(near, (0, 0), 1.5)
    across, down = margin
    return np.asarray(cv2.copyMakeBorder(soft, down, down, across, across, cv2.BORDER_REPLICATE), np.float32)


def _cut(full: Pixels, alpha: Plane, shot: Shot, wanted: Wanted) -> Thing:
    rows, columns = np.nonzero(alpha.max(axis=1) > 0.02)[0], np.nonzero(alpha.max(axis=0) > 0.02)[0]
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    part = alpha[top:bottom, left:right]
    pixels = np.dstack([full[top:bottom, left:right] * part[..., None], part * 255])
    across, down = shot.margin
    inner = alpha[down : down + shot.height, across : across + shot.width] > 0.5
    sides = (float(inner[:, :2].mean()), float(inner[:, -2:].mean()), float(inner[-2:].mean()), float(inner[:2].mean()))
    foot = min(bottom - down, shot.height)
    return Thing(
        pixels=np.rint(pixels).astype(np.uint8),
        left=left - across,
        top=top - down,
        depth=max(0.5, float(depth_at(float(foot), shot.horizon, shot.height))),
        lives=wanted.lives,
        cut=max(sides) > 0.06,
        airborne=shot.sky is None and foot < 0.55 * shot.height,
    )


def _behind(full: Pixels, alpha: Plane, rng: np.random.Generator) -> Pixels:
    """The picture without what stands in front."""
    small = reduced(full, FILLED_SIDE)
    height, width = small.shape[:2]
    reach = max(3, round(0.012 * max(height, width)) * 2 + 1)
    near = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
    hole = cv2.dilate((near > 0.04).astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    made = fill.fill(small, hole, rng, effort=14)
    if hole.mean() > 0.9:
        made = np.rint(fill.spread(small.astype(np.float32), hole)).clip(0, 255).astype(np.uint8)
    large = cv2.resize(made, (full.shape[1], full.shape[0]), interpolation=cv2.INTER_CUBIC)
    size = max(3, round(0.008 * max(full.shape[:2])) * 2 + 1)
    cover = cv2.dilate((alpha > 0.01).astype(np.float32), np.ones((size, size), np.uint8))
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), 2.0), np.float32)
    cover[alpha > 0.01] = 1
    return np.asarray(cv2.blendLinear(np.asarray(large, np.uint8), full, cover, 1 - cover))


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
