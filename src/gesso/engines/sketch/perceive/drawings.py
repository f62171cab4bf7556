"""The engine's own sprites, found again in its pictures: a network taught on photographs does not know them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.perceive import windows
from gesso.engines.sketch.perceive.detector import Found
from gesso.engines.sketch.perceive.windows import Array, Box
from gesso.engines.sketch.scene import drawings

PART = "sprite-match"
"""How results call this way of looking; it is no network."""

VIEW = 288
"""Longer side at which a sprite is looked for."""

STEP = 1.16
SMALLEST, LARGEST = 20, 275
"""Heights tried, in pixels of the view, each `STEP` times the one before."""

PROOF = 96
"""Height at which a place is compared with the sprite once more, by its outlines."""

AGREED = 0.42
"""Correlation of outlines from which a place is the sprite; places that are not come to 0.3 at most."""

LIKELY, SURE, AGREED_ELSE, AGREED_SURE = 0.60, 0.94, 0.52, 0.34
"""Below and from which correlations of lightness the outlines have to agree more, and may agree less."""

PARTED, APART = 0.60, 9.0
"""Share of a sprite's rim at which what is inside differs from what is outside, by this much in Lab: a plain triangle
agrees by chance with smoke and cloth, but not along its rim.
"""

MOST = 12
"""Finds of one sprite at most."""


def _pixels(name: str) -> npt.NDArray[Any]:
    """A sprite, or what is drawn by rule: its visible part with alpha."""
    if name not in drawings.DRAWINGS:
        return sprites.trimmed(name)
    whole = drawings.draw(name)
    rows, columns = (np.flatnonzero((whole[..., 3] > 24).any(axis=axis)) for axis in (1, 0))
    return np.asarray(whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.uint8)


def sprite(pixels: npt.NDArray[Any], name: str, *, least: float = 0.57) -> list[Found]:
    """Where the sprite or drawing `name` is, mirrored or not, in any colour; `least` is the correlation."""
    rgb, scale = windows.view(pixels)
    by = min(1.0, VIEW / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * by)), max(1, round(rgb.shape[0] * by))
    seen = _light(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)))
    drawn = _pixels(name)
    proof = _proof(drawn)
    found: list[Found] = []
    for light, solid in _sizes(drawn, seen.shape):
        for template, mask in ((light, solid), (light[:, ::-1], solid[:, ::-1])):
            found += _matches(seen, np.ascontiguousarray(template), np.ascontiguousarray(mask), least)
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-f.score, f.box)):
        free = all(windows.overlap(one.box, other.box) < 0.25 for other in kept)
        if free and len(kept) < MOST and _drawn_there(rgb, drawn, proof, _scaled(one.box, 1 / by), one.score):
            kept.append(one)
    return [Found(name, f.score, _scaled(f.box, 1 / (by * scale))) for f in kept]


ALIGNED = 0.62
"""Correlation of lightness from which a sprite in a box is the one that was drawn there."""

CLOSE = 128
"""Height of the box in pixels at which a sprite is aligned with what is in it."""


AFLOAT = 0.84
"""Share of a boat's height that is above the water."""


def silhouette(rgb: npt.NDArray[Any], name: str, box: Box) -> Array | None:
    """The outline of the sprite `name` where it was drawn in a box of `rgb`, 0..1; None where it was not."""
    left, top, right, bottom = windows.clipped(box, rgb.shape)
    high, wide = bottom - top, right - left
    if min(high, wide) < 8:
        return None
    y0, y1 = max(0, round(top - 0.2 * high)), min(rgb.shape[0], round(bottom + 0.2 * high))
    x0, x1 = max(0, round(left - 0.2 * wide)), min(rgb.shape[1], round(right + 0.2 * wide))
    by = min(1.0, CLOSE / high)
    size = max(1, round((x1 - x0) * by)), max(1, round((y1 - y0) * by))
    seen = _light(np.asarray(cv2.resize(rgb[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)))
    drawn = _pixels(name)
    if name not in drawings.DRAWINGS and sprites.info(name).stance == "water":
        drawn = drawn[: round(AFLOAT * len(drawn))]
    found = max(_aligned(seen, drawn, high * by), key=lambda one: one[0], default=None)
    if found is None or found[0] < ALIGNED:
        return None
    _, flip, at = found
    place = x0 + at[0] / by, y0 + at[1] / by, x0 + at[2] / by, y0 + at[3] / by
    if not _drawn_there(rgb, drawn, _proof(drawn), place, found[0]):
        return None
    alpha = drawn[:, ::-1, 3] if flip else drawn[..., 3]
    a, b, c, d = (round(value) for value in place)
    solid = cv2.resize(np.ascontiguousarray(alpha), (max(1, c - a), max(1, d - b)), interpolation=cv2.INTER_AREA)
    out = np.zeros(rgb.shape[:2], np.float32)
    y2, x2 = max(0, b), max(0, a)
    part = solid[y2 - b : len(rgb) - b, x2 - a : rgb.shape[1] - a]
    out[y2 : y2 + part.shape[0], x2 : x2 + part.shape[1]] = part / np.float32(255)
    return out


def _aligned(seen: Array, drawn: npt.NDArray[Any], high: float) -> list[tuple[float, bool, Box]]:
    """How well a sprite fits into what is seen, both ways round, at heights about `high`, and where."""
    out: list[tuple[float, bool, Box]] = []
    for height in np.linspace(0.84, 1.16, 17) * high:
        size = max(4, round(drawn.shape[1] * height / drawn.shape[0])), max(4, round(float(height)))
        if size[0] > seen.shape[1] or size[1] > seen.shape[0]:
            continue
        small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
        light, solid = _light(small[..., :3]), (small[..., 3] > 128).astype(np.float32)
        for flip in (False, True):
            turned = [np.ascontiguousarray(plane[:, ::-1] if flip else plane) for plane in (light, solid)]
            out += [(one.score, flip, one.box) for one in _matches(seen, turned[0], turned[1], ALIGNED)[:1]]
    return out


def _drawn_there(rgb: npt.NDArray[Any], drawn: npt.NDArray[Any], proof: Array, box: Box, light: float) -> bool:
    """Whether a place where a sprite's lightness fits (`light`) shows it: by the outlines in it and along its rim."""
    needed = AGREED if LIKELY <= light < SURE else AGREED_SURE if light >= SURE else AGREED_ELSE
    outlines = _outlined(rgb, proof, box)
    if outlines <= needed:
        return False
    parted = _parted(rgb, drawn, box)
    return parted > PARTED and outlines * parted > needed


def _parted(rgb: npt.NDArray[Any], drawn: npt.NDArray[Any], box: Box) -> float:
    """The share of a sprite's rim at which its inside and its outside differ, the better of both ways round."""
    pad = PROOF // 8
    size = max(8, round(PROOF * drawn.shape[1] / drawn.shape[0])), PROOF
    grow = (box[2] - box[0]) / size[0], (box[3] - box[1]) / size[1]
    matrix = np.array([[grow[0], 0, box[0] - pad * grow[0]], [0, grow[1], box[1] - pad * grow[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    around = size[0] + 2 * pad, size[1] + 2 * pad
    seen = cv2.warpAffine(rgb, matrix, around, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(seen.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    solid = np.pad((cv2.resize(np.ascontiguousarray(drawn[..., 3]), size) > 128).astype(np.uint8), pad)
    return max(_rim(lab, one) for one in (solid, np.ascontiguousarray(solid[:, ::-1])))


def _rim(lab: npt.NDArray[Any], solid: npt.NDArray[np.uint8]) -> float:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    inner, outer = cv2.erode(solid, disc), 1 - cv2.dilate(solid, disc)
    sides: list[npt.NDArray[Any]] = []
    for part in (inner, outer):
        weight = part.astype(np.float32)
        near = cv2.GaussianBlur(weight, (0, 0), 3.0) + np.float32(1e-3)
        sides.append(cv2.GaussianBlur(lab * weight[..., None], (0, 0), 3.0) / near[..., None])
    rim = (solid > 0) & (cv2.erode(solid, np.ones((3, 3), np.uint8)) == 0)
    apart = np.linalg.norm(sides[0] - sides[1], axis=2)[rim]
    return float((apart > APART).mean()) if apart.size else 0.0


def _outlined(rgb: npt.NDArray[Any], proof: Array, box: Box) -> float:
    """How well the outlines in a box correlate with the sprite's own (its `_proof`), the better of both ways round.

    Lightness alone agrees by chance where a sprite is plain.
    """
    left, top, right, bottom = (round(value) for value in windows.clipped(box, rgb.shape))
    if right - left < 8 or bottom - top < 8:
        return 0.0
    size = proof.shape[2], proof.shape[1]
    seen = _edges(np.asarray(cv2.resize(rgb[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)))
    return float((proof.reshape(2, -1) @ _standard(seen).ravel()).max())


def _proof(drawn: npt.NDArray[Any]) -> Array:
    """A sprite's own outlines, one way round and the other: (2, PROOF, w), each of mean 0 and length 1."""
    size = max(8, round(PROOF * drawn.shape[1] / drawn.shape[0])), PROOF
    small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
    alpha = small[..., 3:].astype(np.float32) / 255
    own = _standard(_edges((small[..., :3] * alpha + 128 * (1 - alpha)).astype(np.uint8)))
    return np.stack([own, own[:, ::-1]])


def _standard(plane: Array) -> Array:
    """Moved to mean 0 and scaled to length 1: the product of two such planes is their correlation."""
    centred = plane - plane.mean()
    return centred / np.linalg.norm(centred)


def _edges(rgb: npt.NDArray[Any]) -> Array:
    light = cv2.GaussianBlur(_light(rgb), (0, 0), 1.2)
    across, down = cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)
    strength = np.asarray(cv2.magnitude(across, down), np.float32)
    strength[0, 0] += np.float32(1e-3)  # a flat patch has no correlation to speak of, but must not divide by nothing
    return np.minimum(strength, np.float32(np.quantile(strength, 0.95) + 1e-3))


def _light(rgb: npt.NDArray[Any]) -> Array:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)


def _sizes(drawn: npt.NDArray[Any], shape: tuple[int, ...]) -> list[tuple[Array, Array]]:
    """The sprite's lightness and mask at every size that fits into the view."""
    out: list[tuple[Array, Array]] = []
    high, wide = drawn.shape[:2]
    height = float(SMALLEST)
    while height <= LARGEST:
        size = max(2, round(wide * height / high)), max(2, round(height))
        if size[0] <= shape[1] and size[1] <= shape[0] and min(size) >= 10:
            small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
            out.append((_light(small[..., :3]), (small[..., 3] > 128).astype(np.float32)))
        height *= STEP
    return out


def _matches(seen: Array, template: Array, mask: Array, least: float) -> list[Found]:
    """The best places of one template, the correlation taken over its mask alone."""
    if mask.sum() < 40 or float(template[mask > 0].std()) < 4:
        return []
    score = cv2.matchTemplate(seen, template, cv2.TM_CCOEFF_NORMED, mask=mask)
    score = np.nan_to_num(np.asarray(score, np.float32), nan=-1.0, posinf=-1.0, neginf=-1.0)
    score[score > 1.01] = -1.0  # rounding, where the picture is quite flat
    high, wide = template.shape
    found: list[Found] = []
    for _ in range(MOST):
        _, best, _, (x, y) = cv2.minMaxLoc(score)
        if best < least:
            break
        found.append(Found("", float(best), (float(x), float(y), float(x + wide), float(y + high))))
        score[max(0, y - high // 2) : y + high // 2 + 1, max(0, x - wide // 2) : x + wide // 2 + 1] = -1
    return found


def _scaled(box: Box, by: float) -> Box:
    left, top, right, bottom = (value * by for value in box)
    return left, top, right, bottom
