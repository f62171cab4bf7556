"""A shot before it moves: what lies behind, what can move on its own, and which parts ripple, drift or twinkle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Plane = npt.NDArray[np.float32]


@dataclass(slots=True)
class Thing:
    """A cut-out: `pixels` (h, w, 4) uint8 with premultiplied alpha, its top left corner on the frame, what it is.

    `shade` (h, w, 3) uint8 is, over 255, what its shadow multiplies the ground by, `shade_at` that plane's corner.
    `lives` says whether it may breathe. `depth` is 0 far .. 1 near, `foot` the row of its pixels on which it stands.
    """

    pixels: Pixels
    left: int
    top: int
    label: str = ""
    depth: float = 0.75
    faces: float = 0.0
    """-1 looks left, 1 right, 0 is not known."""
    lives: bool = False
    subject: int | None = None
    """Index of its subject in the prompt, where it was drawn for one."""
    afloat: bool = False
    airborne: bool = False
    cut: bool = False
    """Whether an edge of the picture cuts it: then it cannot leave its place without showing its cut."""
    shade: Pixels | None = None
    shade_at: tuple[int, int] = (0, 0)
    foot: float | None = None

    @property
    def base(self) -> float:
        """The row of its pixels about which it turns and grows."""
        return float(self.height) if self.foot is None else self.foot

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True)
class Seam:
    """What a picture shows around its cut-outs, where they are half transparent and something was painted behind.

    `pixels` (h, w, 3) uint8, `share` (h, w) 0..1 of them that is to be seen, their corner `left`, `top` on the frame.
    """

    pixels: Pixels
    share: Plane
    left: int
    top: int


@dataclass(slots=True)
class Shot:
    """Everything of one place and moment. The background reaches `margin` (x, y) pixels beyond the frame on each side.

    `sky`, `water` and `plants` are masks (0..1) of the background's size; `horizon` is a row of the frame.
    """

    width: int
    height: int
    background: Pixels
    margin: tuple[int, int] = (0, 0)
    horizon: float = 0.5
    things: list[Thing] = field(default_factory=list[Thing])
    sky: Plane | None = None
    water: Plane | None = None
    plants: Plane | None = None
    seam: Seam | None = None
    night: bool = False
    parts: tuple[str, ...] = ()
    """Learned parts that helped to make it."""
