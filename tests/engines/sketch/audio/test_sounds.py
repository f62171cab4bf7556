"""Sound files: what is written is read back; odd and hostile files give fal's errors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import av
import numpy as np
import pytest

from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import MediaRule

LOSSLESS = ("wav", "flac")
ALL = (*LOSSLESS, "mp3", "m4a", "aac", "ogg")


def tone(seconds: float = 1.0, rate: int = 44100, hertz: float = 440.0, channels: int = 2) -> Sound:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return Sound(np.repeat(wave[:, None], channels, axis=1).astype(np.float32), rate)


def loudest(sound: Sound) -> float:
    """The frequency that is strongest, in hertz."""
    samples = sound.mono()
    return float(np.abs(np.fft.rfft(samples)).argmax() * sound.rate / len(samples))


def field(path: Path, **limits: float) -> Media:
    return Media("https://example.com/a", ("audio_url",), MediaRule("audio", **limits), path)  # pyright: ignore[reportArgumentType]


def refused(media: Media) -> tuple[str, tuple[str | int, ...], dict[str, object]]:
    with pytest.raises(InputError) as caught:
        sounds.heard(media)
    problem = caught.value.problems[0]
    return problem.type, problem.loc, dict(problem.ctx or {})


@pytest.mark.parametrize("format", ALL)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_format_comes_back(tmp_path: Path, format: str, channels: int) -> None:
    given = tone(rate=48000, channels=channels)
    made = sounds.write(given, tmp_path / f"a.{format}", format, bitrate=128000)
    back = sounds.heard(field(made.path))
    assert (back.rate, back.channels) == (48000, channels)
    assert abs(back.seconds - 1.0) < 0.05
    assert abs(loudest(back) - 440) < 2
    assert abs(np.sqrt((back.samples**2).mean()) - 0.5 / np.sqrt(2)) < 0.02
    if format in LOSSLESS:
        assert np.abs(back.samples - given.samples).max() < 1e-4


@pytest.mark.parametrize("format", [*ALL, "pcm"])
def test_the_same_sound_gives_the_same_bytes(tmp_path: Path, format: str) -> None:
    paths = [sounds.write(tone(0.3, 48000), tmp_path / f"{n}.{format}", format, texts={"Seed": "1"}).path for n in "ab"]
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in paths}) == 1


@pytest.mark.parametrize("format", ["wav", "mp3", "flac", "m4a", "ogg"])
def test_files_tell_who_made_them(tmp_path: Path, format: str) -> None:
    made = sounds.write(tone(0.2, 48000), tmp_path / "a", format, texts={"Engine": "sketch", "Seed": "7"})
    with av.open(str(made.path)) as file:
        told = {**file.metadata, **file.streams[0].metadata}["comment"]
    assert told == "Software: Gesso; Engine: sketch; Seed: 7"


@pytest.mark.parametrize("bitrate", [32000, 64000, 128000, 256000])
def test_mp3_has_the_bitrate_asked_for(tmp_path: Path, bitrate: int) -> None:
    made = sounds.write(tone(2.0), tmp_path / "a.mp3", "mp3", bitrate=bitrate)
    with av.open(str(made.path)) as file:
        assert file.streams.audio[0].bit_rate == bitrate


def test_bare_samples(tmp_path: Path) -> None:
    given = tone(0.5)
    made = sounds.write(given, tmp_path / "a.pcm", "pcm")
    back = np.frombuffer(made.path.read_bytes(), "<i2").reshape(-1, 2) / 32767
    assert np.abs(back - given.samples).max() < 1e-4


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 32000, 48000])
def test_resampling_keeps_pitch_and_length(rate: int) -> None:
    given = tone(1.37)
    made = sounds.resample(given, rate)
    assert made.rate == rate
    assert len(made.samples) == round(len(given.samples) * rate / 44100)
    assert abs(loudest(made) - 440) < 2


def test_what_is_above_the_new_band_does_not_fold_back() -> None:
    assert np.abs(sounds.resample(tone(hertz=9000), 8000).samples[1000:-1000]).max() < 0.01


@pytest.mark.parametrize("junk", [b"", b"no sound at all", b"RIFF\xff\xff\xff\x7fWAVEfmt ", b"ID3" + bytes(4000)])
def test_what_is_no_sound(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a").write_bytes(junk)
    type_, loc, context = refused(field(tmp_path / "a"))
    assert (type_, loc) == ("unsupported_audio_format", ("body", "audio_url"))
    assert ".mp3" in context["supported_formats"]  # pyright: ignore[reportOperatorIssue]


def test_playlists_stay_shut(tmp_path: Path) -> None:
    made = sounds.write(tone(0.2), tmp_path / "secret.wav")
    for name, text in {
        "a.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{made.path}\n#EXT-X-ENDLIST\n",
        "a.ffconcat": f"ffconcat version 1.0\nfile {made.path.name}\n",
    }.items():
        (tmp_path / name).write_text(text)
        assert refused(field(tmp_path / name))[0] == "unsupported_audio_format"


def test_limits_of_the_field(tmp_path: Path) -> None:
    path = sounds.write(tone(2.0, 8000, channels=1), tmp_path / "a.wav").path
    type_, _, context = refused(field(path, max_seconds=1))
    assert type_ == "audio_duration_too_long"
    assert context["max_duration"] == 1
    type_, _, context = refused(field(path, min_seconds=15))
    assert type_ == "audio_duration_too_short"
    assert context == {"min_duration": 15, "provided_duration": 2.0}
    assert sounds.heard(field(path, min_seconds=2, max_seconds=2)).seconds == 2


def test_a_claimed_length_is_not_believed(tmp_path: Path) -> None:
    path = sounds.write(tone(1.0, 8000, channels=1), tmp_path / "a.wav").path
    data = bytearray(path.read_bytes())
    size = data.find(b"data") + 4
    data[size : size + 4] = (2**31 - 8).to_bytes(4, "little")  # 37 hours
    path.write_bytes(data)
    assert sounds.heard(field(path, max_seconds=30)).seconds == 1.0


def test_a_file_that_breaks_off_gives_what_is_there(tmp_path: Path) -> None:
    path = sounds.write(tone(2.0), tmp_path / "a.mp3", "mp3").path
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0.8 < sounds.heard(field(path)).seconds < 1.2


def test_six_channels_become_two(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=48000, layout="5.1")
        frame = av.AudioFrame.from_ndarray(np.full((1, 4800 * 6), 3000, np.int16), "s16", "5.1")
        frame.sample_rate = 48000
        out.mux(stream.encode(frame))
    assert sounds.heard(field(path)).samples.shape == (4800, 2)
