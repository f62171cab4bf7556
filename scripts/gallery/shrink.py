"""Results as the repository keeps them: small pictures, short loops, the beginnings of songs."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound

SIDE = 400
SECONDS, FPS = 5.0, 12
SOUND_SECONDS = 20.0
COLOURS = ("#d33", "#37c", "#292", "#a3a", "#c80")


def picture(data: bytes, target: Path) -> Path:
    """A JPEG at most `SIDE` pixels a side; an SVG as it is."""
    if data.lstrip().startswith((b"<svg", b"<?xml")):
        target = target.with_suffix(".svg")
        target.write_bytes(data)
        return target
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    white = Image.new("RGBA", image.size, "white")
    target = target.with_suffix(".jpg")
    Image.alpha_composite(white, image).convert("RGB").save(target, quality=82)
    return target


def video(data: bytes, target: Path) -> Path:
    """The first seconds, `SIDE` pixels wide, at half the rate, with their sound."""
    source = target.with_suffix(".source.mp4")
    source.write_bytes(data)
    target = target.with_suffix(".mp4")
    with av.open(str(source)) as whole:
        sound = sounds.read(source) if whole.streams.audio else None
    with av.open(str(source)) as whole, av.open(str(target), "w", options={"movflags": "+faststart"}) as small:
        stream = whole.streams.video[0]
        width = SIDE
        height = round(width * stream.height / stream.width / 2) * 2
        out = small.add_stream("libx264", rate=FPS, options={"crf": "30", "preset": "veryslow"})
        out.width, out.height, out.pix_fmt = width, height, "yuv420p"
        for index, frame in enumerate(_thinned(whole, stream)):
            still = frame.reformat(width, height, "yuv420p")
            still.pts, still.time_base = index, Fraction(1, FPS)
            small.mux(out.encode(still))
        small.mux(out.encode(None))
    source.unlink()
    if sound is not None:
        _with_sound(target, sound)
    return target


def _thinned(container: Any, stream: Any) -> Any:
    due = 0.0
    for frame in container.decode(stream):
        at = float(frame.time or 0)
        if at >= SECONDS:
            return
        if at + 1e-6 >= due:
            due += 1 / FPS
            yield frame


def _with_sound(target: Path, sound: Sound) -> None:
    silent = target.rename(target.with_suffix(".silent.mp4"))
    with av.open(str(silent)) as pictures, av.open(str(target), "w", options={"movflags": "+faststart"}) as both:
        copied = both.add_stream_from_template(pictures.streams.video[0])
        out = both.add_stream("aac", rate=sound.rate, layout="mono")
        out.bit_rate = 48_000
        for packet in pictures.demux(video=0):
            if packet.dts is not None:
                packet.stream = copied
                both.mux(packet)
        samples = sound.samples[: int(SECONDS * sound.rate)].mean(axis=1).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.rate, frame.pts = sound.rate, 0
        both.mux(out.encode(frame))
        both.mux(out.encode(None))
    silent.unlink()


def audio(data: bytes, target: Path) -> Path:
    """The first seconds as a small MP3, faded out."""
    source = target.with_suffix(".source")
    source.write_bytes(data)
    sound = sounds.read(source)
    source.unlink()
    if sound is None:
        raise ValueError(f"{target}: no sound")
    samples = sound.samples[: int(SOUND_SECONDS * sound.rate)].copy()
    fade = min(len(samples), sound.rate)
    samples[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    target = target.with_suffix(".mp3")
    sounds.write(Sound(samples, sound.rate), target, "mp3", bitrate=64_000, texts={})
    return target


def boxes(data: bytes, objects: list[dict[str, float]], target: Path) -> Path:
    """A picture with what was found in it."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    draw = ImageDraw.Draw(image)
    width, height = image.size
    for number, found in enumerate(objects):
        corners = (found["x_min"] * width, found["y_min"] * height, found["x_max"] * width, found["y_max"] * height)
        draw.rectangle(corners, outline=COLOURS[number % len(COLOURS)], width=max(2, width // 150))
    out = io.BytesIO()
    image.save(out, "PNG")
    return picture(out.getvalue(), target)


def curve(losses: list[float], target: Path) -> Path:
    """The loss of a training run, each point the mean of a tenth of it: single steps see one example at one noise."""
    window = max(1, len(losses) // 10)
    losses = np.convolve(losses, np.full(window, 1 / window), mode="valid").tolist()
    image = Image.new("RGB", (SIDE, SIDE // 2), "white")
    draw = ImageDraw.Draw(image)
    top, low = max(losses), min(losses)
    across = (SIDE - 20) / max(len(losses) - 1, 1)
    down = (SIDE // 2 - 20) / max(top - low, 1e-9)
    draw.line(
        [(10 + at * across, 10 + (top - loss) * down) for at, loss in enumerate(losses)], fill=COLOURS[1], width=2
    )
    target = target.with_suffix(".png")
    image.save(target)
    return target
