"""The blind tests of text to image; TEST is `subjects` or `details`.

`python -m scripts.blind_test draw TEST [FOLDER]` draws numbered sheets and the captions to choose from;
`python -m scripts.blind_test score TEST ANSWERS [FOLDER]` (lines `7 b`) keeps the answers and writes the page.
"""

from __future__ import annotations

from pathlib import Path

import click
from PIL import Image

from scripts.blind_test import question, sheets
from scripts.blind_test.question import LETTERS, TESTS, Question, Test, Wrong

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "blind-test"
PAGE = ROOT / "docs" / "reference" / "blind-test.md"
GALLERY = ROOT / "docs" / "gallery"

INTRODUCTION = """# Blind tests

Can someone who never saw the prompt tell what a picture of the sketch engine shows? Each prompt was drawn once, with a
fixed seed and nothing chosen by hand. A fresh reader, who saw neither the code nor the prompts, got the numbered
pictures and four captions for each, in shuffled order: the prompt it was drawn from and three wrong ones. Guessing
alone would get a quarter right.
"""

SECTION = """
## {title}

{about}

**{right} of {count}** were answered rightly.

![All pictures of the test, numbered](../gallery/blind-test-{name}.jpg)
"""

AGAIN = """
## Do it again

```
.venv/bin/python -m scripts.blind_test draw details build/blind-test
.venv/bin/python -m scripts.blind_test score details ANSWERS.txt build/blind-test
```

The first writes the sheets and `captions.txt`. The answers are lines such as `7 b`; a number without one
counts as wrong. The key is not in the folder: it is computed from the test's seed.
"""

named = click.argument("test", type=click.Choice(list(TESTS)))


@click.group()
def main() -> None:
    """Draw a blind test's sheets, or score a reader's answers."""


def captions(asked: list[Question]) -> str:
    """What the reader chooses from."""
    blocks = [
        "\n".join([f"{one.number}", *(f"  {letter}  {one.caption(letter)}" for letter in LETTERS)]) for one in asked
    ]
    return "\n\n".join(blocks) + "\n"


@main.command()
@named
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER)
def draw(test: str, folder: Path) -> None:
    """Draw all pictures of TEST into FOLDER and write the captions beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = question.questions(TESTS[test])
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


def section(test: Test, right: int, wrong: list[Wrong]) -> str:
    """What the page tells of one test."""
    rows = [
        f"| {one.question.number} | {one.question.caption(one.picked) if one.picked else 'no answer'} "
        f"| {one.question.caption(one.question.right)} |"
        for one in wrong
    ]
    table = ["", "| number | picked | right |", "|---|---|---|", *rows, ""] if rows else []
    count = right + len(wrong)
    text = SECTION.format(title=test.name.capitalize(), name=test.name, about=test.about, right=right, count=count)
    return text + "\n".join(table)


def page() -> str:
    """The reference page, of every test that somebody has answered."""
    sections: list[str] = []
    for test in TESTS.values():
        if test.kept.exists():
            asked = question.questions(test)
            picked = question.answers(test.kept.read_text(), len(asked))
            sections.append(section(test, *question.score(picked, asked)))
    return INTRODUCTION + "".join(sections) + AGAIN


@main.command()
@named
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=FOLDER)
def score(test: str, file: Path, folder: Path) -> None:
    """Score the answers in FILE to the sheets of TEST in FOLDER and write the reference page."""
    asked = question.questions(TESTS[test])
    picked = question.answers(file.read_text(), len(asked))
    TESTS[test].kept.parent.mkdir(exist_ok=True)
    TESTS[test].kept.write_text("".join(f"{number} {letter}\n" for number, letter in sorted(picked.items())))
    sheets.overview(folder, len(asked)).save(GALLERY / f"blind-test-{test}.jpg", quality=82, optimize=True)
    PAGE.write_text(page())
    click.echo(f"{question.score(picked, asked)[0]} of {len(asked)}: {PAGE}")


if __name__ == "__main__":
    main()
