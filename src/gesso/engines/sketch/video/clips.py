"""Video files in and out: what a client sends becomes upright sRGB frames, one after another; frames become files.

Decoding is FFmpeg's, through PyAV. Only the containers in `DEMUXERS` are opened and nothing they refer to, so that no
playlist can reach another file or the network; size, length and number of frames are bounded whatever a header says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any, cast

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from gesso.engines.sketch.png import Pixels
from gesso.engines.sketch.video.relay import ahead
from gesso.engines.sketch.video.writer import Writer
from gesso.errors import InputError
from gesso.media import Media

__all__ = ("DEMUXERS", "Facts", "Writer", "frames", "is_as_encoded", "pictures", "probe", "upright")

_MOV, _MATROSKA = "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"
DEMUXERS = (_MOV, _MATROSKA, "gif", "apng", "avi", "mpegts", "ogg")
"""FFmpeg's names of the containers that are opened; playlists, devices and everything else it knows stay shut."""

FORMATS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".gif", ".avi")
"""What an error names as accepted, where the field states nothing narrower."""

_CONTAINER_OF = {"mp4": _MOV, "mov": _MOV, "m4v": _MOV, "webm": _MATROSKA, "mkv": _MATROSKA}

MAX_SECONDS = 600.0
MAX_FRAMES = 36_000
MAX_SIDE = 8192
MAX_PIXELS = 8192 * 4352
"""Bounds where a field states none; a frame of the largest size is 107 MB of samples."""

CLOCK = 1e-3
"""Seconds to which timestamps are to be trusted: Matroska's are whole milliseconds."""

_OPTIONS = {
    "format_whitelist": ",".join(DEMUXERS),
    "protocol_whitelist": "file",
    "max_streams": "32",
    "analyzeduration": "5000000",
}
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""FFmpeg's own decoders leave out the transparency of these."""

_EXACT = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""Without these, colours come back two levels too dark."""

_BT709, _UNSPECIFIED, _FULL = 1, 2, 2
_PQ_HLG = (16, 18)
"""FFmpeg's numbers: two colour matrices, the full range; the two transfer curves of HDR."""
_FAULTS = (FFmpegError, OSError, ValueError, OverflowError, MemoryError, KeyError)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a clip is: its size as it is shown, its mean rate, how many frames it holds, its length."""

    width: int
    height: int
    fps: Fraction
    frames: int
    seconds: float
    sound: bool


@dataclass(frozen=True, slots=True)
class _Moment:
    """A decoded frame: when it is shown, and how long if the file says so. Seconds from the first frame."""

    time: float
    length: float | None
    frame: VideoFrame
    stretch: float
    """How many times as wide as high its samples are."""


def probe(media: Media) -> Facts:
    """Read through a clip without decoding more than its first frame.

    Raises InputError on `media.loc`: `unsupported_video_format` for what is no video or cannot be decoded,
    `video_duration_too_long` and `video_duration_too_short`, `image_too_large` and `image_too_small`.
    """
    try:
        with _opened(media) as container:
            stream = _stream(container, media)
            count, seconds = _measured(stream, container, media)
            rate, sound = _rate(stream, count, seconds), bool(container.streams.audio)
        height, width = next(iter(frames(media, stop=1))).shape[:2]
    except (StopIteration, *_FAULTS) as error:
        raise _unsupported(media) from error
    least = media.rule.min_seconds
    if least is not None and seconds < least - 0.05:
        raise _too_short(media, least, seconds)
    return Facts(width, height, rate, count, seconds, sound)


def frames(
    media: Media,
    *,
    size: tuple[int, int] | None = None,
    fps: Fraction | float | None = None,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[Pixels]:
    """The frames from number `start` up to, not including, `stop`: upright (H, W, 3) uint8 sRGB, few in memory.

    `size` is (width, height) to scale to. With `fps` the clip is resampled by its timestamps: the frame that is seen
    at each moment, and the numbers count those. Transparency is seen over white. Another thread decodes a few frames
    ahead. Raises as `probe` does.
    """
    found = _pictures(media, size, fps, start, stop)
    return found if stop is not None and stop - start <= 1 else ahead(found)


def _pictures(
    media: Media, size: tuple[int, int] | None, fps: Fraction | float | None, start: int, stop: int | None
) -> Iterator[Pixels]:
    last: VideoFrame | None = None
    pixels: Pixels | None = None
    for moment in islice(_moments(media, fps), start, stop):
        if pixels is None or moment.frame is not last:
            last, pixels = moment.frame, upright(moment.frame, size, moment.stretch)
        yield pixels


def pictures(media: Media, *, fps: Fraction | float | None = None) -> Iterator[VideoFrame]:
    """The frames as the decoder gives them, with square samples, all of them or resampled as `frames` does it."""
    last: VideoFrame | None = None
    squared: VideoFrame | None = None
    for moment in _moments(media, fps):
        if squared is None or moment.frame is not last:
            last, squared = moment.frame, _squared(moment)
        yield squared


def _squared(moment: _Moment) -> VideoFrame:
    frame = moment.frame
    # A turned frame would forget that it is: `upright` brings it to the size that it is given.
    if moment.stretch == 1 or frame.rotation:
        return frame
    return frame.reformat(width=_shown(frame, 0, moment.stretch)[0], interpolation=Interpolation.BICUBIC | _EXACT)


def _moments(media: Media, fps: Fraction | float | None) -> Iterator[_Moment]:
    return _decoded(media) if fps is None else (moment for moment, _ in _resampled(media, Fraction(fps)))


def _resampled(media: Media, fps: Fraction) -> Iterator[tuple[_Moment, int]]:
    number, shown = 0, None
    for moment in _decoded(media):
        while shown is not None and number / fps < moment.time - CLOCK:
            yield shown, number
            number += 1
        usual = moment.time - shown.time if shown is not None else float(1 / fps)
        shown = replace(moment, length=moment.length or usual)
    if shown is not None:
        end = min(shown.time + (shown.length or 0), shown.time + 60)
        while number == 0 or number / fps < end - CLOCK:
            yield shown, number
            number += 1


# ---------------------------------------------------------------- reading


def _opened(media: Media) -> InputContainer:
    return av.open(str(media.file), options=_OPTIONS, metadata_errors="replace")


def _stream(container: InputContainer, media: Media) -> VideoStream:
    """The first stream of moving pictures; a cover picture of a sound file is none."""
    moving = [one for one in container.streams.video if "attached_pic" not in str(one.disposition).lower()]
    allowed = {_CONTAINER_OF.get(name, name) for name in media.rule.formats}
    if not moving or (allowed and container.format.name not in allowed):
        raise _unsupported(media)
    stream = moving[0]
    _check_size(stream.width, stream.height, media)
    stream.thread_count = 1
    return stream


def _check_size(width: int, height: int, media: Media) -> None:
    rule = media.rule
    most, area = min(rule.max_side or MAX_SIDE, MAX_SIDE), min(rule.max_pixels or MAX_PIXELS, MAX_PIXELS)
    if max(width, height) > most or width * height > area:
        msg = f"The video is {width}x{height}; at most {most} pixels a side and {area} in all."
        raise InputError(media.loc, "image_too_large", msg, {"max_height": most, "max_width": most}, media.url)
    if rule.min_side and 0 < min(width, height) < rule.min_side:
        msg = f"The video is {width}x{height}; each side needs at least {rule.min_side} pixels."
        limits = {"min_height": rule.min_side, "min_width": rule.min_side}
        raise InputError(media.loc, "image_too_small", msg, limits, media.url)


def _measured(stream: VideoStream, container: InputContainer, media: Media) -> tuple[int, float]:
    """Frames and seconds, counted packet by packet: headers lie, and truncated files have less than they say."""
    count, first, end = 0, float("inf"), 0.0
    usual, base = float(1 / (stream.average_rate or 25)), stream.time_base or Fraction(1, 90_000)
    try:
        for packet in container.demux(stream):
            if not packet.size or packet.is_discard:
                continue
            time = float(packet.pts * base) if packet.pts is not None else count * usual
            length = float((packet.duration or 0) * base) or usual
            count, first, end = count + 1, min(first, time), max(end, time + length)
            _check_length(end - first, count, media)
    except FFmpegError:
        if not count:
            raise
    if not count:
        raise _unsupported(media)
    return count, max(end - first, 0.0)


def _decoded(media: Media) -> Iterator[_Moment]:
    """Every frame that can be decoded, in order of its time; damaged ones are left out."""
    count = 0
    try:
        with _opened(media) as container:
            stream = _stream(container, media)
            origin: float | None = None
            usual, base = float(1 / (stream.average_rate or 25)), stream.time_base or Fraction(1, 90_000)
            stretch = _stretch(stream)
            for frame in _frames(container, stream):
                _check_size(round(frame.width * stretch), frame.height, media)
                time = float(frame.pts * base) if frame.pts is not None else count * usual
                origin = time if origin is None else origin
                _check_length(time - origin, count, media)
                length = float((frame.duration or 0) * base)
                yield _Moment(time - origin, length or None, frame, stretch)
                count += 1
    except _FAULTS as error:
        raise _unsupported(media) from error
    if not count:
        raise _unsupported(media)


def _stretch(stream: VideoStream) -> float:
    """How wide the samples are shown for their height; what no camera or disc would say is not believed."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 0.25 <= ratio <= 4 else 1.0


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    decoder: Any = stream.codec_context
    name = _ALPHA_DECODERS.get(decoder.name)
    if name and (stream.metadata.get("alpha_mode") or stream.metadata.get("ALPHA_MODE")) == "1":
        decoder = av.CodecContext.create(name, "r")
    found = False
    try:
        for packet in container.demux(stream):
            try:
                for frame in cast("list[VideoFrame]", decoder.decode(packet if packet.size else None)):
                    found = True
                    yield frame
            except InvalidDataError:
                continue
    except FFmpegError:
        # What breaks off in its middle is used as far as it goes.
        if not found:
            raise


def _check_length(seconds: float, count: int, media: Media) -> None:
    most = media.rule.max_seconds or MAX_SECONDS
    if seconds > most + 0.25 or count > MAX_FRAMES:
        msg = f"The video is longer than {most:g} seconds or {MAX_FRAMES} frames."
        facts = {"max_duration": most, "provided_duration": round(seconds, 3)}
        raise InputError(media.loc, "video_duration_too_long", msg, facts, media.url)


def _too_short(media: Media, least: float, seconds: float) -> InputError:
    msg = f"The video is {seconds:.2f} seconds long; at least {least:g} are needed."
    facts = {"min_duration": least, "provided_duration": round(seconds, 3)}
    return InputError(media.loc, "video_duration_too_short", msg, facts, media.url)


def _unsupported(media: Media) -> InputError:
    formats = [f".{name}" for name in media.rule.formats] or list(FORMATS)
    msg = f"This is no video that can be decoded. Formats: {', '.join(formats)}."
    return InputError(media.loc, "unsupported_video_format", msg, {"supported_formats": formats}, media.url)


def _rate(stream: VideoStream, count: int, seconds: float) -> Fraction:
    """The rate in the header where it agrees with what was counted, else the mean."""
    mean = Fraction(count / max(seconds, 1e-3)).limit_denominator(1001)
    said = stream.average_rate
    rate = said if said and abs(said / mean - 1) < 0.02 else mean
    return max(Fraction(1, 10), min(rate, Fraction(1000)))


# ---------------------------------------------------------------- pictures


def upright(frame: VideoFrame, size: tuple[int, int] | None = None, stretch: float = 1.0) -> Pixels:
    """The frame as it is to be seen: square pixels, turned as its display matrix says, sRGB, over white.

    `stretch` is how many times as wide as high its samples are shown.
    """
    turns = round(frame.rotation / 90) % 4
    width, height = size or _shown(frame, turns, stretch)
    if turns % 2:
        width, height = height, width
    alpha = any(component.is_alpha for component in frame.format.components) or frame.format.name == "pal8"
    options: dict[str, Any] = {"width": width, "height": height, "format": "rgba" if alpha else "rgb24", "threads": 1}
    smaller = width * height < frame.width * frame.height
    options["interpolation"] = (Interpolation.AREA if smaller else Interpolation.BICUBIC) | _EXACT
    if frame.colorspace == _UNSPECIFIED and frame.height >= 720:
        options["src_colorspace"] = "ITU709"
    if frame.color_trc in _PQ_HLG:
        options |= {"dst_color_trc": 13, "dst_color_primaries": 1}
    pixels = cast("Pixels", frame.reformat(**options).to_ndarray())
    if alpha:
        cover = pixels[..., 3:].astype(np.uint16)
        pixels = ((pixels[..., :3] * cover + 255 * (255 - cover) + 127) // 255).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def is_as_encoded(frame: VideoFrame) -> bool:
    """Whether the samples are what a `Writer` encodes: yuv420p of even sides, upright, BT.709 of limited range."""
    matrix = frame.colorspace == _BT709 or (frame.colorspace == _UNSPECIFIED and frame.height >= 720)
    colours = matrix and frame.color_range != _FULL and frame.color_trc not in _PQ_HLG
    even = frame.width % 2 == 0 and frame.height % 2 == 0
    return frame.format.name == "yuv420p" and colours and even and not frame.rotation


def _shown(frame: VideoFrame, turns: int, stretch: float) -> tuple[int, int]:
    width, height = max(1, round(frame.width * stretch)), frame.height
    return (height, width) if turns % 2 else (width, height)
