"""The stage: the picture while it is painted, and what painters and composers need to know of its space."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gesso.engines.sketch.scene.light import Light
from gesso.engines.sketch.scene.noise import Colour, Plane


@dataclass(slots=True)
class Stage:
    """`picture` is (height, width, 3) float32 sRGB 0..1.

    `horizon` and `floor` are rows: where the ground meets the sky, and where things may stand at the earliest. `water`
    gives the rows of open water. `surface` is what subjects stand on: ground, coast, water, table, deep or air.
    """

    picture: Plane
    light: Light
    rng: np.random.Generator
    place: str
    horizon: int
    floor: int
    surface: str = "ground"
    water: tuple[int, int] | None = None
    haze: float = 0.5
    reflect: float = 0.0
    tint: Colour = (1.0, 1.0, 1.0)
    snowy: bool = False
    frame: tuple[float, float] = (0.0, 1.0)
    """Share of the width in which subjects may stand."""
    near: float = 0.95
    """Share of the height down to which they may stand."""
    sky: Plane | None = None
    tracks: int | None = None
    """The row on which trains stand, where there are rails."""
    kerb: int | None = None
    """The row on which houses and trees stand beyond a road that crosses the picture."""
    lane: bool = False
    """Whether a road runs from the viewer into the picture's middle."""
    hill: tuple[float, float] | None = None
    """Of a rounded hill in the middle: its height over its foot in picture heights, its breadth in half widths."""
    view: Plane | None = None
    """What a window shows; None for a garden."""
    lamps: list[tuple[float, float, float, Colour]] = field(default_factory=list[tuple[float, float, float, Colour]])
    """Lights in the picture: x, y, radius in pixels, colour; the final glow adds them."""

    @property
    def height(self) -> int:
        return int(self.picture.shape[0])

    @property
    def width(self) -> int:
        return int(self.picture.shape[1])

    def fall(self, x: Plane) -> Plane:
        """Pixels by which the ground lies lower at these columns than in the middle."""
        if self.hill is None:
            return np.zeros_like(x)
        high, broad = self.hill
        return self.height * high * (1 - np.exp(-(((2 * x / self.width - 1) / broad) ** 2)))

    def nearness(self, row: float) -> float:
        """0 at the horizon, 1 at the lower edge."""
        return float(np.clip((row - self.horizon) / max(1, self.height - self.horizon), 0, 1))
