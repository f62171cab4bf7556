"""Skies: gradient by the hour, sun or moon with glow, stars, clouds lit from the sun's side."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.scene.light import Light
from gesso.engines.sketch.scene.noise import Colour, Plane, blend, blur, fbm, gradient, mix, step


def paint_sky(
    rng: np.random.Generator,
    height: int,
    width: int,
    horizon: int,
    light: Light,
    clouds: float,
    features: frozenset[str],
) -> Plane:
    """(height, width, 3): the sky down to `horizon` and its last colour below. `clouds` 0..1 is how much is covered."""
    at = max(0.05, min(1.0, horizon / height))
    stops = [(0.0, light.zenith), (at * 0.55, light.middle), (at, light.horizon), (1.0, light.horizon)]
    picture = np.repeat(gradient(height, stops), width, axis=1)
    sun = sun_place(height, width, horizon, light)
    picture = _glow(picture, sun, horizon, light)
    if light.stars > 0 or "stars" in features:
        if light.stars > 0.6 or "stars" in features:
            _milky_way(rng, picture, horizon, 1.0 if "stars" in features else 0.55)
        _stars(rng, picture, horizon, max(light.stars, 0.8 if "stars" in features else 0))
    if "no-sun" not in features:
        picture = _disc(picture, sun, light, features)
    if clouds > 0:
        picture = _clouds(rng, picture, horizon, light, clouds, sun)
    return picture


def sun_place(height: int, width: int, horizon: int, light: Light) -> tuple[float, float]:
    """Where sun or moon stands, in pixels."""
    x = width * (0.5 + 0.36 * light.side)
    return x, horizon - light.height * horizon if light.height < 0.5 else max(0.16 * height, horizon * 0.28)


def _glow(picture: Plane, sun: tuple[float, float], horizon: int, light: Light) -> Plane:
    height, width = picture.shape[:2]
    size = float(max(height, width))
    low = light.height < 0.5
    wide = _around((height, width), sun, (size * (0.22 if low else 0.4), size * 0.55))
    near = _around((height, width), sun, (size * 0.12, size * 0.14))
    strength = 0.16 if light.dark and not low else 0.42 if low else 0.22
    picture = mix(picture, light.glow, wide * np.float32(strength))
    return mix(picture, blend(light.glow, (1, 1, 1), 0.35), near * np.float32(strength * 0.9))


def _around(shape: tuple[int, int], centre: tuple[float, float], reach: tuple[float, float]) -> Plane:
    """A bell about a point (x, y), `reach` rows and columns wide: the product of two curves."""
    rows = np.exp(-(((np.arange(shape[0], dtype=np.float32) - np.float32(centre[1])) / np.float32(reach[0])) ** 2))
    columns = np.exp(-(((np.arange(shape[1], dtype=np.float32) - np.float32(centre[0])) / np.float32(reach[1])) ** 2))
    return rows[:, None] * columns[None, :]


def _milky_way(rng: np.random.Generator, picture: Plane, horizon: int, strength: float) -> None:
    """The band of the galaxy aslant over the sky, with dust in its middle and its own crowd of faint stars."""
    height, width = picture.shape[:2]
    rows = min(height, max(8, horizon))
    y, x = np.mgrid[0:rows, 0:width].astype(np.float32) / np.float32(max(height, width))
    lean = float(rng.uniform(0.5, 0.9)) * float(rng.choice([-1.0, 1.0]))
    cloud = fbm(rng, rows, width, (6, 6 * width / rows), 5, 0.55)
    off = (x - np.float32(width / max(height, width) * rng.uniform(0.35, 0.65))) + lean * (y - 0.25) + 0.05 * cloud
    band = np.exp(-((off / 0.13) ** 2)) * (0.55 + 0.75 * cloud)
    dust = np.exp(-((off / 0.035) ** 2)) * step(-0.3, 0.6, -cloud)
    glow = (
        np.clip(band * (1 - 0.75 * dust), 0, 1) * np.clip((1 - y / y.max()) * 2.2, 0, 1) * np.float32(0.20 * strength)
    )
    picture[:rows] += glow[..., None] * np.array((0.72, 0.76, 1.0), np.float32)
    faint = (rng.random((rows, width), np.float32) < 0.020 * np.clip(band, 0, 1)) * rng.random(
        (rows, width), np.float32
    )
    picture[:rows] += (faint * np.float32(0.55 * strength))[..., None]


def _stars(rng: np.random.Generator, picture: Plane, horizon: int, strength: float) -> None:
    height, width = picture.shape[:2]
    count = int(width * max(horizon, 1) / 1300 * strength) + 8
    xs = rng.integers(0, width, count)
    ys = (rng.beta(1, 1.35, count) * max(horizon, 1) * 0.97).astype(int)
    light = rng.gamma(1.2, 0.28, count).clip(0.08, 1) * strength
    layer = np.zeros((height, width), np.float32)
    layer[ys, xs] = light
    big = light > 0.62
    spread = np.zeros_like(layer)
    spread[ys[big], xs[big]] = light[big] * 5
    layer = np.maximum(layer, cv2.GaussianBlur(layer, (0, 0), 0.7) * 2.2) + cv2.GaussianBlur(spread, (0, 0), 1.6)
    picture += layer[..., None] * np.array([0.95, 0.97, 1.0], np.float32)


def _disc(picture: Plane, sun: tuple[float, float], light: Light, features: frozenset[str]) -> Plane:
    height, width = picture.shape[:2]
    night = light.stars > 0.6
    if not night and light.height >= 0.5 and "sun" not in features and "moon" not in features:
        return picture
    if light.height < 0 and "moon" not in features:
        return picture
    moon = night or "moon" in features
    radius = min(height, width) * (0.055 if moon else 0.05) * (1.5 if features & {"sun", "moon"} else 1.0)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.hypot(x - np.float32(sun[0]), y - np.float32(sun[1]))
    disc = 1 - step(radius - 1, radius + 1, far)
    colour: Colour = (0.96, 0.96, 0.90) if moon else blend(light.glow, (1, 1, 0.94), 0.6)
    halo = np.exp(-((np.maximum(far - radius, 0) / (radius * 2.4)) ** 1.1))
    picture = mix(picture, colour, halo * np.float32(0.5 if moon else 0.6))
    if moon:
        shade = fbm(np.random.default_rng(7), height, width, (height / radius, width / radius), 3)
        face = np.array(colour, np.float32) * (1 - 0.13 * step(0.0, 0.6, shade))[..., None]
        return mix(picture, face, disc)
    return mix(picture, colour, disc)


def _clouds(
    rng: np.random.Generator, picture: Plane, horizon: int, light: Light, cover: float, sun: tuple[float, float]
) -> Plane:
    """Billows that flatten towards the horizon. Their sunny side is where density falls towards the sun."""
    width = picture.shape[1]
    rows = max(8, int(horizon * 1.02))
    aspect = width / rows
    flat = 0.75 if light.height < 0.5 else 1.0  # low light shows clouds from the side: long banks
    billow = fbm(rng, rows, width, (3.4, 2.1 * aspect * flat), 6, 0.52)
    shape = fbm(rng, rows, width, (1.8, 0.9 * aspect * flat), 2)
    at = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    density = billow * 0.62 + shape * 0.55 + np.float32(cover * 1.5 - 0.82) - 0.35 * np.abs(at - 0.5)
    if light.stars > 0.6:
        # A moon that a dark cloud eats into looks broken: the sky is clear about it.
        density = density - 3.0 * _around((rows, width), sun, (0.17 * rows, 0.17 * rows))
    alpha = step(0.0, 0.42, density)
    dx, dy = (1 if sun[0] > width / 2 else -1), -1
    reach = max(2, rows // 28)
    towards = cv2.warpAffine(
        density,
        np.array([[1, 0, -dx * reach], [0, 1, -dy * reach]], np.float32),
        (width, rows),
        borderMode=cv2.BORDER_REPLICATE,
    )
    lit = step(-0.30, 0.42, blur(density - towards, 1.2) + 0.10 * billow)
    bright = blend(light.sun, (1.0, 1.0, 1.0), 0.45) if not light.dark else blend(light.horizon, light.glow, 0.35)
    dark = blend(light.shade, light.middle, 0.45) if not light.dark else blend(light.middle, light.zenith, 0.4)
    colours = mix(np.broadcast_to(np.array(dark, np.float32), (rows, width, 3)), bright, lit)
    veil = alpha * (0.92 - 0.45 * at**3) * np.clip((1 - at) * 6, 0, 1)
    picture[:rows] = mix(picture[:rows], np.clip(colours, 0, 1), veil)
    return picture
