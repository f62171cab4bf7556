"""Where the camera is at each frame: the moves of `directions` as paths of pan, truck, zoom, dolly and roll.

A path starts at the picture as it is, so that the first frame is the given one, and for a loop it comes back to it.
Pan, tilt, zoom and roll move all that is seen alike; truck, pedestal and dolly move what is near more than what is far.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.video.directions import Move

Plane = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]

MOST_MARGIN = 0.24
"""Share of a side that the camera may look beyond the picture; moves that would go farther are made smaller."""

USUAL_SECONDS = 2.0
"""A move that has less time than this goes less far."""


@dataclass(frozen=True, slots=True)
class Pose:
    """The camera at one frame. Shifts are shares of the width and height, to the right and down; `roll` in degrees.

    A positive roll leans the camera to the left. `zoom` scales all; `dolly` adds to the scale of what is near. All
    zero and `zoom` 1 is the picture as it is.
    """

    pan: tuple[float, float] = (0.0, 0.0)
    truck: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    dolly: float = 0.0
    roll: float = 0.0

    def shift(self, depth: float) -> tuple[float, float]:
        """How far the view of a thing at `depth` (0 far .. 1 near) is shifted."""
        return self.pan[0] + self.truck[0] * depth, self.pan[1] + self.truck[1] * depth

    def scale(self, depth: float) -> float:
        """How much larger a thing at `depth` is seen."""
        return self.zoom * (1 + self.dolly * depth)


_PATHS: Mapping[str, Mapping[str, float]] = {
    # move: what it adds to each of the camera's values at its end
    "pan left": {"pan_x": -0.15},
    "pan right": {"pan_x": 0.15},
    "tilt up": {"pan_y": -0.13},
    "tilt down": {"pan_y": 0.13},
    "truck left": {"truck_x": -0.20},
    "truck right": {"truck_x": 0.20},
    "pedestal up": {"truck_y": -0.16},
    "pedestal down": {"truck_y": 0.16},
    "zoom in": {"zoom": 0.34},
    "zoom out": {"zoom": -0.28},
    "dolly in": {"dolly": 0.42, "zoom": 0.08},
    "dolly out": {"dolly": -0.20, "zoom": -0.12},
    "orbit left": {"truck_x": -0.20, "pan_x": 0.12},
    "orbit right": {"truck_x": 0.20, "pan_x": -0.12},
    "crane up": {"truck_y": -0.20, "pan_y": 0.09, "dolly": -0.06},
    "crane down": {"truck_y": 0.20, "pan_y": -0.09, "dolly": 0.06},
    "roll left": {"roll": 7.0, "zoom": 0.10},
    "roll right": {"roll": -7.0, "zoom": 0.10},
    "aerial": {"truck_y": -0.10, "dolly": 0.26, "zoom": 0.04},
    "vertigo": {"dolly": 0.55, "zoom": -0.22},
    "creep": {"dolly": 0.13, "zoom": 0.03},
}
_KEYS = ("pan_x", "pan_y", "truck_x", "truck_y", "zoom", "dolly", "roll")

IDLE = Move("creep")
"""What a camera does that was told nothing: it comes a little nearer."""


def path(moves: Iterable[Move], count: int, fps: float, *, loop: bool, rng: np.random.Generator) -> list[Pose]:
    """The pose at each of `count` frames."""
    curves = {key: np.zeros(count) for key in _KEYS}
    seconds = count / fps
    for move in moves:
        if move.kind in ("shake", "handheld"):
            _unsteady(curves, move, seconds, loop, rng)
            continue
        ease = _eased(move, count, loop)
        reach = move.strength * min(1.0, (move.end - move.start) * seconds / USUAL_SECONDS)
        for key, amount in _PATHS.get(move.kind, {}).items():
            curves[key] = curves[key] + amount * reach * ease
    return _within([_pose(curves, i) for i in range(count)])


def _eased(move: Move, count: int, loop: bool) -> Curve:
    """How far a move has come at each frame: 0 before it, 1 after it; there and back for a loop."""
    share = np.arange(count) / max(1, count if loop else count - 1)
    along = np.clip((share - move.start) / max(1e-6, move.end - move.start), 0, 1)
    if loop:
        return np.sin(np.pi * along) ** 2
    # Most of the way at an even speed: an ease over the whole length would look like a machine starting.
    soft = along * along * (3 - 2 * along)
    return 0.65 * along + 0.35 * soft


def _unsteady(curves: dict[str, Curve], move: Move, seconds: float, loop: bool, rng: np.random.Generator) -> None:
    """Sums of sines that start at nothing: a hand's sway, or a jolting camera's shake."""
    count = len(curves["zoom"])
    time = np.arange(count) / count
    shaking = move.kind == "shake"
    sizes = {"pan_x": 0.009, "pan_y": 0.011, "roll": 0.5} if shaking else {"pan_x": 0.007, "pan_y": 0.006, "roll": 0.35}
    rates = (5.1, 7.3, 9.7) if shaking else (0.23, 0.61, 1.07)
    active = _window(time, move)
    for key, size in sizes.items():
        sway = np.zeros(count)
        for rate in rates:
            turns = max(1.0, round(rate * seconds)) if loop else rate * seconds
            phase = float(rng.uniform(0, 2 * np.pi))
            sway += (np.sin(2 * np.pi * turns * time + phase) - np.sin(phase)) / len(rates)
        curves[key] = curves[key] + sway * size * move.strength * active
    curves["zoom"] = curves["zoom"] + 0.03 * np.minimum(active, np.minimum(1, time * 6))


def _window(time: Curve, move: Move) -> Curve:
    into, out = np.clip((time - move.start) * 20, 0, 1), np.clip((move.end - time) * 20, 0, 1)
    return np.minimum(into if move.start > 0 else np.ones_like(time), out if move.end < 1 else np.ones_like(time))


def _pose(curves: Mapping[str, Curve], i: int) -> Pose:
    value = {key: float(curve[i]) for key, curve in curves.items()}
    # A zoom out is as slow to the eye as a zoom in when the scale falls by shares, not by steps.
    zoom = 1 + value["zoom"] if value["zoom"] >= 0 else 1 / (1 - value["zoom"])
    return Pose(
        (value["pan_x"], value["pan_y"]), (value["truck_x"], value["truck_y"]), zoom, value["dolly"], value["roll"]
    )


def margin(poses: Iterable[Pose]) -> float:
    """The share of a side that these poses look beyond the picture."""
    return max((max(_beyond(pose, 0), _beyond(pose, 1)) for pose in poses), default=0.0)


def _beyond(pose: Pose, axis: int) -> float:
    wanted = 0.0
    turned = abs(pose.roll) * np.pi / 180 * 0.5
    for depth in (0.0, 1.0):
        room = 0.5 * (1 - 1 / max(0.2, pose.scale(depth)))
        wanted = max(wanted, abs(pose.shift(depth)[axis]) + turned - room)
    return wanted


def _within(poses: list[Pose]) -> list[Pose]:
    most = margin(poses)
    if most <= MOST_MARGIN:
        return poses
    less = MOST_MARGIN / most
    return [
        Pose(
            (pose.pan[0] * less, pose.pan[1] * less),
            (pose.truck[0] * less, pose.truck[1] * less),
            1 + (pose.zoom - 1) * (less if pose.zoom < 1 else 1),
            pose.dolly * (less if pose.dolly < 0 else 1),
            pose.roll,
        )
        for pose in poses
    ]


def follow(poses: list[Pose], shifts: list[tuple[float, float]]) -> list[Pose]:
    """The poses, kept on a thing that has moved by `shifts` (shares of the frame): what stands still moves instead."""
    moved = [
        Pose((pose.pan[0] + x, pose.pan[1] + y * 0.5), pose.truck, pose.zoom, pose.dolly, pose.roll)
        for pose, (x, y) in zip(poses, shifts, strict=True)
    ]
    most = reduce(max, (abs(pose.pan[0]) for pose in moved), 0.0)
    less = min(1.0, MOST_MARGIN / most) if most else 1.0
    return [
        Pose((pose.pan[0] * less, pose.pan[1] * less), pose.truck, pose.zoom, pose.dolly, pose.roll) for pose in moved
    ]
