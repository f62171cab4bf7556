"""The training set: every picture and clip of the archive as latents, with its words and what its look measures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesso.engines.sketch import pictures
from gesso.engines.sketch.edit.canvas import Pixels
from gesso.engines.sketch.training import latents
from gesso.engines.sketch.training.archive import Archive, Member
from gesso.engines.sketch.training.look import Measured, measured
from gesso.engines.sketch.training.transformer import Example
from gesso.engines.sketch.video import clips
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import MediaRule

PICTURE_AREA, CLIP_AREA = 128 * 128, 64 * 64
"""Pixels of a picture, and of a frame of a clip, as they are trained on."""

FPS, FRAMES = 16, 81
"""What `auto_scale_input` brings every clip to."""

MOST_FRAMES = 81
"""Frames of a clip that are trained on without it."""

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """One example and its look."""

    member: Member
    example: Example
    frames: int
    size: tuple[int, int]
    look: Measured


@dataclass(frozen=True, slots=True)
class Reading:
    """How the members are read: `picture` gives each example's first frame to the network, as for image to video."""

    folder: Path
    trigger: str
    auto_scale: bool
    picture: bool
    log: Log


def load(archive: Archive, reading: Reading) -> Iterator[Loaded]:
    """Read the members one after the other; what cannot be decoded is told and passed over."""
    for member in archive.members:
        path = archive.unpack(member, reading.folder)
        try:
            rule = MediaRule("image" if member.kind == "picture" else "video")
            media = Media(member.name, archive.media.loc, rule, path)
            frames, large = _frames(member, media, reading.auto_scale)
        except InputError as error:
            reading.log(f'"{member.name[:80]}" was passed over: {error}')
            continue
        finally:
            path.unlink(missing_ok=True)
        encoded = latents.encoded(frames)
        example = Example(encoded, words(reading.trigger, member.caption), encoded[:1] if reading.picture else None)
        size = frames[0].shape[1], frames[0].shape[0]
        yield Loaded(member, example, len(frames), size, measured(frames, large))


def words(trigger: str, caption: str | None) -> tuple[str, ...]:
    """The words that an example is learned under: the trigger phrase, then its caption."""
    return tuple(re.findall(r"[\w'-]+", f"{trigger} {caption or ''}".lower()))


def _frames(member: Member, media: Media, auto_scale: bool) -> tuple[list[Pixels], Pixels]:
    """The frames that are trained on, and the first one in more detail."""
    if member.kind == "picture":
        pixels = _on_white(pictures.read(media))
        size = latents.sized(pixels.shape[1], pixels.shape[0], PICTURE_AREA)
        return [latents.fitted(pixels, size)], pixels
    facts = clips.probe(media)
    size = latents.sized(facts.width, facts.height, CLIP_AREA)
    stop = FRAMES if auto_scale else MOST_FRAMES
    found, large = list[Pixels](), np.zeros((0, 0, 3), np.uint8)
    for frame in clips.frames(media, fps=FPS, stop=stop):
        large = large if found else np.array(frame[..., :3])
        found.append(latents.fitted(frame, size))
    return scaled(found) if auto_scale else found[: 1 + (len(found) - 1) // 4 * 4], large


def scaled(frames: list[Pixels]) -> list[Pixels]:
    """81 frames of a clip at 16 frames per second: a shorter one goes back and forth until they are full."""
    count = len(frames)
    there = [*range(count), *range(count - 2, 0, -1)] or [0]
    return [frames[there[i % len(there)]] for i in range(FRAMES)]


def _on_white(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
