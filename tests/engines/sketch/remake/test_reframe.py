"""Reframing: geometry to the pixel, painted surroundings that stay, what the camera saw elsewhere, errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from gesso.engines.sketch import reframe
from gesso.engines.sketch.remake import outside
from gesso.errors import InputError
from gesso.tasks import Reframe
from tests.engines.sketch.remake import world

ID = "fal-ai/luma-dream-machine/ray-2/reframe"
ASPECTS = ("1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    return world.saved(folder / "clip.mp4", world.moving(5, 3), 10, sound=world.tone(0.5))


def placed(**given: Any) -> tuple[tuple[int, int], tuple[int, int, int, int]]:
    media = world.media(Path("clip.mp4"))
    canvas = reframe.placed(Reframe(video=media, **given), (192, 128))
    return canvas.size, canvas.box


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_shows_the_whole_video(tmp_path: Path, clip: Path, aspect: str) -> None:
    (width, height), (left, top, right, bottom) = placed(aspect=aspect)
    across, down = (int(part) for part in aspect.split(":"))
    assert width / height == pytest.approx(across / down, rel=0.02)
    assert min(width, height) == 128
    assert (right - left) / (bottom - top) == pytest.approx(1.5, rel=0.02)
    assert min(left, top) >= 0
    assert right <= width
    assert bottom <= height
    assert abs(left - (width - right)) <= 1


def test_geometry_is_followed_to_the_pixel() -> None:
    assert placed(aspect="21:9", grid=(10, None)) == ((298, 128), (10, 0, 202, 128))
    assert placed(aspect="9:16", grid=(None, 30)) == ((128, 228), (0, 30, 128, 115))
    assert placed(aspect="1:1", x=(-20, 172), y=(0, 128))[1] == (-20, 0, 172, 128)
    assert placed(aspect="1:1", x=(16, 112))[1] == (16, 32, 112, 96)
    assert placed(aspect="1:1", y=(10, 74))[1] == (16, 10, 112, 74)
    assert placed(aspect="21:9", x=(5, None))[1] == (5, 0, 197, 128)
    assert placed(aspect="21:9", x=(None, 290))[1] == (98, 0, 290, 128)
    # A start wins over the grid, which says the same less exactly.
    assert placed(aspect="21:9", grid=(50, 0), x=(7, None))[1][0] == 7


@pytest.mark.parametrize(
    ("given", "where", "kind"),
    [
        ({"x": (50, 50)}, "x_end", "greater_than"),
        ({"y": (60, 20)}, "y_end", "greater_than"),
        ({"grid": (900, None)}, "grid_position_x", "value_error"),
        ({"grid": (None, -900)}, "grid_position_y", "value_error"),
        ({"x": (-500, -300)}, "x_start", "value_error"),
    ],
)
def test_geometry_that_cannot_be_is_refused(given: dict[str, Any], where: str, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        placed(aspect="1:1", **given)
    assert world.problem(caught) == (("body", where), kind)


def test_the_video_lies_in_its_place_and_all_else_is_painted(tmp_path: Path, clip: Path) -> None:
    fields = {"aspect_ratio": "21:9", "x_start": 40, "x_end": 232, "y_start": 0, "y_end": 128}
    result, around = world.ordered(tmp_path, ID, {"video_url": clip}, **fields)
    said = world.facts(result)
    assert (said["width"], said["height"], said["num_frames"], said["fps"]) == (298, 128, 5, 10)
    source, made = world.opened(clip), world.video(result)
    for before, after in zip(source, made, strict=True):
        assert world.psnr(after[:, 40:232], before) > 33
    left, right = made[0][:, :38], made[0][:, 234:]
    for side in (left, right):
        # Sky above meadow goes on; it is neither black nor a blur.
        assert np.abs(side[:50].mean(axis=(0, 1)) - source[0][:50].mean(axis=(0, 1))).max() < 20
        assert np.abs(side[80:].mean(axis=(0, 1)) - source[0][80:].mean(axis=(0, 1))).max() < 20
        assert texture(side) > 0.5 * texture(source[0][:, 60:])
    assert any("40,0 to 232,128 on 298x128" in line for line in around.lines)
    assert len(world.heard(result.files["video"][0].path)[0]) > 0


def texture(pixels: world.Pixels) -> float:
    return float(cv2.Laplacian(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), cv2.CV_64F).std())


def test_above_and_below_is_texture_too(tmp_path: Path, clip: Path) -> None:
    result, _ = world.ordered(tmp_path, ID, {"video_url": clip}, aspect_ratio="9:16")
    made = world.video(result)
    small = cv2.resize(world.opened(clip)[0], (128, 85), interpolation=cv2.INTER_AREA)
    for part in (made[0][:60], made[0][165:]):
        assert texture(part) > 0.4 * texture(small)
    # What is painted stays where it is from frame to frame.
    assert world.apart(made[0][:60], made[4][:60]) < 2.5


def test_a_pan_shows_what_was_there_a_moment_before(tmp_path: Path) -> None:
    frames = world.panning(20, 4, 120, 96)
    wide = world.ground(120 + 80, 96, seed=3)
    path = world.saved(tmp_path / "pan.mp4", frames, 10)
    fields = {"aspect_ratio": "21:9", "x_start": 52, "x_end": 172, "y_start": 0, "y_end": 96}
    result, _ = world.ordered(tmp_path, ID, {"video_url": path}, **fields)
    last = world.video(result)[18]
    truth = wide[:, 4 * 18 - 44 : 4 * 18]
    assert world.psnr(last[:, 8:52], truth) > 22


def test_the_first_frame_and_the_prompt_show_in_what_is_new(tmp_path: Path, clip: Path) -> None:
    green = np.zeros((64, 64, 3), np.uint8)
    green[..., 1] = 230
    Image.fromarray(green).save(tmp_path / "first.png")
    plain, _ = world.ordered(tmp_path / "a", ID, {"video_url": clip}, aspect_ratio="21:9")
    given, _ = world.ordered(
        tmp_path / "b", ID, {"video_url": clip, "image_url": tmp_path / "first.png"}, aspect_ratio="21:9"
    )
    night, _ = world.ordered(tmp_path / "c", ID, {"video_url": clip}, aspect_ratio="21:9", prompt="a starry night sky")
    edge = [world.video(one)[0][:, :16].astype(float).mean(axis=(0, 1)) for one in (plain, given, night)]
    assert edge[1][1] > edge[0][1] + 40
    assert edge[2].mean() < edge[0].mean() - 25


def test_what_is_known_stays_to_the_bit() -> None:
    picture = world.ground()
    known = np.zeros(picture.shape[:2], np.bool_)
    known[20:100, 30:170] = True
    made = outside.completed(np.where(known[..., None], picture, 0), known, np.random.default_rng(1))
    assert np.array_equal(made[known], picture[known])
    assert np.array_equal(outside.completed(picture, ~np.zeros_like(known), np.random.default_rng(1)), picture)
    thin = np.ones_like(known)
    thin[:, :3] = False
    assert outside.completed(picture, thin, np.random.default_rng(1))[:, :3].mean() > 40


def test_a_canvas_that_the_video_covers_is_a_cut(tmp_path: Path, clip: Path) -> None:
    fields = {"aspect_ratio": "1:1", "x_start": -32, "x_end": 160, "y_start": 0, "y_end": 128}
    result, around = world.ordered(tmp_path, ID, {"video_url": clip}, **fields)
    assert world.psnr(world.video(result)[0], world.opened(clip)[0][:, 32:160]) > 33
    assert any("nothing was painted" in line for line in around.lines)
