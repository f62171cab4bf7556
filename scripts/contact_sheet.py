"""Draw the gallery's contact sheet, thirty prompts on a page: `python -m scripts.contact_sheet [FILE] [FIRST_SEED]`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from gesso.engines.sketch import text_to_image
from gesso.engines.sketch.composition import fonts
from gesso.engines.sketch.words import prompt
from gesso.shapes import Size
from gesso.tasks import TextToImage

TARGET = Path(__file__).parents[1] / "docs" / "gallery" / "text-to-image.jpg"
CELL, CAPTION, COLUMNS = 384, 44, 5

PROMPTS = (
    "a lighthouse at dusk, two gulls",
    "three red apples on a wooden table",
    "an astronaut riding a horse on the moon",
    'a neon sign that says "OPEN LATE" in a rainy street at night',
    "watercolor painting of a fox in a snowy forest",
    "a small blue house on a green hill under a rainbow",
    "five yellow ducks swimming on a lake at sunrise",
    "a sailboat on the sea at sunset, golden light",
    "a robot holding a red flower in a desert",
    "a cat sitting on a sofa in a cozy living room",
    "a rocket flying over mountains at night, stars",
    "two elephants and a giraffe in the savanna, golden hour",
    "a castle on a cliff above the ocean in a thunderstorm",
    "a red tram climbing a steep street in the rain",
    "a bowl of oranges next to a blue vase with three sunflowers",
    "a whale and many small fish underwater",
    "a dragon flying above a medieval village, fantasy",
    "pixel art of a knight in front of a castle",
    "a hot air balloon over a canyon at sunrise",
    "a snowman in a garden at night, northern lights",
    'a travel poster of a mountain lake titled "ALPINE"',
    "film noir detective standing in a street in the fog",
    "cyberpunk city skyline at night with flying cars",
    "low poly deer in a forest",
    "oil painting of a windmill in a field of tulips",
    "a giant teapot floating in space above the earth",
    "blueprint of a sailing ship",
    "a chef cooking in a kitchen, comic book style",
    "penguins on an iceberg",
    "a little girl with a red umbrella in the rain",
)


def picture(words: str, seed: int) -> npt.NDArray[np.uint8]:
    """One prompt's picture at twice the size it is shown at."""
    size = Size(2 * CELL, 2 * CELL)
    task = TextToImage(prompt=words, size=size, seed=seed)
    return text_to_image.draw(task, prompt.parse(words), size, seed).pixels


def sheet(first_seed: int = 1) -> Image.Image:
    """All prompts in a grid, each with its words and seed below."""
    rows = -(-len(PROMPTS) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * CELL, rows * (CELL + CAPTION)), (250, 249, 246))
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(fonts.face("sans")), 13)
    for i, words in enumerate(PROMPTS):
        left, top = i % COLUMNS * CELL, i // COLUMNS * (CELL + CAPTION)
        small = Image.fromarray(picture(words, first_seed + i)).resize((CELL - 8, CELL - 8), Image.Resampling.LANCZOS)
        page.paste(small, (left + 4, top + 4))
        text = f"{words} · seed {first_seed + i}"
        middle = len(text) if font.getlength(text) < CELL - 12 else text.rfind(" ", 0, len(text) * 3 // 5)
        draw.multiline_text((left + 6, top + CELL), f"{text[:middle]}\n{text[middle:].strip()}", (40, 40, 46), font)
    return page


def main(arguments: list[str]) -> int:
    """Write the sheet."""
    target = Path(arguments[0]) if arguments else TARGET
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet(seed).save(target, quality=84, optimize=True)
    sys.stdout.write(f"{target}: {target.stat().st_size / 1e6:.2f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
