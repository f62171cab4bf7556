"""Draw the gallery's sheet of looks, three prompts in each: `python -m scripts.looks_sheet [FILE] [SEED]`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from gesso.engines.sketch import text_to_image
from gesso.engines.sketch.composition import fonts
from gesso.engines.sketch.style import looks
from gesso.engines.sketch.words import prompt, vocabulary
from gesso.shapes import Size
from gesso.tasks import TextToImage

TARGET = Path(__file__).parents[1] / "docs" / "gallery" / "looks.jpg"
CELL, CAPTION, TRIPLES, DRAWN = 172, 24, 3, 640
MOST_BYTES = 1_200_000
PROMPTS = ("a fox in a forest", "a red sailboat near a lighthouse at sunset", "a robot beside a cup of coffee")


def names() -> list[str]:
    """The looks that words of a prompt ask for."""
    return sorted({value for kind, value in vocabulary.phrases().values() if kind == "look"})


def sheet(seed: int = 5) -> Image.Image:
    """All looks, three to a row, each with the three pictures."""
    scenes = [_scene(words, seed) for words in PROMPTS]
    columns, rows = TRIPLES, -(-len(names()) // TRIPLES)
    wide, high = CELL * len(scenes) + 8, CELL + CAPTION
    page = Image.new("RGB", (wide * columns, high * rows), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(fonts.face("sans")), 15)
    for i, look in enumerate(names()):
        left, top = wide * (i % columns), high * (i // columns)
        for k, scene in enumerate(scenes):
            painted = looks.apply(look, scene, np.random.Generator(np.random.PCG64(seed))).pixels
            small = Image.fromarray(painted).resize((CELL, CELL), Image.Resampling.LANCZOS)
            page.paste(small, (left + CELL * k, top))
        pen.text((left + 4, top + CELL + 3), look, fill="black", font=font)
    return page


def _scene(words: str, seed: int) -> npt.NDArray[np.uint8]:
    size = Size(DRAWN, DRAWN)
    return text_to_image.draw(TextToImage(prompt=words, size=size), prompt.parse(words), size, seed).pixels


def main(file: Path = TARGET, seed: int = 5) -> None:
    """Write the sheet, as good as fits into its bytes."""
    page = sheet(seed)
    for quality in (90, 84, 78, 70):
        page.save(file, quality=quality, optimize=True)
        if file.stat().st_size <= MOST_BYTES:
            break


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
