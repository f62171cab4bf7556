"""A control picture's structure in a scene's colours: what a ControlNet does, by pyramids of lightness.

An edge or pose map, a depth map and a photograph each say in their own way where forms are; first they become a plane
of lightness, then its bands take the place of the scene's, the coarse ones early in the run and the fine ones late.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]

MOST = 0.88
"""How much of the lightness a scale of 1 takes from the control picture; the rest is the scene's."""


def follow(pixels: Pixels, control: Pixels, scale: float, start: float = 0.0, end: float = 1.0) -> Pixels:
    """`pixels` with the forms of `control`; `scale` 0 changes nothing. `start` and `end` are parts of the run, 0..1."""
    strength = float(np.clip(scale, 0, 2)) * MOST
    if strength == 0 or end <= start:
        return pixels
    height, width = pixels.shape[:2]
    plan = cv2.resize(np.ascontiguousarray(control[..., :3]), (width, height), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    forms = _levelled(lightness(plan), lab[..., 0])
    here, there = _pyramid(lab[..., 0]), _pyramid(forms)
    wide = 1 / len(here)
    shares = [strength * _overlap(1 - (level + 0.5) * wide, wide, start, end) for level in range(len(here))]
    light = _collapsed([a + (b - a) * np.float32(share) for a, b, share in zip(here, there, shares, strict=True)])
    # Colours keep to the new forms: each takes what the scene has about there, on its own side of an edge.
    side, mean = max(2, round(max(height, width) * 0.05)), min(1.0, float(np.mean(shares)))
    colours = [_guided(lab[..., i], forms / 100, side) for i in (1, 2)]
    lab = np.dstack([np.clip(light, 0, 100), *(lab[..., i + 1] * (1 - mean) + colours[i] * mean for i in (0, 1))])
    done = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB)
    return np.rint(np.clip(done, 0, 1) * 255).astype(np.uint8)


def kind(control: Pixels) -> str:
    """What a control picture seems to be: `lines`, `depth` or `picture`."""
    grey = cv2.cvtColor(np.ascontiguousarray(control[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    dark, bright = float((grey < 40).mean()), float((grey > 215).mean())
    if max(dark, bright) > 0.6 and dark + bright > 0.82:
        return "lines"
    colour = float(np.ptp(control[..., :3].astype(np.int16), axis=2).mean())
    small = cv2.GaussianBlur(grey, (0, 0), 1.5)
    rough = float(np.abs(cv2.Laplacian(small, cv2.CV_32F)).mean())
    return "depth" if colour < 4 and rough < 1.2 else "picture"


def lightness(control: Pixels) -> Floats:
    """The forms of a control picture as lightness (H, W), 0..100."""
    grey = cv2.cvtColor(control, cv2.COLOR_RGB2GRAY)
    sort = kind(control)
    if sort == "lines":
        return _swelled(grey if grey.mean() < 128 else 255 - grey)
    if sort == "depth":
        near = cv2.GaussianBlur(grey, (0, 0), 0.8).astype(np.float32) / 255
        slope = cv2.Sobel(near, cv2.CV_32F, 1, 0) + cv2.Sobel(near, cv2.CV_32F, 0, 1)
        return 25 + 60 * near - 30 * np.clip(slope * 4, -1, 1)
    return cv2.cvtColor(control.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]


def _swelled(lines: Floats) -> Floats:
    """Lines as dark contours of forms that swell between them."""
    drawn = (lines > 100).astype(np.uint8)
    far = cv2.distanceTransform(1 - drawn, cv2.DIST_L2, 5)
    swell = np.sqrt(np.clip(np.minimum(far, 1e4) / (0.07 * max(lines.shape)), 0, 1))
    soft = cv2.GaussianBlur(drawn.astype(np.float32), (0, 0), 0.7)
    return (34 + 44 * swell) * (1 - 0.85 * np.clip(soft * 1.4, 0, 1))


def _levelled(forms: Floats, light: Floats) -> Floats:
    """At the scene's own middle, and with at least its range."""
    low, high = np.percentile(forms, [2, 98])
    aim = max(float(np.percentile(light, 98) - np.percentile(light, 2)), 55.0)
    scaled = (forms - (low + high) / 2) * (aim / max(float(high - low), 8.0)) + float(light.mean())
    return np.clip(scaled, 2, 98).astype(np.float32)


def _overlap(at: float, wide: float, start: float, end: float) -> float:
    """Which share of a band, around `at` of the run, lies between `start` and `end`."""
    low, high = max(start, at - wide / 2), min(end, at + wide / 2)
    return float(np.clip((high - low) / wide, 0, 1))


def _pyramid(plane: Floats) -> list[Floats]:
    """Bands of a plane, the finest first, the rest last."""
    levels: list[Floats] = []
    while min(plane.shape) >= 8 and len(levels) < 7:
        small = np.asarray(cv2.pyrDown(plane), np.float32)
        levels.append(plane - _enlarged(small, plane))
        plane = small
    return [*levels, plane]


def _collapsed(levels: list[Floats]) -> Floats:
    plane = levels[-1]
    for band in reversed(levels[:-1]):
        plane = _enlarged(plane, band) + band
    return plane


def _enlarged(small: Floats, like: Floats) -> Floats:
    return np.asarray(cv2.resize(small, like.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _guided(plane: Floats, guide: Floats, side: int) -> Floats:
    """He's guided filter: `plane` smoothed with the edges of `guide`."""
    box = (2 * side + 1, 2 * side + 1)
    mean_g, mean_p = cv2.blur(guide, box), cv2.blur(plane, box)
    variance = cv2.blur(guide * guide, box) - mean_g * mean_g
    slope = (cv2.blur(guide * plane, box) - mean_g * mean_p) / (variance + 2e-3)
    rest = mean_p - slope * mean_g
    return cv2.blur(slope, box) * guide + cv2.blur(rest, box)
