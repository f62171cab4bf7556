"""Checks of the fields of endpoints that make pictures from words."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from gesso.engines.sketch import safety
from gesso.errors import InputError
from gesso.shapes import PRESETS, Size
from gesso.tasks import TextToImage
from tests.engines.sketch.fields.bench import Bench, Pixels, off, rising
from tests.engines.sketch.fields.pictures import depth, edges, half, striped


def prompt(bench: Bench, endpoint: str) -> None:
    """Other words show another thing."""
    cat, boat = (bench.run(endpoint, prompt=words) for words in ("a cat in a meadow", "a sailboat on the sea"))
    assert off(cat.picture, boat.picture) > 15
    assert "cat" in cat.told
    assert "cat" not in boat.told


def image_size(bench: Bench, endpoint: str) -> None:
    """Presets have their size, and numbers are kept exactly."""
    for name, (width, height) in PRESETS.items():
        task = cast("TextToImage", bench.task(endpoint, image_size=name))
        assert task.size == Size(width, height)
    assert bench.run(endpoint, image_size="landscape_16_9").picture.shape == (144, 256, 3)
    own = bench.run(endpoint, image_size={"width": 203, "height": 97}, whole=True)
    assert own.picture.shape == (97, 203, 3)


def aspect_ratio(bench: Bench, endpoint: str) -> None:
    """The picture has the shape."""
    for ratio in ("16:9", "3:4"):
        across, down = (int(part) for part in ratio.split(":"))
        height, width, _ = bench.run(endpoint, aspect_ratio=ratio).picture.shape
        assert abs(width / height / (across / down) - 1) < 0.04


def resolution(bench: Bench, endpoint: str) -> None:
    """2K is twice 1K a side."""
    one, two = (bench.run(endpoint, resolution=word).picture.shape for word in ("1K", "2K"))
    assert two[0] == 2 * one[0]
    assert two[1] == 2 * one[1]


def steps(bench: Bench, endpoint: str) -> None:
    """More steps, more detail."""
    assert rising([roughness(bench.run(endpoint, num_inference_steps=n).picture) for n in (1, 4, 28, 90)])


def seed(bench: Bench, endpoint: str) -> None:
    """The seed decides the picture, and is told."""
    first, other = bench.run(endpoint, seed=11), bench.run(endpoint, seed=12)
    assert first.result.values["seed"] == 11
    assert off(first.picture, other.picture) > 4


def guidance(name: str = "guidance_scale"):
    """More guidance, more contrast."""

    def check(bench: Bench, endpoint: str) -> None:
        pictures = [bench.run(endpoint, **{name: value}).picture for value in (0, 3.5, 20)]
        assert rising([float(picture.astype(float).std()) for picture in pictures], 1)

    return check


def guidance_range(bench: Bench, endpoint: str) -> None:
    """Guidance for a shorter part of the run counts for less."""
    spread = [
        float(bench.run(endpoint, text_guidance_scale=20, **part).picture.astype(float).std())
        for part in (
            {"cfg_range_start": 1.0},
            {"cfg_range_start": 0.5},
            {},
        )
    ]
    assert rising(spread, 0.5)
    ended = [
        float(bench.run(endpoint, text_guidance_scale=20, cfg_range_end=end).picture.astype(float).std())
        for end in (0.0, 0.5, 1.0)
    ]
    assert rising(ended, 0.5)


def num_images(bench: Bench, endpoint: str) -> None:
    """As many pictures as asked, each different, each checked."""
    run = bench.run(endpoint, num_images=2, seed=11)
    first, second = run.pictures
    assert off(first, second) > 4
    assert len(run.result.values["has_nsfw_concepts"]) == 2


def safety_checker(bench: Bench, endpoint: str) -> None:
    """Switched on it can find something, switched off it says that it did not look."""
    on, without = (bench.run(endpoint, enable_safety_checker=flag, threshold=-1) for flag in (True, False))
    assert on.result.values["has_nsfw_concepts"] == [True]
    assert without.result.values["has_nsfw_concepts"] == [False]
    assert "unchecked" in without.told


def safety_tolerance(bench: Bench, endpoint: str) -> None:
    """What is just over the threshold is flagged by a strict checker and passed by a lenient one."""
    score = safety.score(bench.run(endpoint).picture)
    flags = [
        bench.run(endpoint, safety_tolerance=level, threshold=score + 0.02).result.values["has_nsfw_concepts"]
        for level in ("1", "3", "6")
    ]
    assert flags == [[True], [False], [False]]


def output_format(bench: Bench, endpoint: str) -> None:
    """The file is what its name says."""
    assert [bench.run(endpoint, output_format=word).formats for word in ("jpeg", "png")] == [["JPEG"], ["PNG"]]


def acceleration(bench: Bench, endpoint: str) -> None:
    """Faster means painted smaller: less detail."""
    size = {"width": 704, "height": 352}
    choices = [word for word in ("high", "regular", "none") if _takes(bench, endpoint, word)]
    seen = [bench.run(endpoint, whole=True, image_size=size, acceleration=word).picture for word in choices]
    assert len(seen) >= 2
    assert rising([roughness(picture) for picture in seen])


def _takes(bench: Bench, endpoint: str, word: str) -> bool:
    try:
        bench.task(endpoint, acceleration=word)
    except InputError:
        return False
    return True


def negative_prompt(bench: Bench, endpoint: str) -> None:
    """Things that it names are left out, and qualities turned down."""
    words = "a cat and a dog in a meadow"
    both, one = (bench.run(endpoint, prompt=words, negative_prompt=text) for text in ("", "dog"))
    assert "dog" in both.told
    assert "1 x dog" not in one.told
    assert off(both.picture, one.picture) > 2
    dark = bench.run(endpoint, prompt=words, negative_prompt="dark")
    assert dark.picture.mean() > both.picture.mean() + 5


def expand_prompt(name: str):
    """The prompt is written out with what it left open, and the picture follows."""

    def check(bench: Bench, endpoint: str) -> None:
        asked = "a cat"
        short, long = (bench.run(endpoint, prompt=asked, **{name: flag}) for flag in (False, True))
        assert short.result.values["prompt"] == asked
        assert long.result.values["prompt"].startswith(asked + ", ")
        assert long.result.values["prompt"] in long.told
        assert off(short.picture, long.picture) > 2

    return check


def style(first: str, second: str):
    """Each style has its own look; every single one is compared in test_looks and test_vector."""

    def check(bench: Bench, endpoint: str) -> None:
        one, two = (bench.run(endpoint, style=word) for word in (first, second))
        assert off(one.picture, two.picture) > 6
        for run, word in ((one, first), (two, second)):
            assert (run.formats == ["SVG"]) == word.startswith(("vector_illustration", "icon"))

    return check


def colors(bench: Bench, endpoint: str) -> None:
    """The palette's colours come to the fore, each channel of them."""
    plain_ = bench.run(endpoint).picture
    palette = [{"r": 250, "g": 60, "b": 30}, {"r": 30, "g": 20, "b": 60}]
    drawn = bench.run(endpoint, colors=palette).picture
    wanted = np.array([[250, 60, 30], [30, 20, 60]], float)
    assert nearness(drawn, wanted) < nearness(plain_, wanted) - 8


def color_channel(channel: str):
    """More of a channel in the palette, more of it in the picture."""

    def check(bench: Bench, endpoint: str) -> None:
        index = "rgb".index(channel)
        means = [
            float(bench.run(endpoint, colors=[{"r": 90, "g": 90, "b": 90, channel: value}]).picture[..., index].mean())
            for value in (10, 240)
        ]
        assert rising(means, 12)

    return check


def style_id(bench: Bench, endpoint: str) -> None:
    """A look of its own for each id, the same for the same, and said to be only that."""
    none, one, two = (bench.run(endpoint, style_id=word) for word in (None, "4c4a0c1e", "9f3b77aa"))
    assert off(none.picture, one.picture) > 4
    assert off(one.picture, two.picture) > 4
    assert "style_id" in one.told


PALETTE = [[220, 20, 120], [250, 160, 200], [60, 0, 40]]


def lora_path(bench: Bench, endpoint: str) -> None:
    """Gesso's own files show the look that is in them; others one that their bytes decide; names one of their own."""
    plain_ = bench.run(endpoint).picture
    own = bench.run(endpoint, loras=[{"path": bench.lora("pink", PALETTE)}])
    wanted = np.array(PALETTE, float)
    assert nearness(own.picture, wanted) < nearness(plain_, wanted) - 15
    assert "its own look" in own.told
    others = [bench.run(endpoint, loras=[{"path": bench.foreign_lora(f"x{i}", bytes([i]) * 9)}]) for i in range(2)]
    named = bench.run(endpoint, loras=[{"path": "owner/name"}])
    seen = [plain_, *(run.picture for run in (*others, named))]
    assert min(off(a, b) for i, a in enumerate(seen) for b in seen[i + 1 :]) > 3
    assert "no look in it" in others[0].told
    assert "only its name" in named.told


def lora_scale(bench: Bench, endpoint: str) -> None:
    """The look shows more the larger the scale, and not at all at 0."""
    path, plain_ = bench.lora("pink", PALETTE), bench.run(endpoint).picture
    runs = [bench.run(endpoint, loras=[{"path": path, "scale": scale}]).picture for scale in (0, 0.4, 1, 1.5)]
    assert off(runs[0], plain_) == 0
    assert rising([-nearness(picture, np.array(PALETTE, float)) for picture in runs], 1)


def lora_weight_name(bench: Bench, endpoint: str) -> None:
    """Another file of a named repository is another look."""
    one, two = (bench.run(endpoint, loras=[{"path": "o/n", "weight_name": f"{i}.safetensors"}]) for i in range(2))
    assert off(one.picture, two.picture) > 3


def control_image(bench: Bench, endpoint: str) -> None:
    """Edges, depth and photographs are told apart, and each one's forms show."""
    maps = {"lines": edges(), "depth": depth(), "picture": np.ascontiguousarray(striped()[:192])}
    plain_ = bench.run(endpoint).picture
    for word, pixels in maps.items():
        run = bench.run(endpoint, **_net(bench, pixels, word))
        assert word in run.told
        forms = cv2.resize(pixels, plain_.shape[1::-1], interpolation=cv2.INTER_AREA)
        assert likeness(run.picture, forms) > likeness(plain_, forms) + 0.2


def control_scale(bench: Bench, endpoint: str) -> None:
    """The forms show more the larger the scale, and not at all at 0."""
    runs = [bench.run(endpoint, **_net(bench, edges(), "lines", conditioning_scale=s)).picture for s in (0, 0.4, 1)]
    assert off(runs[0], bench.run(endpoint).picture) == 0
    forms = cv2.resize(edges(), runs[0].shape[1::-1], interpolation=cv2.INTER_AREA)
    assert rising([likeness(picture, forms) for picture in runs], 0.03)


def control_part(name: str, values: tuple[float, ...]):
    """The longer the part of the run, the more the forms show; a part without length shows nothing."""

    def check(bench: Bench, endpoint: str) -> None:
        plain_ = bench.run(endpoint).picture
        runs = [bench.run(endpoint, **_net(bench, edges(), "lines", **{name: value})).picture for value in values]
        assert off(runs[0], plain_) == 0
        assert rising([off(picture, plain_) for picture in runs], 0.5)

    return check


def _net(bench: Bench, pixels: Pixels, name: str, **more: float) -> dict[str, object]:
    url = bench.picture(f"control-{name}", pixels)
    return {"image_size": "landscape_4_3", "controlnet": {"path": "o/n", "control_image_url": url, **more}}


def adapter_image(bench: Bench, endpoint: str) -> None:
    """Palette of the reference picture."""
    plain_, loud = bench.run(endpoint).picture, striped()
    run = bench.run(endpoint, **_adapter(bench, loud))
    assert off(run.picture, plain_) > 12
    assert abs(run.picture.mean(axis=(0, 1)) - loud.mean(axis=(0, 1))).mean() < 30


def adapter_scale(bench: Bench, endpoint: str) -> None:
    """The look shows more the larger the scale, and not at all at 0."""
    plain_ = bench.run(endpoint).picture
    runs = [bench.run(endpoint, **_adapter(bench, striped(), scale=scale)).picture for scale in (0, 0.3, 0.6, 1)]
    assert off(runs[0], plain_) == 0
    assert rising([off(picture, plain_) for picture in runs], 1)


def adapter_mask(bench: Bench, endpoint: str) -> None:
    """Where the mask is black the picture stays."""
    mask, plain_ = bench.picture("half", half()), bench.run(endpoint).picture
    picture = bench.run(endpoint, **_adapter(bench, striped(), mask_image_url=mask)).picture
    quarter = plain_.shape[1] // 4
    assert off(picture[:, :quarter], plain_[:, :quarter]) < 1
    assert off(picture[:, -quarter:], plain_[:, -quarter:]) > 12


def adapter_threshold(bench: Bench, endpoint: str) -> None:
    """A higher threshold leaves less of the mask."""
    mask, plain_ = bench.picture("half", half()), bench.run(endpoint).picture
    changed = [
        bench.run(endpoint, **_adapter(bench, striped(), mask_image_url=mask, mask_threshold=value)).picture
        for value in (0.9, 0.5, 0.1)
    ]
    assert rising([float((np.abs(picture.astype(int) - plain_) > 6).mean()) for picture in changed], 0.03)


def _adapter(bench: Bench, pixels: Pixels, **more: object) -> dict[str, object]:
    return {"ip_adapter": {"path": "o/n", "image_url": bench.picture("loud", pixels), **more}}


def roughness(picture: Pixels) -> float:
    """How much fine detail a picture has."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean())


def nearness(picture: Pixels, palette: np.ndarray) -> float:
    """Mean distance of a picture's colours (without their lightness) from the nearest of a palette."""
    lab = cv2.cvtColor(np.ascontiguousarray(picture).astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)[::7]
    aim = cv2.cvtColor(np.asarray(palette, np.float32)[None] / 255, cv2.COLOR_RGB2LAB)[0]
    return float(np.sqrt(((lab[:, None, 1:] - aim[None, :, 1:]) ** 2).sum(axis=2)).min(axis=1).mean())


def likeness(picture: Pixels, forms: Pixels) -> float:
    """Correlation of two pictures' edges."""
    planes = [cv2.GaussianBlur(_slope(pixels), (0, 0), 1.5).ravel() for pixels in (picture, forms)]
    return float(np.corrcoef(planes[0], planes[1])[0, 1])


def _slope(pixels: Pixels) -> np.ndarray:
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
