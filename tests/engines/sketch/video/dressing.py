"""A LoRA with a look of its own for tests of videos, and how much of it is seen in one."""

from __future__ import annotations

import json

import cv2
import numpy as np

from gesso.endpoint import LORA_RULE
from gesso.engines.sketch.style import swatch
from gesso.media import Media
from gesso.tasks import Look, Lora
from tests.engines.sketch.video.cutting_room import Film, Room


def magenta(room: Room, scale: float) -> Look:
    """A LoRA whose set was magenta, with coarse grain."""
    patch = np.random.default_rng(0).normal(0, 20, (swatch.SIDE, swatch.SIDE, 1)).repeat(3, axis=2)
    look = {
        "palette": [[60, 10, 50], [140, 30, 120], [230, 60, 200]],
        "texture": {"grain": 0.2, "contrast": 0.5, "edge": 0.4},
        "swatch": swatch.Swatch(patch.astype(np.float32), 1.0).stated(),
    }
    header = json.dumps({"__metadata__": {"gesso.look": json.dumps(look)}}).encode()
    path = room.folder() / "magenta.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return Look(loras=(Lora("magenta", scale, file=Media("https://example.com/m", ("loras", 0), LORA_RULE, path)),))


def magentaness(film_: Film) -> float:
    red, green, blue = (float(np.mean([frame[..., i].mean() for frame in film_.frames])) for i in range(3))
    return (red + blue) / 2 - green


def roughness(film_: Film) -> float:
    """What is fine in the last frame, levels of 255."""
    grey = film_.frames[-1].mean(axis=2).astype(np.float32)
    return float(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.5)).mean())
