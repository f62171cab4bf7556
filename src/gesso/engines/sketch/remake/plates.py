"""What a shot shows behind its moving things, put together from all its frames on one wide plate.

The camera's way through a shot is followed from frame to frame; each frame is laid back to where it belongs, and the
median of what lies over each place is the plate. So a pan shows what was outside the frame a moment before, and what
no frame shows is painted once and stays where it is. A shot that wanders far is cut in parts, which fade over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from gesso.engines.sketch.remake import motion, outside
from gesso.engines.sketch.remake.motion import Pixels, Transform
from gesso.engines.sketch.remake.outside import Mask

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""

WANDER = 0.9
"""How far, in canvases, a plate may reach beyond its canvas before a new one is begun."""

FADE = 10
"""Frames over which one plate gives way to the next of the same shot."""

SHEETS = 9
"""Frames that a plate is made of at most."""

DRAWN, DRAWN_FROM = 0.8, 0.12
"""How much of a drawing shows in the end, and from what share of the plate's longer side on."""

ROWS = 64


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames `start` to before `stop` that share a plate, and where the first one's pixels are in each."""

    start: int
    stop: int
    cameras: tuple[Transform, ...]
    goes_on: bool
    """Whether it carries on the shot of the stretch before."""

    @property
    def length(self) -> int:
        """How many frames there are."""
        return self.stop - self.start


def survey(frames: Iterable[Pixels], size: tuple[int, int], still: bool = False) -> list[Stretch]:
    """The stretches of a clip of `size` (width, height). `still` takes the camera as fixed."""
    stretches: list[Stretch] = []
    cameras: list[Transform] = [np.eye(2, 3)]
    start, goes_on, number = 0, False, 0
    for number, (before, after) in enumerate(pairwise(motion.reduced(pixels) for pixels in frames), 1):
        there, cut = motion.onward(before, after)
        moved = np.eye(2, 3) if still else motion.camera(there)
        camera = motion.chained(cameras[-1], motion.scaled(moved, size[0] / before.shape[1]))
        if cut or far(camera, size):
            stretches.append(Stretch(start, number, tuple(cameras), goes_on))
            start, goes_on, camera, cameras = number, not cut, np.eye(2, 3), []
        cameras.append(camera)
    return [*stretches, Stretch(start, number + 1, tuple(cameras), goes_on)]


def far(camera: Transform, size: tuple[int, int]) -> bool:
    """Whether a camera has come so far that one plate would grow too large."""
    left, top, right, bottom = _extent([motion.inverse(camera)], (0, 0, *size))
    return max(-left, right - size[0]) > WANDER * size[0] or max(-top, bottom - size[1]) > WANDER * size[1]


def _extent(transforms: Sequence[Transform], box: Box) -> Box:
    """What a box covers under several transforms."""
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    moved = np.concatenate([corners @ one[:, :2].T + one[:, 2] for one in transforms])
    low, high = np.floor(moved.min(axis=0) + 1e-6), np.ceil(moved.max(axis=0) - 1e-6)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


@dataclass(frozen=True, slots=True)
class Laid:
    """Where the frames lie on the canvas: the canvas (width, height), and the frame's transform onto it."""

    canvas: tuple[int, int]
    onto: Transform

    def camera(self, of_frame: Transform) -> Transform:
        """A camera of the frame's pixels as one of the canvas's."""
        return motion.chained(motion.chained(motion.inverse(self.onto), of_frame), self.onto)


@dataclass(frozen=True, slots=True)
class Plate:
    """The picture behind a stretch, in the pixels of its first canvas; `origin` is that of its top left corner."""

    pixels: Pixels
    origin: tuple[int, int]

    def view(self, camera: Transform, canvas: tuple[int, int]) -> Pixels:
        """What a canvas shows of it, whose pixels the camera has moved from the first canvas's."""
        if np.array_equal(camera, np.eye(2, 3)):
            left, top = -self.origin[0], -self.origin[1]
            return self.pixels[top : top + canvas[1], left : left + canvas[0]]
        to_first = np.array([[1.0, 0.0, self.origin[0]], [0.0, 1.0, self.origin[1]]])
        whole = motion.chained(to_first, camera)
        return np.asarray(
            cv2.warpAffine(self.pixels, whole, canvas, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )


Drawn = Callable[[int, int], Pixels]
"""Width and height -> a picture of that size."""

Hidden = Callable[[int, Pixels], Mask | None]
"""Number of a frame and the frame -> where it does not show what is behind (H, W), or none where it all does."""


def build(
    frames: Iterator[Pixels],
    stretch: Stretch,
    laid: Laid,
    rng: np.random.Generator,
    hidden: Hidden | None = None,
    given: Pixels | None = None,
    drawn: Drawn | None = None,
    there: int | None = None,
) -> Plate:
    """The plate of a stretch from its frames in order: all of them, or the `there` first.

    `given` is a picture of the first canvas; it shows where no frame does. `drawn` draws what comes into view ever
    more with the distance from what the frames show.
    """
    cameras = [laid.camera(camera) for camera in stretch.cameras]
    left, top, right, bottom = _extent([motion.inverse(camera) for camera in cameras], (0, 0, *laid.canvas))
    size = right - left, bottom - top
    shift = np.array([[1.0, 0.0, -left], [0.0, 1.0, -top]])
    sheets: list[tuple[Pixels, Mask]] = []
    have = stretch.length if there is None else there
    wanted = set(np.unique(np.linspace(0, have - 1, min(SHEETS, have)).astype(int)).tolist())
    for i, pixels in enumerate(frames):
        if i in wanted:
            back = motion.chained(motion.chained(laid.onto, motion.inverse(cameras[i])), shift)
            sheets.append(_sheet(pixels, back, size, None if hidden is None else hidden(stretch.start + i, pixels)))
    picture, known = _median(sheets, size)
    if given is not None:
        _lay_under(picture, known, given, (-left, -top))
    made = outside.completed(picture, known, rng)
    if drawn is not None and not known.all():
        made = _drawn_over(made, known, drawn(*size))
    return Plate(made, (left, top))


def _drawn_over(made: Pixels, known: Mask, drawing: Pixels) -> Pixels:
    far = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 3) / (DRAWN_FROM * max(known.shape))
    share = np.clip(far, 0, 1).astype(np.float32)[..., None] * np.float32(DRAWN)
    return np.rint(made + (drawing.astype(np.float32) - made) * share).astype(np.uint8)


def _sheet(pixels: Pixels, back: Transform, size: tuple[int, int], hidden: Mask | None) -> tuple[Pixels, Mask]:
    height, width = pixels.shape[:2]
    shown = np.full((height, width), 255, np.uint8) if hidden is None else np.where(hidden, 0, 255).astype(np.uint8)
    plain = np.array_equal(back[:, :2], np.eye(2)) and np.array_equal(back[:, 2], np.rint(back[:, 2]))
    # Enlarging and shrinking by the affine map alone would alias; a frame that keeps its size is not touched.
    scale = float(np.hypot(back[0, 0], back[1, 0]))
    if scale < 0.75:
        small = max(1, round(width * scale)), max(1, round(height * scale))
        pixels = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.uint8)
        shown = np.asarray(cv2.resize(shown, small, interpolation=cv2.INTER_AREA), np.uint8)
        back = motion.chained(_between_sizes(small, (width, height)), back)
    way = cv2.INTER_NEAREST if plain else cv2.INTER_LINEAR
    laid = cv2.warpAffine(pixels, back, size, flags=way, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(shown, back, size, flags=way, borderValue=0)
    return np.asarray(laid, np.uint8), np.asarray(cover > 250)


def _between_sizes(one: tuple[int, int], two: tuple[int, int]) -> Transform:
    """From the pixels of a picture to those of the same picture at another size."""
    across, down = two[0] / one[0], two[1] / one[1]
    return np.array([[across, 0.0, (across - 1) / 2], [0.0, down, (down - 1) / 2]])


def _median(sheets: list[tuple[Pixels, Mask]], size: tuple[int, int]) -> tuple[Pixels, Mask]:
    """The middle value of what lies over each place, and where anything does; in bands of rows."""
    picture, known = np.zeros((size[1], size[0], 3), np.uint8), np.zeros((size[1], size[0]), np.bool_)
    for top in range(0, size[1], ROWS):
        rows = slice(top, top + ROWS)
        cover = np.stack([mask[rows] for _, mask in sheets])
        count = cover.sum(axis=0)
        # What is not there sorts to the end, so the middle of the rest is at half its number.
        values = np.sort(
            np.stack([np.where(mask[rows][..., None], pixels[rows], np.uint8(255)) for pixels, mask in sheets]), axis=0
        )
        middle = np.maximum(count - 1, 0) // 2
        picture[rows] = np.take_along_axis(values, middle[None, ..., None], axis=0)[0]
        known[rows] = count > 0
    return picture, known


def _lay_under(picture: Pixels, known: Mask, given: Pixels, at: tuple[int, int]) -> None:
    left, top = at
    height, width = given.shape[:2]
    part, seen = picture[top : top + height, left : left + width], known[top : top + height, left : left + width]
    part[~seen] = given[~seen]
    seen[:] = True
