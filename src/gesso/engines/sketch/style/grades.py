"""Treatments of light, colour and film: each takes samples (H, W, 3) uint8, a generator and its numbers.

They are the words of the recipes in `looks.toml`. Lengths are pixels of a picture whose longer side is 1024.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.scene.noise import blur
from gesso.engines.sketch.style import palette
from gesso.engines.sketch.style.paints import edges, to_bytes, unit
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[Any]
Treat = Callable[..., Pixels]
"""(samples, generator, *numbers and colours) -> samples of the same size."""

GREY = np.array([0.30, 0.59, 0.11], np.float32)


def grey_of(pixels: Pixels) -> Floats:
    """Lightness (H, W), 0..1."""
    return pixels.astype(np.float32) @ GREY / 255


def saturate(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Colours `by` times as far from grey."""
    values = pixels.astype(np.float32)
    grey = (values @ GREY)[..., None]
    return to_bytes(grey + (values - grey) * np.float32(by))


def contrast(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """`by` times the distance from the picture's own middle."""
    table = np.arange(256, dtype=np.float32)
    middle = np.float32(0.5 * 128 + 0.5 * float(pixels[::4, ::4].mean()))
    return cv2.LUT(pixels, to_bytes(middle + (table - middle) * np.float32(by)))


def light(pixels: Pixels, _rng: np.random.Generator, gamma: float) -> Pixels:
    """Brighter middle tones above 1, darker ones below."""
    table = (np.arange(256, dtype=np.float32) / 255) ** np.float32(1 / gamma) * 255
    return cv2.LUT(pixels, to_bytes(table))


def warm(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Towards orange above 0, towards blue below."""
    return to_bytes(pixels.astype(np.float32) * np.array([1 + by, 1 + 0.15 * by, 1 - by], np.float32))


def fade(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Blacks lifted, whites lowered, as in an old print."""
    return to_bytes(pixels.astype(np.float32) * np.float32(1 - by) + np.float32(255 * 0.55 * by))


def tint(pixels: Pixels, _rng: np.random.Generator, colour: RGB, by: float) -> Pixels:
    """Light of one colour over everything."""
    values = pixels.astype(np.float32)
    return to_bytes(values * (1 - by) + values * np.array(colour, np.float32) / 255 * np.float32(by * 1.15))


def wash(pixels: Pixels, _rng: np.random.Generator, colour: RGB, by: float) -> Pixels:
    """A veil of one colour."""
    values = pixels.astype(np.float32)
    return to_bytes(values + (np.array(colour, np.float32) - values) * np.float32(by))


def split(pixels: Pixels, _rng: np.random.Generator, dark: RGB, bright: RGB, by: float) -> Pixels:
    """Shadows towards one colour, lights towards another."""
    values, grey = pixels.astype(np.float32), grey_of(pixels)[..., None]
    toned = np.array(dark, np.float32) * (1 - grey) + np.array(bright, np.float32) * grey
    return to_bytes(values + (toned - values) * np.float32(by))


def tones(pixels: Pixels, _rng: np.random.Generator, *colours: RGB) -> Pixels:
    """The picture in a scale of colours, dark to light."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    low, high = np.percentile(grey[::4, ::4], [2, 98])
    at = np.clip((np.arange(256) - low) / max(float(high - low), 12.0), 0, 1)
    stops = np.linspace(0, 1, len(colours))
    scale = np.stack([np.interp(at, stops, [colour[i] for colour in colours]) for i in range(3)], axis=-1)
    return to_bytes(scale[np.asarray(grey, np.uint8)])


def _quarter(values: Pixels) -> Pixels:
    """A small copy to blur on; a tiny picture itself."""
    if min(values.shape[:2]) <= 8:
        return values
    return cv2.resize(values, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)


def bloom(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Lights that glow into their surroundings."""
    small = _quarter(pixels)
    soft = blur(np.clip(small.astype(np.float32) - 70, 0, 255), 7 * unit(pixels) + 0.3)
    glow = cv2.resize(soft, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR) * np.float32(by)
    values = pixels.astype(np.float32)
    return to_bytes(255 - (255 - values) * (255 - np.clip(glow, 0, 255)) / 255)


def vignette(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Darker corners; lighter ones below 0."""
    values = pixels.astype(np.float32)
    far = np.clip(_distance(pixels) - 0.35, 0, 1.2)[..., None] * np.float32(abs(by))
    return to_bytes(values * (1 - far) if by >= 0 else values + (255 - values) * np.clip(far, 0, 1))


def flash(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """A flash on the camera: the middle bleached, the rest fallen into the dark."""
    far = np.clip(_distance(pixels), 0, 2)[..., None]
    values = pixels.astype(np.float32) * (1 + by * (0.75 - 0.95 * far**0.7))
    return contrast(to_bytes(values), _rng, 1.25)


def _distance(pixels: Pixels) -> Floats:
    """Squared distance from the middle, 1 at the middle of an edge."""
    y = np.linspace(-1, 1, pixels.shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, pixels.shape[1], dtype=np.float32)[None, :]
    return x * x + y * y


def grain(pixels: Pixels, rng: np.random.Generator, by: float, size: float = 0.0) -> Pixels:
    """Noise of `by` levels, in clumps where `size` is above 0."""
    height, width = pixels.shape[:2]
    noise = rng.standard_normal((height, width), np.float32)
    if size:
        noise = blur(noise, size * unit(pixels) + 0.3)
        noise /= noise.std() + 1e-6
    return to_bytes(pixels.astype(np.float32) + np.float32(by) * noise[..., None])


def clarity(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Contrast against the neighbourhood."""
    values = pixels.astype(np.float32)
    small = _quarter(values)
    around = cv2.resize(blur(small, 7 * unit(pixels) + 0.4), pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return to_bytes(values + (values - around) * np.float32(by))


def soften(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """A soft focus: `by` of a blurred picture over the sharp one."""
    soft = blur(pixels.astype(np.float32), 8 * unit(pixels) + 0.3)
    return to_bytes(pixels * (1 - np.float32(by)) + soft * np.float32(by))


def motion(pixels: Pixels, _rng: np.random.Generator, length: float, angle: float = 0.0) -> Pixels:
    """The camera moved by `length` pixels at `angle` degrees while the shutter was open."""
    size = max(3, round(length * unit(pixels)) | 1)
    kernel = np.zeros((size, size), np.float32)
    kernel[size // 2] = 1
    turned = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((size // 2, size // 2), angle, 1.0), (size, size))
    return cv2.filter2D(pixels, -1, turned / turned.sum(), borderType=cv2.BORDER_REFLECT)


def leak(pixels: Pixels, _rng: np.random.Generator, colour: RGB, by: float) -> Pixels:
    """Light that got into the camera from one side."""
    x = np.linspace(0, 1, pixels.shape[1], dtype=np.float32)[None, :, None]
    y = np.linspace(0, 1, pixels.shape[0], dtype=np.float32)[:, None, None]
    share = np.clip(1 - (x * 1.25 + 0.25 * y), 0, 1) ** 1.6 * np.float32(by)
    return to_bytes(255 - (255 - pixels.astype(np.float32)) * (1 - share * np.array(colour, np.float32) / 255))


def frame(pixels: Pixels, _rng: np.random.Generator, colour: RGB, width: float) -> Pixels:
    """A border of one colour."""
    out, border = pixels.copy(), max(1, round(width * unit(pixels)))
    for part in (out[:border], out[-border:], out[:, :border], out[:, -border:]):
        part[:] = colour
    return out


def rays(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Beams of light from above."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = np.arctan2(x - width * 0.22, y + height * 0.35)
    beams = (np.sin(angle * 26) * 0.5 + np.sin(angle * 47 + 1) * 0.5) * np.clip(1 - y / height, 0, 1)
    return to_bytes(
        pixels + 70 * np.float32(by) * np.clip(beams, -0.35, 1)[..., None] * np.array([1, 0.95, 0.75], np.float32)
    )


def hues(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Hues that turn `by` times round the circle from dark to light, in waves over the picture."""
    hsv = cv2.cvtColor(palette.smooth(pixels, 1), cv2.COLOR_RGB2HSV).astype(np.float32)
    wave = np.sin(_distance(pixels) * 9) * 12
    hsv[..., 0] = (hsv[..., 0] + hsv[..., 2] / 255 * 180 * np.float32(by) + wave) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * 1.2 + 70, 0, 255)
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)


def lines(pixels: Pixels, _rng: np.random.Generator, colour: RGB, width: float, by: float) -> Pixels:
    """Contours in one colour."""
    drawn = edges(palette.smooth(pixels, 1), width * unit(pixels) + 0.3, 14)[..., None] * np.float32(by)
    return to_bytes(pixels * (1 - drawn) + np.array(colour, np.float32) * drawn)


def seamless(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    """A pattern: the picture at half size repeated so that its borders meet, also with themselves."""
    height, width = pixels.shape[:2]
    half = cv2.resize(pixels, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    half = _wrapped(_wrapped(half, 0), 1)
    tiled = np.tile(half, (2, 2, 1))
    return cv2.resize(tiled, (width, height), interpolation=cv2.INTER_LINEAR)


def _wrapped(pixels: Pixels, axis: int) -> Pixels:
    """Cross-faded with itself near both borders of an axis, so that the two borders are alike."""
    size = pixels.shape[axis]
    band = np.clip((0.5 - np.abs(np.linspace(0, 1, size, dtype=np.float32) - 0.5)) / 0.12, 0, 1)
    share = (0.5 + 0.5 * band).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
    return to_bytes(pixels * share + np.flip(pixels, axis) * (1 - share))


def flatten(pixels: Pixels, rng: np.random.Generator, count: float) -> Pixels:
    """`count` flat colours with clean borders."""
    labels, colours = palette.flatten(pixels, int(count), rng)
    return to_bytes(colours)[palette.clean(labels)]


def sharpen(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """Harder edges."""
    return cv2.addWeighted(pixels, 1 + by, cv2.GaussianBlur(pixels, (0, 0), 1.2), -by, 0)


def scanlines(pixels: Pixels, _rng: np.random.Generator, by: float) -> Pixels:
    """The dark lines of a picture tube."""
    y = np.arange(pixels.shape[0], dtype=np.float32)[:, None, None]
    return to_bytes(
        pixels * (1 - np.float32(by) * (0.5 + 0.5 * np.sin(y * np.float32(2 * np.pi / (5 * unit(pixels) + 1)))))
    )


def crayon(pixels: Pixels, rng: np.random.Generator, by: float) -> Pixels:
    """Wax crayon: strokes in one direction that leave the paper white in between."""
    height, width = pixels.shape[:2]
    kernel = np.eye(max(3, round(31 * unit(pixels)) | 1), dtype=np.float32)[:, ::-1]
    stroke = cv2.filter2D(rng.standard_normal((height, width), np.float32), -1, kernel / kernel.sum())
    gap = np.clip(stroke / (stroke.std() + 1e-6) * 0.5 - 0.1, 0, 1)[..., None] * np.float32(by)
    values = saturate(pixels, rng, 1.5).astype(np.float32)
    drawn = edges(palette.smooth(pixels, 2), 2.6 * unit(pixels) + 0.3, 20)[..., None]
    values = values + (np.array([254, 251, 244], np.float32) - values) * gap
    return to_bytes(values * (1 - 0.8 * drawn) + np.array([50, 40, 60], np.float32) * 0.8 * drawn)


TREATMENTS: Mapping[str, Treat] = {
    "flatten": flatten,
    "sharpen": sharpen,
    "scanlines": scanlines,
    "crayon": crayon,
    "saturate": saturate,
    "contrast": contrast,
    "light": light,
    "warm": warm,
    "fade": fade,
    "tint": tint,
    "wash": wash,
    "split": split,
    "tones": tones,
    "bloom": bloom,
    "vignette": vignette,
    "flash": flash,
    "grain": grain,
    "clarity": clarity,
    "soften": soften,
    "motion": motion,
    "leak": leak,
    "frame": frame,
    "rays": rays,
    "hues": hues,
    "lines": lines,
    "seamless": seamless,
}
"""Word of a recipe -> treatment."""
