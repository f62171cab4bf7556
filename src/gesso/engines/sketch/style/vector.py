"""A picture as a true SVG: shapes, gradients and strokes in a small palette. Nothing in it runs or leads elsewhere.

How a style is drawn is a recipe: a line of `vector.toml` that names layers of `strokes.py`, from the bottom to the top.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.engine import Made
from gesso.engines.sketch.style import looks, strokes
from gesso.engines.sketch.style.sheet import Sheet
from gesso.shapes import CONTENT_TYPES, Size
from gesso.tasks import RGB, Look

Pixels = npt.NDArray[Any]

TRACED = 800
"""The longer side on which outlines are traced."""


def write(pixels: Pixels, path: Path, size: Size, look: Look, facts: Mapping[str, str], seed: int) -> Made:
    """Draw `pixels` as an SVG file of `size`, in the look's style and with its colours as the palette."""
    rng = np.random.Generator(np.random.PCG64(seed))
    text = trace(pixels, size, look.style or "", look.colors, facts, rng)
    path.write_text(text, encoding="utf-8")
    return Made(path, CONTENT_TYPES["svg"], {"width": size.width, "height": size.height})


def trace(
    pixels: Pixels,
    size: Size,
    style: str,
    colours: tuple[RGB, ...],
    facts: Mapping[str, str],
    rng: np.random.Generator,
) -> str:
    """Samples as SVG text. `colours` is the palette that replaces the style's own; none takes the picture's."""
    scale = TRACED / max(pixels.shape[:2])
    wide, high = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sheet = Sheet(np.asarray(cv2.resize(pixels[..., :3], (wide, high), interpolation=way)), colours, rng)
    for step in drawings().get(style) or drawings().get(style.partition("/")[0]) or drawings()[""]:
        strokes.LAYERS[step.name](sheet, *step.values)
    box = f'width="{size.width}" height="{size.height}" viewBox="0 0 {wide} {high}" preserveAspectRatio="none"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
            f"<title>{escape(facts.get('Title', 'Sketch'))}</title>",
            f"<desc>{escape('; '.join(f'{key}: {value}' for key, value in facts.items()))}</desc>",
            *([f"<defs>{''.join(sheet.gradients)}</defs>"] if sheet.gradients else []),
            f'<rect width="{wide}" height="{high}" fill="{sheet.ground_or_paper()}"/>',
            *sheet.shapes,
            "</svg>",
            "",
        ]
    )


@cache
def drawings() -> Mapping[str, tuple[looks.Step, ...]]:
    """Every vector style with its layers."""
    table = tomllib.loads(Path(__file__).with_name("vector.toml").read_text(encoding="utf-8"))
    return {name: looks.steps(line) for name, line in table.items()}
