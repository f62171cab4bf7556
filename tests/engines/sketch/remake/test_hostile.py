"""Odd and hostile videos: none, sound alone, one frame, huge, turned, broken off, deep colours, transparency."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from gesso.engines.sketch.engine import SketchEngine
from gesso.errors import InputError
from gesso.tasks import (
    ExtendVideo,
    Interpolate,
    MergeAudioVideo,
    Reframe,
    Safety,
    Task,
    UpscaleVideo,
    VideoToVideo,
)
from tests.engines.sketch.remake import world

OFF = Safety(check=False)


def orders(path: Path, sound: Path) -> dict[str, Task]:
    video: Any = world.media(path)
    return {
        "interpolate": Interpolate(video=video, fps=8, passes=1),
        "merge": MergeAudioVideo(video=video, audio=world.media(sound, "audio", "audio_url")),
        "upscale": UpscaleVideo(video=video, scale=1.5),
        "reframe": Reframe(video=video, aspect="1:1", seed=1),
        "extend": ExtendVideo(video=video, frames=2, lines=32, seed=1, safety=OFF),
        "restyle": VideoToVideo(video=video, strength=0.3, lines=32, seed=1, safety=OFF),
    }


NAMES = ("interpolate", "merge", "upscale", "reframe", "extend", "restyle")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    frames = [np.ascontiguousarray(pixels[:48, :64]) for pixels in world.moving(4, 3)]
    world.saved(folder / "sound.mp4", frames, 8, sound=world.tone(0.5))
    world.saved(folder / "one.mp4", frames[:1], 8)
    world.saved(folder / "deep.mkv", frames, 8, codec="ffv1", pixel_format="bgr0")
    (folder / "text.mp4").write_bytes(b"this is no video" * 100)
    (folder / "empty.mp4").write_bytes(b"")
    whole = (folder / "sound.mp4").read_bytes()
    (folder / "broken.mp4").write_bytes(whole[: len(whole) // 3])
    (folder / "list.mp4").write_bytes(b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
    wav = folder / "wave.wav"
    with av.open(str(wav), "w") as out:
        stream: Any = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    turned(folder)
    return folder


def turned(folder: Path) -> None:
    """A phone's video: lying pixels, and a matrix in the track header that sets them upright (90 degrees)."""
    data = bytearray((folder / "sound.mp4").read_bytes())
    at = data.index(b"tkhd") + 4
    matrix = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 48 * 65536, 0, 1 << 30)
    data[at + 40 : at + 76] = matrix
    (folder / "turned.mp4").write_bytes(bytes(data))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("file", ["text.mp4", "empty.mp4", "broken.mp4", "list.mp4", "wave.wav"])
def test_what_is_no_video_is_refused(tmp_path: Path, folder: Path, name: str, file: str) -> None:
    with pytest.raises(InputError) as caught:
        SketchEngine().run(orders(folder / file, folder / "sound.mp4")[name], world.Surroundings(tmp_path))
    assert world.problem(caught) == (("body", "video_url"), "unsupported_video_format")
    assert not list(tmp_path.glob("*.mp4"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("file", ["one.mp4", "deep.mkv", "turned.mp4"])
def test_odd_videos_are_made_of_what_they_show(tmp_path: Path, folder: Path, name: str, file: str) -> None:
    around = world.Surroundings(tmp_path)
    result = SketchEngine().run(orders(folder / file, folder / "sound.mp4")[name], around)
    frames = world.video(result)
    assert frames
    assert frames[0].mean() > 20
    made = result.files["video"][0]
    if file == "turned.mp4" and name != "reframe":
        upright = made.facts["width"] < made.facts["height"]
        assert upright
    assert all(0 <= done <= 1 for done in around.done)
    assert sorted(tmp_path.iterdir()) == [made.path]


def test_a_turned_video_stays_turned_when_copied(tmp_path: Path, folder: Path) -> None:
    order = orders(folder / "turned.mp4", folder / "sound.mp4")["merge"]
    made = SketchEngine().run(order, world.Surroundings(tmp_path)).files["video"][0].path
    with av.open(str(folder / "turned.mp4")) as one, av.open(str(made)) as two:
        turns = [next(container.decode(video=0)).rotation for container in (one, two)]
    assert turns[0] == turns[1] != 0


@pytest.mark.parametrize("name", NAMES)
def test_a_huge_frame_is_refused_before_it_is_decoded(tmp_path: Path, folder: Path, name: str) -> None:
    screen = b"GIF89a" + struct.pack("<HHBBB", 65000, 65000, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00\x3b"
    (tmp_path / "huge.gif").write_bytes(screen + image)
    with pytest.raises(InputError) as caught:
        SketchEngine().run(
            orders(tmp_path / "huge.gif", folder / "sound.mp4")[name], world.Surroundings(tmp_path / "out")
        )
    assert world.problem(caught)[0] == ("body", "video_url")
    assert world.problem(caught)[1] in ("image_too_large", "unsupported_video_format")
