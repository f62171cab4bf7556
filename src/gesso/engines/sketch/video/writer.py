"""Frames and a sound become an MP4 file: H.264 and AAC, the index in front, the same bytes for the same input."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from gesso.engines.engine import Made
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.png import Pixels
from gesso.engines.sketch.video.relay import Behind
from gesso.shapes import CONTENT_TYPES

X264 = {"preset": "superfast", "x264-params": "mbtree=1:rc-lookahead=10:b-adapt=0"}
"""Little search, but bits where later frames profit from them: three fifths of the time of `veryfast` for the same
likeness, in files that are a twentieth to a tenth larger."""

_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_AAC_BITRATE = 128_000
_BLOCK = 1024
_BT709 = 1
_YUV = np.array(
    [
        [0.182586, 0.614231, 0.062007, 16],
        [-0.100644, -0.338572, 0.439216, 128],
        [0.439216, -0.398942, -0.040274, 128],
    ]
)
"""From sRGB to luma and colour differences of limited range, Rec. ITU-R BT.709-6, sections 3 and 4."""


class Writer:
    """Writes frames of one size at one rate. Use as a context manager; `made` is there when it has been left.

    `texts` become the file's metadata. yuv420p has no odd sides: a frame that has one is repeated by a row or a column
    at the edge. `sound` is cut, or followed by silence, to the length of the frames. One thread encodes while the
    caller paints on; no dates. `x264` are options of the encoder for a task that has its own.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        fps: Fraction | float,
        *,
        texts: Mapping[str, str],
        sound: Sound | None = None,
        crf: int = 18,
        x264: Mapping[str, str] | None = None,
    ) -> None:
        self.made: Made | None = None
        self._path, self._size = path, size
        self._fps = Fraction(fps).limit_denominator(100_000)
        self._count = 0
        self._out = av.open(
            str(path),
            "w",
            format="mp4",
            container_options={"movflags": "+faststart+use_metadata_tags", "fflags": "+bitexact"},
        )
        self._out.metadata.update({"Software": "Gesso", **texts})
        self._video = self._video_stream(crf, x264 or X264)
        self._sound = _fit_for_aac(sound) if sound is not None else None
        self._audio = self._audio_stream(self._sound) if self._sound is not None else None
        self._heard = 0
        self._behind = Behind()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._behind.stop()
            self._out.close()
            if self.made is None:
                self._path.unlink(missing_ok=True)

    def add(self, pixels: Pixels) -> None:
        """Append a frame, (H, W, 3) uint8 sRGB of the writer's size, which is copied. Raises what an earlier caused."""
        width, height = self._size
        if pixels.shape != (height, width, 3):
            raise ValueError(f"a frame of {pixels.shape} in a video of {width}x{height}")
        if width % 2 or height % 2:
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        self._behind.do(self._encode, pixels.copy(), self._count)
        self._count += 1

    def add_samples(self, samples: Pixels) -> None:
        """Append a frame that is yuv420p already: (1.5 H, W) uint8 of even sides, BT.709 of limited range.

        The samples are not copied: they must stay as they are until the writer is left.
        """
        width, height = (side + side % 2 for side in self._size)
        if samples.shape != (height * 3 // 2, width):
            raise ValueError(f"samples of {samples.shape} in a video of {width}x{height}")
        self._behind.do(self._append, _frame(samples), self._count)
        self._count += 1

    def _encode(self, pixels: Pixels, number: int) -> None:
        self._append(_frame(_samples(pixels)), number)

    def _append(self, frame: VideoFrame, number: int) -> None:
        frame.pts, frame.time_base = number, 1 / self._fps
        self._out.mux(self._video.encode(frame))
        self._hear((number + 1) / self._fps)

    def _video_stream(self, crf: int, own: Mapping[str, str]) -> Any:
        options = {"crf": str(crf), "threads": "1", "flags": "+bitexact", **own}
        stream: Any = self._out.add_stream("libx264", rate=self._fps, options=options)
        stream.width, stream.height = (side + side % 2 for side in self._size)
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = 1 / self._fps
        context.colorspace = context.color_primaries = context.color_trc = context.color_range = _BT709
        return stream

    def _audio_stream(self, sound: Sound) -> Any:
        layout = "mono" if sound.channels == 1 else "stereo"
        stream: Any = self._out.add_stream("aac", rate=sound.rate, layout=layout, options={"threads": "1"})
        stream.bit_rate = _AAC_BITRATE
        stream.codec_context.options = {"flags": "+bitexact"}
        return stream

    def _hear(self, until: Fraction, *, last: bool = False) -> None:
        """Encode the sound up to a moment, so that both streams lie side by side in the file."""
        if self._sound is None or self._audio is None:
            return
        end = round(until * self._sound.rate)
        while self._heard + _BLOCK <= end or (last and self._heard < end):
            stop = min(self._heard + _BLOCK, end)
            block = self._sound.samples[self._heard : stop]
            block = np.pad(block, ((0, stop - self._heard - len(block)), (0, 0)))
            layout = "mono" if self._sound.channels == 1 else "stereo"
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout=layout)
            frame.sample_rate, frame.pts = self._sound.rate, self._heard
            frame.time_base = Fraction(1, self._sound.rate)
            self._out.mux(self._audio.encode(frame))
            self._heard = stop

    def _finish(self) -> None:
        if not self._count:
            raise ValueError("a video without frames")
        self._behind.finish()
        self._hear(self._count / self._fps, last=True)
        self._out.mux(self._video.encode(None))
        if self._audio is not None:
            self._out.mux(self._audio.encode(None))
        width, height = (side + side % 2 for side in self._size)
        facts = {
            "width": width,
            "height": height,
            "fps": float(self._fps),
            "duration": float(self._count / self._fps),
            "num_frames": self._count,
        }
        self.made = Made(self._path, CONTENT_TYPES["mp4"], facts)


def for_encoder(rgb: VideoFrame) -> VideoFrame:
    """An sRGB frame of even sides as yuv420p, BT.709, limited range."""
    frame = _frame(_samples(rgb.to_ndarray(format="rgb24")))
    frame.colorspace = frame.color_range = _BT709
    return frame


def _frame(samples: Pixels) -> VideoFrame:
    """A frame of (1.5 H, W) samples, where they lie; copied if H is no multiple of four, which PyAV then rounds."""
    if len(samples) % 6:
        return VideoFrame.from_ndarray(samples, format="yuv420p")
    return VideoFrame.from_numpy_buffer(samples, format="yuv420p")


def _samples(pixels: Pixels) -> Pixels:
    """An sRGB picture (H, W, 3) of even sides as yuv420p, (1.5 H, W): a colour is the mean of its four pixels.

    In OpenCV, which takes half the time that FFmpeg's own conversion does.
    """
    height, width = pixels.shape[:2]
    out = np.empty((height * 3 // 2, width), np.uint8)
    cv2.extractChannel(cv2.transform(pixels, _YUV), 0, out[:height])
    small = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    colours = out[height:].reshape(2, height // 2, width // 2)
    for channel, plane in enumerate(colours, 1):
        cv2.extractChannel(cv2.transform(small, _YUV), channel, plane)
    return out


def _fit_for_aac(sound: Sound) -> Sound:
    return sound if sound.rate in _AAC_RATES else sounds.resample(sound, 48000)
