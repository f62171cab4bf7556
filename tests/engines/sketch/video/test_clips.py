"""Clips: what is written comes back; odd, rotated, deep, transparent, broken and hostile files are taken or refused."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.video import clips
from gesso.errors import InputError
from gesso.shapes import MediaRule
from tests.engines.sketch.video.filming import Pixels, blobs, film, media, psnr


def turned(count: int, width: int = 64, height: int = 48) -> list[Pixels]:
    picture = blobs(width, height)
    return [np.roll(picture, 2 * i, 1) for i in range(count)]


def written(path: Path, frames: list[Pixels], fps: Fraction | float = 24, sound: Sound | None = None) -> Path:
    height, width = frames[0].shape[:2]
    with clips.Writer(path, (width, height), fps, texts={"Engine": "sketch", "Seed": "7"}, sound=sound) as writer:
        for frame in frames:
            writer.add(frame)
    made = writer.made
    assert made is not None
    assert made.path == path
    assert made.content_type == "video/mp4"
    return path


def refused(path: Path, rule: MediaRule | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        clips.probe(media(path, rule))
    problem = caught.value.problems[0]
    assert problem.loc == ("body", "video_url")
    assert str(path.parent) not in problem.msg
    return caught.value


def kind(error: InputError) -> str:
    return error.problems[0].type


class TestWriter:
    def test_what_is_written_is_read_again(self, tmp_path: Path) -> None:
        frames = turned(12)
        clip = media(written(tmp_path / "a.mp4", frames, Fraction(30000, 1001)))
        facts = clips.probe(clip)
        assert (facts.width, facts.height, facts.frames, facts.sound) == (64, 48, 12, False)
        assert facts.fps == Fraction(30000, 1001)
        assert facts.seconds == pytest.approx(12 * 1001 / 30000, abs=1e-3)
        for frame, again in zip(frames, clips.frames(clip), strict=True):
            assert psnr(frame, again) > 35
            assert np.all(np.abs(again.mean((0, 1)) - frame.mean((0, 1))) < 1)

    def test_the_file_is_for_the_web_and_has_no_dates(self, tmp_path: Path) -> None:
        first = written(tmp_path / "a.mp4", turned(5)).read_bytes()
        assert first == written(tmp_path / "b.mp4", turned(5)).read_bytes()
        assert first.index(b"moov") < first.index(b"mdat")
        with av.open(str(tmp_path / "a.mp4")) as container:
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
            assert container.metadata["Software"] == "Gesso"
            assert (container.metadata["Engine"], container.metadata["Seed"]) == ("sketch", "7")
            assert not any("time" in key or "date" in key for key in container.metadata)

    def test_an_odd_size_grows_by_a_line(self, tmp_path: Path) -> None:
        picture = blobs(65, 49)
        facts = clips.probe(media(written(tmp_path / "a.mp4", [picture] * 3)))
        assert (facts.width, facts.height) == (66, 50)
        again = next(clips.frames(media(tmp_path / "a.mp4")))
        assert psnr(picture, again[:49, :65]) > 35

    @pytest.mark.parametrize(("rate", "channels"), [(22050, 1), (44100, 2), (96000, 1)])
    def test_sound_is_as_long_as_the_picture(self, tmp_path: Path, rate: int, channels: int) -> None:
        tone = 0.4 * np.sin(2 * np.pi * 440 * np.arange(3 * rate) / rate, dtype=np.float32)
        sound = Sound(np.repeat(tone[:, None], channels, 1).astype(np.float32), rate)
        path = written(tmp_path / "a.mp4", turned(25), 25, sound)
        assert clips.probe(media(path)).sound
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            assert stream.codec_context.name == "aac"
            assert stream.channels == channels
            assert stream.duration is not None
            assert stream.time_base is not None
            assert float(stream.duration * stream.time_base) == pytest.approx(1.0, abs=0.03)
            heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        loudest = np.argmax(np.abs(np.fft.rfft(heard[: stream.rate // 2]))) * 2
        assert abs(loudest - 440) <= 4

    def test_a_video_that_fails_leaves_no_file(self, tmp_path: Path) -> None:
        with (
            pytest.raises(ValueError, match="65"),
            clips.Writer(tmp_path / "a.mp4", (64, 48), 24, texts={}) as writer,
        ):
            writer.add(blobs(65, 48))
        assert not list(tmp_path.iterdir())


class TestFrames:
    def test_numbers_and_sizes(self, tmp_path: Path) -> None:
        clip = media(written(tmp_path / "a.mp4", turned(12)))
        every = list(clips.frames(clip))
        some = list(clips.frames(clip, start=3, stop=6, size=(32, 24)))
        assert [frame.shape for frame in some] == [(24, 32, 3)] * 3
        assert psnr(some[0], blobs_down(every[3])) > 30

    def test_resampling_shows_what_is_seen_at_each_moment(self, tmp_path: Path) -> None:
        greys = [np.full((32, 32, 3), 20 * i + 10, np.uint8) for i in range(10)]
        clip = media(written(tmp_path / "a.mp4", greys, 10))
        for fps, expected in ((5, [0, 2, 4, 6, 8]), (20, [i // 2 for i in range(20)])):
            levels = [round((float(frame.mean()) - 10) / 20) for frame in clips.frames(clip, fps=fps)]
            assert levels == expected

    def test_variable_rate(self, tmp_path: Path) -> None:
        greys = [np.full((32, 32, 3), 40 * i + 10, np.uint8) for i in range(5)]
        clip = media(film(tmp_path / "a.mp4", greys, times=[0, 100, 900, 1000, 1100]))
        levels = [round((float(frame.mean()) - 10) / 40) for frame in clips.frames(clip, fps=10)]
        assert levels[:11] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]
        assert clips.probe(clip).frames == 5


def blobs_down(picture: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(picture).resize((32, 24), Image.Resampling.BOX))


class TestOddFiles:
    @pytest.mark.parametrize(("matrix", "turns"), [((0, 1, -1, 0), -1), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 1)])
    def test_a_phone_held_sideways(self, tmp_path: Path, matrix: tuple[int, int, int, int], turns: int) -> None:
        frames = turned(4)
        data = bytearray(written(tmp_path / "a.mp4", frames).read_bytes())
        place = data.index(b"tkhd") + 44
        a, b, c, d = (value << 16 for value in matrix)
        data[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
        (tmp_path / "b.mp4").write_bytes(data)
        expected = np.rot90(frames[0], turns)
        facts = clips.probe(media(tmp_path / "b.mp4"))
        assert (facts.height, facts.width) == expected.shape[:2]
        assert psnr(expected, next(clips.frames(media(tmp_path / "b.mp4")))) > 32

    @pytest.mark.parametrize("ratio", [Fraction(16, 9), Fraction(1, 2)])
    def test_samples_that_are_not_square(self, tmp_path: Path, ratio: Fraction) -> None:
        wide = blobs(round(72 * ratio), 96)
        narrow = np.asarray(Image.fromarray(wide).resize((72, 96), Image.Resampling.BICUBIC))
        clip = media(film(tmp_path / "a.mp4", [narrow] * 3, ratio=ratio))
        facts = clips.probe(clip)
        assert (facts.width, facts.height) == (round(72 * ratio), 96)
        assert psnr(wide, next(clips.frames(clip))) > 30
        assert {(one.width, one.height) for one in clips.pictures(clip)} == {(facts.width, 96)}
        assert next(clips.frames(clip, size=(32, 24))).shape == (24, 32, 3)

    def test_samples_too_wide_to_believe(self, tmp_path: Path) -> None:
        clip = media(film(tmp_path / "a.mp4", [blobs(64, 48)], ratio=Fraction(50)))
        assert clips.probe(clip).width == 64

    @pytest.mark.parametrize(
        ("name", "codec", "pix_fmt"),
        [
            ("a.mp4", "libx265", "yuv420p10le"),
            ("a.mov", "prores_ks", "yuv422p10le"),
            ("a.webm", "libvpx-vp9", "yuv420p"),
            ("a.avi", "mjpeg", "yuvj420p"),
            ("a.mkv", "ffv1", "yuv444p"),
            ("a.mov", "qtrle", "rgb24"),
        ],
    )
    def test_codecs_and_depths(self, tmp_path: Path, name: str, codec: str, pix_fmt: str) -> None:
        frames = turned(3)
        options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
        clip = media(film(tmp_path / name, frames, codec=codec, pix_fmt=pix_fmt, options=options))
        assert clips.probe(clip).frames == 3
        assert psnr(frames[0], next(clips.frames(clip))) > 28

    def test_transparency_is_seen_over_white(self, tmp_path: Path) -> None:
        clear = np.dstack([blobs(64, 48), np.zeros((48, 64), np.uint8)])
        clear[:, :32, 3] = 255
        for name, codec, pix_fmt in (("a.webm", "libvpx-vp9", "yuva420p"), ("a.mov", "png", "rgba")):
            frame = next(clips.frames(media(film(tmp_path / name, [clear] * 2, codec=codec, pix_fmt=pix_fmt))))
            assert frame[:, 40:].min() > 245
            assert psnr(frame[:, :28], clear[:, :28, :3]) > 25

    def test_an_animated_gif(self, tmp_path: Path) -> None:
        pictures = [Image.fromarray(frame) for frame in turned(4)]
        pictures[0].save(tmp_path / "a.gif", save_all=True, append_images=pictures[1:], duration=[100, 300, 100, 100])
        clip = media(tmp_path / "a.gif")
        facts = clips.probe(clip)
        assert (facts.width, facts.height, facts.frames) == (64, 48, 4)
        assert facts.seconds == pytest.approx(0.6, abs=0.02)
        assert len(list(clips.frames(clip, fps=10))) == 6

    def test_one_frame(self, tmp_path: Path) -> None:
        clip = media(written(tmp_path / "a.mp4", turned(1)))
        assert clips.probe(clip).frames == 1
        assert len(list(clips.frames(clip))) == 1

    @pytest.mark.long
    def test_high_dynamic_range_is_brought_down(self, tmp_path: Path) -> None:
        params = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
        ramp = np.tile(np.linspace(0, 255, 64, dtype=np.uint8)[None, :, None], (48, 1, 3))
        clip = media(
            film(tmp_path / "a.mp4", [ramp], codec="libx265", pix_fmt="yuv420p10le", options={"x265-params": params})
        )
        row = next(clips.frames(clip)).mean((0, 2))
        assert row[0] < 20
        assert row[-1] > 200
        assert np.all(np.diff(row) > -3)


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.mp4", b""),
            ("a.mp4", b"\x00" * 4096),
            ("a.mp4", bytes(range(256)) * 20),
            ("a.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
            ("a.mp4", b"ffconcat version 1.0\nfile real.mp4\n"),
            ("a.mpd", b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'),
            ("a.sdp", b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5000 RTP/AVP 96\n"),
            ("a.webm", b"\x1aE\xdf\xa3" + b"\xff" * 64),
        ],
    )
    def test_no_video(self, tmp_path: Path, name: str, data: bytes) -> None:
        written(tmp_path / "real.mp4", turned(2))
        (tmp_path / name).write_bytes(data)
        error = refused(tmp_path / name)
        assert kind(error) == "unsupported_video_format"
        assert ".mp4" in (error.problems[0].ctx or {})["supported_formats"]

    def test_a_picture_or_a_sound_is_no_video(self, tmp_path: Path) -> None:
        Image.fromarray(blobs(8, 8)).save(tmp_path / "a.png")
        with av.open(str(tmp_path / "a.wav"), "w") as out:
            stream = out.add_stream("pcm_s16le", rate=8000)
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
            frame.sample_rate = 8000
            out.mux(stream.encode(frame))
        for name in ("a.png", "a.wav"):
            assert kind(refused(tmp_path / name)) == "unsupported_video_format"

    def test_broken_off_in_the_middle(self, tmp_path: Path) -> None:
        noise = np.random.default_rng(0).integers(0, 255, (20, 48, 64, 3), dtype=np.uint8)
        data = film(tmp_path / "a.mp4", noise).read_bytes()
        (tmp_path / "b.mp4").write_bytes(data[: len(data) // 2])
        facts = clips.probe(media(tmp_path / "b.mp4"))
        assert 2 < facts.frames < 20
        assert 1 < len(list(clips.frames(media(tmp_path / "b.mp4")))) <= facts.frames + 1
        late = film(tmp_path / "c.mp4", noise, faststart=False).read_bytes()
        (tmp_path / "c.mp4").write_bytes(late[: len(late) // 2])
        assert kind(refused(tmp_path / "c.mp4")) == "unsupported_video_format"

    def test_a_header_that_promises_a_huge_picture(self, tmp_path: Path) -> None:
        Image.fromarray(blobs(8, 8)).save(tmp_path / "a.gif")
        data = bytearray((tmp_path / "a.gif").read_bytes())
        data[6:10] = struct.pack("<HH", 14000, 14000)
        (tmp_path / "a.gif").write_bytes(data)
        assert kind(refused(tmp_path / "a.gif")) == "image_too_large"

    def test_thousands_of_streams(self, tmp_path: Path) -> None:
        data = written(tmp_path / "a.mp4", turned(1)).read_bytes()
        start = data.index(b"trak") - 4
        (length,) = struct.unpack(">I", data[start : start + 4])
        moov = data.index(b"moov") - 4
        (whole,) = struct.unpack(">I", data[moov : moov + 4])
        more = data[start : start + length] * 3000
        made = data[:moov] + struct.pack(">I", whole + len(more)) + data[moov + 4 : start] + more + data[start:]
        (tmp_path / "b.mp4").write_bytes(made)
        assert kind(refused(tmp_path / "b.mp4")) == "unsupported_video_format"

    def test_no_frame_at_all(self, tmp_path: Path) -> None:
        with av.open(str(tmp_path / "a.mov"), "w") as out:
            stream = out.add_stream("mjpeg", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
            out.start_encoding()
        assert kind(refused(tmp_path / "a.mov")) == "unsupported_video_format"

    def test_limits_of_the_field(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.mp4", turned(20), 10)
        for rule, expected in (
            (MediaRule("video", max_seconds=1), "video_duration_too_long"),
            (MediaRule("video", min_seconds=3), "video_duration_too_short"),
            (MediaRule("video", max_side=32), "image_too_large"),
            (MediaRule("video", max_pixels=999), "image_too_large"),
            (MediaRule("video", min_side=300), "image_too_small"),
            (MediaRule("video", formats=("webm",)), "unsupported_video_format"),
        ):
            assert kind(refused(path, rule)) == expected
        assert clips.probe(media(path, MediaRule("video", max_seconds=2, formats=("mp4", "mov")))).frames == 20

    def test_a_clock_that_jumps(self, tmp_path: Path) -> None:
        path = film(tmp_path / "a.mp4", turned(3), times=[0, 100, 40_000_000])
        assert kind(refused(path)) == "video_duration_too_long"
        with pytest.raises(InputError):
            list(clips.frames(media(path), fps=30))
