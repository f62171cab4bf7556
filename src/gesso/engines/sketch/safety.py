"""How likely a picture is unsafe to show at work: Yahoo's open_nsfw network (BSD-2), run in onnxruntime.

It was trained on photographs and says little about drawings. The input is prepared as the authors did, JPEG included.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt

from gesso.engines.engine import Context
from gesso.engines.sketch.runtime import run
from gesso.tasks import Safety

#: What ran, for the record.
NAME = "open_nsfw"
#: From this score a picture counts as unsafe; the authors call 0.8 "high probability".
THRESHOLD = 0.8

#: How far one step of tolerance moves the threshold: little, within what the score can tell apart.
STEP = 0.04
#: The tolerance at which the threshold is the setting's own.
USUAL_TOLERANCE = 2

_ASSET = "safety/open-nsfw.onnx"
_MEAN_BGR = np.array([104, 117, 123], np.float32)
_SIDE, _CROP = 256, 224


def score(rgb: npt.NDArray[np.uint8]) -> float:
    """The network's probability (0..1) for (height, width, 3) uint8; alpha, if there is any, is seen over white."""
    return float(run(_ASSET, _prepared(rgb))[0, 1])


def unsafe(rgb: npt.NDArray[np.uint8]) -> bool:
    """Whether the picture reaches the threshold."""
    return score(rgb) >= THRESHOLD


def limit(setting: float, tolerance: int | None) -> float:
    """The score from which a picture counts as unsafe, where the order tolerates this much (none: as usual)."""
    steps = 0 if tolerance is None else tolerance - USUAL_TOLERANCE
    return min(0.99, setting + STEP * steps)


def flagged(rgb: npt.NDArray[np.uint8], asked: Safety, context: Context, parts: list[str]) -> bool:
    """Whether a result counts as unsafe by what its order asked; notes the network in `parts`, the score in the log."""
    if not asked.check:
        context.log("The safety checker was switched off by the input: has_nsfw_concepts says false, unchecked.")
        return False
    if NAME not in parts:
        parts.append(NAME)
    found, threshold = score(rgb), limit(context.options.safety_threshold, asked.tolerance)
    verdict = "flagged as unsafe" if found >= threshold else "passed"
    context.log(f"Safety score {found:.3f}: {verdict} at {threshold:.2f} ({NAME}).")
    return found >= threshold


def _prepared(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    from PIL import Image

    image = Image.fromarray(rgb)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
    image = image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    margin = (_SIDE - _CROP) // 2
    image = image.crop((margin, margin, margin + _CROP, margin + _CROP))
    jpeg = io.BytesIO()  # the network was trained on pictures that had been through JPEG, and is sensitive to it
    image.save(jpeg, "JPEG")
    with Image.open(jpeg) as again:
        pixels = np.asarray(again, np.float32)
    return np.ascontiguousarray(pixels[None, :, :, ::-1] - _MEAN_BGR)
