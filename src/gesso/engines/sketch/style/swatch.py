"""A texture as a swatch: the patch of some pictures that is most like all their patches, and as much as wanted of it.

Pictures that are the same everywhere (cloth, strokes, grain) are even: any patch tells how they go on. Pictures of
things are not, and their swatch counts little. More of a texture is made by quilting (Efros and Freeman 2001).
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Plane = npt.NDArray[Any]

AREA = 512 * 512
"""Pixels of a picture at which textures are measured and drawn: a thread is as wide beside the picture as it was."""

SIDE = 96
STRIDE = 64
"""Pixels a side of a patch, and from one to the next."""

LONGEST = 2048
"""Pixels: what is longer and narrower is squeezed."""

COARSEST = 12.0
"""Sigma beyond which light and colour are the form of things, not their texture."""

BLOCK, OVERLAP = 40, 12
"""Pixels a side of what is laid beside each other, and how far one lies over the other."""

NEAR = 1.3
"""Of all places of the swatch that fit, one is drawn whose error is at most this many times the least."""


UNEVEN, EVEN = 0.2, 0.05
"""How far patches are apart, against what is in them, in pictures of things and in pictures of a texture."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """A patch (SIDE, SIDE, 3), float16 or float32 around 0 in bytes, and how far it stands for the whole, 0..1."""

    patch: Plane
    even: float
    feature: Plane | None = None
    """Numbers by which patches are compared; a swatch that was read has none."""

    def stated(self) -> dict[str, Any]:
        """As JSON."""
        values = np.clip(np.rint(self.patch + 128), 0, 255).astype(np.uint8)
        return {"even": round(self.even, 4), "pixels": base64.b64encode(values.tobytes()).decode()}


def read(found: Mapping[str, Any]) -> Swatch:
    """What `stated` gave. Raises ValueError, TypeError or KeyError for anything else."""
    even = float(found["even"])
    try:
        values = np.frombuffer(base64.b64decode(found["pixels"], validate=True), np.uint8)
    except binascii.Error as error:
        raise ValueError("the swatch is no base64") from error
    if values.size != SIDE * SIDE * 3 or not 0 <= even <= 1:
        raise ValueError("the swatch has another size")
    return Swatch(values.reshape(SIDE, SIDE, 3).astype(np.float32) - 128, even)


def measured(pixels: Pixels) -> Swatch:
    """The most typical patch of a picture (H, W, 3)."""
    at = math.sqrt(AREA / (pixels.shape[0] * pixels.shape[1]))
    size = [min(LONGEST, max(SIDE, round(side * at))) for side in pixels.shape[1::-1]]
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if at < 1 else cv2.INTER_CUBIC).astype(np.float32)
    fine = small - cv2.GaussianBlur(small, (0, 0), COARSEST)
    rows, columns = (range(0, side - SIDE + 1, STRIDE) for side in fine.shape[:2])
    patches = [np.ascontiguousarray(fine[y : y + SIDE, x : x + SIDE]) for y in rows for x in columns]
    features = np.stack([_feature(patch) for patch in patches])
    apart = np.sqrt(((features - np.median(features, axis=0)) ** 2).mean(axis=(1, 2, 3)))
    best = int(apart.argmin())
    uneven = float(np.median(apart)) / max(float(features.mean()), 1e-6)
    even = float(np.clip((UNEVEN - uneven) / (UNEVEN - EVEN), 0, 1))
    return Swatch(patches[best].astype(np.float16), even, features[best])


def _feature(patch: Plane) -> Plane:
    """Power by direction and fineness of the waves, (12, 7, 3)."""
    power = np.abs(np.fft.rfft2(patch, axes=(0, 1))) / SIDE
    return np.log1p(cv2.resize(np.fft.fftshift(power, axes=0), (7, 12), interpolation=cv2.INTER_AREA))


def typical(found: Sequence[Swatch]) -> Swatch:
    """The swatch of several pictures whose numbers are nearest to the median, as even as they are in the mean."""
    features = np.stack([one.feature for one in found if one.feature is not None])
    apart = ((features - np.median(features, axis=0)) ** 2).sum(axis=(1, 2, 3))
    return Swatch(found[int(apart.argmin())].patch.astype(np.float32), float(np.mean([one.even for one in found])))


def drawn(patch: Plane, width: int, height: int, rng: np.random.Generator) -> Plane:
    """(height, width, 3) float32: as much of the texture as wanted, around 0."""
    at = min(1.0, math.sqrt(AREA / (width * height)))
    across, down = max(2, round(width * at)), max(2, round(height * at))
    step = BLOCK - OVERLAP
    out = np.zeros(((down // step + 2) * step + OVERLAP, (across // step + 2) * step + OVERLAP, 3), np.float32)
    for y, x in _places(out, step):
        there = out[y : y + BLOCK, x : x + BLOCK]
        share = _share(y > 0, x > 0)
        top, left = _fitting(patch, there, share, rng)
        there[:] = there * (1 - share) + patch[top : top + BLOCK, left : left + BLOCK] * share
    return np.asarray(cv2.resize(out[:down, :across], (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _places(out: Plane, step: int) -> Iterator[tuple[int, int]]:
    for y in range(0, out.shape[0] - BLOCK + 1, step):
        for x in range(0, out.shape[1] - BLOCK + 1, step):
            yield y, x


def _share(above: bool, before: bool) -> Plane:
    """How much of a new block shows (BLOCK, BLOCK, 1): growing over what it overlaps."""
    ramp = np.concatenate([np.linspace(0, 1, OVERLAP + 2)[1:-1], np.ones(BLOCK - OVERLAP)]).astype(np.float32)
    flat = np.ones(BLOCK, np.float32)
    return np.outer(ramp if above else flat, ramp if before else flat)[..., None]


def _fitting(patch: Plane, there: Plane, share: Plane, rng: np.random.Generator) -> tuple[int, int]:
    """Where in the patch a block begins that goes well with what is there."""
    mask = np.repeat((share < 1).astype(np.float32), 3, axis=2)
    if not mask.any():
        top, left = rng.integers(0, SIDE - BLOCK + 1, 2).tolist()
        return top, left
    error = np.maximum(cv2.matchTemplate(patch, np.ascontiguousarray(there), cv2.TM_SQDIFF, mask=mask), 0)
    near = np.argwhere(error <= error.min() * NEAR + 1e-3)
    top, left = near[int(rng.integers(len(near)))].tolist()
    return top, left
