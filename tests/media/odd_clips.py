"""A clip of a person, with sound, in every odd form, and files that are no clips."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from tests.hostile.pictures import huge_gif
from tests.media import odd_pictures
from tests.media.odd import Odd

Pixels = npt.NDArray[np.uint8]

RATE = 48_000
FPS = 8
BROKEN = ("unsupported_video_format",)
SHORT = ("video_duration_too_short",)


@cache
def frames(count: int, width: int = odd_pictures.WIDTH, height: int = odd_pictures.HEIGHT) -> tuple[Pixels, ...]:
    """The person, moving a little to the left."""
    still = np.asarray(odd_pictures.photo().resize((width + 16, height)))
    starts = [round(16 * i / max(count - 1, 1)) for i in range(count)]
    return tuple(np.ascontiguousarray(still[:, start : start + width]) for start in starts)


def tone(seconds: float, rate: int = RATE) -> npt.NDArray[np.float32]:
    """A tone of 330 Hz, (N,)."""
    return (0.3 * np.sin(2 * np.pi * 330 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def clip(
    pictures: Sequence[Pixels] = (),
    *,
    container: str = "mp4",
    codec: str = "libx264",
    pixels: str = "yuv420p",
    sound: float = 0,
    times: Sequence[int] | None = None,
    options: Mapping[str, str] | None = None,
) -> bytes:
    """A file of these pictures at `FPS`, or shown at `times` (milliseconds), and a tone of `sound` seconds."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options=dict(options or {})) as file:
        video: Any = file.add_stream(codec, rate=FPS) if pictures else None
        audio: Any = file.add_stream("libopus" if container == "webm" else "aac", rate=RATE) if sound else None
        if video is not None:
            height, width, channels = pictures[0].shape
            video.width, video.height, video.pix_fmt = width, height, pixels
            if times is not None:
                video.codec_context.time_base = Fraction(1, 1000)
            for number, samples in enumerate(pictures):
                frame = av.VideoFrame.from_ndarray(samples, format="rgba" if channels == 4 else "rgb24")
                if times is not None:
                    frame.pts, frame.time_base = times[number], Fraction(1, 1000)
                file.mux(video.encode(frame))
            file.mux(video.encode(None))
        if audio is not None:
            block = av.AudioFrame.from_ndarray(tone(sound)[None], format="fltp", layout="mono")
            block.sample_rate = RATE
            file.mux(audio.encode(block))
            file.mux(audio.encode(None))
    return out.getvalue()


def _count(seconds: float) -> int:
    return max(2, round(seconds * FPS))


@cache
def plain_clip(seconds: float) -> bytes:
    """H.264 and AAC in an MP4."""
    return clip(frames(_count(seconds)), sound=seconds)


def uneven(seconds: float) -> bytes:
    """As long as the plain clip, its frames shown for longer and longer."""
    count = _count(seconds)
    length = seconds * 1000
    times = [round(length * (i / count) ** 1.3) for i in range(count)]
    return clip(frames(count), sound=seconds, times=times)


def phone(seconds: float) -> bytes:
    """Lying frames, and a matrix in the track's header that sets them upright."""
    lying = [np.ascontiguousarray(np.rot90(one)) for one in frames(_count(seconds))]
    data = bytearray(clip(lying, sound=seconds))
    at = data.index(b"tkhd") + 4
    matrix = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, len(lying[0]) * 65536, 0, 1 << 30)
    data[at + 40 : at + 76] = matrix
    return bytes(data)


def see_through(seconds: float) -> bytes:
    """A QuickTime clip with an alpha channel, a small part of it clear."""
    cover = np.full((odd_pictures.HEIGHT, odd_pictures.WIDTH, 1), 255, np.uint8)
    cover[20:36, 20:36] = 0
    pictures = [np.concatenate([one, cover], axis=2) for one in frames(_count(seconds))]
    return clip(pictures, container="mov", codec="png", pixels="rgba")


def gif(seconds: float) -> bytes:
    """An animated GIF in the grey levels that it has."""
    return clip(frames(_count(seconds)), container="gif", codec="gif", pixels="rgb8")


def odd_sides(seconds: float) -> bytes:
    """An odd number of pixels on each side."""
    return clip(frames(_count(seconds), 193, 161), pixels="yuv444p", sound=seconds)


def fragmented(seconds: float) -> bytes:
    """A plain clip whose index comes first."""
    return clip(frames(_count(seconds)), sound=seconds, options={"movflags": "frag_keyframe+empty_moov"})


ODD: Mapping[str, Odd] = {
    "variable rate": Odd(uneven, "mp4"),
    "phone": Odd(phone, "mp4"),
    "no sound": Odd(lambda s: clip(frames(_count(s))), "mp4"),
    "sound alone": Odd(lambda s: clip(sound=s), "mp4", "refused", BROKEN),
    "one frame": Odd(lambda _: clip(frames(1)), "mp4", "either", (*SHORT, *BROKEN)),
    "10 bit": Odd(lambda s: clip(frames(_count(s)), pixels="yuv420p10le", sound=s), "mp4"),
    "alpha": Odd(see_through, "mov"),
    "WebM": Odd(lambda s: clip(frames(_count(s)), container="webm", codec="libvpx-vp9", sound=s), "webm"),
    "odd sides": Odd(odd_sides, "mp4", "made"),
    "animated GIF": Odd(gif, "gif"),
    "truncated": Odd(lambda s: odd_pictures.cut(fragmented(s), 0.75), "mp4", "either", (*BROKEN, *SHORT)),
    "no index": Odd(lambda s: odd_pictures.cut(plain_clip(s), 0.6), "mp4", "refused", BROKEN),
    "empty": Odd(lambda _: b"", "none", "refused", (*BROKEN, "file_download_error")),
    "HTML": Odd(lambda _: odd_pictures.HTML, "none", "refused", (*BROKEN, "file_download_error")),
    "picture": Odd(lambda _: odd_pictures.plain_picture(), "none", "refused", BROKEN),
    "bomb": Odd(lambda _: huge_gif(), "gif", "refused", ("image_too_large", *BROKEN)),
}
