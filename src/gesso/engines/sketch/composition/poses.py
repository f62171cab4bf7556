"""Figures that do something together or on something: astride, hand in hand, shaking hands, asleep."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from gesso.engines.sketch.composition import bodies, sprites
from gesso.engines.sketch.composition.bodies import SHOE, Body
from gesso.engines.sketch.composition.solids import SIDE, Floats, Pixels, blob, capsule, colour_of, over, to_bytes


def astride(body: Body) -> Pixels:
    """The figure on the back of something that looks to the left: the near leg hangs before it, the other is hidden."""
    canvas = np.zeros(body.pixels.shape, np.float32)
    canvas[: body.hips + 10] = body.pixels[: body.hips + 10]
    # What hangs at the sides of the body, hands and what they hold, goes on below the hips.
    away = np.abs(np.arange(SIDE) - body.middle) > 1.16 * body.half
    reach = slice(body.hips + 10, None)
    canvas[reach, away] = body.pixels[reach, away]
    canvas[body.hips + 62 :] = 0
    hip, knee = (body.middle - 2, body.hips + 4), (body.middle - body.half * 0.86, body.hips + 46)
    foot = body.middle - body.half * 0.62, body.hips + 104
    blob(canvas, (foot[0] - 9, foot[1] + 8), (body.half * 0.50, 11), SHOE)
    capsule(canvas, knee, foot, body.half * 0.30, body.trousers * np.float32(0.92))
    capsule(canvas, hip, knee, body.half * 0.42, body.trousers)
    return to_bytes(canvas)


def pair(name: str) -> Pixels:
    """Two who shake hands, "man&woman": their inner forearms meet in the middle."""
    base, plus, tone = name.partition("+")
    built = [bodies.under_head(f"{who}{plus}{tone}", child=False) for who in base.split("&")]
    shift = 92
    rows = max(body.pixels.shape[0] for body in built)
    canvas = np.zeros((rows, SIDE + 2 * shift, 4), np.float32)
    meet = (SIDE / 2 + shift, rows - SIDE + 196.0)
    for side, body in zip((-1, 1), built, strict=True):
        skin = _hand(body)
        pixels, room = body.pixels.astype(np.float32), body.pixels.shape[0] - SIDE
        rows_ = slice(room + 168, room + 264)
        inner = np.s_[rows_, : int(SIDE / 2 - 38)] if side > 0 else np.s_[rows_, int(SIDE / 2 + 39) :]
        pixels[inner] = 0
        over(canvas, pixels, shift + side * shift, rows - pixels.shape[0])
        elbow = (SIDE / 2 + shift + side * (shift - 47), rows - SIDE + 172.0)
        sleeve = colour_of(np.ascontiguousarray(body.pixels[room + 150 : room + 175, 134:152]), 0, 1)
        capsule(canvas, elbow, (meet[0] + side * 9, meet[1]), 11, sleeve)
        blob(canvas, (meet[0] + side * 4, meet[1]), (13, 12), skin)
    return to_bytes(canvas)


def hand_in_hand(name: str) -> Pixels:
    """Two people side by side whose inner hands touch."""
    base, plus, tone = name.partition("+")
    who = {"men": ("man", "man"), "women": ("woman", "woman")}.get(base.partition("-")[0], ("woman", "man"))
    canvas = np.zeros((SIDE, SIDE, 4), np.float32)
    for side, one in zip((-1, 1), who, strict=True):
        over(canvas, bodies.under_head(f"{one}{plus}{tone}", child=False).pixels.astype(np.float32), side * 62, 0)
    return to_bytes(canvas)


def _hand(body: Body) -> Floats:
    """The colour of the hands that hang at the sides."""
    room = body.pixels.shape[0] - SIDE
    return colour_of(np.ascontiguousarray(body.pixels[room + 232 : room + 252, 130:152]), 0, 1)


def centaur() -> Pixels:
    """A man to the hips where a horse has its neck."""
    horse = sprites.trimmed("horse")
    tall = 300
    wide = round(horse.shape[1] * tall / horse.shape[0])
    horse = cv2.resize(horse, (wide, tall), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    # The neck and the head are above a line that falls from the withers to the chest.
    edge = 0.33 * tall + np.clip(0.34 * wide - columns, 0, None) * 0.60
    horse[..., 3] *= np.where(columns < 0.62 * wide, np.clip(rows - edge, 0, 1), 1)
    man = bodies.under_head("man-beard+light", child=False)
    torso = man.pixels[: man.hips + 52].astype(np.float32)
    skin = colour_of(np.ascontiguousarray(man.pixels[180:240, 134:150]), 0, 1)
    below = (np.arange(len(torso)) > 112)[:, None]
    torso[man.hips + 2 :, SIDE // 2 - 38 : SIDE // 2 + 39] = 0
    light = torso[..., :3].max(axis=2, keepdims=True) / 200
    shirt = (torso[..., 2] > torso[..., 0] + 25) & below
    torso[shirt, :3] = np.clip(skin * np.clip(light[shirt], 0.5, 1.15), 0, 255)
    canvas = np.zeros((SIDE + 110, SIDE, 4), np.float32)
    left, top = (SIDE - wide) // 2, SIDE + 100 - tall
    over(canvas, torso, round(left + 0.27 * wide - SIDE / 2), round(top + 0.52 * tall) - len(torso))
    over(canvas, horse, left, top)
    return to_bytes(canvas)


def unicorn() -> Pixels:
    """A white horse with a horn and a coloured mane."""
    pixels = sprites.trimmed("horse").astype(np.float32)
    light = pixels[..., :3].max(axis=2)
    rows = np.linspace(0, 1, len(pixels), dtype=np.float32)[:, None]
    dark = np.clip((88 - light) / 12, 0, 1)[..., None]
    mane = np.stack([246 - 70 * rows, 120 + 40 * rows, 190 + 50 * rows], axis=2) * np.ones((*light.shape, 1))
    coat = np.clip(light / 132, 0.62, 1.06)[..., None] * np.array([238.0, 232, 244])
    pixels[..., :3] = np.clip(coat * (1 - dark) + mane * np.clip(light / 60, 0.7, 1.2)[..., None] * dark, 0, 255)
    room = 40
    canvas = np.zeros((pixels.shape[0] + room, pixels.shape[1] + room, 4), np.float32)
    over(canvas, pixels, room, room)
    brow = np.array([room + 0.17 * pixels.shape[1], room + 0.10 * pixels.shape[0]])
    for k in range(9):
        at = brow + np.array([-3.0, -5.2]) * k
        blob(canvas, (float(at[0]), float(at[1])), (7.0 - 0.6 * k, 4.5 - 0.3 * k), np.array([250.0, 206, 92]))
    return to_bytes(canvas)


def lying(name: str, *, asleep: bool) -> Pixels:
    """An animal with a face that lies on the ground, its head on its paws; asleep its eyes are shut."""
    head = sprites.trimmed(name)
    scale = 170 / max(head.shape[:2])
    head = cv2.resize(head, (round(head.shape[1] * scale), round(head.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    fur, belly = colour_of(head, 0.25, 0.6), colour_of(head, 0.72, 1.0)
    head = _eyes_shut(head, fur) if asleep else head
    canvas, ground = np.zeros((SIDE, SIDE, 4), np.float32), 360
    blob(canvas, (232, ground - 64), (124, 66), fur)
    blob(canvas, (300, ground - 46), (62, 47), fur * np.float32(0.96))
    for start, end in (((352, 330), (330, 348)), ((330, 348), (260, 352)), ((260, 352), (226, 350))):
        capsule(canvas, start, end, 15, fur * np.float32(0.92))
    blob(canvas, (222, 350), (17, 13), belly)
    for x in (62, 150):
        blob(canvas, (x, ground - 14), (36, 15), belly)
    over(canvas, head.astype(np.float32), 108 - head.shape[1] // 2, ground - 10 - head.shape[0])
    return to_bytes(canvas)


def _eyes_shut(head: Pixels, fur: Floats) -> Pixels:
    """The two dark spots on both sides of the middle, above the nose, become arcs."""
    rows, columns = head.shape[:2]
    dark = ((head[..., :3].max(axis=2) < 112) & (head[..., 3] > 200)).astype(np.uint8)
    _, labels, stats, middles = cv2.connectedComponentsWithStats(dark)
    done = head.copy()
    for k, (x, y) in enumerate(middles):
        wide, high, area = (int(v) for v in stats[k, 2:5])
        away = abs(x - columns / 2) / columns
        if k == 0 or not (0.06 < away < 0.34 and 0.30 < y / rows < 0.72 and 0.001 < area / rows / columns < 0.02):
            continue
        if high < 0.9 * wide:
            continue  # a whisker or a mouth
        spot = cv2.dilate((labels == k).astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)
        ring = cv2.dilate(spot.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool) & ~spot & (head[..., 3] > 200)
        done[spot, :3] = np.median(head[ring][:, :3], axis=0) if ring.any() else fur
        size = max(5, round(0.75 * high)), max(3, round(0.40 * high))
        cv2.ellipse(done, (round(x), round(y)), size, 0, 15, 165, (58, 40, 48, 255), 3, cv2.LINE_AA)
    return done


WHOLE: Mapping[str, Callable[[], Pixels]] = {"centaur": centaur, "unicorn": unicorn}
"""Creatures of which there is no whole sprite, by their name."""
