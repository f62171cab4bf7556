"""Videos from words: exact form, the same bytes, what the verbs and the weather do, sound."""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest

from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.video import animatic, script, soundtrack
from gesso.engines.sketch.video.acts import Clock
from gesso.errors import ContentRefused, InputError
from gesso.shapes import Size
from gesso.tasks import Safety, Sampling, TextToVideo
from tests.engines.sketch.video.cutting_room import UNCHECKED, Context, Room, change, difference
from tests.engines.sketch.video.filming import Pixels


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("films"))


def centre(frame: Pixels, colour: tuple[int, int, int] = (225, 30, 30)) -> tuple[float, float]:
    """Where something of a colour is, (x, y) pixels."""
    far = np.abs(frame.astype(np.int16) - np.array(colour)).sum(axis=2)
    weight = np.clip(150 - far, 0, None).astype(np.float64)
    assert weight.sum() > 0
    y, x = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]]
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


def test_what_is_not_acted_is_told_and_a_bark_is_no_boat() -> None:
    clock = Clock(24, 24)
    plan = animatic.plan("A dog runs along the beach and barks", "", clock, free=True)
    assert animatic.shown(plan) == "A dog runs along the beach"
    plan = animatic.plan("A man opens a door", "", clock, free=True)
    assert {"Action: none that is known.", "Not acted: opens."} <= set(animatic.sentences(plan))


def test_size_length_and_rate_are_exact(room: Room) -> None:
    film = room.text("A red balloon", size=Size(160, 224), seconds=1.5, fps=20)
    assert (film.facts.width, film.facts.height, film.facts.frames) == (160, 224, 30)
    assert float(film.facts.fps) == 20
    assert film.facts.seconds == pytest.approx(1.5, abs=0.01)
    [made] = film.result.files["video"]
    assert made.facts == {"width": 160, "height": 224, "fps": 20.0, "duration": 1.5, "num_frames": 30}
    assert film.result.values["prompt"] == "A red balloon"
    assert film.result.values["seed"] == 1


def test_the_same_order_gives_the_same_bytes_and_another_seed_others(room: Room) -> None:
    order = TextToVideo(
        prompt="A dog runs, snow is falling",
        size=Size(192, 128),
        seconds=0.5,
        fps=12,
        seed=4,
        safety=UNCHECKED,
        audio=True,
    )
    first = room.made(order)
    assert first.data == room.made(order).data
    other = room.made(replace(order, seed=5))
    assert difference(first.frames[0], other.frames[0]) > 3


def test_the_file_tells_how_it_was_made(room: Room) -> None:
    film = room.text("A red balloon", safety=Safety())
    [made] = film.result.files["video"]
    with av.open(str(made.path)) as container:
        told = container.metadata
    assert (told["Software"], told["Engine"], told["Endpoint"], told["Seed"]) == (
        "Gesso",
        "sketch",
        "test/endpoint",
        "1",
    )
    assert told["Parts"] == "open_nsfw"
    assert film.result.parts == ("open_nsfw",)


def test_unsafe_frames_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("unsafe")
    order = TextToVideo(prompt="A tree", size=Size(192, 128), seconds=0.5, fps=8, seed=1)
    from gesso.engines.sketch import text_to_video

    with pytest.raises(ContentRefused):
        text_to_video.make(order, Context(folder, safety_threshold=0.0))
    assert not list(folder.iterdir())


def test_too_many_pixels_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    from gesso.engines.sketch import text_to_video

    with pytest.raises(InputError) as caught:
        text_to_video.make(
            TextToVideo(prompt="", size=Size(512, 512), seconds=1),
            Context(tmp_path_factory.mktemp("x"), max_pixels=9999),
        )
    assert caught.value.problems[0].type == "image_too_large"


@pytest.mark.parametrize(("side", "sign"), [("left", -1), ("right", 1)])
def test_who_runs_gets_on_to_that_side(room: Room, side: str, sign: int) -> None:
    film = room.text(f"A red fox runs to the {side}, static camera", seconds=1.5)
    first, last = centre(film.frames[0]), centre(film.frames[-1])
    assert (last[0] - first[0]) * sign > 20


def test_who_jumps_leaves_the_ground_and_comes_back(room: Room) -> None:
    film = room.text("A red car jumps, static camera", seconds=1.5)
    heights = [centre(frame)[1] for frame in film.frames]
    assert max(heights) - min(heights) > 8
    assert abs(heights[-1] - heights[0]) < 0.7 * (max(heights) - min(heights))


def test_stillness_is_kept(room: Room) -> None:
    still = room.text("A red car stands still, static camera, at noon")
    assert change(still) < 1.0


@pytest.mark.long
def test_rain_falls_down_and_snow_is_slower(room: Room) -> None:
    dry = room.text("A street at night, static camera, no movement")
    wet = room.text("A street at night, heavy rain, static camera, no movement")
    steps = [difference(one, other) for one, other in zip(wet.frames, wet.frames[1:], strict=False)]
    assert np.mean(steps) > 1 + np.mean(
        [difference(one, other) for one, other in zip(dry.frames, dry.frames[1:], strict=False)]
    )


def test_day_turns_to_night(room: Room) -> None:
    film = room.text("Timelapse of a field, day to night")
    assert film.frames[-1].mean() < 0.6 * film.frames[0].mean()


@pytest.mark.long
def test_a_loop_closes(room: Room) -> None:
    once = room.text("A sailboat on the sea, camera pans left", loop=False, seconds=2)
    again = room.text("A sailboat on the sea, camera pans left", loop=True, seconds=2)
    step = np.median([difference(one, other) for one, other in zip(again.frames, again.frames[1:], strict=False)])
    assert difference(again.frames[-1], again.frames[0]) < 3 * step + 0.5
    assert difference(once.frames[-1], once.frames[0]) > 2 * difference(again.frames[-1], again.frames[0])


def test_speech_is_spoken_where_it_is_asked_and_no_sound_where_it_is_not(room: Room) -> None:
    silent = room.text("A man says <S>Good morning everybody.<E>", seconds=2)
    assert not silent.facts.sound
    film = room.text("A man says <S>Good morning everybody.<E> <AUDCAP>silence<ENDAUDCAP>", seconds=2, audio=True)
    sound = sounds.read(film.result.files["video"][0].path)
    assert sound is not None
    assert sound.seconds == pytest.approx(2, abs=0.03)
    assert "hibari-0.2.1" in film.result.parts
    loud = np.abs(sound.mono())
    before, during = loud[: sound.rate // 4].mean(), loud[sound.rate // 2 : sound.rate].mean()
    assert during > 2.5 * before


def test_noises_are_those_of_the_caption() -> None:
    words = soundtrack.sort("A dog on a beach <AUDCAP>heavy rain and thunder<ENDAUDCAP>")
    rain, told, parts = soundtrack.record(words, 1.0, "", 1)
    assert "rain" in told[0]
    assert "thunder" in told[0]
    assert not parts
    _, less, _ = soundtrack.record(words, 1.0, "thunder", 1)
    assert "thunder" not in less[0]
    assert rain.seconds == 1.0
    assert rain.channels == 2


def test_speech_that_is_too_long_is_spoken_faster_and_stays_within(room: Room) -> None:
    words = soundtrack.sort("She says: " + "seven little birds are sitting on the garden wall and " * 3)
    sound, _, _ = soundtrack.record(words, 2.0, "", 1)
    assert len(sound.samples) == 2 * sound.rate


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ('A woman says "hello there" and waves', ["hello there"]),
        ("He whispers: come closer. A door opens", ["come closer."]),
        ('A sign with the text "OPEN"', []),
        ("<S>one<E> and <S>two<E>", ["one", "two"]),
    ],
)
def test_what_is_said(prompt: str, said: list[str]) -> None:
    words = soundtrack.sort(prompt)
    assert [line for _, line in words.said] == said
    assert not any(line in words.seen for line in said)


@pytest.mark.parametrize(
    ("prompt", "acts"),
    [
        ("A dog jumps and spins", [("dog", "jump"), ("dog", "spin")]),
        ("A woman in a red coat walks toward the camera", [("woman", "walk")]),
        ("Leaves fall, clouds drift, waves roll", []),
        ("The girl waves and the boy dances", [("girl", "wave"), ("boy", "dance")]),
        ("On the beach a horse gallops slowly to the left", [("horse", "run")]),
        ("A play at the theatre", []),
        ("A dog runs along the beach and barks", [("dog", "run"), ("dog", "nod")]),
        ("A man carries a box and walks", [("man", "walk")]),
        ("Two children throw a ball in a park", [("child", "wave"), ("ball", "toss")]),
        ("A man opens a door", []),
        ("A woman turns her head and smiles", [("woman", "nod")]),
        ("An astronaut floats and waves", [("astronaut", "float"), ("astronaut", "wave")]),
        ("A bear stands up and roars", [("bear", "nod")]),
        ("A cat next to a dog sleeps", [("cat", "breathe")]),
    ],
)
def test_verbs_belong_to_their_nouns(prompt: str, acts: list[tuple[str, str]]) -> None:
    assert [(line.noun, line.act.name) for line in script.read(prompt).lines] == acts


@pytest.mark.parametrize(
    ("negative", "verbs"),
    [
        ("worst quality, inconsistent motion, blurry, jittery, distorted", ["run", "walk"]),
        ("walking backwards, static", ["run", "walk"]),
        ("running", ["walk"]),
        ("blur, movement", []),
    ],
)
def test_a_negative_prompt_bans_what_happens_but_its_faults_do_not(negative: str, verbs: list[str]) -> None:
    assert [line.verb for line in script.read("a dog runs, a man walks", negative).lines] == verbs


def test_adverbs_and_sides_are_heard() -> None:
    [line] = script.read("On the beach a horse gallops slowly to the left").lines
    assert (line.act.side, line.act.strength) == (-1.0, 0.6)
    [near] = script.read("A woman walks toward the camera").lines
    assert near.act.nearer == 1.0


@pytest.mark.long
def test_odd_prompts_make_videos_too(room: Room) -> None:
    for words in ("", "....", "[]", "<S>", "[Pan left", "🦊" * 40, "x" * 5000):
        assert room.text(words, seconds=0.25, size=Size(64, 48)).facts.frames == 3


def strength(room: Room, guidance: float) -> float:
    return change(room.text("[Pan left] A street", sampling=Sampling(guidance=guidance)))


@pytest.mark.long
def test_guidance_is_how_far_things_go(room: Room) -> None:
    assert strength(room, 0) < strength(room, 5) < strength(room, 10)
