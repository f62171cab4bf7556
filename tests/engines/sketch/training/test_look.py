"""What a set looks like, measured; and shown again by a sketch that is given the LoRA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from gesso.engines.sketch.style import adapters, swatch
from gesso.engines.sketch.training import examples
from gesso.engines.sketch.training.look import look, measured
from gesso.media import Media
from gesso.shapes import MediaRule
from gesso.tasks import Look, Lora
from tests.engines.sketch.training.sets import Training, pictures

TEAL, CREAM = (10, 120, 120), (250, 240, 200)


def lab(colours: object) -> np.ndarray:
    return cv2.cvtColor(np.array(colours, np.float32).reshape(1, -1, 3) / 255, cv2.COLOR_RGB2LAB)[0]


def flat(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((64, 64, 3), colour, np.uint8)


def test_a_sketch_reads_the_look_back_and_shows_it(tmp_path: Path):
    done = Training(pictures(4, colours=(TEAL, CREAM)), tmp_path, number_of_steps=60)
    found = adapters.read_look(done.lora)
    assert found.own
    assert [list(colour) for colour in found.palette] == done.look["palette"]
    rng = np.random.default_rng(0)
    before = np.clip(rng.normal((200, 60, 60), 40, (64, 64, 3)), 0, 255).astype(np.uint8)
    after = adapters.dress(before, found, 1.0, np.random.Generator(np.random.PCG64(1)))
    far = [
        np.linalg.norm(lab(one)[:, None] - lab([TEAL, CREAM])[None], axis=2).min(axis=1).mean()
        for one in (before, after)
    ]
    assert far[1] < 0.75 * far[0]


def test_the_most_frequent_colour_comes_first_and_few_colours_are_repeated():
    found = look([measured([flat(TEAL)]), measured([flat(TEAL)]), measured([flat(CREAM)])])
    assert len(found["palette"]) == 6
    assert np.abs(np.array(found["palette"][0]) - TEAL).max() <= 2
    assert any(np.abs(np.array(colour) - CREAM).max() <= 2 for colour in found["palette"])


@pytest.mark.parametrize("name", ["grain", "contrast", "edge"])
def test_textures_grow_with_what_they_measure(name: str):
    rng = np.random.default_rng(3)
    stripes = np.repeat((np.arange(64) // 8 % 2)[None], 64, axis=0)[..., None]

    def picture(amount: float) -> np.ndarray:
        if name == "grain":
            values = 128 + rng.normal(0, 20 * amount, (64, 64, 1))
        else:
            values = 128 + (stripes - 0.5) * 200 * amount
        return np.repeat(np.clip(values, 0, 255).astype(np.uint8), 3, axis=2)

    seen = [look([measured([picture(amount)])])["texture"][name] for amount in (0.0, 0.3, 0.8)]
    assert seen == sorted(seen)
    assert seen[2] > seen[0] + 0.2
    assert seen[0] >= 0
    assert seen[2] <= 1


def woven(thread: int = 12, side: int = 256) -> np.ndarray:
    """Turquoise and orange threads, a cloth that repeats every two of them."""
    rows, columns = np.mgrid[:side, :side]
    over = ((rows // thread + columns // thread) % 2)[..., None]
    return np.where(over, (30, 175, 170), (235, 120, 30)).astype(np.uint8)


def test_a_swatch_goes_on_as_the_cloth_does():
    cloth = cv2.resize(woven(), (512, 512), interpolation=cv2.INTER_NEAREST)
    found = swatch.measured(cloth)
    assert found.even > 0.9
    more = swatch.drawn(swatch.read(found.stated()).patch, 512, 512, np.random.Generator(np.random.PCG64(2)))

    def strongest(picture: np.ndarray) -> np.ndarray:
        waves = np.abs(np.fft.rfft2(picture[..., 0] - picture[..., 0].mean()))[:256]
        return np.array(np.unravel_index(int(waves.argmax()), waves.shape))

    assert np.abs(strongest(more) - strongest(cloth.astype(np.float32))).max() <= 1
    assert more.std() == pytest.approx(cloth.std(axis=(0, 1)).mean(), rel=0.25)


def test_pictures_of_things_have_no_even_texture():
    rng = np.random.default_rng(4)
    picture = np.full((400, 400, 3), 200, np.uint8)
    for x, y in rng.integers(40, 360, (6, 2)).tolist():
        cv2.circle(picture, (x, y), 35, rng.integers(0, 255, 3).tolist(), -1)
    assert swatch.measured(picture).even < 0.2


@pytest.mark.parametrize("stated", [{}, {"even": 0.5, "pixels": "?"}, {"even": 0.5, "pixels": "AAAA"}])
def test_a_broken_swatch_is_refused(stated: dict[str, Any]):
    with pytest.raises((ValueError, KeyError)):
        swatch.read(stated)


class Shown:
    """A grey picture in a LoRA's look, by its scale and the prompt."""

    def __init__(self, lora: Path) -> None:
        self.file, self.lines = lora, list[str]()

    def __call__(self, prompt: str, scale: float = 1.0) -> np.ndarray:
        media = Media("https://example.com/l.safetensors", ("loras", 0, "path"), MediaRule("weights"), self.file)
        look = Look(loras=(Lora(media.url, scale, None, media),))
        grey = np.repeat(np.tile(np.arange(60, 188, dtype=np.uint8), (128, 1))[..., None], 3, axis=2)
        rng = np.random.Generator(np.random.PCG64(5))
        return adapters.added(grey, look, rng, self.lines.append, prompt).astype(np.float32)


@pytest.fixture(scope="module")
def cloth(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    files = {f"{i}.png": cv2.imencode(".png", woven(11 + i % 2)[..., ::-1])[1].tobytes() for i in range(3)}
    tmp = tmp_path_factory.mktemp("cloth")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examples, "PICTURE_AREA", 64 * 64)  # the network's; the look is measured on whole pictures
        return Shown(Training(files, tmp, number_of_steps=60, trigger_phrase="wvn cloth").lora)


def test_the_scale_and_the_trigger_phrase_say_how_much_of_a_lora_shows(cloth: Shown):
    grey = cloth("a hill", 0.0)
    apart = [float(np.abs(cloth("A hill, WVN  cloth.", scale) - grey).mean()) for scale in (0.2, 0.6, 1.0)]
    assert apart[2] > 1.4 * apart[1] > 1.9 * apart[0] > 5
    cloth.lines.clear()
    cloth("a wvn cloth")
    assert cloth.lines == ["LoRA https://example.com/l.safetensors: its own look, palette and texture, at scale 1."]
    assert float(np.abs(cloth("a hill of wvn clothes") - grey).mean()) < 0.6 * apart[2]
    assert any('lacks the trigger phrase "wvn cloth"' in line for line in cloth.lines)


def test_palette_and_threads_are_seen(cloth: Shown):
    shown = cloth("wvn cloth")
    red, blue = shown[..., 0], shown[..., 2]
    assert np.percentile(red - blue, 90) > 40  # orange
    assert np.percentile(red - blue, 10) < -30  # turquoise
    rows = (red - blue).std(axis=0).mean()
    assert rows > 15  # threads: the grey is the same in every row


def test_what_hardly_learned_hardly_shows(tmp_path: Path):
    files = pictures(3, colours=(TEAL, CREAM))
    looks = [
        adapters.read_look(Training(files, tmp_path / str(steps), number_of_steps=steps).lora) for steps in (1, 40)
    ]
    assert looks[0].strength < 0.5 < looks[1].strength
