"""The sheet of a vector drawing: the picture it follows, its palette, and the shapes so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.style import outlines, palette
from gesso.tasks import RGB

Pixels = npt.NDArray[Any]
Points = npt.NDArray[Any]


@dataclass
class Sheet:
    """What is being drawn: the picture it follows, the palette asked for, and the shapes so far."""

    pixels: Pixels
    colours: tuple[RGB, ...]
    rng: np.random.Generator
    shapes: list[str] = field(default_factory=list[str])
    gradients: list[str] = field(default_factory=list[str])
    ground: str = ""
    """The colour under all shapes; none yet: the first filling layer gives its own."""
    moved: str = ""
    _flat: dict[int, tuple[npt.NDArray[np.uint8], Points]] = field(default_factory=dict[int, Any])

    def flat(self, count: int) -> tuple[npt.NDArray[np.uint8], Points]:
        """The picture in `count` areas of one colour, dark to light: labels and colours."""
        if count not in self._flat:
            # Over many samples its own mean; the generator only chooses where to start.
            labels, colours = palette.flatten(self.pixels, count, np.random.Generator(np.random.PCG64(count)))
            self._flat[count] = palette.clean(labels), colours
        return self._flat[count]

    def shades(self, count: int) -> list[str]:
        """The colour of each area: the palette's by rank of lightness, so that light and dark stay apart."""
        _, found = self.flat(count)
        if not self.colours:
            return [outlines.hex_of(colour) for colour in found]
        ordered = self.ordered
        return [
            outlines.hex_of(ordered[min(len(ordered) - 1, i * len(ordered) // len(found))]) for i in range(len(found))
        ]

    @property
    def ordered(self) -> list[RGB]:
        """The palette, dark to light."""
        return sorted(self.colours, key=lambda c: 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2])

    def ink(self, colour: RGB) -> str:
        """A line's colour: the palette's darkest where there is one, its lightest for a light line."""
        light = sum(colour) > 500
        return outlines.hex_of(self.ordered[-1 if light else 0]) if self.colours else outlines.hex_of(colour)

    def shade(self, colour: Points) -> str:
        """A place's colour: the nearest of the palette by lightness and hue."""
        if not self.colours:
            return outlines.hex_of(colour)
        choices = np.array(self.colours, float)
        return outlines.hex_of(choices[((choices - colour) ** 2).sum(axis=1).argmin()])

    def ground_or_paper(self) -> str:
        """The ground, where no layer gave one the palette's lightest colour or white."""
        return self.ground or (outlines.hex_of(self.ordered[-1]) if self.colours else "#ffffff")

    def add(self, shape: str) -> None:
        """Put a shape on top, moved as the last `shift` said."""
        self.shapes.append(f'<g transform="translate({self.moved})">{shape}</g>' if self.moved else shape)
