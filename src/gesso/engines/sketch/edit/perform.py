"""Steps carried out one after another on a canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from gesso.engines.sketch.edit import (
    add,
    adjust,
    atmosphere,
    backdrops,
    correct,
    geometry,
    letters,
    mend,
    move,
    recolour,
    remove,
    restyle,
    seasons,
    writing,
)
from gesso.engines.sketch.edit.canvas import Canvas
from gesso.engines.sketch.edit.steps import (
    Add,
    Adjust,
    Atmosphere,
    Backdrop,
    Letter,
    Move,
    Recolour,
    Remove,
    Reshape,
    Restyle,
    Step,
)


def perform(canvas: Canvas, steps: Sequence[Step], done: Callable[[int], None] | None = None) -> int:
    """Carry steps out, calling `done` with the number after each; gives how many changed the picture."""
    changed = 0
    for number, step in enumerate(steps, 1):
        if DOERS[type(step)](canvas, step):
            changed += 1
        else:
            canvas.log(f"Not done: {sentence(step)}.")
        if done is not None:
            done(number)
    return changed


def sentence(step: Step) -> str:
    """What could not be done, and why, for the request's log."""
    match step:
        case (
            Recolour(target=target)
            | Remove(target=target)
            | Adjust(target=target)
            | Move(target=target)
            | Reshape(target=target)
        ):
            return f"{target.phrase or 'the main thing'} was not found in the picture ({type(step).__name__.lower()})"
        case Backdrop():
            return "nothing stands out before the background"
        case Add():
            return f"{step.words or 'what to add'} cannot be drawn, or what it replaces was not found"
        case Letter():
            return f'"{step.text}" cannot be set, or the words it replaces were not found'
        case Restyle() | Atmosphere():
            return "the picture that gives the style is not there"


def _letter(canvas: Canvas, step: Letter) -> bool:
    if step.where != "instead":
        return writing.apply(canvas, step)
    view = letters.view(canvas.pixels)
    found = letters.lines(view)
    if not found:
        return False
    block, scale = letters.block(found, step.old), canvas.width / view.shape[1]
    letters.wipe(canvas, block, scale)
    corners = np.array([line.box for line in block])
    low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    # The setter keeps room for letters that reach below the line.
    room = (high - low) * np.array((0.08, 0.2))
    low, high = low - room, high + room
    box = tuple(round(float(value) * scale) for value in (*low, *high))
    canvas.log(f'Replaced words by "{step.text}" at {box[0]},{box[1]}.')
    return writing.into(canvas, step.text, cast("writing.Box", box), step.colour or block[0].colour, step.face)


def _adjust(canvas: Canvas, step: Adjust) -> bool:
    if step.kind in mend.WHOLE:
        return mend.WHOLE[step.kind](canvas)
    match step.kind:
        case "auto":
            return correct.colours(canvas)
        case "snow":
            return seasons.capped(canvas, step)
        case _:
            return adjust.apply(canvas, step)


DOERS: Mapping[type[Any], Callable[[Canvas, Any], bool]] = {
    Recolour: recolour.apply,
    Backdrop: backdrops.apply,
    Atmosphere: atmosphere.apply,
    Adjust: _adjust,
    Restyle: restyle.apply,
    Letter: _letter,
    Add: add.apply,
    Remove: remove.apply,
    Move: move.apply,
    Reshape: geometry.apply,
}
"""What carries out each kind of step; false means that it found nothing to do it to."""
