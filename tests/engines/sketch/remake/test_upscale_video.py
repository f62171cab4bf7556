"""Enlarging videos: sizes, what ran, detail that moves with the picture, the budget, sound."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gesso.engines.engine import EngineOptions
from gesso.engines.sketch import upscale, upscale_video
from gesso.engines.sketch.remake import carry, enlarge
from gesso.errors import InputError
from gesso.tasks import UpscaleVideo
from tests.engines.sketch.remake import world

ID = "fal-ai/video-upscaler"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    frames = [cv2.resize(pixels, (64, 48), interpolation=cv2.INTER_AREA) for pixels in world.panning(6, 4)]
    return world.saved(folder / "clip.mp4", frames, 12, sound=world.tone(0.5))


@pytest.mark.parametrize(("scale", "size"), [(1, (64, 48)), (1.5, (96, 72)), (2, (128, 96)), (3.3, (211, 158))])
def test_sizes_are_the_scale_to_the_pixel(tmp_path: Path, clip: Path, scale: float, size: tuple[int, int]) -> None:
    result, around = world.ordered(tmp_path, ID, {"video_url": clip}, scale=scale)
    said = world.facts(result)
    assert (said["width"], said["height"]) == tuple(side + side % 2 for side in size)
    assert (said["num_frames"], said["fps"]) == (6, 12)
    expected = () if scale == 1 else (upscale.name(2 if scale <= 2 else 4),)
    assert result.parts == expected
    assert any("on every frame" in line for line in around.lines)


def test_odd_sizes_and_sound(tmp_path: Path) -> None:
    frames = [np.ascontiguousarray(pixels[:31, :45]) for pixels in world.panning(3, 2, 64, 48)]
    path = world.saved(tmp_path / "odd.mkv", frames, 10, codec="ffv1", pixel_format="bgr0", sound=world.tone(0.3))
    result, around = world.ordered(tmp_path, ID, {"video_url": path}, scale=3)
    assert world.video(result)[0].shape == (94, 136, 3)
    assert any("45x31 to 136x94" in line for line in around.lines)  # even sides, as the file has them
    samples, rate = world.heard(result.files["video"][0].path)
    assert len(samples) / rate == pytest.approx(0.3, abs=0.05)
    assert world.pitch(samples[1000:12000], rate) == pytest.approx(440, abs=6)


def test_the_picture_stays_itself_and_gains_detail(tmp_path: Path, clip: Path) -> None:
    result, _ = world.ordered(tmp_path, ID, {"video_url": clip}, scale=2)
    source, made = world.opened(clip), world.video(result)
    for small, large in zip(source, made, strict=True):
        assert world.psnr(cv2.resize(large, (64, 48), interpolation=cv2.INTER_AREA), small) > 26
    plain = cv2.resize(source[2], (128, 96), interpolation=cv2.INTER_CUBIC)
    sharp = [float(cv2.Laplacian(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), cv2.CV_64F).std()) for one in (made[2], plain)]
    assert sharp[0] > sharp[1]


class Marked:
    """A remake whose keys bear marks that nothing plain can make."""

    whole = False

    def __init__(self) -> None:
        self.keys: list[int] = []

    def key(self, pixels: world.Pixels, place: carry.Place) -> world.Pixels:
        self.keys.append(place.number)
        red = (pixels[..., 0] > 150) & (pixels[..., 1] < 110)
        out = pixels.copy()
        out[red] = np.clip(out[red].astype(int) + np.array([0, 60, 0]), 0, 255)
        return out

    def plain(self, pixels: world.Pixels, made: world.Pixels) -> carry.Plain:
        return enlarge.Classical((pixels.shape[1], pixels.shape[0]))


def test_detail_of_key_frames_is_carried_along() -> None:
    frames = world.moving(13, 4)
    marked = Marked()
    made = list(carry.remade(iter(frames), 6, marked))
    assert marked.keys == [0, 6, 12]
    for i in (2, 3, 9):
        x, y = (round(value) for value in world.centre_of_red(frames[i]))
        gain = made[i].astype(int) - frames[i]
        assert gain[y - 8 : y + 8, x - 8 : x + 8, 1].mean() > 45
        assert abs(float(gain[:40].mean())) < 1


def test_cuts_begin_anew() -> None:
    shots = [*world.moving(5, 3), *world.panning(5, 3)[::-1]]
    shots[5:] = [np.ascontiguousarray(pixels[::-1, ::-1]) for pixels in shots[5:]]
    marked = Marked()
    assert len(list(carry.remade(iter(shots), 20, marked))) == 10
    assert 5 in marked.keys


def test_beyond_the_budget_it_is_classical(tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enlarge, "BUDGET", 0.06)  # two frames of 64x48
    result, around = world.ordered(tmp_path / "some", ID, {"video_url": clip}, scale=2)
    assert result.parts == (upscale.name(2),)
    assert any("on every 3th frame" in line for line in around.lines)
    monkeypatch.setattr(enlarge, "BUDGET", 0.001)
    result, around = world.ordered(tmp_path / "none", ID, {"video_url": clip}, scale=2)
    assert result.parts == ()
    assert any("bicubic with back-projection on every frame (too long" in line for line in around.lines)
    assert world.facts(result)["num_frames"] == 6


def test_the_classical_way_gives_back_what_it_was_given() -> None:
    small = cv2.resize(world.ground(), (64, 48), interpolation=cv2.INTER_AREA)
    large = enlarge.Classical((128, 96))(small)
    plain = cv2.resize(small, (128, 96), interpolation=cv2.INTER_CUBIC)
    back = [cv2.resize(one, (64, 48), interpolation=cv2.INTER_AREA) for one in (large, plain)]
    assert world.psnr(back[0], small) > world.psnr(back[1], small) + 4


def test_flat_pictures_take_the_network_for_drawings() -> None:
    flat = np.zeros((48, 64, 3), np.uint8)
    flat[10:30, 20:40] = (200, 60, 40)
    assert enlarge.model_for(flat) == "drawn"
    assert enlarge.model_for(world.ground()) == "span"


def test_too_large_is_refused(tmp_path: Path, clip: Path) -> None:
    around = world.Surroundings(tmp_path, EngineOptions(max_pixels=100 * 100))
    with pytest.raises(InputError) as caught:
        upscale_video.make(UpscaleVideo(video=world.media(clip), scale=2.0), around)
    assert world.problem(caught) == (("body", "scale"), "image_too_large")


def test_bytes_repeat(tmp_path: Path, clip: Path) -> None:
    made = [world.ordered(tmp_path / n, ID, {"video_url": clip}, scale=2)[0].files["video"][0].path for n in "ab"]
    assert made[0].read_bytes() == made[1].read_bytes()
