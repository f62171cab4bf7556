"""A video's own pictures with another sound: packets are copied, nothing is decoded that need not be.

Which container takes which coded pictures is data; what no container of ours takes is for the caller to encode anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
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

SECOND = Fraction(1)
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
            times = [
                (packet.pts * packet.time_base, (packet.duration or 0) * packet.time_base, packet.is_keyframe)
                for packet in container.demux(stream)
                if packet.pts is not None and packet.dts is not None
            ]
            codec = stream.codec_context.name if stream.codec_context else ""
    except (FFmpegError, OSError, ValueError):
        return None
    if not times or not times[0][2]:
        return None
    ordered = sorted(times)
    usual = (ordered[-1][0] - ordered[0][0]) / max(1, len(ordered) - 1)
    last = ordered[-1][1] or usual or Fraction(1, 25)
    names = {"libdav1d": "av1", "libvpx": "vp8", "libvpx-vp9": "vp9"}
    return Track(names.get(codec, codec), ordered[0][0], ordered[-1][0] + last - ordered[0][0], len(ordered))


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
        moved = _moved(source.demux(seen), shown, pictures.begin)
        if isinstance(sound, Sound):
            _interleaved(out, moved, _encoded(out, sound, target))
            return
        with av.open(str(sound.file), options=_options(AUDIO_DEMUXERS)) as other:
            heard = other.streams.audio[0]
            copied: Any = out.add_stream_from_template(heard)
            _interleaved(out, moved, _moved(other.demux(heard), copied, Fraction(0)))


def _options(demuxers: str) -> dict[str, str]:
    return {"format_whitelist": demuxers, "protocol_whitelist": "file"}


def _moved(packets: Iterator[Any], stream: Any, begin: Fraction) -> Iterator[Any]:
    """Packets for a stream of another file, their times counted from `begin`."""
    for packet in packets:
        if packet.dts is None or packet.pts is None:
            continue
        shift = round(begin / packet.time_base)
        packet.pts -= shift
        packet.dts -= shift
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
