"""Sound for a silent video: noises that words call for, on what moves and where the picture changes, and music."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch.audio import sampler, scene, song, sounds, style
from gesso.engines.sketch.audio.mixing import limited
from gesso.engines.sketch.audio.scene import Event
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.remake import files, remux
from gesso.engines.sketch.video import clips
from gesso.media import Media
from gesso.tasks import Task, VideoToAudio

VIEW = (96, 54)
"""Size at which a video is watched for motion."""

WATCHED_FPS = 25
_APART = 0.3
_CUT = 0.42
_MUSIC, _MUSIC_NEAR = 0.45, 0.15
_BITRATE = 192_000

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen: events in the order of time, and how much moves (0..1) in each step."""

    events: tuple[Event, ...]
    motion: Floats


def make(task: Task, context: Context) -> Result:
    """Watch the video, make its sound, and put it under the pictures as they are.

    Raises InputError for what is no video, or is longer, shorter or larger than the field allows.
    """
    order = cast("VideoToAudio", task)
    cv2.setNumThreads(1)
    facts = clips.probe(order.video)
    pictures = remux.track(order.video)
    seconds = float(pictures.seconds) if pictures else facts.seconds
    seen = watch(order.video)
    context.progress(0.3, "making noises")
    _tell(order, seen, context)
    sound = _sounding(order, seen, seconds, context)
    context.progress(0.85, "writing")
    parts = (sampler.NAME,) if order.music.strip() or scene.recorded(order.effects) else ()
    texts = files.texts(context, parts)
    made = _under(order.video, facts, sound, context, texts)
    alone = sounds.write(sound, context.tmp / "sound.mp3", "mp3", bitrate=_BITRATE, texts=texts)
    return Result({"video": [made], "audio": [alone]}, {}, parts)


def watch(video: Media) -> Watched:
    """Measure how much changes from frame to frame; peaks are events, a change of everything is a cut."""
    before: Floats | None = None
    amounts: list[float] = []
    sides: list[float] = []
    changes: list[float] = []
    across = np.linspace(-1, 1, VIEW[0])
    for pixels in clips.frames(video, size=VIEW, fps=WATCHED_FPS):
        view = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        if before is not None:
            differs = np.abs(view - before)
            total = float(differs.sum())
            amounts.append(total / differs.size)
            sides.append(float((differs.sum(axis=0) * across).sum() / max(total, 1e-6)))
            changes.append(_changed(before, view))
        before = view
    return _read(np.array(amounts), np.array(sides), np.array(changes))


def _changed(before: Floats, after: Floats) -> float:
    """Share of the brightness histogram that moved: motion shifts pixels, a cut replaces them."""
    rows = [np.histogram(view, 24, (0, 1))[0] / view.size for view in (before, after)]
    return float(np.abs(rows[0] - rows[1]).sum() / 2)


def _read(amounts: Floats, sides: Floats, changes: Floats) -> Watched:
    if len(amounts) < 3:
        return Watched((), np.zeros(2))
    usual = float(np.median(amounts))
    cuts = [n for n in range(len(amounts)) if changes[n] > _CUT or (amounts[n] > 0.12 and amounts[n] > 6 * usual)]
    calm = amounts.copy()
    calm[cuts] = usual
    smooth = np.convolve(np.pad(calm, 2, mode="edge"), np.array([1, 2, 3, 2, 1]) / 9, "valid")
    most = max(float(smooth.max()), 1e-4)
    motion = np.clip(smooth / max(float(np.percentile(smooth, 95)), 0.002), 0, 1)
    events = [Event(n / WATCHED_FPS, 0.9, 0.0, cut=True) for n in cuts]
    last = -1.0
    rises = np.diff(smooth, prepend=smooth[0])
    bar = float(smooth.mean() + 0.6 * smooth.std())
    for n in range(1, len(smooth) - 1):
        peak = smooth[n] >= smooth[n - 1] and smooth[n] > smooth[n + 1] and smooth[n] > max(bar, 0.003)
        if peak and n / WATCHED_FPS - last >= _APART:
            last = n / WATCHED_FPS
            # What is heard begins as the movement does, not at its height.
            begin = n - int(np.argmax(rises[max(0, n - 6) : n + 1][::-1]))
            events.append(
                Event(begin / WATCHED_FPS, float(smooth[n] / most), float(np.clip(1.4 * sides[n], -0.9, 0.9)))
            )
    return Watched(tuple(sorted(events, key=lambda event: event.at)), motion)


def _sounding(order: VideoToAudio, seen: Watched, seconds: float, context: Context) -> Sound:
    seed = zlib.crc32(f"{order.effects}\0{order.music}".encode())
    noises = scene.scene_sound(
        order.effects, seconds, sampler.RATE, seed, seen.events, near=order.asmr, motion=seen.motion
    )
    if not order.music.strip():
        return noises
    context.progress(0.55, "playing music")
    chosen = style.of_words(order.music, seed)
    playing = [name for name in (chosen.chords, chosen.bass, chosen.kit, chosen.pad, chosen.lead) if name]
    context.log(f"Music: {chosen.groove} at {chosen.tempo:g} beats a minute with {', '.join(playing)}.")
    music = song.bed(chosen, seconds, seed)
    level = _MUSIC_NEAR if order.asmr else _MUSIC
    length = min(len(noises.samples), len(music.samples))
    mix = noises.samples[:length] + music.samples[:length] * np.float32(level)
    return Sound(limited(mix.astype(np.float32)), sampler.RATE)


def _tell(order: VideoToAudio, seen: Watched, context: Context) -> None:
    heard = scene.listen(order.effects)
    cuts = sum(event.cut for event in seen.events)
    context.log(f"Seen: {cuts} cuts, {len(seen.events) - cuts} movements.")
    context.log(f"Heard: {', '.join((*heard.beds, *heard.strokes)) or 'the air of the room'}.")
    if heard.unknown:
        context.log(f"These words name no noise here: {', '.join(heard.unknown)}.")
    if order.asmr:
        context.log("ASMR: short noises are near and clear, lasting ones and music far.")


def _under(video: Media, facts: clips.Facts, sound: Sound, context: Context, texts: Mapping[str, str]) -> Made:
    """The given pictures with the sound: copied where MP4 takes them, else encoded anew."""
    pictures = remux.track(video)
    if pictures is not None and pictures.target is remux.MP4:
        path = context.tmp / "video.mp4"
        remux.write(video, pictures, remux.MP4, sound, path, texts)
        context.log(f"The pictures ({pictures.codec}) are copied as they are.")
        facts_ = {"width": facts.width, "height": facts.height, "fps": float(facts.fps), "num_frames": facts.frames}
        return Made(path, "video/mp4", {**facts_, "duration": float(pictures.seconds)})
    writer = clips.Writer(context.tmp / "video.mp4", (facts.width, facts.height), facts.fps, texts=texts, sound=sound)
    with writer:
        for pixels in clips.frames(video, fps=facts.fps):
            writer.add(pixels)
    context.log("The pictures fit no MP4 as they are: encoded anew.")
    return files.made(writer)
