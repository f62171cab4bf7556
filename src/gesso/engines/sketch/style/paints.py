"""The painters of the looks: each takes samples (H, W, 3) uint8 and gives the same size back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.noise import blur, fbm
from gesso.engines.sketch.style import palette

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Paint = Callable[[Pixels, np.random.Generator], Pixels]


def paper(rng: np.random.Generator, height: int, width: int) -> Floats:
    """The tooth of a sheet: noise of mean 0 and deviation 1."""
    tile = rng.standard_normal((256, 256), np.float32)
    tile = cv2.GaussianBlur(np.pad(tile, 8, mode="wrap"), (0, 0), 0.9)[8:-8, 8:-8]
    return np.tile(tile / tile.std(), (height // 256 + 1, width // 256 + 1))[:height, :width]


def edges(pixels: Pixels, width: float, strength: float = 14.0) -> Floats:
    """Dark lines where the picture changes, 0..1 (1 is line), by difference of Gaussians."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    fine, coarse = cv2.GaussianBlur(grey, (0, 0), width), cv2.GaussianBlur(grey, (0, 0), width * 1.7)
    return np.clip((coarse - fine - 0.006) * strength * 3, 0, 1)


def unit(pixels: Pixels) -> float:
    """Pixels of this picture for each pixel of one whose longer side is 1024."""
    return max(pixels.shape[:2]) / 1024


def to_bytes(values: Floats) -> Pixels:
    """Rounded and cut to 0..255."""
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def saturated(values: Floats, by: float) -> Floats:
    matrix = np.eye(3) * by + np.array([[0.30, 0.59, 0.11]] * 3) * (1 - by)
    return cv2.transform(values.reshape(-1, 1, 3), matrix).reshape(values.shape)


def photo(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A lens' softness towards the corners, a film's curve and grain."""
    values = saturated(pixels.astype(np.float32), 0.88)
    height, width = pixels.shape[:2]
    soft = blur(values, 2.6 * unit(pixels) + 0.4)
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    edge = np.clip((x * x + (y - 0.1) ** 2) - 0.45, 0, 1)[..., None]
    values = values + (soft - values) * edge
    values = values * np.array([1.03, 1.0, 0.95], np.float32) + np.array([2, 3, 9], np.float32)
    return to_bytes(values + 4.0 * rng.standard_normal((height, width, 1), np.float32))


def watercolour(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Washes on paper: pale, darker at their rims, white towards an uneven border."""
    height, width = pixels.shape[:2]
    wander = fbm(rng, height, width, (14, 14 * width / height), 3) * 7 * unit(pixels)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    moved = cv2.remap(
        palette.smooth(pixels, 3),
        x + wander,
        y + np.roll(wander, 37, axis=1),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    pool = fbm(rng, height, width, (5, 5 * width / height), 4)
    wash = 255 - (255 - moved.astype(np.float32)) * _three(0.80 + 0.16 * pool)
    rim = blur(edges(moved, 1.6 * unit(pixels) + 0.4, 7), 0.8)
    wash *= _three(1 - 0.30 * rim)
    grain = paper(rng, height, width)
    wash += _three(5 * grain * (1.2 - sum(cv2.split(wash)) / np.float32(3 * 255)))
    edge = np.minimum(np.minimum(x, width - 1 - x) / width, np.minimum(y, height - 1 - y) / height)
    border = np.clip((edge + 0.022 * pool + 0.012 * wander / max(7 * unit(pixels), 0.1) - 0.030) / 0.02, 0, 1)
    sheet = cv2.merge([3 * grain + np.float32(level) for level in (250, 247, 240)])
    wash -= sheet
    wash *= _three(border)
    wash += sheet
    return to_bytes(wash)


def _three(plane: Floats) -> Floats:
    """A plane for each of three channels: numpy is slow along a last axis of three that it has to broadcast."""
    return cv2.merge([plane.astype(np.float32, copy=False)] * 3)


def oil(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Thick paint: colour in dabs along the forms, and their relief in the light."""
    height, width = pixels.shape[:2]
    base = cv2.medianBlur(pixels, 5)
    grey = cv2.cvtColor(base, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gx, gy = (
        blur(cv2.Sobel(grey, cv2.CV_32F, 1, 0), 7 * unit(pixels)),
        blur(cv2.Sobel(grey, cv2.CV_32F, 0, 1), 7 * unit(pixels)),
    )
    norm = np.sqrt(gx * gx + gy * gy) + 1e-3
    tx, ty = -gy / norm, gx / norm
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    noise = blur(rng.standard_normal((height, width), np.float32), 0.9 * unit(pixels) + 0.3)
    reach = 3.0 * unit(pixels) + 0.5
    strokes, colour = noise.copy(), base.astype(np.float32)
    for step in (-2, -1, 1, 2):
        u, v = x + tx * reach * step, y + ty * reach * step
        strokes += cv2.remap(noise, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        colour += cv2.remap(base, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    relief = strokes - np.roll(strokes, (1, 1), axis=(0, 1))
    relief /= relief.std() + 1e-6
    return to_bytes(saturated(colour / 5, 1.18) + _three(relief * 7.5 + strokes / (strokes.std() + 1e-6) * 4))


def ink(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Black lines and engraved hatching on cream paper."""
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(palette.smooth(pixels, 2), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    grey = np.clip(
        (grey - np.percentile(grey, 2)) / max(float(np.percentile(grey, 98) - np.percentile(grey, 2)), 0.05), 0, 1
    )
    lines = edges(palette.smooth(pixels, 1), 1.1 * unit(pixels) + 0.35, 22)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = 6.0 * unit(pixels) + 1.5
    hatch = np.zeros_like(grey)
    for angle, limit in ((0.7, 0.62), (-0.7, 0.38), (0.05, 0.20)):
        wave = np.sin(
            (x * np.cos(angle) + y * np.sin(angle) + 2 * blur(rng.standard_normal((height, width), np.float32), 9) * 6)
            * 2
            * np.pi
            / pitch
        )
        hatch = np.maximum(hatch, np.clip((wave - 1 + 2.2 * np.clip(limit - grey, 0, 0.5) / 0.5 * 0.9) * 3, 0, 1))
    dark = np.clip(np.maximum(lines, hatch * 0.85) + (grey < 0.07), 0, 1)
    sheet = np.array([246, 239, 222], np.float32) + (3 * paper(rng, height, width))[..., None]
    return to_bytes(sheet + (np.array([26, 24, 32], np.float32) - sheet) * dark[..., None])


def pencil(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Graphite: soft tone in strokes, firm outlines, white paper."""
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    dodge = np.clip(grey / (255 - blur(255 - grey, 9 * unit(pixels) + 1) + 1e-3) * 255, 0, 255) / 255
    stroke = cv2.warpAffine(
        rng.standard_normal((height, width), np.float32), np.array([[1, 0, 0], [0, 1, 0]], np.float32), (width, height)
    )
    kernel = np.eye(max(3, int(13 * unit(pixels)) | 1), dtype=np.float32)
    stroke = cv2.filter2D(stroke, -1, kernel / kernel.sum()[None] if kernel.ndim == 1 else kernel / kernel.sum())
    stroke /= stroke.std() + 1e-6
    low, high = np.percentile(grey[::4, ::4], [1, 97])
    light = np.clip((grey - low) / max(float(high - low), 12.0), 0, 1)
    # The darker a place, the denser the strokes that fill it; what is light stays paper.
    tone = np.clip(0.22 + 0.82 * light**0.9 + (0.07 + 0.16 * (1 - light)) * stroke * np.clip(1.15 - light, 0, 1), 0, 1)
    lines = edges(pixels, 1.1 * unit(pixels) + 0.3, 16)
    value = np.clip(dodge**0.9 * (0.14 + 0.86 * tone) * (1 - 0.80 * lines), 0, 1) * 232 + 18
    return to_bytes(
        value[..., None] * np.array([1.0, 0.995, 0.975], np.float32) + (2.5 * paper(rng, height, width))[..., None]
    )


def pixel(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Blocks of one colour out of a small palette."""
    height, width = pixels.shape[:2]
    scale = 128 / max(height, width)
    columns, rows = max(1, min(width, round(width * scale))), max(1, min(height, round(height * scale)))
    small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(to_bytes(saturated(small.astype(np.float32), 1.25)).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    points = lab.reshape(-1, 3)
    centres = palette.kmeans(points[:: max(1, len(points) // 3000)], 28, rng)
    nearest = ((points[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    flat = cv2.cvtColor(centres[nearest].reshape(lab.shape).astype(np.float32), cv2.COLOR_LAB2RGB)
    return cv2.resize(to_bytes(flat * 255), (width, height), interpolation=cv2.INTER_NEAREST)


def poster(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Few flat colours with clean borders and a print's grain."""
    labels, colours = palette.flatten(to_bytes(saturated(pixels.astype(np.float32), 1.15)), 11, rng)
    flat = cv2.medianBlur(to_bytes(colours)[labels], 5 if max(pixels.shape[:2]) > 300 else 3)
    return to_bytes(flat.astype(np.float32) + (1.8 * paper(rng, *pixels.shape[:2]))[..., None])


def comic(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Flat tones, black outlines, dots in the shadows."""
    height, width = pixels.shape[:2]
    smooth = palette.smooth(pixels, 3)
    hsv = cv2.cvtColor(smooth, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 1] = np.clip(hsv[..., 1] * 1.35, 0, 255)
    hsv[..., 2] = np.clip(np.round(hsv[..., 2] / 255 * 6) / 6 * 255 + 8, 0, 255)
    tones = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    pitch = 9.0 * unit(pixels) + 1
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (x + y) / np.float32(1.414), (x - y) / np.float32(1.414)
    dots = np.cos(u * 2 * np.pi / pitch) * np.cos(v * 2 * np.pi / pitch)
    dark = np.clip(0.62 - hsv[..., 2] / 255, 0, 0.6)
    tones *= (1 - 0.34 * np.clip((dots + dark * 2.4 - 0.9) * 4, 0, 1) * (dark > 0.02))[..., None]
    lines = np.clip(edges(smooth, 1.9 * unit(pixels) + 0.35, 26), 0, 1)
    return to_bytes(tones * (1 - lines)[..., None] + np.array([14, 12, 24], np.float32) * lines[..., None])


def anime(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Cel paint: two or three tones to a colour, thin dark lines, light that spills."""
    smooth = palette.smooth(pixels, 3)
    hsv = cv2.cvtColor(smooth, cv2.COLOR_RGB2HSV).astype(np.float32)
    tone = hsv[..., 2] / 255 * 4.5
    step = np.floor(tone) + np.clip((tone - np.floor(tone) - 0.5) * 7 + 0.5, 0, 1)
    hsv[..., 2] = np.clip(step / 4.5 * 255 + 14, 0, 255)
    hsv[..., 1] = np.clip(hsv[..., 1] * 1.22 + 8, 0, 255)
    values = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    values += 0.30 * np.clip(blur(values, 16 * unit(pixels) + 0.5) - 90, 0, 255) + np.array([0, 2, 10], np.float32)
    lines = edges(smooth, 1.15 * unit(pixels) + 0.3, 18) * 0.85
    return to_bytes(values * (1 - lines)[..., None] + np.array([52, 34, 66], np.float32) * lines[..., None])


def noir(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Black and white with hard contrast and film grain."""
    height, width = pixels.shape[:2]
    grey = pixels.astype(np.float32) @ np.array([0.40, 0.45, 0.15], np.float32) / 255
    low, high = np.percentile(grey[::4, ::4], [2, 98])
    grey = np.clip((grey - low) / max(float(high - low), 0.05), 0, 1)
    grey = grey * grey * (3 - 2 * grey) * 0.94 + 0.02
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    grey = grey * (1 - 0.42 * np.clip(x * x + y * y - 0.35, 0, 1.2)) + 0.030 * rng.standard_normal(
        (height, width), np.float32
    )
    return to_bytes(grey[..., None] * np.array([255, 253, 248], np.float32))


def neon(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Night in magenta and cyan, with glowing edges."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    stops = np.array([[10, 6, 34], [70, 18, 120], [214, 38, 150], [70, 200, 255], [245, 250, 255]], np.float32)
    at = np.array([0.0, 0.28, 0.58, 0.84, 1.0])
    duo = np.stack([np.interp(grey**1.15, at, stops[:, i]) for i in range(3)], axis=-1).astype(np.float32)
    values = duo * 0.55 + saturated(pixels.astype(np.float32), 1.5) * 0.42
    lines = edges(palette.smooth(pixels, 1), 1.6 * unit(pixels) + 0.3, 12)
    glow = blur(lines, 7 * unit(pixels) + 0.5)
    width = grey.shape[1]
    tint = np.linspace(0, 1, width, dtype=np.float32)[None, :, None] * np.array([-190, 190, 50], np.float32) + np.array(
        [255, 40, 190], np.float32
    )
    return to_bytes(values + tint * (0.30 * lines + 0.45 * np.clip(glow, 0, 0.5))[..., None])


def blueprint(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """White lines and a grid on blue paper."""
    height, width = pixels.shape[:2]
    smooth = palette.smooth(pixels, 2)
    grey = cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    drawn = np.clip(
        edges(smooth, 1.2 * unit(pixels) + 0.35, 20) + edges(255 - smooth, 1.2 * unit(pixels) + 0.35, 20), 0, 1
    )
    sheet = (
        np.array([18, 62, 134], np.float32) * (0.92 + 0.14 * grey)[..., None]
        + (2 * paper(rng, height, width))[..., None]
    )
    pitch = max(8, round(48 * unit(pixels)))
    grid = np.zeros((height, width), np.float32)
    grid[::pitch], grid[:, ::pitch] = 0.16, 0.16
    grid[:: pitch * 4], grid[:, :: pitch * 4] = 0.30, 0.30
    white = np.array([226, 238, 255], np.float32)
    return to_bytes(sheet + (white - sheet) * np.clip(np.maximum(grid, drawn * 0.95), 0, 1)[..., None])


def pastel(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Chalk on toothy paper in light colours."""
    values = 255 - (255 - saturated(palette.smooth(pixels, 1).astype(np.float32), 1.05)) * 0.72
    tooth = paper(rng, *pixels.shape[:2])
    gap = np.clip((tooth - 0.9) * 0.9, 0, 1)[..., None]
    sheet = np.array([248, 240, 230], np.float32)
    return to_bytes(values + (sheet - values) * gap * 0.55 + (3 * tooth)[..., None])


def stained(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Pieces of coloured glass in lead; heavy leads follow the forms, light ones cut large areas into pieces."""
    height, width = pixels.shape[:2]
    cell = max(4, round(max(height, width) / 20))
    seeds = np.full((height, width), 255, np.uint8)
    for top in range(0, height, cell):
        for left in range(0, width, cell):
            seeds[min(height - 1, top + int(rng.integers(cell))), min(width - 1, left + int(rng.integers(cell)))] = 0
    distance, cells = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    forms = cv2.medianBlur(palette.clean(palette.flatten(pixels, 13, rng)[0]), 9 if min(height, width) > 200 else 3)
    pieces: Any = cells * np.int32(16) + forms
    counts = np.maximum(np.bincount(pieces.ravel()), 1)
    sums = [np.bincount(pieces.ravel(), pixels[..., c].ravel().astype(np.float64)) for c in range(3)]
    means = (np.stack(sums, axis=-1) / counts[:, None]).astype(np.float32)
    glass: Floats = np.take(saturated(means, 1.45), pieces, axis=0)
    glass = glass * (1.10 - 0.22 * np.clip(distance / cell, 0, 1))[..., None]
    lead = np.zeros((height, width), np.float32)
    for labels, thick in ((cells.astype(np.float32), 0.9), (forms.astype(np.float32), 1.9)):
        border = (cv2.dilate(labels, np.ones((3, 3))) != cv2.erode(labels, np.ones((3, 3)))).astype(np.float32)
        lead = np.maximum(lead, np.clip(blur(border, thick * unit(pixels) + 0.2) * 1.7, 0, 1))
    return to_bytes(glass * (1 - lead)[..., None] + np.array([26, 24, 30], np.float32) * lead[..., None])


def papercut(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Layers of paper, each throwing a shadow on the one below."""
    labels, colours = palette.flatten(to_bytes(saturated(pixels.astype(np.float32), 1.2)), 8, rng)
    labels = cv2.medianBlur(labels.astype(np.uint8), 7 if max(pixels.shape[:2]) > 300 else 3)
    reach = max(1, round(5 * unit(pixels)))
    out = np.empty(pixels.shape, np.float32)
    out[:] = colours[-1]
    for i in range(len(colours) - 2, -1, -1):
        mask = (labels <= i).astype(np.float32)
        shadow = blur(np.roll(mask, (reach, reach), axis=(0, 1)), reach * 0.9)
        out *= (1 - 0.38 * np.clip(shadow - mask, 0, 1))[..., None]
        soft = cv2.GaussianBlur(mask, (0, 0), 0.8)[..., None]
        out = out * (1 - soft) + colours[i] * soft
    return to_bytes(out + (3 * paper(rng, *pixels.shape[:2]))[..., None])


def vintage(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A faded print: warm, low contrast, grain, darker corners."""
    height, width = pixels.shape[:2]
    values = saturated(pixels.astype(np.float32), 0.62)
    values = values * np.array([0.86, 0.80, 0.66], np.float32) + np.array([38, 30, 26], np.float32)
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    values *= (1 - 0.30 * np.clip(x * x + y * y - 0.5, 0, 1.2))[..., None]
    return to_bytes(values + (6.5 * rng.standard_normal((height, width), np.float32))[..., None])


def clay(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Matt modelling clay with the marks of fingers."""
    height, width = pixels.shape[:2]
    values = saturated(palette.smooth(pixels, 2).astype(np.float32), 1.12)
    dents = fbm(rng, height, width, (26, 26 * width / height), 3)
    relief = dents - np.roll(dents, (2, 2), axis=(0, 1))
    return to_bytes(values * (1 + 0.75 * relief)[..., None] + 6)


LOOKS: Mapping[str, Paint] = {
    "photo": photo,
    "watercolour": watercolour,
    "oil": oil,
    "ink": ink,
    "pencil": pencil,
    "pixel": pixel,
    "poster": poster,
    "comic": comic,
    "anime": anime,
    "noir": noir,
    "neon": neon,
    "blueprint": blueprint,
    "pastel": pastel,
    "stained": stained,
    "papercut": papercut,
    "vintage": vintage,
    "clay": clay,
}
