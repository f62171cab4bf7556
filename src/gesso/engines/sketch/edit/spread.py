"""Gaps filled smoothly from their rims."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.edit.canvas import Plane


def spread(picture: Plane, hole: npt.NDArray[np.bool_]) -> Plane:
    """The hole filled smoothly from its rim: averages go up a pyramid of what is known and come down into the gap."""
    return np.where(hole[..., None], _pull(picture, (~hole).astype(np.float32)), picture).astype(np.float32)


def _pull(picture: Plane, weight: Plane) -> Plane:
    own = picture * weight[..., None]
    if min(weight.shape) <= 2:
        total = max(float(weight.sum()), 1e-6)
        return np.broadcast_to(own.sum(axis=(0, 1)) / total, picture.shape).astype(np.float32)
    size = (weight.shape[1] + 1) // 2, (weight.shape[0] + 1) // 2
    small = np.asarray(cv2.resize(weight, size, interpolation=cv2.INTER_AREA), np.float32)
    mean = cv2.resize(own, size, interpolation=cv2.INTER_AREA) / np.maximum(small, 1e-6)[..., None]
    coarse = _pull(np.asarray(mean, np.float32), np.minimum(small * 2, 1))
    up = cv2.resize(coarse, (weight.shape[1], weight.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(own + up * (1 - weight[..., None]), np.float32)
