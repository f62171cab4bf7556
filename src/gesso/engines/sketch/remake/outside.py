"""What lies outside a picture: its sides carried on from like places at the same height, top and bottom as texture.

Beside a picture the same ground and sky go on, so patches of the same rows fit (edit.fill). Above and below, what
the edge shows goes on as colour that changes ever more slowly, with the detail of the edge's own band laid over it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit import fill
from gesso.engines.sketch.edit.spread import spread
from gesso.engines.sketch.remake.motion import Pixels, Plane

Mask = npt.NDArray[np.bool_]

BAND, MIRROR = 0.2, 0.07
"""Shares of the known height: whose detail is carried on beyond its edge, and whose colours are."""

COLUMNS = 64
"""Columns to which an edge is reduced where its usual colours are looked for."""

TRIES = 6
"""Pieces of detail tried for each new row of pieces."""

LARGEST = 1280
"""Longer side at which what is new is worked out; beyond, it is enlarged."""

SEAM = 0.10
"""Share of the canvas over which a step of colour at the seam is evened out."""

SEAM_SIDE = 160


def completed(picture: Pixels, known: Mask, rng: np.random.Generator) -> Pixels:
    """The picture (H, W, 3) with all that is not known painted; what is known stays to the bit."""
    if known.all() or not known.any():
        return picture
    height, width = known.shape
    scale = min(1.0, LARGEST / max(height, width))
    if scale < 1:
        size = max(8, round(width * scale)), max(8, round(height * scale))
        small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        part = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.999
        made = cv2.resize(completed(small, part, rng), (width, height), interpolation=cv2.INTER_CUBIC)
        return np.where(known[..., None], picture, np.asarray(made, np.uint8))
    top, bottom = _rows(known)
    out = picture.copy()
    out[top:bottom] = _sides(picture[top:bottom], known[top:bottom], rng)
    if top:
        out[:top] = _beyond(out[top:bottom][::-1], top, rng)[::-1]
    if bottom < height:
        out[bottom:] = _beyond(out[top:bottom], height - bottom, rng)
    return out


def _rows(known: Mask) -> tuple[int, int]:
    """First and end of the rows of which a fair part is known."""
    share = known.mean(axis=1)
    rows = np.nonzero(share >= max(0.15, 0.3 * float(share.max())))[0]
    return int(rows[0]), int(rows[-1]) + 1


def _sides(strip: Pixels, known: Mask, rng: np.random.Generator) -> Pixels:
    """Holes and sides of a strip filled, from outside in no more at a time than the known part can feed."""
    out, have = strip.copy(), known.copy()
    while not have.all():
        columns = np.nonzero(have.any(axis=0))[0]
        first, last = int(columns[0]), int(columns[-1]) + 1
        reach = max(8, round(0.7 * (last - first)))
        left, right = max(0, first - reach), min(have.shape[1], last + reach)
        hole = ~have[:, left:right]
        part = out[:, left:right]
        if hole.mean() > 0.9:
            filled = np.rint(spread(part.astype(np.float32), hole)).clip(0, 255).astype(np.uint8)
        else:
            filled = fill.fill(part, hole, rng)
        out[:, left:right] = _levelled(filled, ~hole)
        have[:, left:right] = True
    return out


def _levelled(made: Pixels, known: Mask) -> Pixels:
    """A filled picture without a step of light at the rim of what was filled."""
    height, width = known.shape
    scale = min(1.0, SEAM_SIDE / max(height, width))
    size = max(4, round(width * scale)), max(4, round(height * scale))
    small = cv2.resize(made, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    inside = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    reach = max(1.0, 0.02 * max(size))
    means = [
        cv2.GaussianBlur(small * share[..., None], (0, 0), reach)
        / np.maximum(cv2.GaussianBlur(share, (0, 0), reach), 1e-3)[..., None]
        for share in (inside, 1 - inside)
    ]
    near = cv2.GaussianBlur(inside, (0, 0), reach)
    rim = (near > 0.3) & (near < 0.7)
    if not rim.any():
        return made
    step = spread(np.asarray(means[0] - means[1], np.float32), ~rim)
    far = cv2.distanceTransform((inside < 0.5).astype(np.uint8), cv2.DIST_L2, 3) / max(size)
    step = cv2.GaussianBlur(step, (0, 0), reach) * np.exp(-far / SEAM)[..., None]
    lifted = cv2.resize(np.asarray(step, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    out = np.rint(np.clip(made + lifted, 0, 255)).astype(np.uint8)
    return np.where(known[..., None], made, out)


def _beyond(strip: Pixels, rows: int, rng: np.random.Generator) -> Pixels:
    """`rows` more rows below a strip: the edge's colours, ever softer, under its own detail."""
    height = len(strip)
    depth = max(4, min(height, round(BAND * height)))
    away = np.arange(rows)
    strip_rows = max(3, round(MIRROR * height))
    shown = height - 1 - np.floor(strip_rows * (1 - np.exp(-away / strip_rows))).astype(int).clip(0, height - 1)
    base = _without_outliers(strip[shown].astype(np.float32), strip[-strip_rows:], away / depth)
    together = np.concatenate([strip[-depth:].astype(np.float32), base])
    soft = together
    for sigma, start in ((0.12, 0.15), (0.35, 0.8), (0.9, 2.0)):
        blurred = _blurred(together, sigma * depth)
        share = np.clip((np.arange(len(together)) - depth) / depth / start, 0, 1).astype(np.float32)
        soft = soft + (blurred - soft) * share[:, None, None]
    soft = soft[depth:]
    detail = _detail(strip[-depth:], rows, rng)
    # Near the edge the mirrored rows hold their own detail; it gives way as they soften.
    share = np.clip(away / depth / 0.6, 0, 1).astype(np.float32)[:, None, None]
    return np.asarray(np.rint(soft + detail * share).clip(0, 255), np.uint8)


def _without_outliers(base: Plane, edge: Pixels, away: npt.NDArray[np.float64]) -> Plane:
    """With the distance a column takes the usual colour of its wide surroundings: what stands at the edge ends soon."""
    profile = np.asarray(cv2.resize(edge, (COLUMNS, 1), interpolation=cv2.INTER_AREA), np.uint8)
    half = COLUMNS // 4
    windows = np.stack([profile[0, max(0, i - half) : i + half + 1] for i in range(half, COLUMNS - half)])
    middle = np.median(windows, axis=1)
    usual = np.concatenate([np.repeat(middle[:1], half, axis=0), middle, np.repeat(middle[-1:], half, axis=0)])
    wide = cv2.resize(usual[None].astype(np.float32), (base.shape[1], 1), interpolation=cv2.INTER_CUBIC)
    share = np.clip((away - 0.1) / 0.5, 0, 1).astype(np.float32)[:, None, None]
    return base + (wide - base) * share


def _blurred(values: Plane, sigma: float) -> Plane:
    """A blur that is wide at no cost: on a copy reduced to what it leaves over."""
    factor = max(1, int(sigma // 3))
    height, width = values.shape[:2]
    small = cv2.resize(values, (max(2, width // factor), max(2, height // factor)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.6, sigma / factor), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _detail(band: Pixels, rows: int, rng: np.random.Generator) -> Plane:
    """`rows` of the band's fine detail, in pieces shifted sidewise so that nothing repeats below itself."""
    depth, width = band.shape[:2]
    whole = band.astype(np.float32)
    fine = whole - _blurred(whole, depth * 0.16)
    # An outline in the band is no texture: what is far stronger than the rest is held down.
    usual = 2.5 * float(np.median(np.abs(fine))) + 1.5
    fine = _without_things(fine, usual, rng)
    fine = np.float32(usual) * np.tanh(fine / np.float32(usual))
    overlap = max(2, depth // 3)
    out = np.zeros((rows + depth, width, 3), np.float32)
    out[:depth] = fine[::-1]
    at = depth - overlap
    while at < rows:
        piece = _fitting(fine, out[at : at + overlap], rng)
        fade = np.linspace(0, 1, overlap, dtype=np.float32)[:, None, None]
        # Weights whose squares sum to one keep the detail's strength where two unlike pieces meet.
        out[at : at + overlap] = out[at : at + overlap] * np.sqrt(1 - fade) + piece[:overlap] * np.sqrt(fade)
        rest = min(len(out) - at, depth)
        out[at + overlap : at + rest] = piece[overlap:rest]
        at += depth - overlap
    return out[:rows]


def _without_things(fine: Plane, usual: float, rng: np.random.Generator) -> Plane:
    """The band's detail, single things in it (tips of trees, feet) covered with what is beside them."""
    strong = (np.abs(fine).max(axis=2) > usual).astype(np.float32)
    busy = cv2.blur(strong, (9, 9), borderType=cv2.BORDER_REFLECT) > 0.10
    if busy.mean() > 0.55:
        return fine  # where all is strong, that is the texture
    for _ in range(8):
        shift = int(rng.integers(fine.shape[1]))
        other, taken = np.roll(fine, shift, axis=1), np.roll(busy, shift, axis=1)
        better = busy & ~taken
        fine = np.where(better[..., None], other, fine)
        busy &= taken
    return fine * ~busy[..., None]


def _fitting(fine: Plane, above: Plane, rng: np.random.Generator) -> Plane:
    """The piece, among some chances, whose first rows are most like those it is laid on."""
    width = fine.shape[1]
    doubled = np.concatenate([fine, fine[:, ::-1]], axis=1)
    pieces = (np.roll(doubled, int(shift), axis=1)[:, :width] for shift in rng.integers(2 * width, size=TRIES))
    both = (turned for piece in pieces for turned in (piece, piece[::-1]))
    return min(both, key=lambda piece: float(np.abs(piece[: len(above)] - above).mean()))


def evened(made: Pixels, known: Mask, picture: Pixels) -> Pixels:
    """What was made round a picture, its colours led over to the picture's at the seam; the picture laid in."""
    height, width = known.shape
    scale = min(1.0, SEAM_SIDE / max(height, width))
    size = max(4, round(width * scale)), max(4, round(height * scale))
    mask = known.view(np.uint8)
    # In sixteenths of a level as whole numbers: the picture's own size in floats would take twice the time.
    step = cv2.copyTo(cv2.addWeighted(picture, 16, made, -16, 0, dtype=cv2.CV_16S), mask)
    weight = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(step, size, interpolation=cv2.INTER_AREA) / (16 * np.maximum(weight, 1e-3)[..., None])
    inside = weight > 0.35
    if not inside.any() or inside.all():
        return np.where(known[..., None], picture, made)
    wide = spread(np.asarray(small, np.float32), ~inside)
    far = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3) / max(size)
    wide = cv2.GaussianBlur(wide, (0, 0), 1.0) * np.exp(-far / SEAM)[..., None]
    lifted = cv2.resize(np.rint(wide).astype(np.int16), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.copyTo(picture, mask, cv2.add(made, lifted, dtype=cv2.CV_8U)), np.uint8)
