"""Frames of a shot: its background through the camera, its things moved and seen at their depth, weather and light.

At the first frame the camera stands at the picture, all motion is at its beginning, and the picture comes out as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from gesso.engines.sketch.video import blending
from gesso.engines.sketch.video.acts import Motion
from gesso.engines.sketch.video.camera import Pose
from gesso.engines.sketch.video.nature import Layer
from gesso.engines.sketch.video.shot import Pixels, Plane, Shot, Thing

FAR = 0.22
"""Depth of what lies at and beyond the horizon: it moves this share of what the nearest ground does."""


CELL = 4
"""Side of the cells, in pixels, at whose middles the camera's view is worked out; in between lie straight lines."""


def _middles(side: int) -> Plane:
    """Where the middles of the cells are along a side, from one before it to one behind it."""
    return (np.arange(-1, -(-side // CELL) + 1, dtype=np.float32) + np.float32(0.5)) * CELL - np.float32(0.5)


def depth_at(row: Any, horizon: float, height: int) -> Any:
    """Depth of the ground at a row (a number or an array) of the frame: 0.22 at the horizon, 1 at the lower edge."""
    below = np.clip((row - horizon) / max(1.0, height - horizon), 0, 1)
    return FAR + (1 - FAR) * below


class Renderer:
    """Renders the frames of one shot, in any order."""

    def __init__(
        self,
        shot: Shot,
        poses: Sequence[Pose],
        motions: Sequence[Motion],
        *,
        surfaces: Sequence[Layer] = (),
        veils: Sequence[Layer] = (),
        origin: int = 0,
    ) -> None:
        """`surfaces` change the background before the camera sees it, `veils` the finished frame.

        `origin` is the frame at which the picture is as it was given.
        """
        self.shot, self.poses, self.motions = shot, poses, motions
        self._surfaces, self._veils, self._origin = surfaces, veils, origin
        # From the frame's middle, with a cell more on each side: there enlarging would have nothing to go on.
        self._x, self._y = (_middles(side) - np.float32((side - 1) / 2) for side in (shot.width, shot.height))

    def frame(self, i: int) -> Pixels:
        """Frame `i` as (H, W, 3) uint8."""
        source = self.shot.background
        if self._surfaces:
            source = source.copy()
            for layer in self._surfaces:
                layer.apply(source, abs(i - self._origin))
        picture = self._seen(source, self.poses[i])
        for thing, motion in zip(self.shot.things, self.motions, strict=True):
            self._shade(picture, thing, motion, i)
            self._put(picture, thing, motion, i)
        for veil in self._veils:
            veil.apply(picture, i)
        return picture

    def _seen(self, source: Pixels, pose: Pose) -> Pixels:
        """The background through the camera: rows of ground move the more, the nearer they are."""
        shot = self.shot
        left, top = shot.margin
        if pose == Pose():
            return np.ascontiguousarray(source[top : top + shot.height, left : left + shot.width]).copy()
        middle_x, middle_y = (shot.width - 1) / 2, (shot.height - 1) / 2
        x, y = self._x[None, :], self._y[:, None]
        if abs(pose.roll) > 1e-3:
            cos, sin = np.float32(np.cos(np.radians(pose.roll))), np.float32(np.sin(np.radians(pose.roll)))
            x, y = cos * x + sin * y, cos * y - sin * x
        row = y / np.float32(pose.zoom) + np.float32(middle_y + pose.pan[1] * shot.height)
        depth = depth_at(row, shot.horizon, shot.height).astype(np.float32)
        near = 1 / (np.float32(pose.zoom) * (1 + np.float32(pose.dolly) * depth))
        across = (np.float32(pose.pan[0]) + np.float32(pose.truck[0]) * depth) * shot.width
        down = (np.float32(pose.pan[1]) + np.float32(pose.truck[1]) * depth) * shot.height
        map_x = self._enlarged(x * near + (across + np.float32(middle_x + left)))
        map_y = self._enlarged(y * near + (down + np.float32(middle_y + top)))
        return blending.remapped(source, map_x, map_y, cv2.BORDER_REFLECT_101)

    def _enlarged(self, plane: Plane) -> Plane:
        """A plane known at the middles of cells, at every pixel of the frame."""
        rows, columns = len(self._y), len(self._x)
        plane = np.ascontiguousarray(np.broadcast_to(plane, (rows, columns)))
        large = cv2.resize(plane, (columns * CELL, rows * CELL), interpolation=cv2.INTER_LINEAR)
        return np.asarray(large[CELL : CELL + self.shot.height, CELL : CELL + self.shot.width], np.float32)

    def _put(self, picture: Pixels, thing: Thing, motion: Motion, i: int) -> None:
        matrix = self._matrix(thing, motion, i)
        layer = _warped(thing.pixels, matrix, picture.shape[:2], 0)
        if layer is None:
            return
        pixels, (left, top, right, bottom) = layer
        if motion.seen[i] < 0.999:
            pixels = cv2.convertScaleAbs(pixels, alpha=float(motion.seen[i]))
        blending.over(picture[top:bottom, left:right], pixels)

    def _matrix(self, thing: Thing, motion: Motion, i: int) -> Plane:
        """From the thing's own pixels to the frame's, 2x3."""
        pose = self.poses[i]
        turn = np.radians(motion.turn[i])
        cos, sin = np.cos(turn), np.sin(turn)
        wide, high = motion.wide[i], motion.high[i]
        own = np.array([[cos * wide, sin * high], [-sin * wide, cos * high]])
        foot = np.array([thing.width / 2, thing.base + (thing.height / 2 - thing.base) * motion.middle])
        place = np.array([thing.left + foot[0] + motion.x[i], thing.top + foot[1] + motion.y[i]])
        return self._through(own, place - own @ foot, pose, thing.depth)

    def _through(self, own: Any, at: Any, pose: Pose, depth: float) -> Plane:
        shot, scale = self.shot, pose.scale(depth)
        shift = np.array(pose.shift(depth)) * (shot.width, shot.height)
        middle = np.array([(shot.width - 1) / 2, (shot.height - 1) / 2])
        roll = np.radians(pose.roll)
        seen = scale * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        return np.column_stack([seen @ own, seen @ (at - middle - shift) + middle])

    def _shade(self, picture: Pixels, thing: Thing, motion: Motion, i: int) -> None:
        """The shadow goes along on the ground; it is fainter when the thing is high above it."""
        if thing.shade is None:
            return
        x, y = thing.shade_at
        place = np.array((x + motion.x[i], y + motion.y[i] + motion.lift[i]))
        matrix = self._through(np.diag([1.0, 1.0]), place, self.poses[i], thing.depth)
        layer = _warped(cv2.cvtColor(thing.shade, cv2.COLOR_RGB2RGBA), matrix, picture.shape[:2], 255)
        if layer is None:
            return
        shade, (left, top, right, bottom) = layer
        strength = float(motion.seen[i]) / (1 + 2.0 * float(motion.lift[i]) / max(1, thing.height))
        if strength < 0.999:
            shade = cv2.addWeighted(shade, strength, shade, 0, 255 * (1 - strength))
        part = picture[top:bottom, left:right]
        cv2.multiply(part, blending.rgb(shade), part, scale=1 / 255)


def _warped(pixels: Pixels, matrix: Any, size: tuple[int, ...], empty: int) -> tuple[Pixels, tuple[int, ...]] | None:
    """A layer through an affine map, and the part (left, top, right, bottom) of a frame that it covers."""
    height, width = pixels.shape[:2]
    corners = matrix @ np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]], np.float64)
    left, top = (max(0, int(np.floor(value)) - 1) for value in corners.min(axis=1))
    right, bottom = (
        min(limit, int(np.ceil(value)) + 2) for value, limit in zip(corners.max(axis=1), size[1::-1], strict=True)
    )
    if right - left < 1 or bottom - top < 1:
        return None
    own = matrix.copy()
    own[:, 2] -= (left, top)
    border = (empty,) * 4
    shrinks = abs(np.linalg.det(matrix[:, :2])) < 0.3
    if shrinks and min(height, width) > 8:
        pixels = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        own[:, :2] *= (width / (width // 2), height / (height // 2))
    warped = cv2.warpAffine(pixels, own, (right - left, bottom - top), flags=cv2.INTER_LINEAR, borderValue=border)
    return np.asarray(warped), (left, top, right, bottom)
