"""Speaking faces end to end: lengths, sync, loops, voices, portraits, and what cannot be done."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from gesso.engines.engine import Result
from gesso.engines.sketch.audio import measure, speech
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.engine import SketchEngine
from gesso.errors import InputError
from gesso.tasks import LipSync
from tests.engines.sketch.audio.studio import film, frames, heard, mark, order, presenter, refusal, sound_file
from tests.engines.sketch.edit.world import portrait
from tests.engines.sketch.remake.world import Surroundings

CREATIFY, PIXVERSE, OMNI = "creatify/lipsync", "fal-ai/pixverse/lipsync", "fal-ai/bytedance/omnihuman"
FPS = 12


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces")
    film(folder / "face.mp4", presenter(12), FPS)
    [face] = presenter(1)
    film(folder / "glimpse.mp4", [*[np.full_like(face, 128)] * 5, face], FPS)
    film(folder / "wall.mp4", [np.full((120, 160, 3), 128, np.uint8)] * 6, FPS)
    Image.fromarray(portrait()).save(folder / "face.png")
    Image.fromarray(np.full((200, 200, 3), 128, np.uint8)).save(folder / "wall.png")
    sound_file(folder / "speech.wav", bursts(1.75))
    sound_file(folder / "short.wav", bursts(0.5))
    return folder


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory, files: Path) -> tuple[Result, Surroundings]:
    """The filmed face with the sound of `bursts`."""
    given = {"video_url": files / "face.mp4", "audio_url": files / "speech.wav"}
    return order(tmp_path_factory.mktemp("spoken"), CREATIFY, given)


def bursts(seconds: float) -> Sound:
    """A buzz with formants that comes and goes every 0.5 s: on for the first half of each."""
    time = np.arange(round(seconds * 24000)) / 24000
    buzz = sum(np.sin(2 * np.pi * 150 * n * time) / n for n in range(1, 12)) * 0.15 * (time % 0.5 < 0.25)
    return Sound(np.asarray(buzz, np.float32)[:, None], 24000)


def darkness(picture: np.ndarray) -> float:
    """How much of the portrait's mouth is as dark as a cavity."""
    return float((picture[146:176, 112:150].max(axis=2) < 90).mean())


def test_a_filmed_face_speaks_as_long_as_the_sound(spoken: tuple[Result, Surroundings]) -> None:
    result, around = spoken
    made = frames(result.files["video"][0].path)
    assert len(made) == 21  # 1.75 s at 12
    sound = heard(result, "video")
    assert abs(sound.seconds - 1.75) < 0.06
    want = bursts(1.75).mono()
    length = min(len(want), len(sound.samples))
    lag = np.argmax(np.correlate(np.abs(sound.mono()[:length:20]), np.abs(want[:length:20]), "full")) - (length // 20)
    assert abs(lag) <= 2
    assert np.corrcoef(sound.mono()[:length], want[:length])[0, 1] > 0.9
    assert result.parts == ("blazeface", "face-mesh")
    assert any("12 of 12 frames" in line for line in around.lines)


def test_the_mouth_opens_when_it_sounds(spoken: tuple[Result, Surroundings]) -> None:
    result, _ = spoken
    dark = np.array([darkness(picture) for picture in frames(result.files["video"][0].path)])
    loud = measure.levels(bursts(1.75).samples, 24000, FPS)
    assert np.corrcoef(dark, loud)[0, 1] > 0.6


def test_only_the_mouth_changes(files: Path, spoken: tuple[Result, Surroundings]) -> None:
    result, _ = spoken
    before, after = frames(files / "face.mp4"), frames(result.files["video"][0].path)
    differs = np.mean([np.abs(a.astype(int) - b).mean(axis=2) for a, b in zip(before, after, strict=False)], axis=0)
    mouth, rest = differs[140:180, 100:160], np.concatenate([differs[:110].ravel(), differs[230:].ravel()])
    assert mouth.mean() > 3 * rest.mean()
    assert rest.mean() < 4  # codec noise


@pytest.mark.parametrize(("loop", "last"), [(True, [11, 0, 1, 2, 3, 4, 5, 6, 7, 8]), (False, [11] * 10)])
def test_loop_starts_again_else_the_last_frame_is_held(
    tmp_path: Path, files: Path, loop: bool, last: list[int]
) -> None:
    given = {"video_url": files / "face.mp4", "audio_url": files / "speech.wav"}
    result, _ = order(tmp_path, CREATIFY, given, loop=loop)
    marks = [mark(picture) for picture in frames(result.files["video"][0].path)]
    assert marks == [*range(11), *last]


def test_a_short_sound_ends_the_video(tmp_path: Path, files: Path) -> None:
    result, _ = order(tmp_path, CREATIFY, {"video_url": files / "face.mp4", "audio_url": files / "short.wav"})
    assert len(frames(result.files["video"][0].path)) == 6


def test_text_is_read_out_by_the_voice(tmp_path: Path, files: Path) -> None:
    text = "We are on our way home now."
    pitches: dict[str, float] = {}
    for voice in ("James", "Chloe"):
        result, around = order(tmp_path / voice, PIXVERSE, {"video_url": files / "face.mp4"}, text=text, voice_id=voice)
        want = speech.say(text, voice)
        assert len(frames(result.files["video"][0].path)) == int(np.ceil(want.sound.seconds * FPS - 1e-6))
        sound = heard(result, "video")
        found = measure.pitches(sound.mono(), sound.rate)
        pitches[voice] = float(np.median(found[found > 0]))
        assert result.parts == ("blazeface", "face-mesh", "hibari-0.2.1")
        assert any(f'voice "{voice}"' in line for line in around.lines)
    assert pitches["Chloe"] > 1.8 * pitches["James"]


def test_a_recording_comes_before_the_text(tmp_path: Path, files: Path) -> None:
    given = {"video_url": files / "face.mp4", "audio_url": files / "short.wav"}
    result, around = order(tmp_path, PIXVERSE, given, text="Something else entirely, and longer.")
    assert len(frames(result.files["video"][0].path)) == 6
    assert any("text is not read out" in line for line in around.lines)


def test_a_portrait_speaks_and_says_how_long(tmp_path: Path, files: Path) -> None:
    result, _ = order(tmp_path, OMNI, {"image_url": files / "face.png", "audio_url": files / "speech.wav"})
    assert result.values["duration"] == 1.75
    made = frames(result.files["video"][0].path)
    assert len(made) == 44  # 1.75 s at 25, the last frame begun
    assert made[0].shape == (300, 260, 3)
    first = made[0].astype(int)
    moved = np.mean([np.abs(picture - first).mean() for picture in made[20:]])
    assert moved > 0.5
    edges = np.mean([np.abs(picture[:8].astype(int) - first[:8]).mean() for picture in made[20:]])
    assert edges < 0.6 * moved


@pytest.mark.parametrize("shape", [(301, 261), pytest.param((1500, 1300), marks=pytest.mark.long)])
def test_portraits_of_odd_and_large_sizes(tmp_path: Path, files: Path, shape: tuple[int, int]) -> None:
    pixels = cv2.resize(portrait(), shape[::-1], interpolation=cv2.INTER_CUBIC)
    rgba = np.dstack([pixels, np.full(shape, 255, np.uint8)])
    rgba[:5, :5, 3] = 0
    Image.fromarray(rgba).save(tmp_path / "odd.png")
    sound_file(tmp_path / "tick.wav", bursts(0.12))
    result, _ = order(tmp_path, OMNI, {"image_url": tmp_path / "odd.png", "audio_url": tmp_path / "tick.wav"})
    height, width = frames(result.files["video"][0].path)[0].shape[:2]
    assert height % 2 == width % 2 == 0
    assert max(height, width) <= 1280
    assert abs(width / height - shape[1] / shape[0]) < 0.01


@pytest.mark.parametrize(
    ("id_", "given", "field"),
    [
        (CREATIFY, {"video_url": "wall.mp4", "audio_url": "short.wav"}, "video_url"),
        (PIXVERSE, {"video_url": "wall.mp4", "audio_url": "short.wav"}, "video_url"),
        (PIXVERSE, {"video_url": "glimpse.mp4", "audio_url": "short.wav"}, "video_url"),
        (OMNI, {"image_url": "wall.png", "audio_url": "short.wav"}, "image_url"),
    ],
)
def test_no_face_is_told_on_its_field(tmp_path: Path, files: Path, id_: str, given: dict[str, str], field: str) -> None:
    with pytest.raises(InputError) as caught:
        order(tmp_path, id_, {name: files / file for name, file in given.items()})
    assert refusal(caught.value) == ("face_detection_error", ("body", field))
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("text", "type_"),
    [(None, "missing"), ("  ", "missing"), ("日本語", "value_error"), ("a b " * 600, "string_too_long")],
)
def test_text_that_cannot_be_read_out(tmp_path: Path, files: Path, text: str | None, type_: str) -> None:
    with pytest.raises(InputError) as caught:
        order(tmp_path, PIXVERSE, {"video_url": files / "face.mp4"}, text=text)
    assert refusal(caught.value) == (type_, ("body", "text"))


def test_sound_that_is_too_long_or_no_sound(tmp_path: Path, files: Path) -> None:
    sound_file(tmp_path / "long.wav", Sound(np.zeros((8000 * 31, 1), np.float32), 8000))
    (tmp_path / "junk.mp3").write_bytes(b"no sound")
    for file, type_ in (("long.wav", "audio_duration_too_long"), ("junk.mp3", "unsupported_audio_format")):
        with pytest.raises(InputError) as caught:
            order(tmp_path, OMNI, {"image_url": files / "face.png", "audio_url": tmp_path / file})
        assert refusal(caught.value) == (type_, ("body", "audio_url"))


def test_the_same_order_gives_the_same_bytes(tmp_path: Path, files: Path) -> None:
    given = {"image_url": files / "face.png", "audio_url": files / "short.wav"}
    one, two = (order(tmp_path / name, OMNI, given)[0].files["video"][0].path.read_bytes() for name in "ab")
    assert one == two


def test_a_task_without_any_face_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        SketchEngine().run(LipSync(text="hello"), Surroundings(tmp_path))
    assert refusal(caught.value)[0] == "missing"


def test_lips_follow_the_text_that_a_recording_says(tmp_path: Path, files: Path) -> None:
    text = "We are on our way home now."
    sound_file(tmp_path / "said.wav", speech.say(text, speech.Voice(105, 0.88, 0.9)).sound)
    given = {"video_url": files / "face.mp4", "audio_url": tmp_path / "said.wav"}
    result, around = order(tmp_path, PIXVERSE, given, text=text)
    assert any("The recording says the text" in line for line in around.lines)
    assert result.parts == ("blazeface", "face-mesh", "hibari-0.2.1")
