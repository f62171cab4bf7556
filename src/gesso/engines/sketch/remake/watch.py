"""The safety checker on a video as it is made: a frame of each second, eight at least."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from gesso.engines.engine import Context
from gesso.engines.sketch import safety
from gesso.engines.sketch.edit.canvas import reduced
from gesso.engines.sketch.remake.motion import Pixels
from gesso.engines.sketch.video import film
from gesso.errors import ContentRefused


class Watch:
    """Looks at frames on their way to the file."""

    def __init__(self, check: bool, count: int, fps: Fraction, context: Context) -> None:
        self._looked_at = film.looked_at(count, float(fps)) if check else set[int]()
        self._limit = context.options.safety_threshold
        self.parts = (safety.NAME,) if check else ()
        if not check:
            context.log("The safety checker is off.")

    def see(self, number: int, pixels: Pixels) -> None:
        """Take the next frame. Raises ContentRefused where one that is looked at is unsafe."""
        if number not in self._looked_at:
            return
        if safety.score(np.ascontiguousarray(reduced(pixels, 512))) >= self._limit:
            raise ContentRefused("The video was refused by the safety checker.")
