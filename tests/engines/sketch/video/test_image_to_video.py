"""Videos from pictures: first and last frames, keys and clips at their frames, what moves and what does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.engines.sketch import image_to_video
from gesso.engines.sketch.video import animatic, excerpt
from gesso.engines.sketch.video.acts import Clock
from gesso.engines.sketch.video.morph import Morph
from gesso.engines.sketch.video.still import Wanted, stage
from gesso.errors import InputError
from gesso.shapes import MediaRule, Size
from gesso.tasks import Condition, ImageToVideo, Media
from tests.engines.sketch.video.cutting_room import SMALL, Context, Room, change, difference, scene
from tests.engines.sketch.video.dressing import magenta, magentaness, roughness
from tests.engines.sketch.video.filming import Pixels, blobs, film, media, psnr

WITHIN_CODEC = 29.5
"""PSNR, dB, that a picture keeps through H.264 at our quality and 4:2:0 colour."""


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("films"))


def clip(room: Room, frames: list[Pixels], fps: int = 12) -> Media:
    return replace(
        media(film(room.folder() / "clip.mp4", frames, fps=fps, options={"crf": "12"})), loc=("videos", 0, "video_url")
    )


def greys(count: int, low: int = 40, step: int = 8) -> list[Pixels]:
    return [np.full((SMALL.height, SMALL.width, 3), low + step * i, np.uint8) for i in range(count)]


def test_the_first_frame_is_the_picture_and_then_it_moves(room: Room) -> None:
    picture = scene()
    made = room.image("[Zoom in, Pan left] it rains and the ball jumps", start=room.picture(picture))
    assert psnr(made.frames[0], picture) > WITHIN_CODEC
    assert difference(made.frames[-1], picture) > 6
    assert len(made.frames) == 12


def test_the_end_picture_is_reached(room: Room) -> None:
    first, last = scene(seed=3), scene(seed=8)
    made = room.image("A street", start=room.picture(first), end=room.picture(last))
    assert psnr(made.frames[0], first) > WITHIN_CODEC
    assert psnr(made.frames[-1], last) > WITHIN_CODEC
    middle = made.frames[6]
    assert difference(middle, first) > 5
    assert difference(middle, last) > 5


@pytest.mark.long
def test_an_end_alone_and_nothing_at_all(room: Room) -> None:
    last = scene()
    made = room.image("camera zooms in", end=room.picture(last))
    assert psnr(made.frames[-1], last) > WITHIN_CODEC
    assert difference(made.frames[0], last) > 4
    assert len(room.image("A red car drives").frames) == 12


@pytest.mark.long
def test_a_loop_goes_back_to_its_start(room: Room) -> None:
    first = scene()
    made = room.image("camera pans left, waves", start=room.picture(first), loop=True)
    assert psnr(made.frames[0], first) > WITHIN_CODEC
    steps = [difference(one, other) for one, other in zip(made.frames, made.frames[1:], strict=False)]
    assert difference(made.frames[-1], made.frames[0]) < 2 * max(steps)
    other = scene(seed=8)
    both = room.image("x", start=room.picture(first), end=room.picture(other), loop=True)
    assert psnr(both.frames[6], other) > WITHIN_CODEC
    assert difference(both.frames[-1], first) < 0.5 * difference(other, first)


@pytest.mark.long
def test_keys_are_seen_at_their_frames(room: Room) -> None:
    pictures = [scene(seed=seed) for seed in (3, 8, 5)]
    keys = tuple(room.key(picture, frame) for picture, frame in zip(pictures, (0, 8, 23), strict=True))
    made = room.image("pan left", conditions=keys, frames=24, seconds=9)
    assert made.facts.frames == 24
    for picture, frame in zip(pictures, (0, 8, 23), strict=True):
        assert psnr(made.frames[frame], picture) > WITHIN_CODEC


@pytest.mark.long
def test_strength_is_how_much_of_a_key_is_seen(room: Room) -> None:
    picture = scene()
    near = [
        difference(room.image("a lake", conditions=(room.key(picture, 0, strength),), frames=3).frames[0], picture)
        for strength in (0.0, 0.4, 0.8, 1.0)
    ]
    assert near[0] > near[1] > near[2] > near[3]
    assert near[3] < 5


def test_a_clip_is_followed_from_its_frame_on(room: Room) -> None:
    given = clip(room, greys(6))
    made = room.image("x", conditions=(Condition(media=given, frame=4),), frames=16)
    levels = [float(frame.mean()) for frame in made.frames]
    assert levels[4:10] == pytest.approx([40 + 8 * i for i in range(6)], abs=2.5)


@pytest.mark.long
def test_a_clip_backwards_shortened_and_resampled(room: Room) -> None:
    given = clip(room, greys(8))
    usual: dict[str, Any] = {"media": given, "frame": 0}
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({"reverse": True}, [96, 88, 80, 72, 64, 56, 48, 40]),
        ({"max_frames": 3}, [40, 48, 56]),
        ({"fps": 24.0}, [40, 40, 48, 48, 56, 56]),
        ({"fps": 6.0}, [40, 56, 72, 88]),
        ({"reverse": True, "max_frames": 3}, [56, 48, 40]),
    ]
    for more, expected in cases:
        made = room.image("x", conditions=(Condition(**usual | more),), frames=16)
        levels = [float(frame.mean()) for frame in made.frames]
        assert levels[: len(expected)] == pytest.approx(expected, abs=2.5), more


@pytest.mark.parametrize("kind", ["depth", "pose", "canny"])
def test_a_control_clip_leaves_its_structure_in_the_drawn_scene(room: Room, kind: str) -> None:
    square = np.full((SMALL.height, SMALL.width, 3), 40, np.uint8)
    square[30:98, 50:142] = 215
    given = clip(room, [square] * 4)
    plain = room.image("a meadow", conditions=(), frames=4)
    for preprocess in (True, False):
        order = Condition(media=given, kind=kind, preprocess=preprocess)
        made = room.image("a meadow", conditions=(order,), frames=4)
        changed = np.abs(made.frames[1].astype(int) - plain.frames[1].astype(int)).mean(axis=2)
        assert changed.mean() > 0.6
        if kind == "canny" and preprocess:
            assert changed[28:33, 60:130].mean() > 4 * changed[60:70, 80:110].mean()


def test_a_result_played_backwards(room: Room) -> None:
    picture = scene()
    made = room.image("pan left", start=room.picture(picture), reverse=True)
    assert psnr(made.frames[-1], picture) > WITHIN_CODEC
    assert difference(made.frames[0], picture) > 3


@pytest.mark.parametrize(
    ("given", "more", "size"),
    [
        ((90, 60), {"lines": 128, "size": None}, (192, 128)),
        ((61, 100), {"lines": 64, "size": None}, (64, 104)),
        ((90, 60), {"lines": 96, "aspect": "9:16", "size": None}, (96, 170)),
        ((90, 60), {"size": Size(160, 96)}, (160, 96)),
    ],
)
def test_sizes(room: Room, given: tuple[int, int], more: dict[str, object], size: tuple[int, int]) -> None:
    made = room.image("x", start=room.picture(blobs(*given)), frames=2, **more)
    assert (made.facts.width, made.facts.height) == size


def test_a_picture_of_another_shape_is_seen_whole(room: Room) -> None:
    tall = np.zeros((192, 64, 3), np.uint8)
    tall[:], tall[:32], tall[-32:] = (60, 120, 180), (240, 40, 40), (40, 240, 40)
    made = room.image("static camera", start=room.picture(tall), size=Size(224, 128), frames=2)
    middle = made.frames[0][:, 100:124].astype(int).mean(axis=1)
    assert middle[4, 0] > 180
    assert middle[-5, 1] > 180
    assert any("surroundings were painted" in line for line in made.lines)


def test_transparency_is_seen_over_white(room: Room) -> None:
    clear = np.dstack([scene(), np.zeros((128, 192), np.uint8)])
    assert room.image("static camera", start=room.picture(clear), frames=2).frames[0].min() > 240


def test_what_stands_in_front_moves_before_what_lies_behind() -> None:
    picture = scene()
    shot = stage(picture, Wanted(), np.random.default_rng(0))
    assert len(shot.things) == 1
    thing = shot.things[0]
    assert thing.left < 96 < thing.left + thing.width
    middle = shot.background[60:90, 85:107].astype(int)
    assert not ((middle[..., 0] > 200) & (middle[..., 1] < 80)).any()


@pytest.mark.parametrize("frame", [0, 5])
def test_a_shot_at_its_own_frame_is_its_picture_around_what_was_cut_out_too(frame: int) -> None:
    picture = scene()
    made = animatic.plan("[Pan left] the ball jumps", "", Clock(8, 12.0), free=False)
    path = animatic.poses(made, np.random.default_rng(1))
    shot = stage(picture, Wanted(animatic.margin(made, path)), np.random.default_rng(0))
    assert shot.things
    seen = animatic.renderer(shot, made, path, np.random.default_rng(2), origin=frame).frame
    assert np.abs(seen(frame).astype(int) - picture).max() <= 2
    moved = seen(frame - 1 if frame else 7).astype(int)
    assert np.abs(moved - picture).max() > 40


@pytest.mark.parametrize("given", ["picture", "clip", "words"])
def test_a_lora_gives_its_palette_by_its_scale_and_its_texture(room: Room, given: str) -> None:
    plain: list[Pixels] = [np.full((64, 96, 3), 90 + 20 * i, np.uint8) for i in range(2)]
    orders: dict[str, dict[str, Any]] = {
        "picture": {"start": room.picture(plain[0])},
        "clip": {"conditions": (Condition(media=clip(room, plain)),)},
        "words": {},
    }
    none, half, full = (
        room.image("hills", **orders[given], frames=2, size=Size(96, 64), look=magenta(room, scale))
        for scale in (0.0, 0.5, 1.0)
    )
    assert magentaness(none) + 8 < magentaness(half) < magentaness(full) - 8
    assert given == "words" or roughness(full) > 4 * roughness(none) + 1.5
    assert any("its own look" in line for line in full.lines)


@pytest.mark.long
def test_the_same_order_gives_the_same_bytes(room: Room) -> None:
    order = ImageToVideo(prompt="waves", start=room.picture(scene()), size=SMALL, seconds=0.5, fps=12, seed=3)
    assert room.made(order).data == room.made(order).data
    snowy = replace(order, prompt="snow is falling", seconds=1.5)
    assert difference(room.made(snowy).frames[-1], room.made(replace(snowy, seed=4)).frames[-1]) > 0.05


def test_what_is_no_picture_is_refused_where_it_was_given(room: Room, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    bad = Media("https://example.com/a.png", ("end_image_url",), MediaRule("image"), tmp_path / "a.png")
    for order in (
        ImageToVideo(start=room.picture(scene()), end=bad, size=SMALL, seconds=1),
        ImageToVideo(conditions=(Condition(media=replace(bad, rule=MediaRule("video"))),), size=SMALL, frames=2),
    ):
        with pytest.raises(InputError) as caught:
            image_to_video.make(order, Context(room.folder()))
        assert caught.value.problems[0].loc == ("body", "end_image_url")


def test_a_key_beyond_the_end_is_told(room: Room) -> None:
    made = room.image("x", conditions=(room.key(scene(), 80),), frames=5)
    assert psnr(made.frames[4], scene()) > WITHIN_CODEC
    assert any("beyond the last frame" in line for line in made.lines)


def test_one_frame(room: Room) -> None:
    made = room.image("A dog runs", start=room.picture(scene()), frames=1)
    assert len(made.frames) == 1


def test_a_morph_follows_what_moved() -> None:
    picture = scene(240, 160)
    moved = np.roll(picture, 12, axis=1)
    way = Morph(picture, moved)
    assert way.flows
    half = way.between(picture, moved, 0.5)
    inner = np.s_[20:-20, 30:-30]
    assert psnr(half[inner], np.roll(picture, 6, axis=1)[inner]) > 24
    assert not Morph(picture, blobs(240, 160, 9)).flows


def test_an_excerpt_gives_any_frame(room: Room) -> None:
    part = excerpt.Excerpt(clip(room, greys(20, 20, 10)), SMALL)
    assert part.count == 20
    for number in (19, 0, 7, 99, 16):
        assert float(part.frame(number).mean()) == pytest.approx(20 + 10 * min(number, 19), abs=2.5)


@pytest.mark.long
def test_a_prompt_that_is_embellished_moves_more(room: Room) -> None:
    start = room.picture(np.vstack([np.full((64, 192, 3), (120, 170, 230), np.uint8), np.asarray(scene()[64:])]))
    plain = room.image("static camera, a field", start=start, seconds=2)
    more = room.image("static camera, a field", start=start, seconds=2, expand_prompt=True)
    assert change(more) >= change(plain)
