"""Interpolation: exact numbers, real in-betweens, cuts, sound, odd rates, the same bytes again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from gesso.engines.sketch import interpolate
from tests.engines.sketch.remake import world

ID = "fal-ai/amt-interpolation"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    return world.saved(folder / "clip.mp4", world.moving(8, 4), 8, sound=world.tone(1.0))


@pytest.mark.parametrize(("fps", "passes", "frames"), [(24, 2, 24), (8, 0, 8), (30, 1, 30), (60, 3, 60), (1, 2, 1)])
def test_the_number_of_frames_is_exact(tmp_path: Path, clip: Path, fps: int, passes: int, frames: int) -> None:
    result, _ = world.ordered(tmp_path, ID, {"video_url": clip}, output_fps=fps, recursive_interpolation_passes=passes)
    said = world.facts(result)
    assert (said["num_frames"], said["fps"]) == (frames, fps)
    assert said["duration"] == pytest.approx(frames / fps)


def test_new_frames_lie_between(tmp_path: Path, clip: Path) -> None:
    result, around = world.ordered(tmp_path, ID, {"video_url": clip}, output_fps=32, recursive_interpolation_passes=2)
    places = [world.centre_of_red(pixels)[0] for pixels in world.video(result)]
    source = world.centre_of_red(world.moving(1, 4)[0])[0]
    # The square goes 4 pixels a source frame: one pixel a new one, to the last frame, which then stands.
    expected = [source + min(i, 28) for i in range(32)]
    assert np.abs(np.array(places) - expected).max() < 1.2
    assert np.diff(places[:28]).min() > 0.3
    assert any("21 are new" in line for line in around.lines)


def test_more_passes_make_finer_steps(tmp_path: Path, clip: Path) -> None:
    different: list[int] = []
    for passes in (0, 1, 2):
        result, _ = world.ordered(
            tmp_path / str(passes), ID, {"video_url": clip}, output_fps=32, recursive_interpolation_passes=passes
        )
        places = [world.centre_of_red(pixels)[0] for pixels in world.video(result)]
        different.append(int((np.abs(np.diff(places)) > 0.4).sum()))
    assert different[0] == 7
    assert different[0] < different[1] < different[2]


def test_a_cut_is_not_mixed(tmp_path: Path) -> None:
    one, other = world.moving(3, 2), [world.ground(seed=9)[::-1].copy()] * 3
    path = world.saved(tmp_path / "cut.mp4", [*one, *other], 6)
    result, around = world.ordered(tmp_path, ID, {"video_url": path}, output_fps=24)
    for pixels in world.video(result):
        assert min(world.apart(pixels, shot) for shot in (*one, other[0])) < 5
    assert any("cut" in line for line in around.lines)


def test_sound_stays_and_bytes_repeat(tmp_path: Path, clip: Path) -> None:
    made = [
        world.ordered(tmp_path / name, ID, {"video_url": clip}, output_fps=12)[0].files["video"][0].path
        for name in ("one", "two")
    ]
    assert made[0].read_bytes() == made[1].read_bytes()
    samples, rate = world.heard(made[0])
    assert len(samples) / rate == pytest.approx(1.0, abs=0.05)
    assert world.pitch(samples[4000:40000], rate) == pytest.approx(440, abs=3)


def test_a_variable_rate_is_followed_by_its_times(tmp_path: Path) -> None:
    frames = world.moving(6, 6)
    # The second half is three times as slow.
    path = world.saved(tmp_path / "vfr.mkv", frames, 10, times=[0, 100, 200, 300, 600, 900])
    result, _ = world.ordered(tmp_path, ID, {"video_url": path}, output_fps=20)
    places = [world.centre_of_red(pixels)[0] for pixels in world.video(result)]
    start = world.centre_of_red(frames[0])[0]
    early, late = places[5] - start, places[15] - places[10]
    assert early == pytest.approx(15, abs=6)
    assert late < 0.75 * early


def test_one_frame_stands(tmp_path: Path) -> None:
    path = world.saved(tmp_path / "one.mp4", world.moving(1), 10)
    result, _ = world.ordered(tmp_path, ID, {"video_url": path}, output_fps=40)
    frames = world.video(result)
    assert len(frames) == 4
    assert world.apart(frames[0], frames[-1]) < 2


def test_the_schedule_takes_the_nearest_step() -> None:
    slots = interpolate.schedule(3, Fraction(10), 40, 1)
    assert slots[:5] == [(0, 0), (0, Fraction(1, 2)), (0, Fraction(1, 2)), (1, 0), (1, 0)]
    assert slots[-1] == (2, 0)
    assert len(slots) == 12
