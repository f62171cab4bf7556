"""Merging: the same coded pictures, another sound to the sample, and what happens where lengths differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from gesso.errors import InputError
from tests.engines.sketch.remake import world

ID = "fal-ai/ffmpeg-api/merge-audio-video"


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [round(float(frame.time or 0), 4) for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merge")
    world.saved(folder / "clip.mp4", world.moving(24, 2), 24, sound=world.tone(1.0, 330))
    for name, seconds in (("short", 0.4), ("long", 3.0)):
        wav(folder / f"{name}.wav", world.tone(seconds, 880))
    return folder


def wav(path: Path, samples: Any, rate: int = 48000, codec: str = "pcm_s16le") -> Path:
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(codec, rate=rate, layout="mono")
        kind = "fltp" if codec == "aac" else "s16"
        data = samples[None] if kind == "fltp" else np.rint(samples[None] * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), format=kind, layout="mono")
        frame.sample_rate = rate
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_pictures_are_copied_and_the_sound_is_replaced(tmp_path: Path, files: Path) -> None:
    given = {"video_url": files / "clip.mp4", "audio_url": files / "long.wav"}
    result, around = world.ordered(tmp_path, ID, given)
    made = result.files["video"][0]
    assert packets(made.path) == packets(files / "clip.mp4")
    assert times(made.path) == times(files / "clip.mp4")
    samples, rate = world.heard(made.path)
    assert world.pitch(samples[5000:40000], rate) == pytest.approx(880, abs=3)
    assert any("copied bit for bit" in line for line in around.lines)
    assert (made.content_type, result.values) == ("video/mp4", {})
    assert world.facts(result)["num_frames"] == 24


@pytest.mark.parametrize("offset", [0.25, 0.5, 0.7301])
def test_the_sound_starts_to_the_sample(tmp_path: Path, files: Path, offset: float) -> None:
    given = {"video_url": files / "clip.mp4", "audio_url": files / "long.wav"}
    result, _ = world.ordered(tmp_path, ID, given, start_offset=offset)
    samples, rate = world.heard(result.files["video"][0].path)
    start = round(offset * rate)
    # Before: silence, but for what the coder smears; from there on the tone, in phase with itself.
    assert np.abs(samples[: start - 1100]).max() < 0.01
    cut = samples[start + 600 : start + 4000]
    tone = world.tone(1.0, 880)[600 : 600 + len(cut)]
    lags = range(-30, 31)
    fits = [float(np.dot(samples[start + 600 + lag : start + 600 + lag + len(cut)], tone)) for lag in lags]
    assert abs(list(lags)[int(np.argmax(fits))]) <= 1
    assert len(samples) / rate == pytest.approx(1.0, abs=0.03)


def test_a_shorter_sound_is_followed_by_silence_and_a_longer_one_cut(tmp_path: Path, files: Path) -> None:
    for name in ("short", "long"):
        given = {"video_url": files / "clip.mp4", "audio_url": files / f"{name}.wav"}
        result, _ = world.ordered(tmp_path / name, ID, given)
        samples, rate = world.heard(result.files["video"][0].path)
        assert len(samples) / rate == pytest.approx(1.0, abs=0.03)
        tail = float(np.abs(samples[round(0.6 * rate) : round(0.9 * rate)]).max())
        assert (tail < 0.01) if name == "short" else (tail > 0.4)


def test_aac_that_fits_is_copied(tmp_path: Path, files: Path) -> None:
    sound = wav(tmp_path / "fits.m4a", world.tone(0.8, 660), codec="aac")
    result, around = world.ordered(tmp_path, ID, {"video_url": files / "clip.mp4", "audio_url": sound})
    with av.open(str(sound)) as one, av.open(str(result.files["video"][0].path)) as two:
        coded = [[bytes(p) for p in c.demux(audio=0) if p.size] for c in (one, two)]
    assert coded[0] == coded[1]
    assert any("copied too" in line for line in around.lines)


def test_an_offset_beyond_the_end_is_refused(tmp_path: Path, files: Path) -> None:
    given = {"video_url": files / "clip.mp4", "audio_url": files / "long.wav"}
    with pytest.raises(InputError) as caught:
        world.ordered(tmp_path, ID, given, start_offset=1.0)
    assert world.problem(caught) == (("body", "start_offset"), "less_than")


def test_vp9_goes_into_webm_with_opus(tmp_path: Path, files: Path) -> None:
    path = world.saved(tmp_path / "clip.webm", world.moving(6, 2), 12, codec="libvpx-vp9")
    result, _ = world.ordered(tmp_path, ID, {"video_url": path, "audio_url": files / "long.wav"})
    made = result.files["video"][0]
    assert made.content_type == "video/webm"
    assert packets(made.path) == packets(path)
    with av.open(str(made.path)) as container:
        assert container.streams.audio[0].codec_context.name in ("opus", "libopus")


def test_an_animated_picture_is_encoded(tmp_path: Path, files: Path) -> None:
    path = world.saved(tmp_path / "clip.gif", world.moving(5, 2), 10, codec="gif", pixel_format="rgb8")
    result, around = world.ordered(tmp_path, ID, {"video_url": path, "audio_url": files / "short.wav"})
    frames = world.video(result)
    assert len(frames) == 5
    assert world.centre_of_red(frames[4])[0] - world.centre_of_red(frames[0])[0] == pytest.approx(8, abs=1)
    assert any("encoded anew" in line for line in around.lines)


def test_a_variable_rate_keeps_its_times(tmp_path: Path, files: Path) -> None:
    path = world.saved(tmp_path / "vfr.mkv", world.moving(5, 2), 10, times=[0, 40, 300, 350, 800])
    result, _ = world.ordered(tmp_path, ID, {"video_url": path, "audio_url": files / "long.wav"})
    assert times(result.files["video"][0].path) == pytest.approx([0, 0.04, 0.3, 0.35, 0.8], abs=0.002)


def test_bytes_repeat(tmp_path: Path, files: Path) -> None:
    given = {"video_url": files / "clip.mp4", "audio_url": files / "short.wav"}
    made = [world.ordered(tmp_path / name, ID, given)[0].files["video"][0].path for name in "ab"]
    assert made[0].read_bytes() == made[1].read_bytes()


def test_no_sound_or_no_video_is_an_error(tmp_path: Path, files: Path) -> None:
    mute = world.saved(tmp_path / "mute.mp4", world.moving(4), 12)
    with pytest.raises(InputError) as caught:
        world.ordered(tmp_path, ID, {"video_url": files / "clip.mp4", "audio_url": mute})
    assert world.problem(caught) == (("body", "audio_url"), "unsupported_audio_format")
    with pytest.raises(InputError) as caught:
        world.ordered(tmp_path, ID, {"video_url": files / "long.wav", "audio_url": files / "long.wav"})
    assert world.problem(caught) == (("body", "video_url"), "unsupported_video_format")


@pytest.mark.parametrize("frame", [1, 7, 23])
def test_an_offset_of_whole_frames_starts_with_its_frame(tmp_path: Path, files: Path, frame: int) -> None:
    given = {"video_url": files / "clip.mp4", "audio_url": files / "long.wav"}
    result, _ = world.ordered(tmp_path, ID, given, start_offset=frame / 24)
    made = result.files["video"][0].path
    samples, rate = world.heard(made)
    first = int(np.flatnonzero(np.abs(samples) > 0.1)[0]) / rate
    shown = times(made)
    assert int(np.argmin(np.abs(np.array(shown) - first))) == frame
    assert abs(first - shown[frame]) < 0.5 / 24
    assert packets(made) == packets(files / "clip.mp4")


def test_a_video_without_sound_gets_one(tmp_path: Path, files: Path) -> None:
    mute = world.saved(tmp_path / "mute.mp4", world.moving(12, 2), 12)
    result, _ = world.ordered(tmp_path, ID, {"video_url": mute, "audio_url": files / "long.wav"})
    made = result.files["video"][0].path
    samples, rate = world.heard(made)
    assert packets(made) == packets(mute)
    assert len(samples) / rate == pytest.approx(1.0, abs=0.03)


def test_aac_that_is_longer_than_the_video_is_cut_at_its_end(tmp_path: Path, files: Path) -> None:
    sound = wav(tmp_path / "long.m4a", world.tone(2.0, 660), codec="aac")
    result, around = world.ordered(tmp_path, ID, {"video_url": files / "clip.mp4", "audio_url": sound})
    samples, rate = world.heard(result.files["video"][0].path)
    assert len(samples) / rate == pytest.approx(1.0, abs=0.03)
    assert any("is encoded" in line for line in around.lines)


def test_the_sound_of_a_film_may_be_merged(tmp_path: Path, files: Path) -> None:
    film = world.saved(tmp_path / "film.mp4", world.moving(24, 2), 24, sound=world.tone(1.0, 550))
    result, _ = world.ordered(tmp_path, ID, {"video_url": files / "clip.mp4", "audio_url": film})
    made = result.files["video"][0].path
    samples, rate = world.heard(made)
    assert packets(made) == packets(files / "clip.mp4")
    assert world.pitch(samples[5000:40000], rate) == pytest.approx(550, abs=3)


def test_one_frame_lasts_as_long_as_it_is_shown(tmp_path: Path, files: Path) -> None:
    still = world.saved(tmp_path / "still.mp4", world.moving(1), 12)
    result, _ = world.ordered(tmp_path, ID, {"video_url": still, "audio_url": files / "long.wav"})
    made = result.files["video"][0].path
    samples, rate = world.heard(made)
    assert len(times(made)) == 1
    assert len(samples) / rate == pytest.approx(1 / 12, abs=0.03)
