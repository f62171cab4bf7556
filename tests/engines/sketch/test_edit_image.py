"""Orders to edit: sizes, counts, seeds, formats, previews, guidance, fixed operations, several pictures."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesso.engines.sketch import edit_image
from gesso.engines.sketch.edit.geometry import USUAL, wanted
from gesso.errors import InputError
from gesso.shapes import Size
from gesso.tasks import EditImage, Safety, Sampling
from tests.engines.sketch.edit.world import (
    HORIZON,
    Pixels,
    Surroundings,
    apart,
    ball,
    edited,
    hue,
    lab,
    light,
    meadow,
    opened,
    ordered,
    portrait,
    psnr,
    saved,
    sharpness,
)


@pytest.fixture(scope="module")
def scene() -> Pixels:
    return meadow()


@pytest.fixture(scope="module")
def small() -> Pixels:
    """The same scene with a quarter of the pixels, for what needs no more to show."""
    return np.ascontiguousarray(meadow()[::2, ::2])


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("size", [(320, 240), (64, 512), (1000, 333), (17, 5)])
def test_an_exact_size(tmp_path: Path, scene: Pixels, size: tuple[int, int]) -> None:
    after, _ = edited(tmp_path, scene, "brighter", size=Size(*size))
    assert after.shape[:2] == size[::-1]


@pytest.mark.parametrize("aspect", ["1:1", "16:9", "9:16", "21:9", "9:21", "4:5"])
def test_an_aspect_keeps_the_area(tmp_path: Path, scene: Pixels, aspect: str) -> None:
    after, _ = edited(tmp_path, scene, "brighter", aspect=aspect)
    across, down = (int(part) for part in aspect.split(":"))
    height, width = after.shape[:2]
    assert abs(width / height / (across / down) - 1) < 0.06
    assert abs(height * width / (scene.shape[0] * scene.shape[1]) - 1) < 0.10


@pytest.mark.parametrize("aspect", ["1:1", "4:3", "3:4", "16:9", "9:21"])
def test_an_aspect_of_the_largest_picture_is_not_rounded_beyond_it(aspect: str) -> None:
    size = wanted(EditImage(prompt="", images=(), aspect=aspect), 4096, 4096, most=4096 * 4096)
    assert size is not None
    assert 0.97 * 4096 * 4096 < size.area <= 4096 * 4096


def test_an_extension_keeps_the_middle_sharp(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "", aspect="9:21")
    middle = np.zeros(after.shape[:2], np.bool_)
    middle[after.shape[0] * 2 // 5 : after.shape[0] * 3 // 5] = True
    low = np.zeros_like(middle)
    low[-after.shape[0] // 8 :] = True
    assert sharpness(after, middle) > 2 * sharpness(after, low)


def test_snapping_takes_the_nearest_usual_size(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "brighter", snap=True)
    assert after.shape[:2] == (880, 1184)
    assert after.shape[1::-1] in USUAL


def test_without_any_wish_the_picture_keeps_its_size(tmp_path: Path) -> None:
    odd = meadow()[:101, :203]
    assert edited(tmp_path, odd, "at night")[0].shape == odd.shape


def test_a_size_beyond_the_limit_is_refused(tmp_path: Path, scene: Pixels) -> None:
    with pytest.raises(InputError) as caught:
        edited(tmp_path, scene, "brighter", size=Size(5000, 5000))
    assert caught.value.problems[0].type == "image_too_large"


# ---------------------------------------------------------------- results


def test_values_files_and_parts(tmp_path: Path, scene: Pixels) -> None:
    result, around = ordered(tmp_path, scene, "make the ball blue", seed=11, num_images=2)
    assert set(result.values) == {"seed", "timings", "has_nsfw_concepts", "prompt"}
    assert (result.values["seed"], result.values["prompt"]) == (11, "make the ball blue")
    assert result.values["has_nsfw_concepts"] == [False, False]
    assert len(result.files["images"]) == 2
    assert all(dict(made.facts) == {"width": 320, "height": 240} for made in result.files["images"])
    assert {"nanodet", "open_nsfw"} <= set(result.parts)
    assert any("Safety score" in line for line in around.lines)


def test_an_unchecked_picture_says_so(tmp_path: Path, scene: Pixels) -> None:
    result, around = ordered(tmp_path, scene, "brighter", safety=Safety(check=False))
    assert result.values["has_nsfw_concepts"] == [False]
    assert result.parts == ()
    assert any("switched off" in line for line in around.lines)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_formats(tmp_path: Path, scene: Pixels, format: str) -> None:
    result, _ = ordered(tmp_path, scene, "brighter", format=format)
    made = result.files["images"][0]
    assert made.content_type == f"image/{format}"
    with Image.open(made.path) as image:
        assert image.format == format.upper()


def test_the_seed_varies_what_is_left_open_and_nothing_else(tmp_path: Path, small: Pixels) -> None:
    free, _ = ordered(tmp_path, small, "at sunset", seed=1, num_images=2)
    first, second = opened(free, 0), opened(free, 1)
    assert psnr(first, second) < 40
    fixed, _ = ordered(tmp_path, small, "make the ball blue", seed=1, num_images=2)
    assert np.array_equal(opened(fixed, 0), opened(fixed, 1))
    again, _ = edited(tmp_path, small, "at sunset", seed=2)
    assert np.array_equal(second, again)


def test_no_seed_is_drawn_and_told(tmp_path: Path, scene: Pixels) -> None:
    seeds = {ordered(tmp_path, scene, "brighter", seed=None)[0].values["seed"] for _ in range(3)}
    assert len(seeds) == 3


WORKER = """
import hashlib, sys
from pathlib import Path
from tests.engines.sketch.edit.world import meadow, ordered
for words in sys.argv[2:]:
    result, _ = ordered(Path(sys.argv[1]), meadow()[::2, ::2], words, seed=5)
    print(hashlib.sha256(result.files["images"][0].path.read_bytes()).hexdigest())
"""


def test_another_process_makes_the_same_bytes(tmp_path: Path, small: Pixels) -> None:
    orders = ["make the ball blue", "remove the ball", "add a dog", "in winter", "on a beach", "as a watercolor"]
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", WORKER, str(tmp_path), *orders],
        cwd=root,
        env={"PYTHONPATH": f"{root}:{root / 'src'}", "PYTHONHASHSEED": "99"},
        capture_output=True,
        text=True,
        check=True,
    )
    own = [
        hashlib.sha256(ordered(tmp_path, small, words, seed=5)[0].files["images"][0].path.read_bytes()).hexdigest()
        for words in orders
    ]
    assert ran.stdout.split() == own


def test_previews_lead_to_the_result(tmp_path: Path, scene: Pixels) -> None:
    result, around = ordered(tmp_path, scene, "make the ball blue and the sky orange", streaming=True)
    assert 3 <= len(around.previews) <= 6
    assert all(preview.shape == scene.shape for preview in around.previews)
    distances = [psnr(preview, opened(result)) for preview in around.previews]
    assert distances[-1] > 30 > distances[0]
    assert sharpness(around.previews[0]) < sharpness(around.previews[1])


def test_transparency_comes_through(tmp_path: Path, scene: Pixels) -> None:
    alpha = np.where(ball(10), 255, 0).astype(np.uint8)
    after, _ = edited(tmp_path, np.dstack([scene, alpha]), "make the ball blue")
    assert np.array_equal(after[..., 3], alpha)


# ---------------------------------------------------------------- guidance


def test_guidance_is_monotone_and_bounded() -> None:
    levels = [edit_image.effect(value) for value in (-5.0, 0.0, 0.5, 1.0, 2.5, 3.5, 7.0, 20.0, 1e9, float("inf"))]
    assert levels == sorted(levels)
    assert levels[0] == edit_image.LEAST_EFFECT
    assert levels[-1] <= edit_image.MOST_EFFECT
    assert abs(edit_image.effect(2.5) - 1.0) < 0.1
    assert edit_image.effect(None) == edit_image.effect(float("nan")) == 1.0


@pytest.mark.parametrize("words", ["make it brighter", "at night", "make the ball blue", "sepia"])
def test_more_guidance_changes_more(tmp_path: Path, small: Pixels, words: str) -> None:
    off = [
        np.abs(edited(tmp_path, small, words, sampling=Sampling(guidance=g))[0].astype(int) - small).mean()
        for g in (0.0, 1.0, 2.5)
    ]
    assert off[0] < off[1] < off[2]


# ---------------------------------------------------------------- fixed operations


def test_background_operation(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "beach sunset with palm trees", operation="background")
    assert psnr(scene, after, ~ball(10)) < 22
    assert apart(hue(after, ball(-8)), hue(scene, ball(-8))) < 20


def test_color_operation_takes_a_cast_out_and_clips_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    grey = np.repeat(rng.integers(60, 180, (30, 40, 1)), 3, axis=2).repeat(6, axis=0).repeat(6, axis=1)
    yellowed = np.clip(grey * np.array((1.0, 0.88, 0.62)), 0, 255).astype(np.uint8)
    after, _ = edited(tmp_path, yellowed, "", operation="color")
    off = [float(np.hypot(lab(p)[..., 1], lab(p)[..., 2]).mean()) for p in (yellowed, after)]
    assert off[1] < 0.45 * off[0]
    assert ((after == 255) | (after == 0)).mean() < 0.002
    assert np.ptp(lab(after)[..., 0]) > np.ptp(lab(yellowed)[..., 0])


def test_face_operation_works_on_the_face_alone(tmp_path: Path) -> None:
    person = portrait()
    after, around = edited(tmp_path, person, "", operation="face")
    cheek, wall = np.zeros(person.shape[:2], np.bool_), np.zeros(person.shape[:2], np.bool_)
    cheek[126:146, 96:108] = True
    wall[:60] = True
    assert lab(after)[cheek][:, 0].std() < 0.7 * lab(person)[cheek][:, 0].std()
    assert psnr(person, after, wall) >= 40
    assert any("Faces: 1" in line for line in around.lines)


def test_without_a_face_the_picture_stays(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "", operation="face")
    assert np.array_equal(after, scene)
    assert any("No face" in line for line in around.lines)


def test_remove_operation_takes_a_bare_phrase(tmp_path: Path, scene: Pixels) -> None:
    after, _ = edited(tmp_path, scene, "the red ball", operation="remove")
    assert psnr(scene, after, ~ball(14)) >= 40
    assert ((lab(after)[ball(-4)][:, 1]) > 25).mean() < 0.02


def test_restyle_goes_from_the_picture_to_the_prompt(tmp_path: Path, scene: Pixels) -> None:
    steps = [
        edited(tmp_path, scene, "a castle at sunset", operation="restyle", strength=strength)[0]
        for strength in (0.0, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
    ]
    assert np.array_equal(steps[0], scene)
    away = [psnr(scene, step) for step in steps]
    near = [psnr(steps[-1], step) for step in steps]
    assert away == sorted(away, reverse=True)
    assert near == sorted(near)
    assert away[-1] < 18


# ---------------------------------------------------------------- several pictures


def other_picture() -> Pixels:
    """A violet block before a pale wall."""
    out = np.full((200, 200, 3), (228, 222, 205), np.uint8)
    out[70:180, 60:140] = (120, 40, 160)
    return out


def test_the_thing_of_another_picture_is_put_in(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "put the box from the second image on the left", other_picture())
    values = lab(after)[:, :130]
    violet = (values[..., 1] > 25) & (values[..., 2] < -20)
    assert violet.sum() > 1500
    assert any("picture 2" in line for line in around.lines)


def test_without_understood_words_the_pictures_are_brought_together(tmp_path: Path, scene: Pixels) -> None:
    after, around = edited(tmp_path, scene, "xyzzy", other_picture())
    assert psnr(scene, after) < 30
    assert any("Placed" in line for line in around.lines)


def test_colours_style_and_background_of_another_picture(tmp_path: Path, scene: Pixels) -> None:
    warm = np.clip(other_picture().astype(int) * (1.1, 0.8, 0.5), 0, 255).astype(np.uint8)
    toned, _ = edited(tmp_path, scene, "use the colors of the second image", warm)
    assert lab(toned)[..., 2].mean() > lab(scene)[..., 2].mean() + 5
    styled, around = edited(tmp_path, scene, "make it in the style of image 2", warm)
    assert psnr(scene, styled) < 25
    assert any("that of picture 2" in line for line in around.lines)
    behind, _ = edited(tmp_path, scene, "use the second image as the background", warm)
    assert psnr(scene, behind, ~ball(10)) < 20


# ---------------------------------------------------------------- odd input


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 300), (300, 1), (20, 33)])
@pytest.mark.parametrize(
    "words", ["make it red", "on a beach", "at night", "remove the cat", "add a cat", "as a watercolor", "add text 'A'"]
)
def test_tiny_pictures_end_well(tmp_path: Path, shape: tuple[int, int], words: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*shape, 3), dtype=np.uint8)
    after, _ = edited(tmp_path, noise, words)
    assert after.shape[:2] == shape


def test_a_large_picture_stays_within_memory_and_outside_is_untouched(tmp_path: Path, scene: Pixels) -> None:
    large = np.asarray(Image.fromarray(scene).resize((1920, 1440), Image.Resampling.BICUBIC))
    after, _ = edited(tmp_path, large, "make the ball blue", format="png")
    assert after.shape == large.shape
    sky = np.zeros(large.shape[:2], np.bool_)
    sky[: (HORIZON - 20) * 3] = True
    assert psnr(large, after, sky) == 99.0
    assert light(after) != light(large)


def test_what_cannot_be_read_is_told_on_its_field(tmp_path: Path) -> None:
    media = saved(meadow(), tmp_path / "whole.png")
    assert media.path is not None
    media.path.write_bytes(media.path.read_bytes()[:900])
    with pytest.raises(InputError) as caught:
        edit_image.make(EditImage(prompt="brighter", images=(media,)), Surroundings(tmp_path))
    assert caught.value.problems[0].loc == ("body", "image_url")
