"""What an order asks of each picture: an instruction, or one of the fixed edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gesso.engines.sketch.edit import correct, instruction, kept, masked, restyle
from gesso.engines.sketch.edit.backdrops import scene
from gesso.engines.sketch.edit.canvas import Canvas
from gesso.engines.sketch.edit.clauses import target
from gesso.engines.sketch.edit.instruction import Instruction
from gesso.engines.sketch.edit.perform import perform
from gesso.engines.sketch.edit.steps import Add, Backdrop, Remove, Step
from gesso.tasks import EditImage

Done = Callable[[int, int], None]
"""(steps done, steps in all)"""


def carry_out(canvas: Canvas, task: EditImage, done: Done) -> bool:
    """Make the order's edit. False where the picture stays as it is."""
    return OPERATIONS[task.operation](canvas, task, done)


def _instruct(canvas: Canvas, task: EditImage, done: Done) -> bool:
    found = instruction.parse(task.prompt, len(canvas.materials))
    if not found.steps and canvas.materials:
        # Several pictures and no word that is understood: they are brought together.
        found = Instruction([Add(material=i + 1) for i in range(len(canvas.materials))], found.unknown)
    for text in found.unknown:
        canvas.log(
            f'Not understood: "{text}".',
        )
    if not found.steps:
        canvas.log("No part of the instruction was understood: the picture is returned unchanged.")
        return False
    before = canvas.pixels
    changed = _steps(canvas, found.steps, done)
    if changed and kept.whole(found.steps):
        kept.restore(canvas, before, found.kept)
    return changed


def _steps(canvas: Canvas, steps: list[Step], done: Done) -> bool:
    changed = perform(canvas, steps, lambda number: done(number, len(steps)))
    if not changed:
        canvas.log("Nothing that the instruction names was found: the picture is returned unchanged.")
    return changed > 0


def _background(canvas: Canvas, task: EditImage, done: Done) -> bool:
    # "A beach" and "put her on a beach" ask the same.
    steps = _of(Backdrop, task.prompt) or _of(Backdrop, f"change the background to {task.prompt}")
    return _steps(canvas, steps[:1] or [Backdrop(words=task.prompt)], done)


def _remove(canvas: Canvas, task: EditImage, done: Done) -> bool:
    steps = _of(Remove, task.prompt) or _of(Remove, f"remove {task.prompt}")
    return _steps(canvas, steps or [Remove(target(task.prompt))], done)


def _of(kind: type[Step], words: str) -> list[Step]:
    """The steps of one kind that an instruction asks for."""
    return [step for step in instruction.parse(words).steps if isinstance(step, kind)]


def _color(canvas: Canvas, _task: EditImage, _done: Done) -> bool:
    return correct.colours(canvas)


def _face(canvas: Canvas, _task: EditImage, _done: Done) -> bool:
    if correct.faces(canvas):
        return True
    canvas.log("No face was found: the picture is returned unchanged.")
    return False


def _restyle(canvas: Canvas, task: EditImage, done: Done) -> bool:
    strength = float(np.clip(0.8 if task.strength is None else task.strength, 0, 1))
    if strength == 0 or not task.prompt.strip():
        canvas.log("Strength 0 or an empty prompt leaves the picture as it is.")
        return False
    seed = int(canvas.rng.integers(2**31))
    prompted, parts = scene(task.prompt, canvas.width, canvas.height, seed, task.sampling)
    canvas.ran(*parts)
    done(1, 2)
    canvas.pixels = restyle.reimagined(canvas, prompted, strength)
    canvas.alpha = None
    canvas.log(f"Moved {strength:.0%} of the way from the picture to the prompt's own.")
    return True


def _inpaint(canvas: Canvas, task: EditImage, done: Done) -> bool:
    return masked.fill(canvas, task.prompt, 0.88 if task.strength is None else task.strength, done)


OPERATIONS: Mapping[str, Callable[[Canvas, EditImage, Done], bool]] = {
    "instruct": _instruct,
    "background": _background,
    "color": _color,
    "face": _face,
    "remove": _remove,
    "restyle": _restyle,
    "inpaint": _inpaint,
}
"""Every operation of `EditImage`."""
