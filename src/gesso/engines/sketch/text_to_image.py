"""Text to image: read the prompt, paint the place, put the subjects in, set the words, give it a look, write files."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch import pictures, safety, sampling, structure
from gesso.engines.sketch.composition import compose, layout, lettering
from gesso.engines.sketch.scene import places, weather
from gesso.engines.sketch.scene.stage import Stage
from gesso.engines.sketch.style import adapters, finish, looks, vector
from gesso.engines.sketch.words import prompt
from gesso.engines.sketch.words.description import Description, Lettering, sentences
from gesso.errors import InputError
from gesso.shapes import Size
from gesso.tasks import Task, TextToImage

Pixels = npt.NDArray[Any]

WORKING_AREA = 1 << 20
"""Pixels that a scene is composed on; larger pictures are enlarged from there."""

PAINTED_SIDE: Mapping[str, int] = {"none": 680, "regular": 600, "high": 480}
"""By acceleration: the longer side on which the empty scene is painted; things, words and grain come at the working
size."""

LEAST_SIDE = 192
WIDEST = 4.0
"""Aspect beyond which a scene is painted at 4:1 and cut."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One finished picture with what is in it."""

    pixels: Pixels
    placed: list[compose.Placed]
    written: list[lettering.Written]
    parts: tuple[str, ...]


Show = Callable[[Stage, str], None]


def make(task: Task, context: Context) -> Result:
    """Draw `task.num_images` pictures; the i-th is drawn from `seed + i`.

    Raises InputError for a size beyond `options.max_pixels` and for reference pictures that cannot be read.
    """
    order = cast("TextToImage", task)
    size = _size(order, context)
    seed = order.seed if order.seed is not None else secrets.randbits(32)
    found = prompt.parse(order.prompt, order.sampling.negative_prompt)
    if order.expand_prompt:
        order = replace(order, prompt=sampling.expanded(order.prompt, found, seed))
        found = prompt.parse(order.prompt, order.sampling.negative_prompt)
        context.log(f"The prompt written out: {order.prompt}")
    for line in sentences(found):
        context.log(line)
    started = time.perf_counter()
    made: list[Made] = []
    unsafe: list[bool] = []
    parts: list[str] = []
    for i in range(order.num_images):
        number = (seed + i) % 2**63
        log = context.log if i == 0 else _silent
        scene = draw(order, found, size, number, _shower(order, context, size, number, i), log)
        context.progress((i + 0.9) / order.num_images, "drawing")
        ran = list(scene.parts)
        unsafe.append(safety.flagged(scene.pixels, order.safety, context, ran))
        parts += [part for part in ran if part not in parts]
        scene = replace(scene, parts=tuple(ran))
        made.append(_written(order, scene, context, size, number, i))
    context.progress(1.0, "drawn")
    values: dict[str, Any] = {
        "seed": seed,
        "timings": {"inference": round(time.perf_counter() - started, 4)},
        "has_nsfw_concepts": unsafe,
        "prompt": order.prompt,
    }
    return Result({"images": made}, values, tuple(parts))


def draw(
    task: TextToImage,
    found: Description,
    size: Size,
    seed: int,
    show: Show | None = None,
    log: Callable[[str], None] | None = None,
) -> Scene:
    """One picture of exactly `size`, the same for the same arguments."""
    cv2.setNumThreads(1)
    rng = np.random.Generator(np.random.PCG64(seed))
    fast = task.sampling.acceleration == "high"
    width, height = working_size(size, fast)
    look = looks.choose(task.look.style, found.looks)
    alone = looks.is_icon(look) and bool(found.subjects)
    found = replace(found, **ALONE) if alone else found
    setting = places.choose(found, rng)
    stage = places.paint(setting, *_painted_size(width, height, task.sampling.acceleration), rng)
    finish.enlarge(stage, width, height)
    if alone or "plain" in found.features:
        finish.clear(stage, setting.backdrop)
    weather.between(stage, setting.weather)
    _tell(show, stage, "scene")
    bare = stage.picture.copy() if looks.minds_subjects(look) else None
    placed, used = compose.compose(stage, layout.arrange(found, stage), networks=not fast)
    subject = None if bare is None else compose.covered(stage, bare, placed)
    _tell(show, stage, "subjects")
    finish.lamps(stage)
    alone = not placed and len(found.letterings) == 1
    texts = [
        lettering.write(stage, wanted, i, bearer(wanted, placed), alone) for i, wanted in enumerate(found.letterings)
    ]
    written = [text for text in texts if text]
    weather.before(stage, setting.weather)
    _tell(show, stage, "light")
    pixels = finish.bytes_of(stage) if alone else _developed(task, found, stage, grain=0 if look else 0.008)
    looked = looks.apply(look, pixels, rng, networks=not fast, subject=subject)
    pixels, parts = _steered(task, looked.pixels, rng, log or _silent)
    return Scene(fitted(pixels, size), placed, written, (*sorted(used), *looked.parts, *parts))


def bearer(wanted: Lettering, placed: list[compose.Placed]) -> tuple[int, int, int, int] | None:
    """The box of the thing that a text is to stand on; None when it has a carrier of its own."""
    return next((thing.box for thing in placed if thing.subject == wanted.on), None) if wanted.on is not None else None


ALONE: Mapping[str, Any] = {
    "places": ("studio",),
    "features": frozenset[str](),
    "weather": frozenset[str](),
    "time": "",
    "season": "",
    "letterings": (),
    "backdrop": (255, 255, 255),
}
"""What an icon's scene is reduced to: its subjects before white."""


def _developed(task: TextToImage, found: Description, stage: Stage, grain: float) -> Pixels:
    """The stage as samples, with the contrast, detail and tones that the sampling fields ask for."""
    rich = 1.18 if "bright" in found.light else 1.0
    pixels = finish.develop(stage, sampling.contrast(task.sampling), rich=rich, grain=grain)
    return sampling.avoided(sampling.refined(pixels, task.sampling.steps), task.sampling.negative_prompt)


def _steered(
    task: TextToImage, pixels: Pixels, rng: np.random.Generator, log: Callable[[str], None]
) -> tuple[Pixels, tuple[str, ...]]:
    """The picture after its control picture, its reference, its adapters and colours, and the parts that ran."""
    control, reference = task.look.control, task.look.reference
    parts: tuple[str, ...] = ()
    if control:
        picture = pictures.read(control.image)
        pixels = structure.follow(pixels, picture, control.scale, control.start, control.end)
        log(f"Control picture read as {structure.kind(picture)}: forms follow it at scale {control.scale:g}.")
    if reference:
        pixels, parts = adapters.like(pixels, reference, networks=task.sampling.acceleration != "high")
    return adapters.added(pixels, task.look, rng, log, task.prompt), parts


def _silent(_message: str) -> None:
    """For further pictures of one request, which would only say the same again."""


def working_size(size: Size, fast: bool = False) -> tuple[int, int]:
    """Width and height that a scene of `size` is composed at: aspect within 1:4 .. 4:1, a megapixel or so."""
    aspect = min(max(size.aspect, 1 / WIDEST), WIDEST)
    area = min(float(WORKING_AREA) * (0.5 if fast else 1.25), max(float(size.area), 1.0))
    height = (area / aspect) ** 0.5
    scale = max(1.0, LEAST_SIDE / min(height, height * aspect))
    exact = size.width, size.height
    if scale == 1.0 and abs(size.aspect - aspect) < 1e-9 and size.area <= area:
        return exact
    return max(1, round(height * aspect * scale)), max(1, round(height * scale))


def _painted_size(width: int, height: int, acceleration: str) -> tuple[int, int]:
    scale = min(1.0, PAINTED_SIDE[acceleration] / max(width, height))
    return max(2, round(width * scale)), max(2, round(height * scale))


def fitted(pixels: Pixels, size: Size) -> Pixels:
    """Cut to the aspect of `size` around the middle, then resample to it exactly."""
    height, width = pixels.shape[:2]
    if (width, height) == (size.width, size.height):
        return pixels
    scale = max(size.width / width, size.height / height)
    across, down = max(1, min(width, round(size.width / scale))), max(1, min(height, round(size.height / scale)))
    left, top = (width - across) // 2, (height - down) // 2
    cut = np.ascontiguousarray(pixels[top : top + down, left : left + across])
    return cv2.resize(cut, (size.width, size.height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _size(task: TextToImage, context: Context) -> Size:
    control = task.look.control
    size = Size(*pictures.size(control.image)) if control and control.sets_size else task.size
    if size.area > context.options.max_pixels:
        side = int(context.options.max_pixels**0.5)
        msg = f"{size.width}x{size.height} is larger than the {context.options.max_pixels} pixels allowed here."
        raise InputError("image_size", "image_too_large", msg, {"max_height": side, "max_width": side})
    return size


def _facts(task: TextToImage, context: Context, seed: int, parts: tuple[str, ...]) -> Mapping[str, str]:
    """What the file says of itself. No date and no request: the same input gives the same bytes."""
    return {
        "Software": "Gesso",
        "Engine": "sketch",
        "Parts": ", ".join(parts) or "none",
        "Endpoint": context.endpoint,
        "Seed": str(seed),
    }


def _written(task: TextToImage, scene: Scene, context: Context, size: Size, seed: int, number: int) -> Made:
    facts = _facts(task, context, seed, scene.parts)
    path = context.tmp / f"image-{number}.{task.format}"
    if task.format != "svg":
        return pictures.write(scene.pixels, path, task.format, facts)
    return vector.write(scene.pixels, path, size, task.look, facts, seed)


def _tell(show: Show | None, stage: Stage, name: str) -> None:
    if show is not None:
        show(stage, name)


def _shower(task: TextToImage, context: Context, size: Size, seed: int, number: int) -> Show | None:
    """Sends the picture as far as it is, at most a megapixel, to whoever watches."""
    if not context.options.streaming:
        return None

    def show(stage: Stage, name: str) -> None:
        pixels = np.rint(np.clip(stage.picture, 0, 1) * 255).astype(np.uint8)
        if name == "scene":
            _send(cv2.GaussianBlur(pixels, (0, 0), max(1.0, stage.width / 60)), "layout")
        _send(pixels, name)

    def _send(pixels: Pixels, name: str) -> None:
        shown = pixels if size.area > WORKING_AREA else fitted(pixels, size)
        made = pictures.write(
            shown,
            context.tmp / f"preview-{number}-{name}.jpeg",
            "jpeg",
            {"Software": "Gesso", "Engine": "sketch", "Stage": name},
        )
        values = {"seed": seed, "timings": {}, "has_nsfw_concepts": [False], "prompt": task.prompt}
        context.preview(made, values)

    return show
