"""A video's own pictures with another sound: packets are copied, nothing is decoded that need not be.

Which container takes which coded pictures is data; what no container of ours takes is for the caller to encode anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound
from gesso.media import Media
from gesso.shapes import CONTENT_TYPES

DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv,ogg,asf"
"""What pictures are copied out of; the rest is decoded."""

AUDIO_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,aac,matroska,webm"

BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Target:
    """A container that players open, and the sound codec that belongs in it."""

    extension: str
    muxer: str
    sound: str
    rate: int | None = None
    """The one sample rate that the codec takes; none takes the sound's."""
    bitrate: int = 192_000

    @property
    def content_type(self) -> str:
        """Media type of such a file."""
        return CONTENT_TYPES[self.extension]


MP4 = Target("mp4", "mp4", "aac")
WEBM = Target("webm", "webm", "libopus", 48000, 160_000)

TARGETS: Mapping[str, Target] = {
    "h264": MP4,
    "hevc": MP4,
    "av1": MP4,
    "mpeg4": MP4,
    "vp8": WEBM,
    "vp9": WEBM,
}
"""Coded pictures that are copied, and into what."""


@dataclass(frozen=True, slots=True)
class Track:
    """The coded pictures of a file."""

    codec: str
    begin: Fraction
    """Time of the first picture in the file, seconds."""
    seconds: Fraction
    """From the first picture to the end of the last."""
    pictures: int
    order: tuple[int, ...]
    """Decoding times of the packets, in the stream's own units from the first picture's time on."""

    @property
    def target(self) -> Target | None:
        """Where they can be copied to."""
        return TARGETS.get(self.codec)


def track(video: Media) -> Track | None:
    """The pictures of a file as its packets tell; none where packets cannot be followed (no times, no key at first)."""
    try:
        with av.open(str(video.file), options=_options(DEMUXERS)) as container:
            if not container.streams.video:
                return None
            stream = container.streams.video[0]
            packets = [packet for packet in container.demux(stream) if packet.size]
            codec = stream.codec_context.name if stream.codec_context else ""
            base = stream.time_base
    except (FFmpegError, OSError, ValueError):
        return None
    shown = [packet.pts for packet in packets if packet.pts is not None]
    if not packets or not base or len(shown) < len(packets) or not packets[0].is_keyframe:
        return None
    inside = sorted(shown)
    usual = (inside[-1] - inside[0]) / max(1, len(inside) - 1) or 1 / (25 * base)
    last = max(packets, key=lambda packet: packet.pts or 0).duration or usual
    seconds = Fraction(inside[-1] + last - inside[0]) * base
    begin = inside[0] * base
    return Track(NAMES.get(codec, codec), begin, seconds, len(packets), _order(shown, [one.dts for one in packets]))


NAMES = {"libdav1d": "av1", "libvpx": "vp8", "libvpx-vp9": "vp9"}
"""Codecs by their decoders' names."""


def _order(shown: list[int], told: list[int | None]) -> tuple[int, ...]:
    """Decoding times, which rise and are never after the showing; worked out where the file (Matroska) tells none."""
    begin = min(shown)
    given = [time - begin for time in told if time is not None]
    if len(given) == len(shown) and all(one < two for one, two in pairwise(given)):
        return tuple(given)
    rising = sorted(shown)
    delay = max(rise - time for rise, time in zip(rising, shown, strict=True))
    return tuple(rise - delay - begin for rise in rising)


def copyable(audio: Media, longest: Fraction) -> bool:
    """Whether a sound file's packets may go into MP4 as they are: AAC, and no longer than the pictures."""
    try:
        with av.open(str(audio.file), options=_options(AUDIO_DEMUXERS)) as container:
            if not container.streams.audio:
                return False
            stream = container.streams.audio[0]
            last = Fraction(0)
            for packet in container.demux(stream):
                if packet.pts is not None:
                    last = max(last, (packet.pts + (packet.duration or 0)) * packet.time_base)
            return stream.codec_context.name == "aac" and Fraction(0) < last <= longest and not stream.start_time
    except (FFmpegError, OSError, ValueError):
        return False


def write(
    video: Media, pictures: Track, target: Target, sound: Sound | Media, path: Path, texts: Mapping[str, str]
) -> None:
    """Write the pictures' packets beside a sound: samples, which are encoded, or a file, whose packets are copied."""
    options = {"fflags": "+bitexact", "movflags": "+faststart"} if target is MP4 else {"fflags": "+bitexact"}
    with (
        av.open(str(video.file), options=_options(DEMUXERS)) as source,
        av.open(str(path), "w", format=target.muxer, container_options=options) as out,
    ):
        out.metadata.update(sounds.tags(texts))
        seen = source.streams.video[0]
        shown: Any = out.add_stream_from_template(seen)
        if target is MP4 and pictures.codec == "hevc":
            shown.codec_context.codec_tag = "hvc1"  # the name under which Apple's players know it
        moved = _moved(source.demux(seen), shown, pictures)
        if isinstance(sound, Sound):
            _interleaved(out, moved, _encoded(out, sound, target))
            return
        with av.open(str(sound.file), options=_options(AUDIO_DEMUXERS)) as other:
            heard = other.streams.audio[0]
            copied: Any = out.add_stream_from_template(heard)
            _interleaved(out, moved, _copied(other.demux(heard), copied))


def _options(demuxers: str) -> dict[str, str]:
    return {"format_whitelist": demuxers, "protocol_whitelist": "file", "fflags": "+genpts"}


def _moved(packets: Iterator[Any], stream: Any, pictures: Track) -> Iterator[Any]:
    """The pictures' packets for a stream of another file, their times counted from the first picture."""
    coded = (packet for packet in packets if packet.size)
    for packet, time in zip(coded, pictures.order, strict=False):
        packet.pts -= round(pictures.begin / packet.time_base)
        packet.dts = time
        packet.stream = stream
        yield packet


def _copied(packets: Iterator[Any], stream: Any) -> Iterator[Any]:
    """A sound's packets for a stream of another file."""
    for packet in packets:
        if packet.dts is not None and packet.pts is not None:
            packet.stream = stream
            yield packet


def _encoded(out: Any, sound: Sound, target: Target) -> Iterator[Any]:
    """The sound's packets. The stream is made at once, the packets as they are asked for."""
    sound = sound if target.rate is None else sounds.resample(sound, target.rate)
    layout = "mono" if sound.channels == 1 else "stereo"
    stream: Any = out.add_stream(target.sound, rate=sound.rate, layout=layout)
    stream.codec_context.options = {"flags": "+bitexact", "threads": "1"}
    stream.codec_context.bit_rate = target.bitrate
    return _packets(stream, sound, layout)


def _packets(stream: Any, sound: Sound, layout: str) -> Iterator[Any]:
    planar = stream.codec_context.format.name.endswith("p")
    for start in range(0, len(sound.samples), BLOCK):
        block = sound.samples[start : start + BLOCK]
        shaped = block.T if planar else block.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(shaped.copy(), format="fltp" if planar else "flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = sound.rate, start, Fraction(1, sound.rate)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _interleaved(out: Any, *streams: Iterator[Any]) -> None:
    """Write packets in the order in which they are played, so that the muxer need not hold one stream back."""
    for packet in heapq.merge(*streams, key=lambda packet: packet.dts * packet.time_base):
        out.mux_one(packet)
