"""The blind test of text to image.

`python -m scripts.blind_test draw [FOLDER]` draws numbered sheets and the captions to choose from;
`python -m scripts.blind_test score ANSWERS [FOLDER]` (lines `7 b`) writes the reference page and its overview.
"""

from __future__ import annotations

from pathlib import Path

import click
from PIL import Image

from scripts.blind_test import question, sheets
from scripts.blind_test.question import LETTERS, Question, Wrong

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "blind-test"
PAGE = ROOT / "docs" / "reference" / "blind-test.md"
OVERVIEW = ROOT / "docs" / "gallery" / "blind-test.jpg"

INTRODUCTION = """# Blind test

Can someone who never saw the prompt tell what a picture of the sketch engine shows? {count} prompts were drawn once
each, with fixed seeds and nothing chosen by hand. A fresh reader, who saw neither the code nor the prompts, got the
numbered pictures and four captions for each: the prompt it was drawn from and three other prompts of the {count}, in
shuffled order. Guessing alone would give about {chance}.

The prompts were written for things that the engine has a drawing for; other words do worse. The wrong captions are
drawn by chance, so most of them are far from the right one: the test says whether the subject is recognised, not
whether every detail of the prompt is there.

**{right} of {count}** were answered rightly.

![All pictures of the test, numbered](../gallery/blind-test.jpg)

"""

AGAIN = """
## Do it again

```
.venv/bin/python -m scripts.blind_test draw build/blind-test
.venv/bin/python -m scripts.blind_test score ANSWERS.txt build/blind-test
```

The first writes the sheets and `captions.txt`. The answers are lines such as `7 b`; a number without one
counts as wrong. The key is not in the folder: it is computed from the test's seed.
"""


@click.group()
def main() -> None:
    """Draw the blind test's sheets, or score a reader's answers."""


def captions(asked: list[Question]) -> str:
    """What the reader chooses from."""
    blocks = [
        "\n".join([f"{one.number}", *(f"  {letter}  {one.caption(letter)}" for letter in LETTERS)]) for one in asked
    ]
    return "\n\n".join(blocks) + "\n"


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER)
def draw(folder: Path) -> None:
    """Draw all pictures into FOLDER and write the captions beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = question.questions()
    (folder / "captions.txt").write_text(captions(asked))
    made: list[Image.Image] = []
    for one in asked:
        made.append(sheets.picture(one.caption(one.right), one.number))
        if len(made) == sheets.ON_A_SHEET or one is asked[-1]:
            first = one.number - len(made) + 1
            target = folder / f"sheet-{(one.number - 1) // sheets.ON_A_SHEET + 1}.jpg"
            sheets.page(made, first, sheets.CELL, sheets.COLUMNS).save(target, quality=88)
            click.echo(target)
            made.clear()


def told(right: int, wrong: list[Wrong]) -> str:
    """The reference page."""
    count = right + len(wrong)
    rows = [
        f"| {one.question.number} | {one.question.caption(one.picked) if one.picked else 'no answer'} "
        f"| {one.question.caption(one.question.right)} |"
        for one in wrong
    ]
    table = ["## Wrong answers", "", "| number | picked | right |", "|---|---|---|", *rows] if rows else []
    chance = round(count / len(LETTERS))
    return INTRODUCTION.format(count=count, chance=chance, right=right) + "".join(f"{line}\n" for line in table) + AGAIN


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=FOLDER)
def score(file: Path, folder: Path) -> None:
    """Score the answers in FILE to the sheets in FOLDER and write the reference page."""
    asked = question.questions()
    right, wrong = question.score(question.answers(file.read_text()), asked)
    sheets.overview(folder, len(asked)).save(OVERVIEW, quality=82, optimize=True)
    PAGE.write_text(told(right, wrong))
    click.echo(f"{right} of {len(asked)}: {PAGE}")


if __name__ == "__main__":
    main()
