"""Carrying on: the kept part frame for frame, exact numbers, motion that goes on, prompts, looks, sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from gesso.engines.sketch import extend_video
from gesso.engines.sketch.remake import onward
from gesso.engines.sketch.video.clips import Facts
from gesso.errors import InputError
from gesso.tasks import ExtendVideo, Sampling
from tests.engines.sketch.remake import world

MAGI, PIXVERSE = "fal-ai/magi/extend-video", "fal-ai/pixverse/extend/fast"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    return world.saved(folder / "clip.mp4", world.moving(24, 3, start=4), 24, sound=world.tone(1.0))


def made(tmp: Path, clip: Path, **given: Any) -> tuple[list[world.Pixels], Any, world.Surroundings]:
    fields: dict[str, Any] = {"frames": 12, "lines": 128, "seed": 1, **given}
    around = world.Surroundings(tmp)
    result = extend_video.make(ExtendVideo(video=world.media(clip), **fields), around)
    return world.video(result), result, around


def test_the_kept_part_is_kept_and_the_square_goes_on(tmp_path: Path, clip: Path) -> None:
    frames, result, around = made(tmp_path, clip, start_frame=20)
    said = world.facts(result)
    assert (said["num_frames"], said["fps"], said["width"], said["height"]) == (32, 24, 192, 128)
    for before, after in zip(world.opened(clip)[:20], frames, strict=False):
        assert world.psnr(before, after) > 34
    places = [world.centre_of_red(pixels)[0] for pixels in frames[19:]]
    steps = np.diff(places)
    assert np.abs(steps[:4] - 3).max() < 1.2
    assert steps.min() > 1.0  # it slows down, and does not stop or turn
    assert 24 < places[-1] - places[0] < 37
    # There is one square: where it was, the meadow and sky behind it show.
    assert world.apart(frames[-1][:, :70], world.ground()[:, :70]) < 6
    assert any("1 moving thing" in line for line in around.lines)


@pytest.mark.parametrize(
    ("given", "frames", "kept"),
    [
        ({"frames": 96}, 100, 68),
        ({"frames": 96}, 20, 8),
        ({"frames": 96}, 5, 5),
        ({"frames": 96, "start_frame": 0}, 20, 0),
        ({"frames": 96, "start_frame": 20}, 20, 20),
        ({"seconds": 5}, 20, 20),
    ],
)
def test_where_the_new_part_starts(given: dict[str, Any], frames: int, kept: int) -> None:
    from fractions import Fraction

    facts = Facts(192, 128, Fraction(24), frames, frames / 24, sound=False)
    plan = extend_video.planned(ExtendVideo(video=world.media(Path("x.mp4")), **given), facts)
    assert (plan.kept, plan.new) == (kept, 96 if "frames" in given else 120)


def test_a_start_beyond_the_end_is_refused(tmp_path: Path, clip: Path) -> None:
    with pytest.raises(InputError) as caught:
        made(tmp_path, clip, start_frame=25)
    assert world.problem(caught) == (("body", "start_frame"), "less_than_equal")


def test_a_pan_goes_on_and_comes_to_rest() -> None:
    frames = world.panning(12, 3)
    wide = world.ground(192 + 36, 128, seed=3)
    assert np.array_equal(frames[-1], wide[:, 33 : 33 + 192])
    past = onward.study(frames)
    assert past.pace[0, 2] == pytest.approx(-3, abs=0.1)
    new = list(onward.goes_on(past, 60, 24.0))
    first = world.ground(192 + 36, 128, seed=3)[:, 36:228]
    assert world.psnr(new[0][:, :170], first[:, :170]) > 25
    ahead = onward.slowed(3.0, 24.0, onward.CAMERA_REST, 1), onward.slowed(3.0, 24.0, onward.CAMERA_REST, 400)
    assert ahead[0] == pytest.approx(3, abs=0.1)
    assert ahead[1] < 3 * 24 * 2


@pytest.mark.parametrize(("camera", "pace"), [(2, 4), (3, -4), (0, 3)])
def test_a_small_plain_disc_stays_whole_and_goes_on(camera: int, pace: int) -> None:
    """Dense flow loses it: it is followed by its looks."""
    at = [40 + pace * i if pace > 0 else 150 + pace * i for i in range(16)]
    frames = [
        np.asarray(cv2.circle(pixels.copy(), (x, 80), 6, (215, 50, 40), -1, cv2.LINE_AA), np.uint8)
        for pixels, x in zip(world.panning(16, camera), at, strict=True)
    ]
    new = list(onward.goes_on(onward.study(frames), 8, 24.0))
    sizes = [_red(pixels) for pixels in (*frames[-1:], *new)]
    assert 0.85 * sizes[0] < min(sizes) <= max(sizes) < 1.15 * sizes[0]
    steps = np.diff([at[-1], *(world.centre_of_red(pixels)[0] for pixels in new)])
    assert np.abs(steps[:3] - pace).max() < 0.6


def _red(pixels: world.Pixels) -> int:
    wide = pixels.astype(int)
    return int(((wide[..., 0] > 140) & (wide[..., 1] < 110)).sum())


def test_what_nothing_moves_in_comes_closer(tmp_path: Path) -> None:
    path = world.saved(tmp_path / "still.mp4", [world.square_at(80, 48)] * 4, 12)
    frames, _, _ = made(tmp_path / "out", path, start_frame=4, frames=24)
    assert _red(frames[-1]) > 1.08 * _red(frames[0])
    single = world.saved(tmp_path / "one.mp4", [world.square_at(80, 48)], 12)
    assert len(made(tmp_path / "one", single, frames=10)[0]) == 11


def test_camera_words_move_the_new_part_alone(tmp_path: Path, clip: Path) -> None:
    plain, _, _ = made(tmp_path / "a", clip, start_frame=20, frames=10)
    near, _, around = made(tmp_path / "b", clip, start_frame=20, frames=10, prompt="the camera zooms in")
    banned, _, _ = made(
        tmp_path / "c", clip, start_frame=20, frames=10, prompt="the camera zooms in",
        sampling=Sampling(negative_prompt="zoom in"),
    )  # fmt: skip
    assert world.apart(plain[19], near[19]) < 1.5
    assert world.apart(plain[-1], near[-1]) > 4
    assert any(line.startswith("Camera:") for line in around.lines)
    assert len(banned) == len(near)


@pytest.mark.long
def test_a_style_comes_on_gently(tmp_path: Path, clip: Path) -> None:
    given = {"resolution": "360p", "prompt": "it goes on", "seed": 4}
    # Five seconds are made; a short clip keeps that small.
    small = world.saved(tmp_path / "small.mp4", world.moving(6, 3), 6)
    plain, _ = world.ordered(tmp_path / "a", PIXVERSE, {"video_url": small}, **given)
    comic, _ = world.ordered(tmp_path / "b", PIXVERSE, {"video_url": small}, style="comic", **given)
    frames = [world.video(one) for one in (plain, comic)]
    assert [len(one) for one in frames] == [36, 36]
    apart = [world.apart(one, two) for one, two in zip(*frames, strict=True)]
    assert max(apart[:6]) < 1
    assert apart[6] < apart[20]
    assert apart[20] > 8
    assert world.facts(plain)["height"] == 360


def test_sound_goes_on_and_fades(tmp_path: Path, clip: Path) -> None:
    _, result, _ = made(tmp_path, clip, start_frame=24, frames=36)
    samples, rate = world.heard(result.files["video"][0].path)
    assert len(samples) / rate == pytest.approx(2.5, abs=0.05)
    loud = [float(np.abs(samples[round(at * rate) : round((at + 0.2) * rate)]).max()) for at in (0.5, 1.1, 1.8, 2.3)]
    assert loud[0] > 0.4
    assert loud[1] > loud[2] > loud[3]
    assert loud[1] > 0.2
    assert loud[3] < 0.12
    assert world.pitch(samples[: round(0.9 * rate)], rate) == pytest.approx(440, abs=3)


@pytest.mark.long
def test_magi_sizes_and_steps(tmp_path: Path) -> None:
    path = world.saved(tmp_path / "clip.mp4", world.moving(10, 3), 24)
    result, around = world.ordered(
        tmp_path, MAGI, {"video_url": path}, prompt="", num_frames=96, start_frame=10, resolution="480p",
        aspect_ratio="1:1", num_inference_steps=4, enable_safety_checker=False, seed=9,
    )  # fmt: skip
    said = world.facts(result)
    assert (said["width"], said["height"], said["num_frames"]) == (480, 480, 106)
    assert result.values["seed"] == 9
    assert any("checker is off" in line for line in around.lines)
    steps, back = zip(*extend_video.LOOK_BACK, strict=True)
    assert list(steps) == [4, 16, 64]
    assert list(back) == sorted(back)


def test_bytes_repeat(tmp_path: Path, clip: Path) -> None:
    both = [
        made(tmp_path / name, clip, start_frame=10, frames=4)[1].files["video"][0].path.read_bytes() for name in "ab"
    ]
    assert both[0] == both[1]


def test_the_seed_paints_what_was_never_seen(tmp_path: Path) -> None:
    past = onward.study(world.panning(6, 5))
    one, two, same = (list(onward.goes_on(past, 8, 12.0, seed=seed))[-1] for seed in (1, 2, 1))
    assert np.array_equal(one, same)
    assert world.apart(one[:, -20:], two[:, -20:]) > 0.5
    assert world.apart(one[:, :120], two[:, :120]) < 0.5
