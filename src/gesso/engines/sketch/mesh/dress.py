"""What a texture prompt or picture does to a baked texture; and the maps of what its surface is like."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.edit.canvas import Pixels, Plane, reduced, to_unit
from gesso.engines.sketch.style import looks, neural_style
from gesso.engines.sketch.words import lexicon, prompt
from gesso.tasks import RGB

METALS = frozenset(
    (
        *("gold", "golden", "silver", "metal", "metallic", "steel", "chrome", "copper", "bronze", "brass", "iron"),
        *("titanium", "aluminium", "aluminum", "pewter", "platinum", "tin"),
    )
)
GLOSSY = {"glossy": 0.15, "shiny": 0.18, "polished": 0.15, "wet": 0.1, "glazed": 0.15, "satin": 0.4, "matte": 0.95}
"""Words for a finish, and its roughness."""

SHADES = (0.28, 0.62, 1.0, 1.22)
"""Darker and lighter shades that a colour is used in."""

PULL = 0.9
LIKE = 0.85
STROKES = 0.35
"""How strongly a palette, a picture's colours and a picture's strokes count."""

RELIEF = 2.2
"""How deep light and dark of the texture are carved into its normals."""


@dataclass(frozen=True, slots=True)
class Dressed:
    """A texture, what its surface is like where the words said so, and what was done."""

    pixels: Pixels
    metal: float | None = None
    rough: float | None = None
    told: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def by_words(texture: Pixels, words: str) -> Dressed:
    """Follow a texture prompt: its colours and materials, then its looks."""
    terms = re.findall(r"[a-z]+", words.lower())
    materials = [(word, found) for word in terms if (found := lexicon.material(word))]
    colours: list[tuple[str, RGB]] = [(word, found) for word in terms if (found := lexicon.colour(word))]
    pixels, told = texture, list[str]()
    palette = [rgb for _, rgb in colours] or [material.rgb for _, material in materials]
    if palette:
        # By light and dark alone: which colour a place had before says nothing of which of the new ones it gets.
        grey = np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
        pixels = looks.pull(grey, shades(palette) if len(palette) == 1 else tuple(palette[:6]), PULL)
        told.append("coloured " + ", ".join(word for word, _ in (colours or materials)))
    rng = np.random.Generator(np.random.PCG64(zlib.crc32(words.encode())))
    look = looks.choose(None, prompt.parse(words).looks)
    done = looks.apply(look, pixels, rng) if look else looks.Looked(pixels)
    told += [f"look {look}"] if look else []
    finish = [GLOSSY[word] for word in terms if word in GLOSSY]
    metal = 1.0 if METALS & set(terms) else (0.0 if materials else None)
    rough = finish[0] if finish else (0.3 if metal else materials[0][1].rough if materials else None)
    told += [f"roughness {rough:.2f}"] if rough is not None else []
    told += ["metal"] if metal else []
    return Dressed(done.pixels, metal, rough, tuple(told), done.parts)


def shades(palette: list[RGB]) -> tuple[RGB, ...]:
    """Each colour from dark to light: a surface shows it in light and shade."""
    out: list[RGB] = []
    for rgb in palette:
        for share in SHADES:
            red, green, blue = (min(255, round(value * share)) for value in rgb)
            out.append((red, green, blue))
    return tuple(out)


def by_picture(texture: Pixels, picture: Pixels) -> Dressed:
    """Take over a picture's colours, and something of its strokes."""
    reference = np.ascontiguousarray(reduced(picture[..., :3], 512))
    pixels = looks.like(texture, reference, LIKE)
    stroked = neural_style.apply(pixels, reference, STROKES)
    told = ("the picture's colours and strokes were taken over",)
    return Dressed(stroked, None, None, told, (neural_style.name(reference),))


def roughness(texture: Pixels, said: float | None) -> Pixels:
    """(H, W) bytes: what was said, or a guess; highlights in the picture are smooth, fine patterns are rough."""
    light = _light(texture)
    shine = np.clip((light - blurred(light, light.shape[1] / 50) - 0.08) * 3, 0, 1) * (light > 0.6)
    fine = np.clip(np.abs(light - cv2.GaussianBlur(light, (0, 0), 2)) * 8, 0, 1)
    base = 0.68 if said is None else said
    return _bytes(base - 0.35 * shine * base + 0.18 * cv2.GaussianBlur(fine, (0, 0), 3) * (1 - base))


def metalness(texture: Pixels, said: float | None) -> Pixels:
    """(H, W) bytes: what was said, or a guess: grey places with strong contrast may be metal."""
    if said is not None:
        return np.full(texture.shape[:2], round(said * 255), np.uint8)
    unit = to_unit(texture)
    grey = np.clip(1 - (unit.max(axis=2) - unit.min(axis=2)) / 0.12, 0, 1)
    light = _light(texture)
    sigma = light.shape[1] / 60
    spread = np.sqrt(np.maximum(blurred(light**2, sigma) - blurred(light, sigma) ** 2, 0))
    return _bytes(0.6 * grey * np.clip(spread * 5 - 0.35, 0, 1))


def normals(texture: Pixels, covered: Pixels) -> Pixels:
    """(H, W, 3) bytes, tangent space with y up: fine light and dark taken as height; flat at the charts' rims."""
    light = _light(texture)
    height = light - blurred(light, light.shape[1] / 80)
    inner = cv2.erode(covered, np.ones((7, 7), np.uint8)).astype(np.float32)
    inner = cv2.GaussianBlur(inner, (0, 0), 1.5) * inner
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) * inner * RELIEF
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) * inner * RELIEF
    out = np.stack([-across, down, np.ones_like(across)], axis=2)
    out /= np.linalg.norm(out, axis=2, keepdims=True)
    return _bytes(out * 0.5 + 0.5)


def blurred(plane: Plane, sigma: float) -> Plane:
    """A wide blur, done on a smaller copy."""
    less = max(1, int(sigma / 3))
    small = cv2.resize(plane, (plane.shape[1] // less, plane.shape[0] // less), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / less)
    return np.asarray(cv2.resize(soft, (plane.shape[1], plane.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _light(texture: Pixels) -> Plane:
    return np.asarray(cv2.cvtColor(texture, cv2.COLOR_RGB2GRAY), np.float32) / 255


def _bytes(values: Plane) -> Pixels:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
