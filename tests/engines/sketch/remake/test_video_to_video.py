"""Video to video: strengths, looks, edits, first frames, references, timing, camera moves, and VACE's five tasks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from gesso.catalog.luma_dream_machine import MODES
from gesso.engines.sketch import safety, video_to_video
from gesso.engines.sketch.remake import carry, inside, repaint, worlds
from gesso.errors import ContentRefused, InputError
from gesso.tasks import Safety, Sampling, VideoToVideo
from tests.engines.sketch.remake import world

MODIFY = "fal-ai/luma-dream-machine/ray-2/modify"
TURBO = "fal-ai/fast-animatediff/turbo/video-to-video"
VACE = "fal-ai/wan-vace-14b"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def clip(folder: Path) -> Path:
    return world.saved(folder / "clip.mp4", world.moving(10, 3), 10, sound=world.tone(1.0))


def made(tmp: Path, clip: Path, **given: Any) -> tuple[list[world.Pixels], Any, world.Surroundings]:
    fields: dict[str, Any] = {"seed": 1, "safety": Safety(check=False), **given}
    around = world.Surroundings(tmp)
    result = video_to_video.make(VideoToVideo(video=world.media(clip), **fields), around)
    return world.video(result), result, around


def distance(one: list[world.Pixels], two: list[world.Pixels]) -> float:
    return float(np.mean([world.apart(a, b) for a, b in zip(one, two, strict=True)]))


# ---------------------------------------------------------------- restyling


@pytest.mark.long
@pytest.mark.parametrize("prompt", ["", "a watercolour painting", "make it night", "a desert at sunset with a cactus"])
def test_nine_modes_are_nine_growing_distances(tmp_path: Path, clip: Path, prompt: str) -> None:
    source = world.opened(clip)
    found = [
        distance(
            world.video(world.ordered(tmp_path / mode, MODIFY, {"video_url": clip}, mode=mode, prompt=prompt)[0]),
            source,
        )
        for mode in MODES
    ]
    assert len(found) == 9
    assert np.diff(found).min() > 0.3
    assert found[0] > 1.5
    assert found[-1] > 2.5 * found[0]


def test_strength_goes_from_nothing_to_much(tmp_path: Path, clip: Path) -> None:
    source = world.opened(clip)
    found = [
        distance(made(tmp_path / str(s), clip, strength=s, prompt="an oil painting")[0], source) for s in (0, 0.4, 1)
    ]
    assert found[0] < 2
    assert found[0] + 5 < found[1] < found[2] - 5


def test_what_is_painted_does_not_flicker(tmp_path: Path) -> None:
    path = world.saved(tmp_path / "clip.mp4", world.moving(8, 3), 10)
    frames, result, _ = made(tmp_path / "out", path, strength=0.7, prompt="a watercolour painting")
    brush = repaint.Repaint(
        VideoToVideo(video=None, prompt="a watercolour painting"), 0.7, 1, lambda _line: None, way=1.0
    )
    anew = carry.Place(0, 0, np.eye(2, 3), first=True)
    alone = [brush.target(pixels, anew) for pixels in world.opened(path)[2:5]]

    def flicker(shown: list[world.Pixels]) -> float:
        return float(np.mean([world.apart(one[:, 100:], two[:, 100:]) for one, two in pairwise(shown)]))

    # The ground stands still; strokes painted anew on every frame would not.
    assert flicker(frames) < 2.0
    assert flicker(frames) < flicker(alone) + 1.0
    assert "style-transfer-26" in result.parts


def test_an_instruction_is_carried_out_on_all_frames(tmp_path: Path, clip: Path) -> None:
    frames, _, around = made(tmp_path, clip, strength=0.9, prompt="make it night")
    source = world.opened(clip)
    for before, after in zip(source, frames, strict=True):
        assert after.mean() < 0.75 * before.mean()
    assert any("night" in line for line in around.lines)
    # The sound stays: every frame is shown at its own time.
    samples, rate = world.heard(around.tmp / "remade.mp4")
    assert world.pitch(samples[4000:40000], rate) == pytest.approx(440, abs=3)


def test_the_first_frame_is_given_and_followed(tmp_path: Path, clip: Path) -> None:
    purple = world.opened(clip)[0][..., [2, 1, 0]]  # a red sky, a blue square
    Image.fromarray(np.ascontiguousarray(purple)).save(tmp_path / "first.png")
    result, around = world.ordered(
        tmp_path, MODIFY, {"video_url": clip, "image_url": tmp_path / "first.png"}, mode="flex_2"
    )
    frames = world.video(result)
    assert world.psnr(frames[0], purple) > 28
    wanted = world.opened(clip)[-1][..., [2, 1, 0]]
    assert world.apart(frames[-1], wanted) < 0.5 * world.apart(frames[-1], world.opened(clip)[-1])
    assert any("first frame is the given one" in line for line in around.lines)


@pytest.mark.long
def test_references_give_their_look(tmp_path: Path, clip: Path) -> None:
    Image.fromarray(np.full((64, 64, 3), (230, 200, 30), np.uint8)).save(tmp_path / "ref.png")
    reference = world.media(tmp_path / "ref.png", "image", "ref_image_urls")
    plain = made(tmp_path / "a", clip, strength=0.7, prompt="")[0]
    frames, result, _ = made(tmp_path / "b", clip, strength=0.7, prompt="", references=(reference,))
    yellow = [float(np.mean([p[..., 0].mean() - p[..., 2].mean() for p in shown])) for shown in (plain, frames)]
    assert yellow[1] > yellow[0] + 15
    assert "magenta-arbitrary-style" in result.parts


@pytest.mark.long
def test_guidance_steps_negative_and_acceleration_count(tmp_path: Path, clip: Path) -> None:
    spaces = [repaint.spacing(Sampling(steps=steps)) for steps in (1, 8, 30, 64)]
    assert spaces == sorted(spaces, reverse=True)
    assert len(set(spaces)) == 4
    assert repaint.spacing(Sampling(steps=8, acceleration="regular")) > repaint.spacing(Sampling(steps=8))
    night = {"strength": 1.0, "prompt": "make it night"}
    dark = [
        made(tmp_path / str(guidance), clip, sampling=Sampling(guidance=guidance), frames=2, **night)[0][0].mean()
        for guidance in (0.0, 1.0, 20.0)
    ]
    assert dark[0] > dark[1] > dark[2]
    order = VideoToVideo(video=None, prompt="a forest with mountains")
    banned = VideoToVideo(video=None, prompt=order.prompt, sampling=Sampling(negative_prompt="trees, forest"))
    brushes = [repaint.Repaint(one, 1.0, 1, lambda _line: None) for one in (order, banned)]
    scenes = [brush.drawn(96, 64) for brush in brushes]
    assert scenes[0] is not None
    assert scenes[1] is not None
    assert world.apart(scenes[0], scenes[1]) > 3


@pytest.mark.long
def test_seeds_vary_and_repeat(tmp_path: Path, clip: Path) -> None:
    given: dict[str, Any] = {"strength": 1.0, "prompt": "a desert with a cactus", "frames": 3}
    one, two, other = (made(tmp_path / n, clip, **given | {"seed": s})[1] for n, s in (("a", 5), ("b", 5), ("c", 6)))
    paths = [result.files["video"][0].path for result in (one, two, other)]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert distance(world.opened(paths[0]), world.opened(paths[2])) > 1
    assert one.values["seed"] == 5


# ---------------------------------------------------------------- timing and camera


def test_turbo_counts_seconds_and_rate(tmp_path: Path) -> None:
    path = world.saved(tmp_path / "long.mp4", world.moving(45, 1), 15)
    result, _ = world.ordered(
        tmp_path, TURBO, {"video_url": path}, prompt="x", strength=0, fps=5, first_n_seconds=2, seed=3
    )
    assert world.facts(result) == {"width": 192, "height": 128, "fps": 5.0, "duration": 2.0, "num_frames": 10}
    places = [world.centre_of_red(pixels)[0] for pixels in world.video(result)]
    assert np.diff(places) == pytest.approx(np.full(9, 3.0), abs=0.8)
    assert result.values["seed"] == 3


def test_motions_are_seen(tmp_path: Path, clip: Path) -> None:
    still = world.saved(tmp_path / "still.mp4", [world.square_at(80, 48)] * 4, 8)
    left, _ = world.ordered(
        tmp_path, TURBO, {"video_url": still}, prompt="x", strength=0, fps=8, first_n_seconds=1, motions=["pan-left"]
    )
    frames = world.video(left)
    assert world.centre_of_red(frames[-1])[0] > world.centre_of_red(frames[0])[0] + 10


@pytest.mark.long
def test_vace_sizes_frames_and_rates(tmp_path: Path, clip: Path) -> None:
    def facts(name: str, **fields: Any) -> dict[str, Any]:
        result, around = world.ordered(
            tmp_path / name,
            VACE,
            {"video_url": clip},
            prompt="a lake",
            task="depth",
            seed=1,
            resolution="480p",
            **fields,
        )
        return world.facts(result) | {"sound": len(world.heard(around.tmp / "remade.mp4")[0])}

    plain = facts("plain")
    assert (plain["num_frames"], plain["fps"], plain["height"], plain["width"]) == (81, 16, 480, 720)
    square = facts("square", aspect_ratio="1:1", num_frames=90, frames_per_second=30)
    assert (square["num_frames"], square["fps"], square["height"], square["width"]) == (90, 30, 480, 480)
    matched = facts("matched", match_input_num_frames=True, match_input_frames_per_second=True)
    assert (matched["num_frames"], matched["fps"]) == (10, 10)
    assert matched["sound"] > 0
    counted = facts("counted", match_input_num_frames=True, frames_per_second=20)
    assert (counted["num_frames"], counted["fps"], counted["sound"]) == (10, 20, 0)


# ---------------------------------------------------------------- depth and pose


def test_depth_is_laid_under_the_prompts_world(tmp_path: Path, folder: Path) -> None:
    ramp = np.linspace(20, 235, 128).astype(np.uint8)[:, None, None]
    frames = [np.broadcast_to(ramp, (128, 192, 3)).copy() for _ in range(3)]
    for i, pixels in enumerate(frames):
        cv2.circle(pixels, (60 + 20 * i, 60), 22, (245, 245, 245), -1)
    path = world.saved(tmp_path / "depth.mp4", frames, 10)
    shown, _, around = made(tmp_path / "a", path, operation="depth", preprocess=False, prompt="a lake under mountains")
    other, _, _ = made(tmp_path / "b", path, operation="depth", preprocess=False, prompt="a desert")
    assert distance(shown, other) > 12
    assert distance(shown, frames) > 20
    # The disc's outline is drawn where it is on each frame.
    for i, pixels in enumerate(shown):
        rim = pixels[60, 60 + 20 * i + 22 - 3 : 60 + 20 * i + 22 + 4].astype(int).sum(axis=1)
        assert rim.min() < 0.75 * rim.max()
    assert any("as the video shows it" in line for line in around.lines)


def test_estimated_depth_rises_to_the_front() -> None:
    frame = world.square_at(80, 70)
    subject = np.zeros(frame.shape[:2], np.float32)
    subject[70:102, 80:112] = 1
    near = worlds.depth_of(frame, subject)
    assert near[:20].mean() < near[60:68, :60].mean() < near[110:].mean()
    assert near[74:80, 85:105].mean() > near[74:80, :60].mean() + 0.1


def test_a_pose_keeps_its_place_in_a_new_world(tmp_path: Path) -> None:
    frames = [np.zeros((128, 192, 3), np.uint8) for _ in range(3)]
    for i, pixels in enumerate(frames):
        cv2.line(pixels, (60 + 25 * i, 30), (60 + 25 * i, 100), (255, 40, 40), 3)
    path = world.saved(tmp_path / "pose.mp4", frames, 10)
    shown, _, _ = made(tmp_path / "a", path, operation="pose", preprocess=False, prompt="a green meadow")
    for i, pixels in enumerate(shown):
        here, beside = (pixels[50:80, x - 2 : x + 3].reshape(-1, 3).mean(axis=0) for x in (60 + 25 * i, 40 + 25 * i))
        assert here[0] - here[1] > beside[0] - beside[1] + 80
    assert shown[0][:, 150:].mean() > 60
    limbs = worlds.limbs(frames[0])
    assert (limbs > 0.5).sum() > 2 * (frames[0].max(axis=2) > 40).sum()


@pytest.mark.long
@pytest.mark.parametrize("task", ["depth", "pose"])
def test_figures_are_looked_for(tmp_path: Path, clip: Path, task: str) -> None:
    shown, _, around = made(tmp_path, clip, operation=task, preprocess=True, prompt="a snowy mountain lake")
    source = world.opened(clip)
    assert distance(shown, source) > 20
    # Where the square is, the picture differs from where it is not, and that moves with it.
    change = np.abs(shown[-1].astype(int) - shown[0]).mean(axis=2)
    before, after = (round(world.centre_of_red(pixels)[0]) for pixels in (source[0], source[-1]))
    assert change[56:80, after - 10 : after + 10].mean() > 1.5 * change[56:80, 120:].mean()
    assert change[56:80, before - 10 : before + 8].mean() > 1.5 * change[56:80, 120:].mean()
    assert any(task in line.lower() for line in around.lines)


# ---------------------------------------------------------------- masks and canvases


def mask_frames(count: int = 10) -> list[world.Pixels]:
    out = [np.zeros((128, 192, 3), np.uint8) for _ in range(count)]
    for i, pixels in enumerate(out):
        pixels[48:88, 8 + 3 * i : 48 + 3 * i] = 255
    return out


@pytest.fixture(scope="module")
def mask(folder: Path) -> Path:
    return world.saved(folder / "mask.mp4", mask_frames(), 10)


def test_what_is_masked_goes_and_all_else_stays(tmp_path: Path, clip: Path, mask: Path) -> None:
    media = world.media(mask, name="mask_video_url")
    shown, _, _ = made(tmp_path, clip, operation="inpainting", mask_video=media)
    source, masks = world.opened(clip), mask_frames()
    for before, after, hole in zip(source, shown, masks, strict=True):
        kept = cv2.dilate(hole, np.ones((5, 5), np.uint8)).max(axis=2) == 0
        assert np.abs(after.astype(int) - before)[kept].mean() < 2
        # The camera stands, so what lies behind was seen on other frames.
        assert world.psnr(after[44:92, :90], world.ground()[44:92, :90]) > 24


@pytest.mark.long
def test_a_prompt_or_a_reference_takes_the_place(tmp_path: Path, clip: Path, mask: Path) -> None:
    media = world.media(mask, name="mask_video_url")
    Image.fromarray(np.full((40, 40, 3), (20, 20, 240), np.uint8)).save(tmp_path / "ref.png")
    reference = world.media(tmp_path / "ref.png", "image", "ref_image_urls")
    blue = made(tmp_path / "a", clip, operation="inpainting", mask_video=media, references=(reference,))[0]
    for i, pixels in enumerate(blue):
        inside = pixels[54:82, 14 + 3 * i : 42 + 3 * i].reshape(-1, 3).mean(axis=0)
        assert inside[2] > inside[0] + 100
    ball = made(tmp_path / "b", clip, operation="inpainting", mask_video=media, prompt="a yellow ball")[0]
    gone = made(tmp_path / "c", clip, operation="inpainting", mask_video=media, prompt="")[0]
    assert world.apart(ball[0][48:88, 8:48], gone[0][48:88, 8:48]) > 10
    assert world.apart(ball[0][:40], gone[0][:40]) < 2


def test_a_mask_picture_follows_what_it_lies_on(tmp_path: Path, clip: Path, mask: Path) -> None:
    Image.fromarray(mask_frames(1)[0]).save(tmp_path / "mask.png")
    picture = world.media(tmp_path / "mask.png", "image", "mask_image_url")
    video = world.media(mask, name="mask_video_url")
    shown, _, around = made(
        tmp_path / "o", clip, operation="inpainting", mask_image=picture, mask_video=video, prompt=""
    )
    for pixels in shown:
        wide = pixels.astype(int)
        assert ((wide[..., 0] > 150) & (wide[..., 1] < 100)).sum() < 60
    assert any("first frame and follows" in line for line in around.lines)


def test_inpainting_needs_a_mask(tmp_path: Path, clip: Path) -> None:
    with pytest.raises(InputError) as caught:
        made(tmp_path, clip, operation="inpainting")
    assert world.problem(caught) == (("body", "mask_video_url"), "missing")


def test_outpainting_and_reframing_paint_around(tmp_path: Path, clip: Path) -> None:
    wide, _, _ = made(tmp_path / "a", clip, operation="outpainting")
    inner = cv2.resize(world.opened(clip)[0], (134, 90), interpolation=cv2.INTER_AREA)
    assert wide[0].shape == (128, 192, 3)
    assert world.psnr(wide[0][20:108, 30:162], inner[1:89, 1:133]) > 26
    assert wide[0][:10].mean() > 60
    tall, _, _ = made(tmp_path / "b", clip, operation="reframe", aspect="9:16", lines=96)
    assert tall[0].shape == (170, 96, 3)
    assert tall[0][:40].mean() > 60
    assert world.psnr(tall[0][53:117], cv2.resize(world.opened(clip)[0], (96, 64), interpolation=cv2.INTER_AREA)) > 26


# ---------------------------------------------------------------- without a video, and unsafe ones


@pytest.mark.long
def test_words_alone_make_a_video(tmp_path: Path, folder: Path) -> None:
    fields: dict[str, Any] = {"prompt": "a red fox in the snow", "resolution": "480p", "num_frames": 81, "seed": 2}
    result, around = world.ordered(tmp_path, VACE, {}, aspect_ratio="1:1", **fields)
    said = world.facts(result)
    assert (said["num_frames"], said["fps"], said["width"], said["height"]) == (81, 16, 480, 480)
    assert (result.values["seed"], result.values["prompt"]) == (2, "a red fox in the snow")
    assert any("from the words alone" in line for line in around.lines)
    Image.fromarray(world.square_at(80, 48)).save(tmp_path / "first.png")
    started, _ = world.ordered(tmp_path / "b", VACE, {"first_frame_url": tmp_path / "first.png"}, **fields)
    red = world.centre_of_red(cv2.resize(world.video(started)[0], (192, 128)))
    assert red == pytest.approx((96, 64), abs=14)


def test_some_tasks_need_a_source(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        world.ordered(tmp_path, VACE, {}, prompt="x", task="outpainting")
    assert world.problem(caught) == (("body", "video_url"), "missing")


def test_unsafe_frames_are_refused(tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "score", lambda _pixels: 0.99)
    with pytest.raises(ContentRefused):
        made(tmp_path, clip, strength=0, safety=Safety(check=True))
    _, result, around = made(tmp_path / "b", clip, strength=0, safety=Safety(check=False))
    assert safety.NAME not in result.parts
    assert any("checker is off" in line for line in around.lines)


def test_expansion_and_sampler_details_are_told(tmp_path: Path, clip: Path) -> None:
    _, _, around = made(tmp_path, clip, strength=0, expand_prompt=True, options={"shift": 3})
    assert any("expands nothing" in line for line in around.lines)
    assert any("shift" in line for line in around.lines)


def test_a_mask_moves_as_one_piece() -> None:
    frames = world.moving(5, 5)
    masks = list(inside.followed(inside.light(mask_frames(1)[0]), iter(frames)))
    for i, found in enumerate(masks):
        columns = np.nonzero(found.any(axis=0))[0]
        assert (columns[0], columns[-1]) == pytest.approx((8 + 5 * i, 47 + 5 * i), abs=2)


@pytest.mark.long
def test_a_small_fast_thing_keeps_its_colour_far_from_the_source(tmp_path: Path) -> None:
    """The flow from key to key loses it, so what stands in front is looked for again."""
    places = [20 + 7 * i for i in range(20)]
    discs = [
        cv2.circle(pixels.copy(), (x, 72), 6, (220, 40, 40), -1, cv2.LINE_AA)
        for x, pixels in zip(places, world.panning(20, 2), strict=True)
    ]
    clip = world.saved(tmp_path / "clip.mp4", [np.asarray(pixels, np.uint8) for pixels in discs])
    result, _ = world.ordered(
        tmp_path, MODIFY, {"video_url": clip}, prompt="a snowy village at night",
        mode="reimagine_3",
    )  # fmt: skip
    seen = [
        pixels[70:75, x - 2 : x + 3].mean(axis=(0, 1)) for x, pixels in zip(places, world.video(result), strict=True)
    ]
    assert np.abs(np.array(seen) - seen[0]).max() < 30
