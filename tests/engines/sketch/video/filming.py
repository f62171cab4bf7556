"""Small clips for tests, made with FFmpeg's own encoders, and measures of what comes out."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from gesso.media import Media
from gesso.shapes import MediaRule

Pixels = npt.NDArray[np.uint8]


def media(path: Path, rule: MediaRule | None = None, loc: str = "video_url") -> Media:
    return Media("https://example.com/clip", (loc,), rule or MediaRule("video"), path)


def blobs(width: int, height: int, seed: int = 0) -> Pixels:
    """Soft colours that survive 4:2:0."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(60, 196, (3, 4, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def film(
    path: Path,
    frames: Iterable[Pixels],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    fps: int = 10,
    times: Iterable[int] | None = None,
    options: dict[str, str] | None = None,
    faststart: bool = True,
    ratio: Fraction | None = None,
) -> Path:
    """Encode `frames`; `times` are their timestamps in 1/1000 s where the rate varies, `ratio` a sample's shape."""
    pictures = list(frames)
    stamps = list(times) if times is not None else [round(1000 * i / fps) for i in range(len(pictures))]
    with av.open(str(path), "w", options={"movflags": "+faststart"} if faststart else {}) as out:
        stream: Any = out.add_stream(codec, rate=fps, options=options or {})
        stream.width, stream.height, stream.pix_fmt = pictures[0].shape[1], pictures[0].shape[0], pix_fmt
        stream.codec_context.time_base = Fraction(1, 1000)
        if ratio is not None:
            stream.codec_context.sample_aspect_ratio = ratio
        for picture, stamp in zip(pictures, stamps, strict=True):
            frame = VideoFrame.from_ndarray(picture, format="rgba" if picture.shape[2] == 4 else "rgb24")
            frame = frame.reformat(format=pix_fmt)
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def psnr(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return 99.0 if error < 1e-6 else float(10 * np.log10(255.0**2 / error))


def flow(one: Pixels, other: Pixels) -> npt.NDArray[np.float32]:
    """Optical flow (H, W, 2) from one frame to the other, pixels."""
    greys = [cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (one, other)]
    tracker = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(tracker.calc(greys[0], greys[1], np.zeros((*greys[0].shape, 2), np.float32)), np.float32)
