"""The painters of crafted looks: prints, stones, threads, cubes. Each takes (H, W, 3) uint8 and a generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.noise import blur, fbm
from gesso.engines.sketch.style import paints, palette
from gesso.engines.sketch.style.grades import Treat, grey_of, light, saturate
from gesso.engines.sketch.style.paints import edges, paper, to_bytes, unit
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]

INK: RGB = (24, 21, 28)
CREAM: RGB = (245, 237, 220)


def _grid(pixels: Pixels) -> tuple[Floats, Floats]:
    """Rows and columns of every pixel, in pixels."""
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]].astype(np.float32)
    return y, x


def _stretched(grey: Floats) -> Floats:
    low, high = np.percentile(grey[::4, ::4], [2, 98])
    return np.clip((grey - low) / max(float(high - low), 0.05), 0, 1)


def _mixed(under: Floats, over: RGB | Floats, share: Floats) -> Pixels:
    return to_bytes(under + (np.asarray(over, np.float32) - under) * share[..., None])


def charcoal(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Broad, smudged black strokes on grey paper with a heavy tooth."""
    height, width = pixels.shape[:2]
    tooth = paper(rng, height, width)
    grey = _stretched(grey_of(palette.smooth(pixels, 1)))
    kernel = np.eye(max(3, round(25 * unit(pixels)) | 1), dtype=np.float32)[:, ::-1]
    stroke = cv2.filter2D(rng.standard_normal((height, width), np.float32), -1, kernel / kernel.sum())
    stroke /= stroke.std() + 1e-6
    line = edges(pixels, 2.6 * unit(pixels) + 0.3, 16)
    dark = np.clip(1.05 * (1 - grey) ** 1.9 + 0.09 * stroke + 0.05 * tooth, 0, 1) * 0.86
    dark = np.clip(dark + 0.75 * line - np.clip(0.35 * (tooth - 0.7), 0, 0.3), 0, 0.97)
    sheet = np.array((222, 216, 206), np.float32) + (5 * tooth)[..., None]
    return _mixed(sheet, (26, 25, 27), dark)


def woodcut(pixels: Pixels, rng: np.random.Generator, ink: RGB = INK, sheet: RGB = CREAM) -> Pixels:
    """Cut in wood: bold black, white gouges that follow the forms, the block's grain."""
    height, width = pixels.shape[:2]
    grey = _stretched(grey_of(palette.smooth(pixels, 2)))
    y, x = _grid(pixels)
    bend = fbm(rng, height, width, (3, 3 * width / height), 2) * 26 * unit(pixels)
    pitch = 11 * unit(pixels) + 1.5
    wave = np.sin((y + bend + 34 * unit(pixels) * grey) * np.float32(2 * np.pi / pitch))
    cut = np.clip((wave + 2.3 * (grey - 0.46)) * 3.2 + 0.5, 0, 1)
    line = edges(palette.smooth(pixels, 1), 2.2 * unit(pixels) + 0.35, 24)
    veins = 6 * np.sin((x + 3 * bend) * np.float32(0.9))
    base = np.broadcast_to(np.asarray(sheet, np.float32), pixels.shape) + (veins * 0.35)[..., None]
    return _mixed(base, ink, np.clip(np.maximum(1 - cut, line), 0, 1))


def linocut(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Two printed colours on cream: a solid black and a middle tone, both with gouge marks."""
    grey = _stretched(grey_of(palette.smooth(pixels, 3)))
    marks = fbm(rng, pixels.shape[0], pixels.shape[1], (46, 16), 2) * 0.08
    middle = np.clip((0.68 - grey + marks) * 14, 0, 1)
    dark = np.clip((0.36 - grey + marks) * 14, 0, 1)
    base = np.broadcast_to(np.asarray(CREAM, np.float32), pixels.shape)
    return _mixed(_mixed(base, (196, 84, 52), middle).astype(np.float32), INK, dark)


def ukiyoe(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A Japanese print: few soft pigments, ink contours, a graded band across the top, laid paper."""
    pigments = np.array(
        [(38, 46, 78), (62, 92, 130), (112, 146, 156), (92, 118, 84), (172, 74, 54), (214, 150, 96), (226, 196, 150),
         (238, 224, 194)], np.float32
    )  # fmt: skip
    lab = cv2.cvtColor(pigments[None] / 255, cv2.COLOR_RGB2LAB)[0]
    own = cv2.cvtColor(palette.smooth(saturate(pixels, rng, 1.2), 3).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    best, labels = np.full(own.shape[:2], np.inf, np.float32), np.zeros(own.shape[:2], np.uint8)
    for i, pigment in enumerate(lab):
        away = ((own - pigment) ** 2 * np.array([1.2, 1, 1], np.float32)).sum(axis=2)
        labels, best = np.where(away < best, np.uint8(i), labels), np.minimum(best, away)
    flat = pigments[palette.clean(labels)]
    down = np.linspace(0, 1, pixels.shape[0], dtype=np.float32)[:, None]
    flat = flat + (pigments[0] - flat) * (np.clip(1 - down / 0.20, 0, 1) ** 1.4 * 0.62 * np.ones_like(best))[..., None]
    line = edges(palette.smooth(pixels, 2), 1.3 * unit(pixels) + 0.35, 20)
    return _mixed(flat + (4 * paper(rng, *pixels.shape[:2]))[..., None], (34, 30, 44), line * 0.9)


def dots(pixels: Pixels, rng: np.random.Generator, pitch: float = 12) -> Pixels:
    """Pop art: flat loud colours made of printed dots, thick black contours."""
    smooth = palette.smooth(pixels, 3)
    hsv = cv2.cvtColor(smooth, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 0] = np.round(hsv[..., 0] / 30) * 30 % 180
    hsv[..., 1] = np.where(hsv[..., 1] > 40, 245, 0)
    hsv[..., 2] = np.where(hsv[..., 2] > 70, 255, 60)
    loud = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    y, x = _grid(pixels)
    step = np.float32(2 * np.pi / (pitch * unit(pixels) + 1))
    screen = np.cos((x + y) * step * 0.707) * np.cos((x - y) * step * 0.707)
    ink = np.clip((screen + 1.25 - 1.9 * grey_of(smooth)) * 4, 0, 1)
    sheet = np.full(pixels.shape, (255, 249, 232), np.float32)
    return _mixed(sheet + (loud - sheet) * ink[..., None], INK, edges(smooth, 2.6 * unit(pixels) + 0.35, 30))


def halftone(pixels: Pixels, rng: np.random.Generator, pitch: float = 9) -> Pixels:
    """Newsprint: four inks in dot screens at their own angles."""
    cmy = 1 - pixels.astype(np.float32) / 255
    black = cmy.min(axis=2) * 0.85
    y, x = _grid(pixels)
    out = np.full(pixels.shape, (243, 238, 224), np.float32) / 255
    layers = (*(cmy[..., i] - black for i in range(3)), black)
    inks = ((0.05, 0.62, 0.86), (0.90, 0.16, 0.50), (1.0, 0.86, 0.06), (0.09, 0.08, 0.10))
    step = 2 * np.pi / (pitch * unit(pixels) + 1.2)
    for layer, ink, angle in zip(layers, inks, (0.26, 1.31, 0.0, 0.785), strict=True):
        u, v = (x * np.cos(angle) + y * np.sin(angle)) * step, (y * np.cos(angle) - x * np.sin(angle)) * step
        screen = (np.cos(u) * np.cos(v)).astype(np.float32)
        out *= 1 - np.clip((screen - 1 + 2.1 * layer) * 3 + 0.5, 0, 1)[..., None] * (1 - np.array(ink, np.float32))
    return to_bytes(out * 255)


def tesserae(pixels: Pixels, rng: np.random.Generator, size: float = 19) -> Pixels:
    """A Roman mosaic: small stones in wavy rows with mortar between."""
    height, width = pixels.shape[:2]
    y, x = _grid(pixels)
    side = max(3.0, size * unit(pixels))
    wavy = fbm(rng, height, width, (3, 3 * width / height), 2) * side * 1.5
    row = np.floor((y + wavy) / side)
    shift = np.sin(row * 12.9898) * 0.5
    column = np.floor(x / side + shift)
    fy, fx = (y + wavy) / side - row, x / side + shift - column
    cy, cx = np.clip((row + 0.5) * side - wavy, 0, height - 1), np.clip((column + 0.5 - shift) * side, 0, width - 1)
    stone = cv2.remap(cv2.blur(pixels, (3, 3)), cx.astype(np.float32), cy.astype(np.float32), cv2.INTER_NEAREST)
    chance = np.sin(row * 78.233 + column * 37.719) * 43758.5453
    shade = 1 + 0.22 * (chance - np.floor(chance) - 0.5)
    near = np.minimum(np.minimum(fx, 1 - fx), np.minimum(fy, 1 - fy))
    bevel = 1 + 0.16 * np.clip((0.24 - near) / 0.24, 0, 1) * np.where(fx + fy < 1, 1, -1)
    stones = saturate(stone, rng, 1.2).astype(np.float32) * (shade * bevel)[..., None]
    return _mixed(stones, (188, 180, 168), np.clip((0.075 - near) / 0.05, 0, 1))


def embroidery(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Satin stitch: areas of one thread colour, each stitched in a direction of its own, on linen."""
    labels, colours = palette.flatten(saturate(pixels, rng, 1.25), 12, rng)
    labels = palette.clean(labels)
    y, x = _grid(pixels)
    angle = (labels.astype(np.float32) * 2.399) % np.float32(np.pi)
    across, along = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    pitch, length = 5.0 * unit(pixels) + 1.2, 34 * unit(pixels) + 6
    thread = np.floor(across / pitch)
    chance = np.sin(thread * 12.9898 + labels * 4.1) * 43758.5453
    offset = chance - np.floor(chance)
    round_ = np.sin((across / pitch - thread) * np.pi) ** 0.7
    stitch = ((along / length + offset) % 1.0).astype(np.float32)
    ends = np.clip(np.minimum(stitch, 1 - stitch) / 0.10, 0, 1)
    shade = (0.55 + 0.50 * round_) * (0.72 + 0.28 * ends) * (0.92 + 0.16 * offset)
    sheen = 46 * np.clip(np.sin(stitch * np.pi), 0, 1) ** 6 * round_
    seams = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    out = colours[labels] * shade[..., None] + sheen[..., None]
    return to_bytes(out * (1 - 0.45 * blur(seams.astype(np.float32), 0.8 * unit(pixels) + 0.3))[..., None])


def voxel(pixels: Pixels, rng: np.random.Generator, count: float = 58) -> Pixels:
    """Blocks with a lit upper and left face and a shaded right and lower one."""
    height, width = pixels.shape[:2]
    side = max(3, round(max(height, width) / count))
    columns, rows = -(-width // side), -(-height // side)
    small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
    small = to_bytes(np.round(saturate(small, rng, 1.3).astype(np.float32) / 20) * 20)
    large = np.repeat(np.repeat(small, side, axis=0), side, axis=1)[:height, :width].astype(np.float32)
    y, x = _grid(pixels)
    fy, fx = (y % side) / side, (x % side) / side
    face = np.where(fy < 0.26, 1.30, np.where(fx > 0.74, 0.66, 1.0))
    corner = np.where((fy < 0.26) & (fx > 1 - (0.26 - fy)), 0.80, face)
    return to_bytes(large * corner[..., None].astype(np.float32))


def isometric(pixels: Pixels, rng: np.random.Generator, size: float = 17) -> Pixels:
    """The picture built of cubes seen from above at an angle, each in the colour of its place."""
    height, width = pixels.shape[:2]
    side = max(4.0, size * unit(pixels))
    tall = side * np.float32(np.sqrt(3) / 2) * 2
    y, x = _grid(pixels)
    row = np.floor(y / (1.5 * side))
    best = np.full((height, width), np.inf, np.float32)
    cx, cy = np.zeros_like(best), np.zeros_like(best)
    for step in (-1, 0, 1):
        middle_y = (row + step) * 1.5 * side
        shift = ((row + step) % 2) * tall / 2
        middle_x = np.round((x - shift) / tall) * tall + shift
        away = (x - middle_x) ** 2 + (y - middle_y) ** 2
        nearer = away < best
        cx, cy, best = np.where(nearer, middle_x, cx), np.where(nearer, middle_y, cy), np.minimum(best, away)
    source = cv2.blur(pixels, (max(1, int(side)),) * 2)
    at_x, at_y = np.clip(cx, 0, width - 1).astype(np.float32), np.clip(cy, 0, height - 1).astype(np.float32)
    colour = saturate(cv2.remap(source, at_x, at_y, cv2.INTER_NEAREST), rng, 1.25).astype(np.float32)
    dx, dy = x - cx, y - cy
    top = dy < -np.abs(dx) / np.float32(np.sqrt(3))
    face = np.where(top, 1.22, np.where(dx < 0, 0.96, 0.66))
    return to_bytes(colour * face[..., None].astype(np.float32))


def render(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Smooth plastic under studio lamps: soft forms, dark creases, glossy highlights."""
    smooth = palette.smooth(pixels, 3)
    grey = grey_of(smooth)
    creases = np.clip(blur(grey, 14 * unit(pixels) + 0.5) - grey, 0, 1)
    form = blur(grey, 5 * unit(pixels) + 0.4)
    slope = form - np.roll(form, (round(3 * unit(pixels)) + 1,) * 2, axis=(0, 1))
    gloss = np.clip(slope * 9 - 0.25, 0, 1)
    values = saturate(smooth, rng, 1.30).astype(np.float32) * (1 - 0.8 * creases)[..., None] + 8
    return to_bytes(values * (1 + 1.3 * np.clip(slope, -0.12, 0.2))[..., None] + 90 * blur(gloss, 1.5)[..., None])


def gouache(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Opaque matt paint in flat, slightly uneven patches with dry-brush borders."""
    height, width = pixels.shape[:2]
    y, x = _grid(pixels)
    ragged = fbm(rng, height, width, (60, 18), 2) * 6 * unit(pixels)
    labels, colours = palette.flatten(saturate(pixels, rng, 1.1), 16, rng)
    flat = cv2.remap(
        to_bytes(colours)[labels], x + ragged, y + 0.5 * ragged, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    streaks = fbm(rng, height, width, (90, 6), 2)
    return to_bytes(
        flat.astype(np.float32) * (1 + 0.10 * streaks)[..., None] + (3 * paper(rng, height, width))[..., None]
    )


def longshadow(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Flat colours, and a long diagonal shadow behind everything dark or vivid."""
    labels, colours = palette.flatten(saturate(pixels, rng, 1.3), 9, rng)
    flat = to_bytes(colours)[palette.clean(labels)].astype(np.float32)
    line = (edges(palette.smooth(pixels, 2), 2.4 * unit(pixels) + 0.4, 20) > 0.5).astype(np.float32)
    shadow, step = line.copy(), 1
    while step < 40 * unit(pixels):
        moved = np.zeros_like(shadow)
        moved[step:, step:] = shadow[:-step, :-step]
        shadow, step = np.maximum(shadow, moved), step * 2
    return to_bytes(flat * (1 - 0.26 * blur(shadow, 0.6))[..., None])


def crosshatch(pixels: Pixels, rng: np.random.Generator, ink: RGB = INK, pitch: float = 7.0) -> Pixels:
    """Pen strokes in up to four directions over pale washes of the picture's colours."""
    height, width = pixels.shape[:2]
    smooth = palette.smooth(pixels, 2)
    grey = _stretched(grey_of(smooth))
    y, x = _grid(pixels)
    wobble = blur(rng.standard_normal((height, width), np.float32), 9) * 10
    step = np.float32(2 * np.pi / (pitch * unit(pixels) + 1.5))
    dark = edges(smooth, 1.2 * unit(pixels) + 0.3, 20)
    for angle, limit in ((0.78, 0.80), (-0.78, 0.58), (0.0, 0.38), (1.57, 0.22)):
        wave = np.sin((x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) + wobble) * step)
        dark = np.maximum(dark, np.clip((wave - 0.55) * 4, 0, 1) * np.clip((limit - grey) * 6, 0, 1))
    washes = 255 - (255 - smooth.astype(np.float32)) * 0.38
    return _mixed(washes * np.array(CREAM, np.float32) / 255, ink, dark * 0.9)


def spray(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Stencils sprayed on a wall of bricks: hard colours, overspray, drips of shade."""
    height, width = pixels.shape[:2]
    labels, colours = palette.flatten(saturate(pixels, rng, 1.6), 7, rng)
    flat = to_bytes(colours)[palette.clean(labels)].astype(np.float32)
    y, x = _grid(pixels)
    tall, long = 40 * unit(pixels) + 4, 96 * unit(pixels) + 8
    row = np.floor(y / tall)
    joint = np.minimum(y / tall - row, np.abs(((x / long + 0.5 * (row % 2)) % 1) - 0.5) * 2)
    speck = rng.standard_normal((height, width), np.float32)
    values = flat * (0.94 + 0.05 * speck)[..., None] * (1 - 0.30 * np.clip((0.07 - joint) / 0.05, 0, 1))[..., None]
    return _mixed(values, (250, 246, 240), (edges(255 - pixels, 2.2 * unit(pixels) + 0.4, 24) * 0.8))


def penwash(pixels: Pixels, rng: np.random.Generator, by: float) -> Pixels:
    """Ink over washes of the picture's own colours."""
    colour = 255 - (255 - saturate(palette.smooth(pixels, 2), rng, 1.3).astype(np.float32)) * np.float32(by)
    return to_bytes(paints.ink(light(pixels, rng, 1.5), rng) * colour / 255)


def pencils(pixels: Pixels, rng: np.random.Generator, by: float) -> Pixels:
    """Graphite with coloured pencil over it."""
    colour = 255 - (255 - saturate(pixels, rng, 1.3).astype(np.float32)) * np.float32(by)
    return to_bytes(paints.pencil(light(pixels, rng, 1.3), rng) * colour / 255)


TREATMENTS: Mapping[str, Treat] = {
    "penwash": penwash,
    "pencils": pencils,
    "charcoal": charcoal,
    "woodcut": woodcut,
    "linocut": linocut,
    "ukiyoe": ukiyoe,
    "dots": dots,
    "halftone": halftone,
    "tesserae": tesserae,
    "embroidery": embroidery,
    "voxel": voxel,
    "isometric": isometric,
    "render": render,
    "gouache": gouache,
    "longshadow": longshadow,
    "crosshatch": crosshatch,
    "spray": spray,
}
"""Word of a recipe -> treatment."""
