"""Interpolate: new frames between a video's frames, moved along their paths, and the whole played at another rate."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import cast

import cv2

from gesso.engines.engine import Context, Result
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.remake import between, files, timing
from gesso.engines.sketch.remake.motion import Pixels
from gesso.engines.sketch.video import clips
from gesso.tasks import Interpolate, Task

SIDE = 480
"""Longer side at which motion is looked for."""

THREADS = 2
"""Pairs of frames worked on at once. Each is worked out on one thread, so their number changes no byte."""

TOGETHER = 8
"""New frames made and held at a time, where many lie between two: they must not fill the memory."""

Slot = tuple[int, Fraction]
"""A source frame, and how far from it to the next the wanted frame lies."""


def make(task: Task, context: Context) -> Result:
    """Make `round(seconds * fps)` frames: at each time, the nearest of the `2 ** passes` steps between two frames.

    Raises InputError for what is no video.
    """
    order = cast("Interpolate", task)
    cv2.setNumThreads(1)
    facts = clips.probe(order.video)
    slots = schedule(facts.frames, facts.fps, order.fps, order.passes)
    texts = files.texts(context)
    size = facts.width, facts.height
    sound = sounds.read(order.video) if facts.sound else None
    path = context.tmp / "interpolated.mp4"
    cuts = 0
    with clips.Writer(path, size, Fraction(order.fps), texts=texts, sound=sound) as writer:
        for number, (pixels, cut) in enumerate(_frames(order, facts, slots)):
            writer.add(pixels)
            cuts += cut
            if number % 16 == 0:
                context.progress(number / len(slots), "interpolating")
    new = sum(1 for _, share in slots if share)
    context.log(
        f"{facts.frames} frames at {float(facts.fps):g} a second became {len(slots)} at {order.fps}: {new} are new, "
        f"moved along the optical flow in steps of 1/{2**order.passes}"
        + (f"; {cuts} of them fell on a cut and show one side of it." if cuts else ".")
    )
    return Result({"video": [files.made(writer)]}, {})


def schedule(frames: int, fps: Fraction, output_fps: int, passes: int) -> list[Slot]:
    """For each frame of the result, where it lies in the source; past the last frame there is nothing to move to."""
    steps = 2**passes
    slots: list[Slot] = []
    for number in range(timing.count(frames, fps, output_fps)):
        step = timing.nearest(Fraction(number, output_fps) * fps * steps)
        step = min(step, (frames - 1) * steps)
        slots.append((step // steps, Fraction(step % steps, steps)))
    return slots


def _frames(order: Interpolate, facts: clips.Facts, slots: list[Slot]) -> Iterator[tuple[Pixels, bool]]:
    """The result's frames in order, and whether each lies on a cut; two source frames are held at a time."""
    jobs = _jobs(order, facts, slots)
    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(_made, *job) for job in _first(jobs, THREADS)]
        while running:
            done = running.pop(0)
            yield from done.result()
            running += [pool.submit(_made, *job) for job in _first(jobs, 1)]


Job = tuple[Pixels, Pixels | None, list[Fraction]]


def _first(jobs: Iterator[Job], count: int) -> list[Job]:
    return [job for _, job in zip(range(count), jobs, strict=False)]


def _jobs(order: Interpolate, facts: clips.Facts, slots: list[Slot]) -> Iterator[Job]:
    """Each source frame with its successor and the times wanted from it on."""
    wanted = iter(slots)
    slot = next(wanted, None)
    before: Pixels | None = None
    index = -1
    for index, pixels in enumerate(clips.frames(order.video, fps=facts.fps)):
        if before is not None:
            times, slot = _taken(slot, wanted, index - 1)
            for start in range(0, len(times), TOGETHER):
                yield before, pixels, times[start : start + TOGETHER]
        before = pixels
    times: list[Fraction] = []
    while slot is not None:
        # Fewer frames came than the header promised: the last one stands to the end.
        times.append(Fraction(0))
        slot = next(wanted, None)
    if before is not None:
        for start in range(0, len(times), TOGETHER):
            yield before, None, times[start : start + TOGETHER]


def _taken(slot: Slot | None, wanted: Iterator[Slot], index: int) -> tuple[list[Fraction], Slot | None]:
    times: list[Fraction] = []
    while slot is not None and slot[0] == index:
        times.append(slot[1])
        slot = next(wanted, None)
    return times, slot


def _made(first: Pixels, second: Pixels | None, times: list[Fraction]) -> list[tuple[Pixels, bool]]:
    if second is None or not any(times):
        return [(first, False) for _ in times]
    gap = between.gap(first, second, SIDE)
    return [(between.at(gap, float(time)), gap.step.cut and time > 0) for time in times]
