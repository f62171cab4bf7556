"""A sound in every odd form, and files that are no sounds."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import av
import numpy as np

from tests.media import odd_clips, odd_pictures
from tests.media.odd import Odd

BROKEN = ("unsupported_audio_format",)
SHORT = ("audio_duration_too_short",)
EMPTY = (*BROKEN, "file_download_error")


def sound(
    seconds: float, *, rate: int = 44_100, layout: str = "stereo", format: str = "s16", codec: str = "pcm_s16le"
) -> bytes:
    """A WAV with a tone in every channel."""
    out = io.BytesIO()
    with av.open(out, "w", format="wav") as file:
        stream: Any = file.add_stream(codec, rate=rate, layout=layout)
        channels = stream.codec_context.layout.nb_channels
        level, kind = (2**31 - 1, "i4") if format == "s32" else (2**15 - 1, "i2")
        values: Any = (odd_clips.tone(seconds, rate) * level).astype(kind)
        frame = av.AudioFrame.from_ndarray(np.repeat(values, channels)[None], format=format, layout=layout)
        frame.sample_rate = rate
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


@cache
def plain_sound(seconds: float) -> bytes:
    """A stereo WAV of 44.1 kHz and 16 bits."""
    return sound(seconds)


def silence(seconds: float) -> bytes:
    """As long as the plain sound, without any."""
    data = plain_sound(seconds)
    head = data.index(b"data") + 8
    return data[:head] + bytes(len(data) - head)


ODD: Mapping[str, Odd] = {
    "mono 8 kHz": Odd(lambda s: sound(s, rate=8000, layout="mono"), "wav"),
    "24 bit": Odd(lambda s: sound(s, format="s32", codec="pcm_s24le"), "wav"),
    "surround": Odd(lambda s: sound(s, layout="5.1"), "wav"),
    "192 kHz": Odd(lambda s: sound(s, rate=192_000), "wav"),
    "0.1 s": Odd(lambda _: sound(0.1), "wav", "either", SHORT),
    "silence": Odd(silence, "wav"),
    "cut": Odd(lambda s: odd_pictures.cut(plain_sound(s), 0.99), "wav"),
    "clip": Odd(odd_clips.plain_clip, "mp4"),
    "clip without sound": Odd(lambda s: odd_clips.clip(odd_clips.frames(4)), "mp4", "refused", BROKEN),
    "head alone": Odd(lambda s: plain_sound(s)[:40], "wav", "refused", (*BROKEN, *SHORT)),
    "empty": Odd(lambda _: b"", "none", "refused", EMPTY),
    "HTML": Odd(lambda _: odd_pictures.HTML, "none", "refused", EMPTY),
    "picture": Odd(lambda _: odd_pictures.plain_picture(), "none", "refused", BROKEN),
}
