"""Sheets of numbered pictures: drawn, and cut apart again for the overview."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gesso.engines.sketch import text_to_image
from gesso.engines.sketch.composition import fonts
from gesso.engines.sketch.words import prompt
from gesso.shapes import Size
from gesso.tasks import TextToImage

CELL, DRAWN, HEAD, COLUMNS, ON_A_SHEET = 320, 512, 30, 4, 12
SMALL, ACROSS = 160, 10
PAPER, INK = (250, 249, 246), (40, 40, 46)


def picture(words: str, seed: int) -> Image.Image:
    """One prompt's picture, drawn larger than it is shown."""
    size = Size(DRAWN, DRAWN)
    task = TextToImage(prompt=words, size=size, seed=seed)
    pixels = text_to_image.draw(task, prompt.parse(words), size, seed).pixels
    return Image.fromarray(pixels).convert("RGB").resize((CELL, CELL), Image.Resampling.LANCZOS)


def page(pictures: list[Image.Image], first: int, cell: int, columns: int) -> Image.Image:
    """Pictures in a grid, each with its number above; the first one's number is `first`."""
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * cell, rows * (cell + HEAD)), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(fonts.face("sans")), 20)
    for i, one in enumerate(pictures):
        left, top = i % columns * cell, i // columns * (cell + HEAD)
        draw.text((left + cell // 2, top + HEAD // 2), str(first + i), INK, font, anchor="mm")
        sheet.paste(one.resize((cell, cell), Image.Resampling.LANCZOS), (left, top + HEAD))
    return sheet


def cut(folder: Path, count: int) -> Iterator[Image.Image]:
    """The pictures of a folder's sheets in order: what the reader saw, not a second drawing of it."""
    for i in range(count):
        place = i % ON_A_SHEET
        left, top = place % COLUMNS * CELL, place // COLUMNS * (CELL + HEAD) + HEAD
        with Image.open(folder / f"sheet-{i // ON_A_SHEET + 1}.jpg") as sheet:
            yield sheet.crop((left, top, left + CELL, top + CELL))


def overview(folder: Path, count: int) -> Image.Image:
    """All pictures, small, on one page."""
    return page(list(cut(folder, count)), 1, SMALL, ACROSS)
