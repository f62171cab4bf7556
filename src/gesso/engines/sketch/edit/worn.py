"""What people wear, and their hair: told by where it is on them, and by its colour."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.edit import tones
from gesso.engines.sketch.edit.canvas import Plane
from gesso.engines.sketch.edit.steps import Target
from gesso.engines.sketch.edit.view import Region, View
from gesso.engines.sketch.edit.words import CLOTHES


def clothes(target: Target, view: View) -> Region | None:
    """The main colour of the thing in front, below its head and near its middle."""
    if target.noun not in CLOTHES or view.front is None:
        return None
    top, tall, middle, wide = _figure(view)
    body = view.front * (1 - tones.SKIN.match(view.lab))
    above = slice(0, top + round(0.20 * tall))
    # The shoulder beside a head that leans forward is no head.
    peak = np.nonzero(view.front[top : top + max(2, tall // 12)].max(axis=0) > 0.5)[0]
    if view.faces:
        left, _, across, _ = view.faces[0]
        sides = left - across, left + 2 * across
    else:
        sides = int(peak.min()) - tall // 10, int(peak.max()) + tall // 10
    body[above, max(0, sides[0]) : max(0, sides[1])] = 0
    if view.people is not None and view.faces:
        body *= 1 - _head(view, view.front)
    waist = top + round(0.62 * tall)
    if target.noun in ("skirt", "pants", "trousers", "jeans"):
        body[: top + round(0.5 * tall)] = 0
    elif tall > 1.6 * wide and target.noun not in ("suit", "spacesuit", "dress", "coat", "uniform", "costume"):
        upper = body.copy()
        upper[waist:] = 0
        tone = tones.main(view.lab, upper)
        below = body[waist : waist + max(2, tall // 20)] > 0.5
        same = tone.match(view.lab[waist : waist + max(2, tall // 20)])[below] if tone and below.any() else np.zeros(1)
        # Below the waist it goes on only where it does not change its colour there.
        body = body if float(same.mean()) > 0.4 else upper
    # A network's outline of people needs no other bounds.
    reach = max(wide * 0.75, tall * 0.2) if view.people is None else body.shape[1]
    columns = np.abs(np.arange(body.shape[1]) - middle) > reach
    body[:, columns] = 0
    tone = tones.main(view.lab, body)
    return Region(body, tone, "the thing in front, without head and skin") if tone else None


def _figure(view: View) -> tuple[int, int, float, float]:
    """Top row and height of what is in front, and the middle and usual width of its upper half."""
    front = view.front if view.front is not None else np.ones(view.rgb.shape[:2], np.float32)
    if view.faces:
        left, top, wide, high = view.faces[0]
        top = max(0, top - round(high * 0.4))
        tall = min(len(front) - top, round(high * 7))
        return top, tall, left + wide / 2, wide * 2.2
    rows = np.nonzero(front.max(axis=1) > 0.5)[0]
    top, tall = int(rows[0]), int(np.ptp(rows)) + 1
    upper = front[top : top + max(2, tall // 2)] > 0.5
    columns = np.nonzero(upper)[1]
    return top, tall, float(np.median(columns)), float(np.median(upper.sum(axis=1)))


def hair(target: Target, view: View) -> Region | None:
    """What has the colour of the head's upper rim, on the head."""
    if target.noun != "hair" or view.front is None:
        return None
    if view.people is not None and view.faces:
        return Region(_head(view, view.front), None, "the people's mask about the face")
    top, tall, middle, _ = _figure(view)
    rim = view.front.copy()
    low = max(3, round(0.09 * tall))
    if view.faces:
        _, face_top, wide, high = view.faces[0]
        top, tall = max(0, face_top - round(0.5 * high)), round(2.6 * high)
        low = max(2, face_top - top - round(0.06 * high))
        rim[:, np.abs(np.arange(rim.shape[1]) - middle) > wide * 0.4] = 0
    rim[: top + round(0.02 * tall)] = 0
    rim[top + low :] = 0
    values = view.lab[rim > 0.5]
    if len(values) < 8:
        return None
    centre, spread = np.median(values, axis=0), np.maximum(values.std(axis=0) * 2.2, (14, 5, 7))
    near = (np.abs(view.lab - centre) / spread).max(axis=2) < 1.0
    near &= view.front > 0.5
    near[top + round(0.5 * tall) :] = False
    reach = 0.25 * tall
    near[:, np.abs(np.arange(near.shape[1]) - middle) > max(reach, 8)] = False
    mask = cv2.morphologyEx(near.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    touching = np.unique(labels[rim > 0.5])
    kept = np.isin(labels, touching[touching > 0])
    return Region(kept.astype(np.float32), None, "the colour of the head's upper rim") if count > 1 else None


def _head(view: View, front: Plane) -> Plane:
    """The people's mask about each face and above its chin, without the face, and without skin below the brows."""
    near = np.zeros_like(front)
    for left, top, wide, high in view.faces:
        x, over = left + wide / 2, max(0, round(top - 0.9 * high))
        sides = max(0, round(x - wide)), round(x + wide) + 1
        near[over : round(top + 0.95 * high), sides[0] : sides[1]] = 1
        brows = slice(round(top + 0.35 * high), round(top + 0.95 * high))
        near[brows, sides[0] : sides[1]] *= tones.SKIN.match(view.lab[brows, sides[0] : sides[1]]) < 0.7
    size = max(3, round(max(front.shape) / 130)) | 1
    face = cv2.dilate(view.face_mask, np.ones((size, size), np.uint8))
    return np.asarray(front * near * np.clip(1 - 1.2 * face, 0, 1), np.float32)
