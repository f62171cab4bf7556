"""A picture to look for regions in: a reduced copy, and what is derived from it when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from gesso.engines.sketch.edit import faces
from gesso.engines.sketch.edit.canvas import VIEW, Pixels, Plane, reduced, to_lab, to_unit
from gesso.engines.sketch.edit.foreground import foreground, portrait, saliency, whole
from gesso.engines.sketch.edit.skies import sky
from gesso.engines.sketch.edit.tones import Tone
from gesso.engines.sketch.perceive import masks, windows
from gesso.engines.sketch.perceive.sought import Picture

LEAST = 0.0012
"""Share of the picture below which a find counts as noise."""

ANIMALS = frozenset(["bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"])


NEAR_FACE, GREY = 0.16, 9.0
"""Height of a face, in that of the picture, from which it is a portrait; chroma below which its backdrop is grey."""


@dataclass(frozen=True, slots=True)
class Region:
    """`mask` (0..1, a view's size) holds the thing; `tone` is the colour of the part that a recolouring means."""

    mask: Plane
    tone: Tone | None = None
    by: str = ""
    """What found it, for the log."""
    exact: bool = False
    """Whether the mask is the thing's own outline, which the picture's outlines would only spoil."""


class View:
    """A reduced copy of a picture with what is derived from it, each part when it is first asked for."""

    def __init__(self, pixels: Pixels) -> None:
        self.rgb = reduced(pixels, VIEW)
        self.picture = Picture(reduced(pixels, windows.SIDE))
        """A larger copy, for the networks."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Learned parts that have looked at the picture."""
        return tuple(self.picture.parts)

    @cached_property
    def lab(self) -> Plane:
        return to_lab(cv2.GaussianBlur(to_unit(self.rgb), (0, 0), 0.8))

    @cached_property
    def salient(self) -> Plane:
        """How much each pixel stands out; people do."""
        return np.maximum(saliency(self.rgb), faces.figures(self.faces, self.rgb.shape))

    @cached_property
    def faces(self) -> list[faces.Box]:
        """Boxes of the faces, the largest first."""
        return faces.boxes(self.picture.faces, self.rgb.shape[1] / self.picture.pixels.shape[1])

    @cached_property
    def face_mask(self) -> Plane:
        """Where faces are, 0..1, along their outlines."""
        return self.fitted(masks.face_mask(self.picture, self.picture.faces))

    @cached_property
    def people(self) -> Plane | None:
        """The people that the picture is of, 0..1."""
        mask = masks.front(self.picture) if min(self.rgb.shape[:2]) >= 32 else None
        return None if mask is None else self.fitted(mask)

    @cached_property
    def animal(self) -> str:
        """The animal that much of the picture is of, as the detector names it; else nothing."""
        if min(self.rgb.shape[:2]) < 32:
            return ""
        area = self.picture.pixels.shape[0] * self.picture.pixels.shape[1]
        large = (one for one in self.picture.large if one.label in ANIMALS and windows.area(one.box) > 0.15 * area)
        return next((one.label for one in large), "")

    @cached_property
    def front(self) -> Plane | None:
        """What is in front: people where there are any, else what stands out, but never the sky."""
        if self.people is not None:
            return portrait(self.rgb, self.people, self.face_mask)
        mask = foreground(self.rgb, faces.figures(self.faces, self.rgb.shape) if self.faces else None)
        found = masks.named(self.picture, self.animal) if self.animal else None
        if found is not None:
            # What stands out of an animal seen from near may be no more than its eyes.
            known = self.fitted(found.mask)
            return known if mask is None else np.maximum(mask, known)
        if mask is None or self.sky is None:
            return mask
        mask = whole(mask * (1 - self.sky), self.salient)
        return mask if mask.mean() > LEAST else None

    @cached_property
    def sky(self) -> Plane | None:
        """The sky, 0 or 1; in a portrait what of it is behind, and none where that is a plain backdrop."""
        found = sky(self.rgb)
        near = any(high > NEAR_FACE * len(self.rgb) for _, _, _, high in self.faces)
        if found is None or not (near or self._on_faces(found)):
            return found
        if self.people is None:
            return None
        hue = np.median(self.lab[found > 0.5][:, 1:], axis=0)
        if float(np.hypot(*hue)) < GREY:
            return None
        behind = (portrait(self.rgb, self.people, self.face_mask) < 0.5).astype(np.float32)
        rest = (behind > 0.5) & (found < 0.5)
        # A sky behind a head goes on below the row where its border was lost.
        whole_sky = rest.any() and float(np.abs(np.median(self.lab[rest][:, 1:], axis=0) - hue).max()) < GREY
        return behind if whole_sky else found * behind

    def _on_faces(self, mask: Plane) -> bool:
        parts = [mask[max(0, top) : top + high, max(0, left) : left + wide] for left, top, wide, high in self.faces]
        return any(part.size and float(part.mean()) > 0.12 for part in parts)

    def fitted(self, mask: Plane) -> Plane:
        """A mask at the size of the view."""
        size = self.rgb.shape[1], self.rgb.shape[0]
        return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
