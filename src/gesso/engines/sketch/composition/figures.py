"""Whole figures and their poses: a head or bust gets a body, who sits gets bent legs, who lies tucks them in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.composition import bodies, costumes, poses, sprites

Pixels = npt.NDArray[Any]
Pose = Literal["", "sitting", "lying", "sleeping", "astride", "bust", "face"]

CHILDREN = frozenset({"baby", "child", "boy", "girl", "baby-angel"})
HEADLESS_ANIMALS = frozenset({"robot", "alien"})
"""Faces outside the animals that get an animal's seated body."""

LEGS = 0.30
"""Share of a four-legged animal's height that is legs; who lies hides nearly all of it."""


@lru_cache(maxsize=96)
def figure(name: str, whole: bool = True, pose: Pose = "") -> Pixels:
    """The sprite in a pose, trimmed to its visible box, (h, w, 4) uint8; without `whole` a head or bust stays one."""
    if not whole or pose == "face":
        return sprites.trimmed(name)
    if pose == "bust":
        return _trimmed(bodies.shoulders(name)) if head_only(name) else sprites.trimmed(name)
    built = _built(name, pose)
    if built is None:
        drawn = _drawn(name, pose)
        return sprites.trimmed(name) if drawn is None else _trimmed(drawn)
    if pose == "astride":
        return _trimmed(poses.astride(built))
    return _trimmed(bodies.seated(built) if pose == "sitting" else built.pixels)


def _built(name: str, pose: Pose) -> bodies.Body | None:
    """The body under a person's head or bust, or a standing person to be seated; None for all others."""
    base = name.partition("+")[0]
    if "&" in name or base in HEADLESS_ANIMALS:
        return None
    if head_only(name):
        return bodies.under_head(name, _whose(base) in CHILDREN)
    if sprites.info(name).stance == "bust":
        return bodies.under_bust(name)
    return bodies.standing(name) if pose in ("sitting", "astride") and base.endswith("-standing") else None


def _drawn(name: str, pose: Pose) -> Pixels | None:
    """Creatures and pairs of which there is no sprite, or none in this pose; None where the sprite is shown."""
    info, base = sprites.info(name), name.partition("+")[0]
    if "&" in name:
        return poses.pair(name)
    if base.endswith(sprites.HAND_IN_HAND):
        return poses.hand_in_hand(name)
    if base in poses.WHOLE:
        return poses.WHOLE[base]()
    if pose in ("lying", "sleeping") and lies(name):
        face = sprites.portrait(name)
        known = sprites.info(face).stance == "face"
        return poses.lying(face, asleep=pose == "sleeping") if known else _tucked(sprites.trimmed(name))
    facing = (info.stance == "face" and info.group == "animals-nature") or base in HEADLESS_ANIMALS
    return bodies.sitting_animal(name) if facing else None


def head_only(name: str) -> bool:
    """Whether a sprite is a person's head and nothing more."""
    info = sprites.info(name)
    return info.stance == "face" and info.group == "people-body"


def _whose(base: str) -> str:
    """Whose head a figure has: a boy in costume is a boy."""
    return costumes.split(base)[0] or base


def childlike(name: str) -> bool:
    """Whether a figure has a child's proportions."""
    return _whose(name.partition("+")[0]) in CHILDREN


def lies(name: str) -> bool:
    """Whether a sprite is an animal on four legs, seen from its side or by its face."""
    info = sprites.info(name)
    return info.stance in ("ground", "face") and info.subgroup == "animal-mammal"


def seats(name: str) -> bool:
    """Whether a figure can be shown seated."""
    return head_only(name) or sprites.info(name).stance == "bust" or name.partition("+")[0].endswith("-standing")


def metres(name: str) -> float:
    """How tall the whole figure is in life; a bust's own figure only counts what it shows."""
    info, base = sprites.info(name), name.partition("+")[0]
    if _whose(base) in CHILDREN:
        return 0.7 if base == "baby" else 1.15
    if info.stance == "bust" or head_only(name):
        return 1.7
    if info.stance == "face" and info.group == "animals-nature":
        return max(0.5, info.metres)
    return info.metres


def _trimmed(built: Pixels) -> Pixels:
    ys, xs = np.nonzero(built[..., 3] > 8)
    cut = np.ascontiguousarray(built[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])
    cut.setflags(write=False)
    return cut


def _tucked(pixels: Pixels) -> Pixels:
    """An animal with its legs under it: what is below the belly is cut, with a soft round edge."""
    rows, columns = pixels.shape[:2]
    keep = int(rows * (1 - LEGS))
    belly = pixels[int(rows * 0.62) : keep, :, 3] > 128
    inside = np.nonzero(belly.all(axis=0))[0]
    left, right = (int(inside[0]), int(inside[-1])) if len(inside) else (0, columns - 1)
    at = np.abs(np.linspace(-1, 1, max(2, right - left + 1), dtype=np.float32))
    lift = np.full(columns, rows * 0.10, np.float32)
    lift[left : right + 1] = rows * 0.07 * at**6
    depth = keep - lift[None, :] - np.arange(rows, dtype=np.float32)[:, None]
    done = pixels.copy()
    done[..., 3] = (done[..., 3] * np.clip(depth + 0.5, 0, 1)).astype(np.uint8)
    return done
