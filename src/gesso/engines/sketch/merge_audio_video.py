"""Merge audio and video: the pictures as they are, another sound under them, to the sample."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

import numpy as np

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.remake import files, remux
from gesso.engines.sketch.remake.remux import Track
from gesso.engines.sketch.video import clips
from gesso.engines.sketch.video.clips import Facts
from gesso.errors import InputError
from gesso.media import Media
from gesso.tasks import MergeAudioVideo, Task


def make(task: Task, context: Context) -> Result:
    """Put the sound under the pictures; the result lasts as long as they do.

    Raises InputError for what is no video or no sound, and for an offset at or beyond the video's end.
    """
    order = cast("MergeAudioVideo", task)
    facts = clips.probe(order.video)
    pictures = remux.track(order.video)
    seconds = pictures.seconds if pictures else Fraction(facts.seconds).limit_denominator(1 << 20)
    _check_offset(order, seconds)
    texts = files.texts(context)
    context.progress(0.2, "merging")
    target = pictures.target if pictures else None
    if pictures is not None and target is not None:
        path = context.tmp / f"merged.{target.extension}"
        whole = order.offset == 0 and target is remux.MP4 and remux.copyable(order.audio, seconds)
        sound: Sound | Media = order.audio if whole else _under(sounds.heard(order.audio), order.offset, seconds)
        remux.write(order.video, pictures, target, sound, path, texts)
        context.log(_told(pictures.codec, sound, order.offset, facts.sound))
        made = Made(path, target.content_type, _facts(facts, pictures))
    else:
        sound = _under(sounds.heard(order.audio), order.offset, seconds)
        context.log("These pictures fit no container as they are: encoded anew as H.264. The sound is encoded as AAC.")
        made = _encoded(order, facts, sound, context, texts)
    context.progress(1.0, "merged")
    return Result({"video": [made]}, {})


def _check_offset(order: MergeAudioVideo, seconds: Fraction) -> None:
    if order.offset >= seconds:
        msg = f"The sound would start after the video's end: it lasts {float(seconds):.3f} seconds."
        raise InputError(("start_offset",), "less_than", msg, {"lt": round(float(seconds), 3)}, order.offset)


def _under(sound: Sound, offset: float, seconds: Fraction) -> Sound:
    """The sound `offset` seconds late and as long as the pictures: cut at their end, or silent up to it."""
    late = round(offset * sound.rate)
    length = max(1, round(seconds * sound.rate))
    samples = np.zeros((length, sound.channels), np.float32)
    part = sound.samples[: length - late]
    samples[late : late + len(part)] = part
    return Sound(samples, sound.rate)


def _told(codec: str, sound: Sound | Media, offset: float, silenced: bool) -> str:
    how = "encoded" if isinstance(sound, Sound) else "copied too"
    late = f" and starts {offset:g} s in" if offset else ""
    own = " The video's own sound is left out." if silenced else ""
    return f"The pictures ({codec}) are copied bit for bit; the sound is {how}{late}.{own}"


def _facts(facts: Facts, pictures: Track) -> Mapping[str, Any]:
    return {
        "width": facts.width,
        "height": facts.height,
        "fps": round(float(facts.fps), 3),
        "duration": round(float(pictures.seconds), 3),
        "num_frames": pictures.pictures,
    }


def _encoded(order: MergeAudioVideo, facts: Facts, sound: Sound, context: Context, texts: Mapping[str, str]) -> Made:
    size = facts.width, facts.height
    with clips.Writer(context.tmp / "merged.mp4", size, facts.fps, texts=texts, sound=sound) as writer:
        for number, pixels in enumerate(clips.frames(order.video, fps=facts.fps)):
            writer.add(pixels)
            context.progress(0.2 + 0.8 * number / max(1, facts.frames), "merging")
    return files.made(writer)
