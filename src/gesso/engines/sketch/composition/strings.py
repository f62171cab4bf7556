"""Strings: from a kite or a balloon down to the hand that holds it, or to somebody beyond the picture."""

from __future__ import annotations

import cv2
import numpy as np

from gesso.engines.sketch.composition.items import Item
from gesso.engines.sketch.scene.light import lit
from gesso.engines.sketch.scene.stage import Stage

STRUNG = frozenset({"kite", "balloon"})
AT: dict[str, tuple[float, float]] = {"kite": (0.66, 0.44), "balloon": (0.62, 0.96)}
"""Where the string is tied, in shares of width and height of the sprite as it is drawn."""


def tie(stage: Stage, item: Item, host: Item | None) -> None:
    """Draw the string of a kite or of a balloon that is held; one that hangs through, as wind lets it."""
    held = host is not None and item.subject.relation in ("held", "with")
    if not held and (item.subject.sprite != "kite" or stage.surface in ("air", "deep") or not stage.horizon):
        return
    across, down = AT[item.subject.sprite]
    left, top, _, _ = item.box
    start = np.array([left + (1 - across if item.flip else across) * item.width, top + down * item.height])
    if host is not None and held:
        side = 1.0 if item.x > host.x else -1.0
        end = np.array([host.x + side * 0.40 * host.width, host.base - 0.42 * host.height])
    else:
        end = np.array([stage.width * (0.18 if item.x > stage.width / 2 else 0.82), stage.height * 1.02])
    at = np.linspace(0, 1, 24)[:, None]
    sag = np.array([0.0, 0.10 * float(np.hypot(*(end - start)))])
    line = start + (end - start) * at + sag * 4 * at * (1 - at)
    colour = lit((0.96, 0.95, 0.92), stage.light, 0.9)
    points = [np.rint(line * 8).astype(np.int32)]
    stage.picture = np.ascontiguousarray(stage.picture)
    cv2.polylines(stage.picture, points, False, colour, max(1, round(stage.height / 420)), cv2.LINE_AA, 3)
