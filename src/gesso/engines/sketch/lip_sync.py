"""A face that speaks: filmed or still, after a recording or a text that is read out.

The real contour of the lips is warped, and what lies behind them drawn: a face rig, no generated picture.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch import pictures
from gesso.engines.sketch.audio import align, sounds, speech, vocoder, voices
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.perceive.faces import PART_DETECTOR, PART_MESH
from gesso.engines.sketch.png import Pixels
from gesso.engines.sketch.remake import files
from gesso.engines.sketch.talk import still, track, visemes
from gesso.engines.sketch.talk.lips import lips, spoken
from gesso.engines.sketch.talk.visemes import Mouth
from gesso.engines.sketch.video import clips
from gesso.errors import InputError
from gesso.media import Media
from gesso.tasks import LipSync, Task

LEAST_SEEN = 0.25
"""Seconds, all in all, that a face must be seen in a video; half of a very short one is enough."""

MAX_TEXT = 2000
"""Characters that are read out: about two minutes."""

STILL_FPS = 25
STILL_SIDE = 1280
"""Frames a second of a portrait that speaks, and its longer side at most."""

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Said:
    """The sound, and how to shape a mouth for it."""

    sound: Sound
    phones: tuple[speech.Phone, ...] = ()
    learned: tuple[str, ...] = ()
    """The learned parts that spoke, or that told when each phone is said."""

    def mouth(self, fps: float) -> Mouth:
        """The mouth at each frame: by phones where they are known, else by what is heard."""
        if self.phones:
            return visemes.of_phones(self.phones, self.sound.seconds, fps)
        return visemes.of_sound(self.sound, fps)


def make(task: Task, context: Context) -> Result:
    """Make a video that lasts as long as the sound, with the sound as it was given.

    Raises InputError: `face_detection_error` on the picture's or video's field where no face is seen, and for what
    cannot be decoded or read out.
    """
    order = cast("LipSync", task)
    cv2.setNumThreads(1)
    said = _said(order, context)
    parts = (PART_DETECTOR, PART_MESH, *said.learned)
    if order.image is not None:
        made = _portrait(order.image, said, context, parts)
    elif order.video is not None:
        made = _filmed(order.video, said, context, parts, loop=order.loop)
    else:
        raise InputError("video_url", "missing", "A video or a picture of a face is needed.")
    return Result({"video": [made]}, {"duration": round(said.sound.seconds, 3)}, parts)


def _said(order: LipSync, context: Context) -> Said:
    if order.audio is not None:
        return _recorded(sounds.heard(order.audio), (order.text or "").strip(), context)
    text = (order.text or "").strip()
    if not text:
        raise InputError("text", "missing", "Either a sound file or a text to read out is needed.")
    if len(text) > MAX_TEXT:
        limit = {"max_length": MAX_TEXT}
        raise InputError("text", "string_too_long", f"At most {MAX_TEXT} characters are read out.", limit, text)
    voice = order.voice or "Auto"
    reading = voices.read(text, voice)
    read = reading.said
    if not read.sound.seconds:
        msg = "Nothing of this text can be pronounced: it is read by English rules."
        raise InputError("text", "value_error", msg, None, text)
    context.log(
        f'The text is read out by the voice "{reading.voice}": {read.sound.seconds:.2f} s, {len(read.phones)} phones.'
    )
    return Said(read.sound, tuple(read.phones), reading.parts)


def _recorded(sound: Sound, text: str, context: Context) -> Said:
    """A recording, with the times of its phones where a text is given that it says."""
    if text:
        context.log("A recording was given, so the text is not read out.")
        found = align.align(sound, text[:MAX_TEXT])
        if found.sure:
            context.log(f"The recording says the text: lips follow its {len(found.phones)} phones, found in the sound.")
            return Said(sound, tuple(found.phones), (vocoder.NAME,))
        context.log("The recording does not seem to say the text.")
    context.log(f"Lips follow a recording of {sound.seconds:.2f} s: its vowels, hisses and pauses.")
    return Said(sound)


def _filmed(video: Media, said: Said, context: Context, parts: tuple[str, ...], *, loop: bool) -> Made:
    facts = clips.probe(video)
    fps = facts.fps
    count = max(1, int(np.ceil(said.sound.seconds * fps - Fraction(1, 1000))))
    used = min(count, facts.frames)
    context.progress(0.05, "finding the face")
    followed = track.follow(clips.frames(video, fps=fps, stop=used))
    seen = sum(points is not None for points in followed)
    if not _lasting(seen, len(followed), fps):
        raise _no_face(video)
    context.log(f"A face is seen in {seen} of {len(followed)} frames. {_longer(count, len(followed), loop)}")
    mouth = said.mouth(float(fps))
    writer = clips.Writer(
        context.tmp / "lipsync.mp4",
        (facts.width, facts.height),
        fps,
        texts=files.texts(context, parts),
        sound=_whole(said.sound, count, fps),
    )
    with writer:
        for number, (pixels, points) in enumerate(_repeated(video, fps, followed, count, loop=loop)):
            writer.add(_speaking(pixels, points, mouth, number))
            if number % 10 == 0:
                context.progress(0.3 + 0.65 * number / count, "moving the lips")
    return files.made(writer)


def _lasting(seen: int, frames: int, fps: Fraction) -> bool:
    """Whether a face is in a video long enough to be one: fur and leaves look like faces for a frame or two."""
    return seen > 0 and seen >= min(LEAST_SEEN * fps, frames / 2)


def _longer(count: int, frames: int, loop: bool) -> str:
    if count <= frames:
        return "The result ends with the sound."
    return "The sound is longer: the video starts again." if loop else "The sound is longer: the last frame is held."


def _repeated(
    video: Media, fps: Fraction, followed: list[Floats | None], count: int, *, loop: bool
) -> Iterator[tuple[Pixels, Floats | None]]:
    """`count` frames with their faces: the video once, then from its start again or its last frame."""
    given = 0
    while given < count:
        pixels: Pixels | None = None
        for pixels, points in zip(clips.frames(video, fps=fps, stop=len(followed)), followed, strict=False):
            if given == count:
                return
            yield pixels, points
            given += 1
        if pixels is None:
            return
        while not loop and given < count:
            yield pixels, followed[-1]
            given += 1


def _portrait(image: Media, said: Said, context: Context, parts: tuple[str, ...]) -> Made:
    pixels = _fitted(pictures.read(image))
    context.progress(0.05, "finding the face")
    points = track.main_face(pixels)
    if points is None:
        raise _no_face(image)
    count = max(1, int(np.ceil(said.sound.seconds * STILL_FPS - 1e-6)))
    mouth = said.mouth(STILL_FPS)
    poses = still.poses(count, STILL_FPS, mouth.open, zlib.crc32(sounds.sixteen_bits(said.sound.samples).tobytes()))
    head = still.Head(pixels.shape, points)
    context.log(f"A face is seen; {count} frames, with blinks and small movements of the head.")
    writer = clips.Writer(
        context.tmp / "portrait.mp4",
        (pixels.shape[1], pixels.shape[0]),
        STILL_FPS,
        texts=files.texts(context, parts),
        sound=_whole(said.sound, count, Fraction(STILL_FPS)),
    )
    with writer:
        for number, pose in enumerate(poses):
            shaped = _speaking(still.blinked(pixels, points, pose.shut), points, mouth, number)
            writer.add(head.moved(shaped, pose))
            if number % 10 == 0:
                context.progress(0.1 + 0.85 * number / count, "moving the face")
    return files.made(writer)


def _speaking(pixels: Pixels, points: Floats | None, mouth: Mouth, number: int) -> Pixels:
    if points is None or number >= len(mouth.open):
        return pixels
    return spoken(pixels, lips(points), float(mouth.open[number]), float(mouth.wide[number]))


def _whole(sound: Sound, count: int, fps: Fraction) -> Sound:
    """The sound with silence up to the end of the last frame, which it may not fill."""
    return sounds.fit(sound, float(count / fps))


def _fitted(pixels: Pixels) -> Pixels:
    """Without transparency, no larger than a video needs, with even sides."""
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:].astype(np.float32) / 255
        pixels = np.rint(pixels[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    scale = min(1.0, STILL_SIDE / max(pixels.shape[:2]))
    height, width = (max(2, 2 * round(side * scale / 2)) for side in pixels.shape[:2])
    if (height, width) == pixels.shape[:2]:
        return pixels
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)


def _no_face(media: Media) -> InputError:
    return InputError(media.loc, "face_detection_error", "No face is seen that could speak.", None, media.url)
