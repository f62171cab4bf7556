"""Frames as the encoder takes them: brightness and two colour planes of half the sides, half the bytes of RGB.

A frame that needs no conversion goes from the decoder to the encoder with every sample kept. What does (another matrix,
range or depth, transparency, a turned phone, pixels that are not square) goes by way of upright sRGB.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from gesso.engines.sketch.video import clips, writer
from gesso.media import Media

Samples = npt.NDArray[Any]
"""uint8 samples."""

LARGE = 960
"""Longer side above which motion is looked for at a quarter of the sides, else at half."""

PATCH = 16
"""Pixels a side that the search for motion needs at least."""

_RGB = np.array([[1.1644, 0, 1.7927], [1.1644, -0.2132, -0.5329], [1.1644, 2.1124, 0]])
_TO_RGB = np.column_stack([_RGB, -_RGB @ [16, 128, 128]])
"""BT.709 of limited range to full-range RGB."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame of even sides: yuv420p, BT.709, limited range; and small as RGB, for the motion."""

    samples: Samples
    """(1.5 H, W): all of Y, then all of U, then all of V."""
    small: Samples
    """(h, w, 3) uint8 RGB, where motion is looked for: of the frame continued to a multiple of `times`."""
    times: int
    """How many times as large the frame is, 2 or 4."""

    @property
    def planes(self) -> tuple[Samples, Samples, Samples]:
        """Views of Y (H, W), U and V (H / 2, W / 2)."""
        return parted(self.samples)


def parted(samples: Samples) -> tuple[Samples, Samples, Samples]:
    """The three planes that lie in an array of (1.5 H, W) samples, as views."""
    width = samples.shape[1]
    height = samples.shape[0] * 2 // 3
    whole, quarter = height * width, height * width // 4
    flat, half = samples.reshape(-1), (height // 2, width // 2)
    return (
        flat[:whole].reshape(height, width),
        flat[whole : whole + quarter].reshape(half),
        flat[whole + quarter :].reshape(half),
    )


def frames(media: Media, fps: Fraction) -> Iterator[Frame]:
    """A clip's frames at a constant rate, all of the first one's size; one that is shown for longer is the same object.

    Raises as `clips` does.
    """
    last: VideoFrame | None = None
    frame: Frame | None = None
    size: tuple[int, int] | None = None
    for picture in clips.pictures(media, fps=fps):
        if frame is None or picture is not last:
            last, frame = picture, of(picture, size)
            size = frame.samples.shape[1], frame.samples.shape[0] * 2 // 3
        yield frame


def of(picture: VideoFrame, size: tuple[int, int] | None = None) -> Frame:
    """A decoded picture as a frame, of another size (even sides) if one is given.

    An odd side gets its last row or column again.
    """
    same = size is None or size == (picture.width, picture.height)
    fit = picture if same and clips.is_as_encoded(picture) else writer.for_encoder(_rgb(picture, size))
    return laid(np.asarray(fit.to_ndarray(), np.uint8))


def laid(samples: Samples) -> Frame:
    """A frame from its samples (1.5 H, W)."""
    y, *colours = parted(samples)
    times = 4 if max(y.shape) > LARGE else 2
    small = [_reduced(y, times), *(_reduced(plane, times // 2) for plane in colours)]
    return Frame(samples, np.asarray(cv2.transform(cv2.merge(small), _TO_RGB), np.uint8), times)


def _reduced(plane: Samples, times: int) -> Samples:
    """A plane `times` smaller, its edge continued to a whole number of pixels and to what the search needs."""
    sides = [max(PATCH, -(-side // times)) for side in plane.shape]
    below, right = (side * times - had for side, had in zip(sides, plane.shape, strict=True))
    if below or right:
        plane = np.asarray(cv2.copyMakeBorder(plane, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8)
    return np.asarray(cv2.resize(plane, sides[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def _rgb(picture: VideoFrame, size: tuple[int, int] | None) -> VideoFrame:
    pixels = clips.upright(picture)
    height, width = pixels.shape[:2]
    even = width + width % 2, height + height % 2
    if size is not None and size != even:
        # A stream may change its size on the way; the file that is made cannot.
        pixels, even = clips.upright(picture, size), size
    below, right = even[1] - pixels.shape[0], even[0] - pixels.shape[1]
    full = cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return VideoFrame.from_ndarray(np.asarray(full, np.uint8), format="rgb24")
