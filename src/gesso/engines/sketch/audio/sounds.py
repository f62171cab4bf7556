"""Sound files in and out: what a client sends becomes samples; samples become files.

Decoding and encoding are FFmpeg's, through PyAV. Only the containers in `DEMUXERS` are opened, nothing they refer to
is, and what is read is bounded in time and memory whatever a header claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from gesso.engines.engine import Made
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import CONTENT_TYPES, MediaRule

Samples = npt.NDArray[np.float32]

DEMUXERS = (
    "wav",
    "mp3",
    "flac",
    "ogg",
    "mov,mp4,m4a,3gp,3g2,mj2",
    "aac",
    "matroska,webm",
    "aiff",
    "w64",
    "avi",
    "mpegts",
)
"""FFmpeg's names of the containers that are opened; playlists and everything else it knows stay shut."""

FORMATS = (".mp3", ".wav", ".ogg", ".m4a", ".aac", ".flac", ".opus")
"""What an error names as accepted."""

MAX_SECONDS = 600.0
"""Longest sound that is read where its field states no limit: two channels of it are 230 MB of samples."""

RATES = (4000, 48000)
"""Sample rates kept as they come; slower files are refused, faster ones are brought down to the upper end."""

_BLOCK = 1 << 16
_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples (N, channels) float32 in -1..1, `rate` of them a second; one channel or two."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return self.samples.shape[1]

    def mono(self) -> Samples:
        """The mean of the channels, (N,)."""
        return self.samples.mean(axis=1, dtype=np.float32)


def read(media: Media | Path) -> Sound | None:
    """Decode a sound file, or the sound track of a video, which begins where the picture does; none where it has none.

    More than two channels are mixed down to two. Raises InputError on `media.loc`: `unsupported_audio_format` (for a
    video field `unsupported_video_format`) for what cannot be decoded, `audio_duration_too_long` and
    `audio_duration_too_short` for the field's limits.
    """
    given = media if isinstance(media, Media) else Media(str(media), ("file",), MediaRule("audio"), media)
    try:
        sound = _decoded(given)
    except (FFmpegError, OSError, ValueError, OverflowError) as error:
        raise _unsupported(given) from error
    if sound is not None and given.rule.kind == "audio":
        _check_shortest(given, sound.seconds)
    return sound


def heard(media: Media) -> Sound:
    """Decode a field that must hold sound. Raises as `read` does, and where there is no sound in it."""
    sound = read(media)
    if sound is None or not len(sound.samples):
        raise _unsupported(media)
    return sound


def resample(sound: Sound, rate: int) -> Sound:
    """The same sound at another rate; as long to within half a sample."""
    if rate == sound.rate:
        return sound
    length = round(len(sound.samples) * Fraction(rate, sound.rate))
    layout = "mono" if sound.channels == 1 else "stereo"
    through = AudioResampler(format="fltp", layout=layout, rate=rate)
    blocks = [block for frame in (*_frames(sound, "fltp"), None) for block in _planes(through.resample(frame))]
    made = np.concatenate(blocks) if blocks else np.zeros((0, sound.channels), np.float32)
    return Sound(_fitted(made, length), rate)


def with_channels(sound: Sound, channels: int) -> Sound:
    """The same sound in one channel or two."""
    if sound.channels == channels:
        return sound
    samples = np.repeat(sound.samples, 2, axis=1) if channels == 2 else sound.mono()[:, None]
    return Sound(samples, sound.rate)


def fit(sound: Sound, seconds: float) -> Sound:
    """The sound cut to `seconds`, or with silence behind it."""
    return Sound(_fitted(sound.samples, round(seconds * sound.rate)), sound.rate)


# ---------------------------------------------------------------- writing

_WRITERS: Mapping[str, tuple[str, str, str, str]] = {
    # format: (muxer, codec, sample format, content type)
    "mp3": ("mp3", "libmp3lame", "fltp", CONTENT_TYPES["mp3"]),
    "flac": ("flac", "flac", "s16", CONTENT_TYPES["flac"]),
    "m4a": ("ipod", "aac", "fltp", CONTENT_TYPES["m4a"]),
    "aac": ("adts", "aac", "fltp", "audio/aac"),
    "ogg": ("ogg", "libopus", "flt", CONTENT_TYPES["ogg"]),
    "wav": ("wav", "pcm_s16le", "s16", CONTENT_TYPES["wav"]),
}


def write(
    sound: Sound, path: Path, format: str = "wav", *, bitrate: int | None = None, texts: Mapping[str, str] | None = None
) -> Made:
    """Write as `wav`, `mp3`, `flac`, `m4a`, `aac`, `ogg` (Opus) or `pcm` (bare 16-bit little-endian samples).

    `bitrate` is bits per second of a lossy format; MP3 takes the nearest its sample rate allows. `texts` go into the
    file's comment, where it has a place for one. The same sound gives the same bytes.
    """
    facts = {"duration": sound.seconds, "sample_rate": sound.rate, "channels": sound.channels}
    if format == "pcm":
        path.write_bytes(sixteen_bits(sound.samples).tobytes())
        return Made(path, CONTENT_TYPES["pcm"], facts)
    muxer, codec, sample_format, content_type = _WRITERS[format]
    with av.open(str(path), "w", format=muxer, container_options={"fflags": "+bitexact"}) as out:
        out.metadata.update(tags(texts or {}))
        stream: Any = out.add_stream(codec, rate=sound.rate, layout="mono" if sound.channels == 1 else "stereo")
        stream.codec_context.options = {"flags": "+bitexact", "threads": "1"}
        stream.codec_context.format = sample_format
        if bitrate is not None and codec in ("libmp3lame", "aac", "libopus"):
            stream.codec_context.bit_rate = bitrate
        for frame in (*_frames(sound, sample_format), None):
            out.mux(stream.encode(frame))
    return Made(path, content_type, facts)


def tags(texts: Mapping[str, str]) -> dict[str, str]:
    """A file's `texts` as the one tag that every container keeps as it is."""
    told = {"Software": "Gesso", **texts}
    return {"comment": "; ".join(f"{key}: {value}" for key, value in told.items())}


def sixteen_bits(samples: Samples) -> npt.NDArray[np.int16]:
    """Samples as 16-bit integers; what is beyond -1..1 is clipped."""
    return np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2")


def _frames(sound: Sound, format: str) -> Iterator[AudioFrame]:
    layout = "mono" if sound.channels == 1 else "stereo"
    samples: Any = sixteen_bits(sound.samples) if format == "s16" else sound.samples
    for start in range(0, len(samples), _BLOCK):
        block = samples[start : start + _BLOCK]
        shaped = block.T if format.endswith("p") else block.reshape(1, -1)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(shaped), format=format, layout=layout)
        frame.sample_rate = sound.rate
        frame.pts = start
        frame.time_base = Fraction(1, sound.rate)
        yield frame


# ---------------------------------------------------------------- reading


def _decoded(media: Media) -> Sound | None:
    options = {"format_whitelist": ",".join(DEMUXERS), "protocol_whitelist": "file"}
    with av.open(str(media.file), options=options, metadata_errors="replace") as container:
        if not container.streams.audio:
            if media.rule.kind == "audio":
                raise _unsupported(media)
            return None
        stream: Any = container.streams.audio[0]
        stream.thread_count = 1
        rate = _rate(stream.rate)
        layout = "mono" if stream.channels == 1 else "stereo"
        through = AudioResampler(format="fltp", layout=layout, rate=rate)
        blocks = list(_blocks(media, container, through, rate))
    if not blocks:
        raise ValueError("no sound was decoded")
    return Sound(np.clip(np.nan_to_num(np.concatenate(blocks)), -1.0, 1.0), rate)


def _rate(given: int) -> int:
    if given < RATES[0]:
        raise ValueError(f"{given} samples a second")
    return min(given, RATES[1])


def _blocks(media: Media, container: Any, through: AudioResampler, rate: int) -> Iterator[Samples]:
    """The decoded samples, with silence in front where the track begins after the file does."""
    left = round((media.rule.max_seconds or MAX_SECONDS) * rate) + rate // 10  # codecs pad: a tenth is forgiven
    begun = False
    for frame in _sturdy(container):
        if not begun:
            begun = True
            late = _late(frame, container, rate)
            left -= late
            _check_longest(media, left, rate)
            if late:
                yield np.zeros((late, 1 if through.layout.nb_channels == 1 else 2), np.float32)
        for block in _planes(through.resample(frame)):
            left -= len(block)
            _check_longest(media, left, rate)
            yield block
    yield from _planes(through.resample(None)) if begun else ()


def _sturdy(container: Any) -> Iterator[AudioFrame]:
    """The frames that can be decoded: half a recording is more use than an error."""
    faults = 0
    packets = container.demux(container.streams.audio[0])
    while faults < _MOST_FAULTS:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except FFmpegError:
            faults += 1
        else:
            yield from frames


def _late(frame: AudioFrame, container: Any, rate: int) -> int:
    if frame.time is None or not container.streams.video:
        return 0
    begin = container.start_time or 0
    return max(0, round((frame.time - begin / av.time_base) * rate))


def _planes(frames: list[AudioFrame]) -> Iterator[Samples]:
    for frame in frames:
        yield np.ascontiguousarray(frame.to_ndarray().T, np.float32)


def _fitted(samples: Samples, length: int) -> Samples:
    if len(samples) >= length:
        return samples[:length]
    return np.pad(samples, ((0, length - len(samples)), (0, 0)))


def _check_longest(media: Media, left: int, rate: int) -> None:
    if left >= 0:
        return
    most = media.rule.max_seconds or MAX_SECONDS
    kind = "video" if media.rule.kind == "video" else "audio"
    context = {"max_duration": most, "provided_duration": round(most - left / rate, 2)}
    msg = f"The sound is longer than the {most:g} seconds that are accepted."
    raise InputError(media.loc, f"{kind}_duration_too_long", msg, context, media.url)


def _check_shortest(media: Media, seconds: float) -> None:
    least = media.rule.min_seconds
    if least is not None and seconds < least:
        context = {"min_duration": least, "provided_duration": round(seconds, 2)}
        msg = f"The sound is {seconds:.2f} seconds long; at least {least:g} are needed."
        raise InputError(media.loc, "audio_duration_too_short", msg, context, media.url)


def _unsupported(media: Media) -> InputError:
    if media.rule.kind == "video":
        formats = [".mp4", ".mov", ".webm", ".m4v", ".gif"]
        msg = "The sound of this video cannot be decoded."
        return InputError(media.loc, "unsupported_video_format", msg, {"supported_formats": formats}, media.url)
    formats = [f".{name}" for name in media.rule.formats] or list(FORMATS)
    msg = f"This is no sound that can be decoded. Formats: {', '.join(formats)}."
    return InputError(media.loc, "unsupported_audio_format", msg, {"supported_formats": formats}, media.url)
