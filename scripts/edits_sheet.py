"""Draw the gallery's sheet of forty edits, before and after: `python -m scripts.edits_sheet [FILE] [SEED]`.

Photographs are those inside the package scikit-image, which this script alone needs: `pip install scikit-image`. The
other pictures are scenes that the engine draws. The log of each edit is printed, so that what went undone is seen.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gesso.engines.engine import EngineOptions, Made
from gesso.engines.sketch import edit_image, text_to_image
from gesso.engines.sketch.composition import fonts
from gesso.engines.sketch.words import prompt
from gesso.media import Media
from gesso.shapes import MediaRule, Size
from gesso.tasks import EditImage, TextToImage

TARGET = Path(__file__).parents[1] / "docs" / "gallery" / "edit-image.jpg"
MOST_BYTES = 1_500_000
WIDE, HIGH, CAPTION, COLUMNS, GAP = 236, 177, 22, 4, 8

SCENES = {
    "car": "a red car on a street",
    "house": "a yellow house in a meadow, sunny day",
    "beach": "an orange cat on a beach, clear sky",
    "lake": "mountains with a lake and trees, day",
    "teapot": "a teapot, white background",
    "sign": 'a shop in a street with a sign that says "BREAD"',
}
PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "camera.png", "page.png")

EDITS = (
    ("car", "make the car blue and the sky orange"),
    ("house", "make the house dark green"),
    ("teapot", "make the teapot red"),
    ("astronaut", "change her suit to blue"),
    ("astronaut", "give her red hair"),
    ("coffee", "make the cup green"),
    ("chelsea", "make the cat grey"),
    ("lake", "make the trees red"),
    ("astronaut", "change the background to a beach"),
    ("astronaut", "white background"),
    ("chelsea", "blur the background"),
    ("beach", "replace the background with a forest"),
    ("teapot", "put it on a kitchen table"),
    ("camera", "replace the background with mountains"),
    ("car", "remove the background"),
    ("house", "make it night"),
    ("rocket", "make it sunset"),
    ("lake", "in autumn"),
    ("house", "make it winter"),
    ("car", "make it rainy"),
    ("lake", "foggy"),
    ("camera", "make it snowy"),
    ("car", "remove the car"),
    ("beach", "remove the cat"),
    ("coffee", "remove the spoon"),
    ("rocket", "remove the rocket"),
    ("house", "add a dog on the left"),
    ("astronaut", "put a crown on her head"),
    ("coffee", "add a cookie on the right"),
    ("beach", "replace the cat with a dog"),
    ("sign", 'change the text to "OPEN"'),
    ("rocket", "add the text 'LIFT OFF' at the top"),
    ("page", "remove the text"),
    ("lake", "as a watercolor"),
    ("astronaut", "as an oil painting"),
    ("chelsea", "turn it into a pencil sketch"),
    ("rocket", "in the style of Van Gogh"),
    ("coffee", "warmer, brighter and sharpen"),
    ("astronaut", "relight with golden light from the left"),
    ("chelsea", "crop to a square and extend to 16:9"),
)


class Told:
    """An edit's surroundings: a folder and the lines of its log."""

    endpoint = "gallery"
    options = EngineOptions()

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self.lines: list[str] = []

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append(message)

    def progress(self, done: float, stage: str = "") -> None:
        """Nobody waits for it."""

    def preview(self, made: Made, values: Mapping[str, Any]) -> None:
        """Nobody watches."""


def materials(folder: Path) -> dict[str, Path]:
    """Every picture to edit, by name."""
    found = importlib.util.find_spec("skimage")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("The photographs are inside scikit-image: pip install scikit-image")
    photographs = Path(found.submodule_search_locations[0]) / "data"
    pictures = {Path(name).stem: photographs / name for name in PHOTOGRAPHS}
    for name, words in SCENES.items():
        size = Size(1024, 768)
        scene = text_to_image.draw(TextToImage(prompt=words, size=size), prompt.parse(words), size, 3)
        pictures[name] = folder / f"{name}.png"
        Image.fromarray(scene.pixels).save(pictures[name])
    return pictures


def edited(picture: Path, words: str, seed: int, folder: Path) -> Image.Image:
    """The picture after the instruction; what is transparent lies on a chequered ground."""
    around = Told(folder)
    media = Media(picture.name, ("image_url",), MediaRule("image"), picture)
    result = edit_image.make(EditImage(prompt=words, images=(media,), seed=seed), around)
    told = [line for line in around.lines if not line.startswith("Safety")]
    sys.stdout.write(f"{picture.stem}: {words}: {' '.join(told)}\n")
    with Image.open(result.files["images"][0].path) as image:
        return _chequered(image.convert("RGBA"))


def _chequered(image: Image.Image) -> Image.Image:
    cells = (np.indices((image.height, image.width)) // max(8, image.width // 30)).sum(0) % 2
    ground = np.where(cells[..., None] > 0, 225, 255).repeat(3, 2).astype(np.uint8)
    return Image.alpha_composite(Image.fromarray(ground).convert("RGBA"), image).convert("RGB")


def sheet(seed: int = 3) -> Image.Image:
    """All edits, four to a row, each picture before and after below its words."""
    rows, across, down = -(-len(EDITS) // COLUMNS), 2 * WIDE + GAP, HIGH + CAPTION + GAP
    page = Image.new("RGB", (COLUMNS * across + GAP, rows * down + GAP), (250, 249, 246))
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(fonts.face("sans")), 14)
    with tempfile.TemporaryDirectory() as name:
        pictures = materials(Path(name))
        for i, (key, words) in enumerate(EDITS):
            left, top = GAP + i % COLUMNS * across, GAP + i // COLUMNS * down
            pen.text((left, top), f"{i + 1}. {words}", (40, 40, 48), font)
            with Image.open(pictures[key]) as before:
                _set(page, before.convert("RGB"), left, top + CAPTION)
            _set(page, edited(pictures[key], words, seed, Path(name)), left + WIDE, top + CAPTION)
    return page


def _set(page: Image.Image, picture: Image.Image, left: int, top: int) -> None:
    """Put a picture in its cell, whole."""
    picture.thumbnail((WIDE - 2, HIGH), Image.Resampling.LANCZOS)
    page.paste(picture, (left, top))


def main(arguments: list[str]) -> int:
    """Write the sheet, as finely as its size allows."""
    target = Path(arguments[0]) if arguments else TARGET
    page = sheet(int(arguments[1]) if len(arguments) > 1 else 3)
    for quality in (86, 80, 72, 64):
        page.save(target, quality=quality, optimize=True)
        if target.stat().st_size <= MOST_BYTES:
            break
    sys.stdout.write(f"{target}: {target.stat().st_size / 1e6:.2f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
