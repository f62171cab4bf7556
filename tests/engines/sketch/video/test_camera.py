"""The camera goes where it is told, measured by optical flow on rendered frames."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gesso.engines.sketch.video import animatic, camera, directions
from gesso.engines.sketch.video.acts import Clock
from gesso.engines.sketch.video.render import Renderer
from gesso.engines.sketch.video.shot import Shot
from gesso.engines.sketch.video.still import Wanted, stage
from tests.engines.sketch.video.cutting_room import scene
from tests.engines.sketch.video.filming import flow

COUNT = 13


@cache
def shot() -> Shot:
    """A picture with its surroundings, taken apart once for all."""
    made = stage(scene(240, 160), Wanted(margin=0.25, things=False), np.random.default_rng(0))
    made.sky = None
    return made


def rendered(prompt: str, *, loop: bool = False) -> Renderer:
    plan = animatic.plan(prompt, "", Clock(COUNT, 6, loop), free=False)
    rng = np.random.default_rng(0)
    return animatic.renderer(shot(), plan, animatic.poses(plan, rng), rng)


def seen(prompt: str, first: int = 2, last: int = 5) -> tuple[float, float, float, float]:
    """Shift right, shift down, growth and turn (to the left) of what is seen between two frames."""
    film = rendered(prompt)
    moved = flow(film.frame(first), film.frame(last))[20:-20, 24:-24]
    y, x = np.mgrid[0 : moved.shape[0], 0 : moved.shape[1]].astype(np.float64)
    x, y = x - x.mean(), y - y.mean()
    u, v = moved[..., 0], moved[..., 1]
    far = float((x * x + y * y).sum())
    growth, turn = float((u * x + v * y).sum()) / far, float((u * y - v * x).sum()) / far
    return float(np.median(u)), float(np.median(v)), growth, turn


@pytest.mark.parametrize(
    ("direction", "axis", "sign"),
    [
        ("Pan left", 0, 1),
        ("Pan right", 0, -1),
        ("Tilt up", 1, 1),
        ("Tilt down", 1, -1),
        ("Truck left", 0, 1),
        ("Truck right", 0, -1),
        ("Pedestal up", 1, 1),
        ("Pedestal down", 1, -1),
        ("Zoom in", 2, 1),
        ("Zoom out", 2, -1),
        ("Push in", 2, 1),
        ("Pull out", 2, -1),
        ("Roll left", 3, -1),
        ("Roll right", 3, 1),
    ],
)
def test_a_direction_moves_the_view_as_on_a_set(direction: str, axis: int, sign: int) -> None:
    measured = seen(f"[{direction}] A street")
    least = (1.0, 1.0, 0.008, 0.008)[axis]
    assert measured[axis] * sign > least
    others = [abs(value) / size for value, size in zip(measured, (1.0, 1.0, 0.008, 0.008), strict=True)]
    main = others[axis]
    # A roll comes a little nearer, so that no corner is empty.
    share = 0.9 if axis == 3 else 0.75
    assert all(other < share * main for number, other in enumerate(others) if number != axis)


def test_three_directions_together() -> None:
    across, down, growth, _ = seen("[Pan left, Tilt up, Zoom in] A street")
    assert across > 1
    assert down > 1
    assert growth > 0.008


def test_brackets_at_different_places_follow_each_other() -> None:
    prompt = "[Pan left] A street, [Tilt down] then the ground"
    early, late = seen(prompt, 1, 4), seen(prompt, 8, 11)
    assert early[0] > 1
    assert abs(early[1]) < 0.5
    assert late[1] < -1
    assert abs(late[0]) < 0.5


def test_a_fourth_direction_and_nonsense_are_told() -> None:
    told = directions.read("[Pan left, Tilt up, Zoom in, Roll left] x [Somersault]")
    assert [move.kind for move in told.moves] == ["pan left", "tilt up", "zoom in"]
    assert any("Roll left" in text for text in told.unknown)
    assert "Somersault" in told.unknown


def test_what_no_list_of_directions_has_is_followed_and_told() -> None:
    told = directions.read("[Roll clockwise, Pan left then Zoom in] A street")
    assert [(move.kind, move.start) for move in told.moves] == [("roll right", 0), ("pan left", 0), ("zoom in", 0.5)]
    assert (told.unlisted, told.unknown) == (["Roll clockwise"], [])
    plan = animatic.plan("[Roll clockwise] A street", "", Clock(COUNT, 6, loop=False), free=False)
    assert any("Roll clockwise" in line and "none of the listed" in line for line in animatic.sentences(plan))


def test_truck_has_parallax_and_pan_has_none() -> None:
    film = rendered("[Truck right] x")
    moved = flow(film.frame(2), film.frame(5))[..., 0]
    assert -float(np.median(moved[-30:])) > 2 * -float(np.median(moved[:30])) > 0.5
    film = rendered("[Pan right] x")
    moved = flow(film.frame(2), film.frame(5))[..., 0]
    assert abs(np.median(moved[-30:]) - np.median(moved[:30])) < 0.6


def test_static_and_unasked_cameras() -> None:
    still = rendered("static shot of a street")
    assert np.array_equal(still.frame(0), still.frame(COUNT - 1))
    assert seen("A street", 0, 12)[2] > 0.01


def test_shake_goes_to_and_fro() -> None:
    poses = camera.path([directions.Move("shake")], 48, 24, loop=False, rng=np.random.default_rng(1))
    steps = np.diff([pose.pan[0] for pose in poses])
    assert (np.sign(steps[1:]) != np.sign(steps[:-1])).sum() >= 8
    assert np.abs([pose.pan[0] for pose in poses]).max() < 0.05


def test_the_first_frame_is_the_picture() -> None:
    picture = scene(240, 160)
    for prompt in ("[Pan left, Zoom in] x", "[Roll left]", "handheld camera", "camera orbits right"):
        assert np.array_equal(rendered(prompt).frame(0), picture)


def test_a_loop_comes_back() -> None:
    for words in ("pans left", "orbits right", "zooms in", "shakes"):
        moves = directions.read(f"camera {words}").moves
        poses = camera.path(moves, 25, 12, loop=True, rng=np.random.default_rng(0))
        assert poses[0].shift(1) == pytest.approx((0, 0), abs=1e-9)
        assert max(abs(value) for value in poses[-1].shift(1)) < 0.02
        assert abs(poses[-1].zoom - 1) < 0.035


def test_quick_goes_farther_than_slow() -> None:
    reach = {}
    for pace in ("slow", "", "fast"):
        moves = directions.read(f"{pace} zoom in on a street").moves
        reach[pace] = camera.path(moves, 24, 12, loop=False, rng=np.random.default_rng(0))[-1].zoom
    assert reach["slow"] < reach[""] < reach["fast"]


def test_no_move_looks_farther_than_the_margin() -> None:
    wild = [directions.Move(kind, strength=3) for kind in ("pan left", "truck left", "zoom out")]
    poses = camera.path(wild, 24, 12, loop=False, rng=np.random.default_rng(0))
    assert camera.margin(poses) <= camera.MOST_MARGIN + 0.02


@pytest.mark.parametrize(
    ("prompt", "kinds", "rest"),
    [
        ("A cat runs, the camera pans left", ["pan left"], "A cat runs"),
        ("Slow zoom in on a red house", ["zoom in"], "a red house"),
        ("Drone shot of a city", ["aerial"], "a city"),
        ("The dog moves left and rolls over", [], "The dog moves left and rolls over"),
        ("She pushes the door; a wheel turns", [], "She pushes the door; a wheel turns"),
        ("Tracking shot of a horse", ["track"], "a horse"),
        ("Slowly roll clockwise over a city", ["roll right"], "a city"),
        ("the camera rotates counterclockwise", ["roll left"], ""),
        ("The camera follows the dog", ["track"], "the dog"),
        ("the camera circles the car", ["orbit right"], "the car"),
        ("tracking shot of a truck", ["track"], "a truck"),
        ("a truck drives to the right", [], "a truck drives to the right"),
        ("a crane flies up", [], "a crane flies up"),
        ("close-up shot of a frying pan", [], "close-up shot of a frying pan"),
        ("shot of a ballerina spinning left", [], "shot of a ballerina spinning left"),
        ("a car zooms out of a garage", [], "a car zooms out of a garage"),
    ],
)
def test_camera_words_in_prose(prompt: str, kinds: list[str], rest: str) -> None:
    told = directions.read(prompt)
    assert [move.kind for move in told.moves] == kinds
    assert told.text == rest


def test_a_negative_prompt_holds_the_camera() -> None:
    told = directions.without(directions.read("camera zooms in and pans left"), "zoom")
    assert "zoom in" not in [move.kind for move in told.moves]
    assert not directions.without(directions.read("[Pan left] x"), "camera movement").moves
