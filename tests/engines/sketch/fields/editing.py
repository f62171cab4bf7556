"""Checks of the fields of endpoints that work on given pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from gesso.engines.sketch import safety
from tests.engines.sketch.edit.world import ball
from tests.engines.sketch.fields.bench import Bench, Pixels, off, rising
from tests.engines.sketch.fields.drawing import roughness
from tests.engines.sketch.fields.pictures import meadow, plain, portrait, striped, tinted


def image_url(bench: Bench, endpoint: str) -> None:
    """The result is of the picture that is given: its size, and most of it."""
    field = "input_image_urls" if "input_image_urls" in bench.base[endpoint] else "image_url"
    urls = [bench.picture("meadow", meadow()), bench.picture("portrait", portrait())]
    one, two = (bench.run(endpoint, **{field: [url] if field.endswith("s") else url}).picture for url in urls)
    assert off(one, two) > 20


def image_urls(bench: Bench, endpoint: str) -> None:
    """The first is edited, the second lends its colours."""
    first, red = bench.picture("meadow", meadow()), bench.picture("red", plain((200, 40, 40)))
    green = bench.picture("green", plain((40, 160, 60)))
    words = "give the first image the colours of the second image"
    one, two = (bench.run(endpoint, prompt=words, image_urls=[first, second]).picture for second in (red, green))
    assert one.shape[:2] == meadow().shape[:2]
    assert one[..., 1].mean() - one[..., 0].mean() < two[..., 1].mean() - two[..., 0].mean() - 20


def input_image_urls(bench: Bench, endpoint: str) -> None:
    """None makes a picture from words, one is edited, a second lends its colours."""
    first, loud = bench.picture("meadow", meadow()), bench.picture("loud", striped())
    words = "give the first image the colours of the second image"
    new = bench.run(endpoint, prompt="a cat in a meadow")
    edited = bench.run(endpoint, prompt="make it brighter", input_image_urls=[first])
    both = bench.run(endpoint, prompt=words, input_image_urls=[first, loud])
    assert "cat" in new.told
    assert edited.picture.mean() > bench.run(endpoint, prompt="nothing", input_image_urls=[first]).picture.mean() + 5
    assert off(both.picture, edited.picture) > 8


def instruction(bench: Bench, endpoint: str) -> None:
    """What it says is done, and nothing where it is not understood."""
    before = meadow()
    bright, grey = (
        bench.run(endpoint, prompt=words).picture for words in ("make it brighter", "make it black and white")
    )
    assert bright.mean() > before.mean() + 5
    assert np.ptp(grey.astype(int), axis=2).mean() < 6
    same = bench.run(endpoint, prompt="frobnicate the whatsit")
    assert off(same.picture, before) < 2
    assert "unchanged" in same.told


def painted_prompt(bench: Bench, endpoint: str) -> None:
    """Other words lead to another picture."""
    one, two = (bench.run(endpoint, prompt=words).picture for words in ("a snowy forest at night", "a beach at noon"))
    assert off(one, two) > 8


def background_prompt(bench: Bench, endpoint: str) -> None:
    """The background becomes what it says, and the person stays."""
    night, beach = (bench.run(endpoint, prompt=words).picture for words in ("a plain blue wall", "a plain red wall"))
    corner = night[:40, :40].astype(float).mean(axis=(0, 1)), beach[:40, :40].astype(float).mean(axis=(0, 1))
    assert corner[0][2] - corner[0][0] > 30
    assert corner[1][0] - corner[1][2] > 30
    assert off(night[110:150, 115:145], beach[110:150, 115:145]) < 40


def removal_prompt(bench: Bench, endpoint: str) -> None:
    """What it names goes, the rest stays."""
    gone = bench.run(endpoint, prompt="the red ball", output_format="png").picture
    there = ball(-8)
    assert off(gone[there], meadow()[there]) > 25
    assert off(gone[~ball(14)], meadow()[~ball(14)]) < 1.5


def guidance(
    name: str = "guidance_scale", values: tuple[float, ...] = (0, 2, 8), prompt: str | None = "make it brighter"
):
    """More guidance makes more of the edit."""

    def check(bench: Bench, endpoint: str) -> None:
        words = {} if prompt is None else {"prompt": prompt}
        still = _start(bench, endpoint)
        runs = [bench.run(endpoint, **words, **{name: value}).picture for value in values]
        assert rising([off(picture, still) for picture in runs], 0.02)

    return check


def inpaint_guidance(bench: Bench, endpoint: str) -> None:
    """More guidance does more of what the prompt says to what the reference lends."""
    runs = [bench.run(endpoint, prompt="make it brighter", guidance_scale=value).picture for value in (0, 2, 8)]
    assert rising([float(picture[:, 250:].mean()) for picture in runs], 2)


def image_guidance(bench: Bench, endpoint: str) -> None:
    """More image guidance keeps more of the picture."""
    url = [bench.picture("meadow", meadow())]
    runs = [
        bench.run(endpoint, prompt="make it brighter", input_image_urls=url, image_guidance_scale=value).picture
        for value in (4, 2, 0.5)
    ]
    assert rising([float(picture.mean()) for picture in runs], 1)


def steps(prompt: str | None = "make it brighter"):
    """More steps, more detail in what the edit changes."""

    def check(bench: Bench, endpoint: str) -> None:
        words = {} if prompt is None else {"prompt": prompt}
        runs = [bench.run(endpoint, **words, num_inference_steps=count).picture for count in (1, 6, 30, 90)]
        assert rising([roughness(picture) for picture in runs])

    return check


def seed(prompt: str | None = None):
    """The seed is told; what the edit paints follows it."""

    def check(bench: Bench, endpoint: str) -> None:
        words = {} if prompt is None else {"prompt": prompt}
        runs = [bench.run(endpoint, **words, seed=number) for number in (3, 4)]
        assert [run.result.values["seed"] for run in runs] == [3, 4]
        if prompt is not None:
            assert off(runs[0].picture, runs[1].picture) > 0.2

    return check


def num_images(bench: Bench, endpoint: str) -> None:
    """As many pictures as asked, each checked."""
    run = bench.run(endpoint, num_images=2)
    assert len(run.pictures) == len(run.result.values["has_nsfw_concepts"]) == 2


def safety_tolerance(bench: Bench, endpoint: str) -> None:
    """A strict checker flags what a lenient one lets pass; the log says it where the output has no place for it."""
    score = safety.score(bench.run(endpoint).picture)
    runs = [bench.run(endpoint, safety_tolerance=level, threshold=score + 0.02) for level in ("1", "6")]
    assert [run.result.values["has_nsfw_concepts"] for run in runs] == [[True], [False]]
    assert "flagged" in runs[0].told
    assert "flagged" not in runs[1].told


def aspect_ratio(bench: Bench, endpoint: str) -> None:
    """The result has the shape, and else the picture's own."""
    for ratio in ("16:9", "3:4"):
        across, down = (int(part) for part in ratio.split(":"))
        height, width, _ = bench.run(endpoint, aspect_ratio=ratio).picture.shape
        assert abs(width / height / (across / down) - 1) < 0.05


def resolution_mode(bench: Bench, endpoint: str) -> None:
    """The picture's own size, the nearest of the usual ones, or a shape."""
    shapes = [bench.run(endpoint, resolution_mode=word).picture.shape[:2] for word in ("match_input", "auto", "1:1")]
    assert shapes[0] == meadow().shape[:2]
    assert 0.9 < shapes[1][0] * shapes[1][1] / 1024**2 < 1.15
    assert abs(shapes[2][0] - shapes[2][1]) <= 2


def strength(*, keeps: bool = False):
    """From the picture itself to the prompt's own, in steps of one direction."""

    def check(bench: Bench, endpoint: str) -> None:
        order = (1, 0.7, 0.3, 0) if keeps else (0, 0.3, 0.7, 1)
        still = _start(bench, endpoint)
        away = [off(bench.run(endpoint, strength=value).picture, still) for value in order]
        assert away[0] < 4
        assert rising(away, 2)

    return check


def style(bench: Bench, endpoint: str) -> None:
    """Each style has its own look, and vector styles are SVG."""
    words = ("realistic_image/hdr", "digital_illustration/pixel_art", "vector_illustration/line_art")
    runs = [bench.run(endpoint, style=word) for word in words]
    assert [run.formats for run in runs] == [["WEBP"], ["WEBP"], ["SVG"]]
    assert min(off(a.picture, b.picture) for i, a in enumerate(runs) for b in runs[i + 1 :]) > 6


def negative_prompt(bench: Bench, endpoint: str) -> None:
    """Things that it names are not painted, and qualities are turned down."""
    words = {"prompt": "a cat and a dog in a meadow", "strength": 1}
    if "strength" not in bench.base[endpoint]:
        url = [bench.picture("meadow", meadow())]
        words = {"prompt": "make it black and white", "input_image_urls": url}
    plain_, dark = (bench.run(endpoint, **words, negative_prompt=text).picture for text in ("", "dark"))
    assert dark.mean() > plain_.mean() + 5


def acceleration(bench: Bench, endpoint: str) -> None:
    """Faster means painted smaller where something is painted: less detail."""
    large = bench.picture("large", plain((120, 140, 160), 352, 704))
    runs = [bench.run(endpoint, image_url=large, strength=1, acceleration=word) for word in ("high", "regular", "none")]
    assert rising([roughness(run.picture) for run in runs])


def lora_path(bench: Bench, endpoint: str) -> None:
    """A LoRA's look shows in the result."""
    still = bench.run(endpoint).picture
    one, two = (
        bench.run(endpoint, loras=[{"path": bench.lora(name, colours)}]).picture
        for name, colours in (("pink", [[220, 20, 120], [60, 0, 40]]), ("lime", [[120, 220, 20], [20, 60, 0]]))
    )
    assert off(one, still) > 3
    assert off(one, two) > 3


def lora_scale(bench: Bench, endpoint: str) -> None:
    """It shows more the larger the scale, and not at all at 0."""
    path, still = bench.lora("pink", [[220, 20, 120], [60, 0, 40]]), bench.run(endpoint).picture
    runs = [bench.run(endpoint, loras=[{"path": path, "scale": scale}]).picture for scale in (0, 0.4, 1)]
    assert off(runs[0], still) == 0
    assert rising([off(picture, still) for picture in runs], 0.5)


def mask_url(bench: Bench, endpoint: str) -> None:
    """Outside the mask nothing changes."""
    right, left = np.zeros((240, 320, 3), np.uint8), np.zeros((240, 320, 3), np.uint8)
    right[:, 220:], left[:, :100] = 255, 255
    for name, mask in (("right", right), ("left", left)):
        picture = bench.run(endpoint, mask_url=bench.picture(name, mask)).picture
        inside = mask[..., 0] > 0
        assert off(picture[~inside], meadow()[~inside]) == 0
        assert off(picture[inside], meadow()[inside]) > 12


def reference_image_url(bench: Bench, endpoint: str) -> None:
    """What the reference shows appears under the mask."""
    urls = [bench.picture("red", plain((200, 40, 40))), bench.picture("blue", plain((40, 60, 210)))]
    red, blue = (bench.run(endpoint, reference_image_url=url).picture[:, 250:].astype(float) for url in urls)
    assert (red[..., 0] - red[..., 2]).mean() > (blue[..., 0] - blue[..., 2]).mean() + 60


def inpaint_prompt(bench: Bench, endpoint: str) -> None:
    """It changes what the reference lends."""
    one, two = (bench.run(endpoint, prompt=words).picture for words in ("make it brighter", "make it black and white"))
    assert off(one, two) > 2


def inpaint_strength(bench: Bench, endpoint: str) -> None:
    """The higher, the less of what was there is left."""
    runs = [bench.run(endpoint, strength=value).picture for value in (0, 0.4, 0.8, 1)]
    assert rising([off(picture, meadow()) for picture in runs], 0.5)


def sharpness(name: str, values: tuple[float, ...], mode: str, *, falling: bool = False, **rest: float):
    """A setting of one method, in its own direction; `rest` are further fields of each run."""

    def check(bench: Bench, endpoint: str) -> None:
        runs = [bench.run(endpoint, sharpen_mode=mode, **rest, **{name: value}).picture for value in values]
        seen = [off(picture, tinted()) for picture in runs]
        assert rising(seen[::-1] if falling else seen)

    return check


def sharpen_mode(bench: Bench, endpoint: str) -> None:
    """Three methods, three results."""
    runs = [bench.run(endpoint, sharpen_mode=word).picture for word in ("basic", "smart", "cas")]
    assert min(off(a, b) for i, a in enumerate(runs) for b in runs[i + 1 :]) > 0.3
    assert roughness(runs[0]) > roughness(tinted())


def detect_prompt(bench: Bench, endpoint: str) -> None:
    """A box around what is named, none for what is not there."""
    found, none = (bench.run(endpoint, prompt=words).result.values["objects"] for words in ("red circle", "zebra"))
    assert list(none) == []
    assert len(found) == 1
    box: Any = found[0] if isinstance(found[0], dict) else found[0].model_dump()
    assert abs((box["x_min"] + box["x_max"]) / 2 - 0.5) < 0.05
    assert abs((box["y_min"] + box["y_max"]) / 2 - 150 / 240) < 0.06


def detect_image(bench: Bench, endpoint: str) -> None:
    """Another picture, other finds."""
    there = bench.run(endpoint, prompt="red circle").result.values["objects"]
    empty = bench.run(endpoint, prompt="red circle", image_url=bench.picture("blue", plain((40, 60, 210))))
    assert len(list(there)) == 1
    assert list(empty.result.values["objects"]) == []


def detect_preview(bench: Bench, endpoint: str) -> None:
    """The picture with the boxes, only where asked for."""
    runs = [bench.run(endpoint, prompt="red circle", preview=flag) for flag in (False, True)]
    assert [bool(run.result.files.get("images")) for run in runs] == [False, True]


def _start(bench: Bench, endpoint: str) -> Pixels:
    """The picture that an endpoint's base input starts from, in the result's shape."""
    url: Any = bench.base[endpoint].get("image_url") or bench.base[endpoint]["image_urls"][0]
    from tests.engines.sketch.fields.bench import opened

    still = opened(bench.files[url])
    shaped = bench.base[endpoint].get("aspect_ratio")
    return still if shaped is None else bench.run(endpoint, strength=1).picture
