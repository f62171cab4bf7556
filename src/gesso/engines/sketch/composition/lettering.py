"""Quoted words set into the picture on something that carries them: neon tubes, a sign, a poster, a banner, a title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from gesso.engines.sketch.composition import fonts
from gesso.engines.sketch.scene.noise import Colour, Plane, blur, fbm, mix
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.words.description import Lettering

FACES: dict[str, fonts.Kind] = {
    "neon": "neon",
    "sign": "bold",
    "poster": "display",
    "banner": "slab",
    "chalk": "handwriting",
    "board": "handwriting",
    "label": "serif",
    "print": "bold",
    "screen": "mono",
    "graffiti": "comic",
    "title": "display",
}
NEON: tuple[Colour, ...] = ((1.0, 0.22, 0.50), (0.20, 0.80, 1.0), (1.0, 0.55, 0.15), (0.40, 1.0, 0.55))
MAX_LINES = 5


@dataclass(frozen=True, slots=True)
class Written:
    """Where a text stands: its box (left, top, right, bottom), and the mask of its letters in that box (0..1)."""

    text: str
    box: tuple[int, int, int, int]
    mask: npt.NDArray[Any]


def write(
    stage: Stage,
    lettering: Lettering,
    number: int = 0,
    bearer: tuple[int, int, int, int] | None = None,
    alone: bool = False,
) -> Written | None:
    """Set one text, on the thing that stands in the box `bearer` when there is one; large where it is `alone`.

    None when nothing of it can be drawn (only spaces or marks that no face has).
    """
    wide, high, x, y = _on(bearer, lettering.carrier) if bearer else _room(stage, lettering.carrier, number)
    if alone and lettering.carrier in ("poster", "title", "banner") and not bearer:
        high, y = int(stage.height * 0.5), stage.height * 0.5
    mask = typeset(lettering.text, FACES[lettering.carrier], wide, high)
    if mask is None:
        return None
    rows, columns = mask.shape
    left = int(np.clip(x - columns / 2, 0, max(0, stage.width - columns)))
    top = int(np.clip(y - rows / 2, 0, max(0, stage.height - rows)))
    box = (left, top, left + columns, top + rows)
    if lettering.carrier == "sign" and not bearer:
        _hangers(stage, box) if stage.place in INDOORS else _posts(stage, box)
    _CARRIERS[lettering.carrier](stage, box, mask, lettering)
    return Written(lettering.text, box, mask)


def typeset(text: str, kind: fonts.Kind, wide: int, high: int) -> npt.NDArray[Any] | None:
    """The text broken into at most five lines, as large as fits (wide, high) pixels: its coverage 0..1."""
    words = text.split()
    if not words or wide < 2 or high < 2:
        return None
    best: tuple[float, list[str]] = (0.0, [text])
    path = fonts.face(kind, text)
    probe = ImageFont.truetype(str(path), 64)
    for count in range(1, min(MAX_LINES, len(words)) + 1):
        lines = _broken(words, count)
        across = max(float(probe.getlength(line)) for line in lines)
        scale = min(wide / max(across, 1.0), high / (len(lines) * 64 * 1.16))
        if scale > best[0] * 1.05:
            best = (scale, lines)
    size = max(4, int(64 * best[0]))
    return _rendered(best[1], ImageFont.truetype(str(path), size), size)


def _broken(words: list[str], count: int) -> list[str]:
    """Words in `count` lines of about equal length."""
    target = sum(len(word) + 1 for word in words) / count
    lines: list[list[str]] = [[]]
    for word in words:
        length = sum(len(w) + 1 for w in lines[-1])
        if lines[-1] and len(lines) < count and length + len(word) / 2 > target:
            lines.append([])
        lines[-1].append(word)
    return [" ".join(line) for line in lines]


def _rendered(lines: list[str], font: ImageFont.FreeTypeFont, size: int) -> npt.NDArray[Any] | None:
    across = int(max(font.getlength(line) for line in lines)) + size // 2 + 4
    down = int(size * 1.16 * len(lines)) + size // 2 + 4
    image = Image.new("L", (max(2, across), max(2, down)), 0)
    draw = ImageDraw.Draw(image)
    for i, line in enumerate(lines):
        draw.text((across / 2, size // 4 + size * 1.16 * (i + 0.5)), line, fill=255, font=font, anchor="mm")
    mask = np.asarray(image, np.float32) / 255
    ys, xs = np.nonzero(mask > 0.02)
    return mask[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] if len(ys) else None


def _room(stage: Stage, carrier: str, number: int) -> tuple[int, int, float, float]:
    """Width and height for the letters, and their middle."""
    w, h = stage.width, stage.height
    down = {
        "title": 0.11,
        "banner": 0.13,
        "poster": 0.20,
        "neon": 0.30,
        "sign": 0.28,
        "chalk": 0.32,
        "board": 0.32,
        "label": 0.80,
        "print": 0.80,
        "screen": 0.30,
        "graffiti": 0.38,
    }[carrier]
    wide = {
        "title": 0.86,
        "banner": 0.70,
        "poster": 0.62,
        "neon": 0.60,
        "sign": 0.50,
        "chalk": 0.50,
        "board": 0.50,
        "label": 0.34,
        "print": 0.50,
        "screen": 0.50,
        "graffiti": 0.60,
    }[carrier]
    if carrier == "sign" and stage.place == "corridor":
        wide, down = 0.22, 0.20
    high = {"title": 0.13, "neon": 0.24, "sign": 0.20, "label": 0.12, "poster": 0.24}.get(carrier, 0.20)
    y = down + 0.24 * number if down < 0.6 else down - 0.2 * number
    return int(w * wide), int(h * high), w * 0.5, h * y


def _on(bearer: tuple[int, int, int, int], carrier: str) -> tuple[int, int, float, float]:
    """Room on a thing: a shop bears its sign above its door, a mug its label on its belly."""
    left, top, right, bottom = bearer
    wide, high = right - left, bottom - top
    middle = (left + right) / 2
    if carrier == "sign":
        return int(wide * 0.52), int(high * 0.17), middle, top + high * 0.15
    if carrier == "board":
        return int(wide * 0.78), int(high * 0.52), middle, top + high * 0.46
    if carrier == "screen":
        return int(wide * 0.56), int(high * 0.30), middle, top + high * 0.40
    return int(wide * 0.48), int(high * 0.18), middle, top + high * 0.66


INDOORS = frozenset({"room", "corridor", "stage", "studio", "table", "station"})
"""Places where a sign hangs from the ceiling or on the wall."""


def _hangers(stage: Stage, box: tuple[int, int, int, int]) -> None:
    """Two rods from the ceiling to a sign; on a room's wall it needs none."""
    if stage.place not in ("corridor", "station"):
        return
    colour, thick = (0.30, 0.30, 0.32), max(2, stage.width // 260)
    stage.picture = np.ascontiguousarray(stage.picture)
    for share in (0.12, 0.88):
        x = int(box[0] + share * (box[2] - box[0]))
        cv2.line(stage.picture, (x, 0), (x, box[1]), colour, thick, cv2.LINE_AA)


def _posts(stage: Stage, box: tuple[int, int, int, int]) -> None:
    """Two posts from a sign that stands by itself down to the ground, with their shadow."""
    x, wide = (box[0] + box[2]) // 2, max(3, (box[2] - box[0]) // 26)
    foot = int(stage.floor + 0.55 * (stage.height - stage.floor)) if stage.surface != "air" else stage.height
    light = np.array(stage.light.sun, np.float32)
    touch = np.zeros((stage.height, stage.width), np.float32)
    cv2.ellipse(touch, (x, foot), (int(0.42 * (box[2] - box[0])), max(3, wide)), 0, 0, 360, 0.5, -1, cv2.LINE_AA)
    stage.picture *= 1 - blur(touch, wide * 0.9)[..., None]
    for offset in (-0.3, 0.3):
        post = int(x + offset * (box[2] - box[0]))
        first, last = max(0, post - wide), min(stage.width, post + wide)
        shade = np.linspace(1.12, 0.72, max(1, last - first), dtype=np.float32)[None, :, None]
        stage.picture[box[3] : foot, first:last] = np.array((0.46, 0.32, 0.21), np.float32) * light * shade


def _put(stage: Stage, box: tuple[int, int, int, int], mask: Plane, colour: Colour, share: float = 1.0) -> None:
    left, top, right, bottom = box
    part = stage.picture[top:bottom, left:right]
    fitted = mask[: part.shape[0], : part.shape[1]]
    stage.picture[top:bottom, left:right] = mix(part, colour, fitted * np.float32(share))


def _board(
    stage: Stage, box: tuple[int, int, int, int], pad: float, colour: Colour, frame: Colour | None, texture: float = 0.0
) -> None:
    """A panel behind the letters with a soft shadow."""
    left, top, right, bottom = box
    space = int(max(4, (bottom - top) * pad, (right - left) * 0.06))
    x0, y0, x1, y1 = (
        max(0, left - space),
        max(0, top - space),
        min(stage.width, right + space),
        min(stage.height, bottom + space),
    )
    shadow = np.zeros((stage.height, stage.width), np.float32)
    drop = max(2, space // 4)
    shadow[y0 + drop : y1 + drop, x0 + drop : x1 + drop] = 1
    stage.picture *= 1 - 0.40 * blur(shadow, max(1.5, drop))[..., None]
    rows, columns = y1 - y0, x1 - x0
    shade = np.linspace(1.04, 0.90, rows, dtype=np.float32)[:, None] * np.ones((1, columns), np.float32)
    if texture:
        shade += texture * fbm(stage.rng, rows, columns, (rows / 6 + 2, columns / 30 + 2), 3)
    light = np.array(stage.light.sun, np.float32) * (0.85 if stage.light.dark else 1.0) + (
        0.15 if stage.light.dark else 0
    )
    stage.picture[y0:y1, x0:x1] = np.array(colour, np.float32) * shade[..., None] * light
    if frame is not None:
        canvas = np.ascontiguousarray(stage.picture)
        cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), frame, max(1, space // 5), cv2.LINE_AA)
        stage.picture = canvas


def _tinted(lettering: Lettering, fallback: Colour) -> Colour:
    if lettering.colour is None:
        return fallback
    red, green, blue = lettering.colour
    return red / 255, green / 255, blue / 255


def _neon(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    """Tubes with a white core on a dark board, and their light on all around."""
    colour = _tinted(lettering, NEON[int(stage.rng.integers(len(NEON)))])
    _board(stage, box, 0.35, (0.07, 0.07, 0.10), (0.16, 0.16, 0.20))
    full = np.zeros((stage.height, stage.width), np.float32)
    left, top, right, bottom = box
    full[top:bottom, left:right] = mask[: bottom - top, : right - left]
    size = (bottom - top) / max(1, lettering.text.count(" ") + 1)
    glow = blur(full, size * 0.10) * 1.2 + blur(full, size * 0.5) * 0.9 + blur(full, size * 1.8) * 2.4
    stage.picture += glow[..., None] * np.array(colour, np.float32) * np.float32(0.75)
    stage.picture = mix(stage.picture, colour, np.clip(full * 1.2, 0, 1))
    core = np.clip((full - 0.55) * 2.2, 0, 1)
    core = np.clip(blur(core, 0.8) * 1.6 - 0.5, 0, 1)
    stage.picture = mix(stage.picture, (1.0, 0.97, 0.95), core * np.float32(0.85))
    if stage.reflect and not stage.water:
        rows = stage.height - stage.horizon
        mirror = cv2.resize(glow[max(0, stage.horizon - rows) : stage.horizon][::-1], (stage.width, rows))
        stage.picture[stage.horizon :] += (
            cv2.blur(mirror, (3, max(3, rows // 10)))[..., None] * np.array(colour, np.float32) * np.float32(0.8)
        )


def _sign(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    """A painted board; of wood where the prompt says so."""
    wood = lettering.material in ("wooden", "wood", "oak", "rustic")
    colour = _tinted(lettering, (0.55, 0.37, 0.22) if wood else (0.16, 0.34, 0.30))
    dark = sum(colour) < 2.2
    _board(
        stage,
        box,
        0.30,
        colour,
        (0.34, 0.21, 0.12) if wood else (0.92, 0.88, 0.78) if dark else (0.3, 0.3, 0.3),
        0.30 if wood else 0.05,
    )
    _put(stage, box, mask, (0.98, 0.96, 0.90) if dark else (0.12, 0.12, 0.14))


def _poster(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    """A title on the picture, which is the poster, within a printed border."""
    _title(stage, box, mask, lettering)
    edge = max(2, min(stage.width, stage.height) // 60)
    colour = (0.97, 0.95, 0.90)
    canvas = np.ascontiguousarray(stage.picture)
    cv2.rectangle(canvas, (0, 0), (stage.width - 1, stage.height - 1), colour, 4 * edge)
    cv2.rectangle(
        canvas,
        (3 * edge, 3 * edge),
        (stage.width - 1 - 3 * edge, stage.height - 1 - 3 * edge),
        (0.2, 0.2, 0.22),
        max(1, edge // 4),
    )
    stage.picture = canvas


def _banner(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    colour = _tinted(lettering, (0.76, 0.16, 0.20))
    _board(stage, box, 0.34, colour, None)
    _put(stage, box, mask, (0.99, 0.97, 0.92) if sum(colour) < 2.2 else (0.12, 0.12, 0.14))


def _chalk(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    _board(stage, box, 0.40, (0.13, 0.19, 0.17), (0.52, 0.36, 0.22), 0.25)
    rows, columns = mask.shape
    grain = np.clip(0.82 + 0.5 * fbm(stage.rng, rows, columns, (rows / 3 + 2, columns / 3 + 2), 2), 0.55, 1)
    _put(stage, box, mask * grain, _tinted(lettering, (0.96, 0.96, 0.92)))


def _label(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    _board(stage, box, 0.45, (0.97, 0.94, 0.86), (0.55, 0.44, 0.30))
    _put(stage, box, mask, _tinted(lettering, (0.16, 0.13, 0.12)))


def _marker(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    """Felt pen on a white board."""
    _put(stage, box, mask, _tinted(lettering, (0.12, 0.20, 0.46)), 0.94)


def _print(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    """Letters printed on the thing itself, dark on light and light on dark."""
    left, top, right, bottom = box
    ground = float(stage.picture[top:bottom, left:right].mean())
    _put(stage, box, mask, _tinted(lettering, (0.16, 0.13, 0.16) if ground > 0.52 else (0.99, 0.97, 0.93)), 0.92)


def _screen(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    colour = _tinted(lettering, (0.35, 1.0, 0.60))
    _board(stage, box, 0.5, (0.05, 0.08, 0.09), (0.30, 0.31, 0.34))
    _put(stage, box, blur(mask, 3), colour, 0.5)
    _put(stage, box, mask, colour)


def _graffiti(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    size = max(2, mask.shape[0] // 22)
    fat = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1)))
    _put(stage, box, fat, (0.08, 0.07, 0.10))
    _put(stage, box, mask, _tinted(lettering, NEON[int(stage.rng.integers(len(NEON)))]))


def _title(stage: Stage, box: tuple[int, int, int, int], mask: Plane, lettering: Lettering) -> None:
    """Letters on the picture itself, light or dark as the ground asks, with a halo of the other."""
    left, top, right, bottom = box
    ground = float(stage.picture[top:bottom, left:right].mean())
    light = ground < 0.60
    colour = _tinted(lettering, (1.0, 0.98, 0.93) if light else (0.10, 0.11, 0.16))
    full = np.zeros((stage.height, stage.width), np.float32)
    full[top:bottom, left:right] = mask[: bottom - top, : right - left]
    halo = blur(full, max(1.5, (bottom - top) * 0.07)) * 1.5
    stage.picture = mix(
        stage.picture, (0.03, 0.04, 0.08) if light else (1.0, 1.0, 1.0), np.clip(halo, 0, 1) * np.float32(0.5)
    )
    _put(stage, box, mask, colour)


_CARRIERS = {
    "neon": _neon,
    "sign": _sign,
    "poster": _poster,
    "banner": _banner,
    "chalk": _chalk,
    "label": _label,
    "board": _marker,
    "print": _print,
    "screen": _screen,
    "graffiti": _graffiti,
    "title": _title,
}
