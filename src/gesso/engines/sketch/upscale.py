"""Super-resolution by two small networks on the CPU, with a classical fall-back.

"span" (SPAN, 48 channels, Apache-2.0) keeps photographs sharp and faithful; "drawn" (Real-ESRGAN animevideov3, BSD-3)
cleans and sharpens drawn or rendered pictures. Both run in ncnn; without it Lanczos stands in, and `name` says so.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import pairwise, product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch import assets

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]
Model = Literal["span", "drawn"]
Factor = Literal[2, 4]

#: Largest width and height of a tile and the margin around it that is computed and thrown away, in input pixels. Wide
#: ones waste least on margins for their memory, which is some 300 MB each. The margin covers what the networks see of
#: their surroundings: in two pictures at most two values in ten thousand differed by more than a level from one tile's.
TILE_WIDTH, TILE_HEIGHT, MARGIN = 432, 256, 10
#: Least share of a block of working memory that must be used again for it to be used again: 15 % less memory than
#: ncnn's own 0, which lets a small one occupy a large one.
REUSED = 0.5
#: Tiles at a time; each is computed by one thread, so their number changes no byte.
THREADS = 2
#: Pixels that the picture's own border is continued by; a border has no seam to hide.
RIM = 4
#: Share of its own size at which a sprite goes through the network: half the work, and its few clean edges come out as
#: sharp.
REDUCED = 0.7
#: How much steeper an upscaled outline is made, per factor; 1 would leave Lanczos' soft edge.
EDGE = 0.55

#: How deep inside `warm` we are.
_WARM: list[None] = []
_FILES: dict[Model, str] = {"span": "span", "drawn": "animevideov3"}


def upscale(pixels: Pixels, factor: Factor, model: Model = "span") -> Pixels:
    """Enlarge (height, width, 3 or 4) uint8 by 2 or 4, tiles on two threads; the same input gives the same bytes.

    With alpha (straight, not premultiplied) the colours are first bled outwards, so no dark rim appears, and the
    outline is sharpened separately.
    """
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8:
        raise ValueError(f"expected (height, width, 3 or 4) uint8, got {pixels.shape} {pixels.dtype}")
    if pixels.shape[2] == 3:
        with warm():
            return _colours(pixels, factor, model)
    with warm():
        colours = _colours(bleed(pixels), factor, model)
    return np.dstack([colours, _outline(pixels[:, :, 3], factor)])


def sprite(pixels: Pixels, scale: float) -> Pixels:
    """Enlarge a sprite, (height, width, 4) uint8, `scale` (1 to 4) times for showing it as `name(4, "drawn")` draws it.

    The network enlarges by four whatever is asked; it gets as small a copy as `scale` and `REDUCED` allow.
    """
    import cv2

    height, width = round(pixels.shape[0] * scale), round(pixels.shape[1] * scale)
    share = max(REDUCED, scale / 4) if available() else 1.0
    alpha = pixels[:, :, 3:].astype(np.float32) / 255
    whole = np.dstack([pixels[:, :, :3] * alpha, alpha])
    seen: Any = cv2.resize(whole, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    small = np.rint(_pull_push(seen[:, :, :3], seen[:, :, 3:])).astype(np.uint8)
    with warm():
        colours = _colours(small, 4, "drawn")
    sized: Any = cv2.resize(colours, (width, height), interpolation=cv2.INTER_AREA)
    return np.dstack([sized, _outline(pixels[:, :, 3], scale)])


@contextmanager
def warm() -> Generator[None]:
    """Keep the networks' working memory (about 400 MB) between calls inside the block; it is given back at the end.

    Not for several threads at once: a worker process makes one picture at a time.
    """
    _WARM.append(None)
    try:
        yield
    finally:
        _WARM.pop()
        if not _WARM and _pools.cache_info().currsize:
            for pool in _pools():
                pool.clear()


def name(factor: Factor, model: Model = "span") -> str:
    """What `upscale` runs here, for the record: "span-x4", "animevideov3-x2"... or "lanczos"."""
    return f"{_FILES[model]}-x{factor}" if available() else "lanczos"


@cache
def available() -> bool:
    """Whether ncnn is installed; its wheels exist for fewer systems than Gesso runs on."""
    return importlib.util.find_spec("ncnn") is not None


def bleed(pixels: Pixels) -> Pixels:
    """Fill the colours of transparent pixels from their visible neighbours: (height, width, 4) -> (height, width, 3).

    Pull-push: averages go up a pyramid weighted by alpha, and come down where nothing is visible.
    """
    alpha = pixels[:, :, 3:].astype(np.float32) / 255
    filled = _pull_push(pixels[:, :, :3].astype(np.float32) * alpha, alpha)
    return np.where(pixels[:, :, 3:] == 255, pixels[:, :, :3], np.rint(filled)).astype(np.uint8)


def _pull_push(weighted: Floats, weight: Floats) -> Floats:
    own = weighted / np.maximum(weight, 1e-6)
    if max(weight.shape[:2]) == 1:
        return own
    coarse = _pull_push(_halved(weighted), _halved(weight))
    coarse = coarse.repeat(2, axis=0).repeat(2, axis=1)[: weight.shape[0], : weight.shape[1]]
    # A pixel that is hardly visible has a colour too, but a coarse one: eight bits times alpha leave little of it.
    trust = np.minimum(weight * 8, 1)
    return own * trust + coarse * (1 - trust)


def _halved(values: Floats) -> Floats:
    height, width = values.shape[:2]
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4


def _colours(rgb: Pixels, factor: Factor, model: Model) -> Pixels:
    if not available():
        return _lanczos(rgb, factor)
    height, width = rgb.shape[:2]
    out = np.empty((height * factor, width * factor, 3), np.uint8)
    padded = np.pad(rgb, ((RIM, RIM), (RIM, RIM), (0, 0)), mode="edge")

    def tile(place: tuple[tuple[int, int], tuple[int, int]]) -> None:
        (top, bottom), (left, right) = place
        y, x = max(0, top + RIM - MARGIN), max(0, left + RIM - MARGIN)
        made = _run(padded[y : bottom + RIM + MARGIN, x : right + RIM + MARGIN], factor, model)
        down, across = (top + RIM - y) * factor, (left + RIM - x) * factor
        kept = made[down : down + (bottom - top) * factor, across : across + (right - left) * factor]
        out[top * factor : bottom * factor, left * factor : right * factor] = kept

    places = list(product(_parted(height, TILE_HEIGHT), _parted(width, TILE_WIDTH)))
    _net(f"{_FILES[model]}-x{factor}")  # loaded once, before two threads ask for it
    with ThreadPoolExecutor(THREADS, thread_name_prefix="tile") as pool:
        for _ in pool.map(tile, places):
            pass
    return out


def _parted(side: int, most: int) -> list[tuple[int, int]]:
    """Where the tiles along a side begin and end: few, and of one size, so that no thread waits for the other."""
    count = -(-side // most)
    edges = [side * number // count for number in range(count + 1)]
    return list(pairwise(edges))


def _run(rgb: Pixels, factor: Factor, model: Model) -> Pixels:
    ncnn = _library()
    net = _net(f"{_FILES[model]}-x{factor}")
    height, width = rgb.shape[:2]
    mat: Any = ncnn.Mat.from_pixels(np.ascontiguousarray(rgb), ncnn.Mat.PixelType.PIXEL_RGB, width, height)
    mat.substract_mean_normalize([], [1 / 255.0] * 3)
    extractor = net.create_extractor()
    extractor.input(net.input_names()[0], mat)
    failed, result = extractor.extract(net.output_names()[0])
    if failed:
        raise RuntimeError(f"ncnn could not run {name(factor, model)} on {width}x{height}: code {failed}")
    planes = np.array(result)  # a copy: the pool takes its memory back
    return np.rint(np.clip(planes.transpose(1, 2, 0), 0, 1) * 255).astype(np.uint8)


@cache
def _library() -> Any:
    """ncnn, whose compiled module tells type checkers nothing."""
    return importlib.import_module("ncnn")


@cache
def _pools() -> tuple[Any, Any]:
    """The memory that all networks share, so that it can be given back; ncnn's own stays with the process."""
    ncnn = _library()
    pools = ncnn.PoolAllocator(), ncnn.PoolAllocator()
    for pool in pools:
        pool.set_size_compare_ratio(REUSED)
    return pools


@cache
def _net(file: str) -> Any:
    net: Any = _library().Net()
    net.opt.num_threads = 1
    net.opt.blob_allocator, net.opt.workspace_allocator = _pools()
    param, weights = (str(assets.path(f"upscale/{file}.{kind}")) for kind in ("param", "bin"))
    if net.load_param(param) or net.load_model(weights):
        raise RuntimeError(f"ncnn could not load {file}")
    return net


def _lanczos(values: Pixels, factor: int) -> Pixels:
    from PIL import Image

    image = Image.fromarray(values)
    size = (image.width * factor, image.height * factor)
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS))


def _outline(alpha: Pixels, factor: float) -> Pixels:
    """Enlarge an alpha plane; edges are steepened between their surroundings' extremes, so half-transparency stays."""
    import cv2

    size = round(alpha.shape[1] * factor), round(alpha.shape[0] * factor)
    square = np.ones((3, 3), np.uint8)
    planes = alpha, cv2.erode(alpha, square), cv2.dilate(alpha, square)
    smooth, low, high = (cv2.resize(plane, size, interpolation=cv2.INTER_CUBIC).astype(np.float32) for plane in planes)
    span = np.maximum(high - low, 1e-3)
    steep = np.clip(((smooth - low) / span - 0.5) * (factor * EDGE) + 0.5, 0, 1)
    return np.rint(np.clip(low + steep * span, 0, 255)).astype(np.uint8)
