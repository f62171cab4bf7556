"""From where each picture was taken: the views go round the thing in equal steps, unless they say otherwise.

A yaw of 90 degrees is a picture taken from the right-hand side of whoever looks at the front picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gesso.engines.sketch.mesh import inflate
from gesso.engines.sketch.mesh.views import View

SAME = 0.86
"""How far (intersection over union) an outline must agree with another's mirror image to be seen from behind it."""

BETTER = 0.04
"""By how much more an outline must agree with one picture's than with another's."""

FRAMED = 0.03
"""Share of a height by which top and foot may differ in pictures that are framed alike."""


def yaws(views: Sequence[View]) -> tuple[float, ...]:
    """Degrees of each view. Front, side and back are told from three equal steps by the outlines."""
    if len(views) == 2 and mirrored_match(views[0], views[1]) < SAME:
        return 0.0, 90.0
    if len(views) == 3:
        behind, thirds = mirrored_match(views[0], views[2]), mirrored_match(views[1], views[2])
        if behind > SAME and behind > thirds + BETTER:
            return 0.0, 90.0, 180.0
    return tuple(360.0 * i / len(views) for i in range(len(views)))


def centred(views: Sequence[View], yaws: Sequence[float]) -> list[View]:
    """The views with their middles where the axis is that they were taken round.

    Seen at right angles the middles of the outlines will do, whatever the pictures' frames. Otherwise they do not lie
    on one axis; pictures that are framed alike then have it in the middle of the frame.
    """
    sizes = {view.mask.shape for view in views}
    feet, heights = [view.base for view in views], [view.scale for view in views]
    alike = len(sizes) == 1 and np.ptp(feet) < FRAMED * heights[0] and np.ptp(heights) < FRAMED * heights[0]
    if not alike or all(yaw % 90 == 0 for yaw in yaws):
        return list(views)
    return [replace(view, middle=view.mask.shape[1] / 2) for view in views]


def mirrored_match(one: View, other: View) -> float:
    """How far an outline agrees with another's mirror image, both brought to one height: 0..1."""
    width = max(one.width, other.width)
    first = inflate.silhouette(one, width) > 0.5
    second = inflate.silhouette(other, width)[:, ::-1] > 0.5
    return float((first & second).sum()) / max(1.0, float((first | second).sum()))


def symmetric(view: View) -> bool:
    """Whether a front view's outline is its own mirror image, near enough."""
    return mirrored_match(view, view) > 0.93


def right(yaw: float) -> np.ndarray:
    """The direction in space of a view's right side."""
    angle = np.radians(yaw)
    return np.array([np.cos(angle), 0.0, -np.sin(angle)])


def towards(yaw: float) -> np.ndarray:
    """The direction in space from the thing to a view's camera."""
    angle = np.radians(yaw)
    return np.array([np.sin(angle), 0.0, np.cos(angle)])
