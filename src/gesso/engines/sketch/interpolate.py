"""Interpolate: new frames between a video's frames, moved along their paths, and the whole played at another rate."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from itertools import islice
from typing import cast

import cv2

from gesso.engines.engine import Context, Result
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.remake import between, files, planes, timing
from gesso.engines.sketch.remake.planes import Frame, Samples
from gesso.engines.sketch.video import clips
from gesso.engines.sketch.video.relay import ahead
from gesso.tasks import Interpolate, Task

X264 = {"preset": "superfast", "x264-params": "bframes=1:b-adapt=0:weightp=0:scenecut=0:aq-mode=0"}
CRF = 20
"""Under half the encoder's time of its usual preset, no worse to look at, a larger file: every second frame, most often
a new one, is predicted from both its neighbours, and the encoder looks for nothing better. Bits are not
weighed block by block, nor cuts looked for: a sixth of the time less, and nearer to the frames at the same size."""

THREADS = 2
"""Pairs of frames worked on at once. Each is worked out on one thread, so their number changes no byte."""

WAITING = 4
"""Pairs that are worked on or wait for the encoder."""

TOGETHER, HELD = 8, 128_000_000
"""New frames made at a time where many lie between two, at most; and bytes of them that wait for the encoder."""

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
    with clips.Writer(path, size, Fraction(order.fps), texts=texts, sound=sound, crf=CRF, x264=X264) as writer:
        for number, (samples, cut) in enumerate(_frames(order, facts, slots)):
            writer.add_samples(samples)
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


def _frames(order: Interpolate, facts: clips.Facts, slots: list[Slot]) -> Iterator[tuple[Samples, bool]]:
    """The result's frames in order, and whether each lies on a cut; few source frames are held at a time."""
    jobs = _jobs(order, facts, slots)
    with ThreadPoolExecutor(THREADS) as pool:
        running = deque[Future[list[tuple[Samples, bool]]]]()
        try:
            running.extend(pool.submit(_made, *job) for job in islice(jobs, WAITING))
            while running:
                yield from running.popleft().result()
                running.extend(pool.submit(_made, *job) for job in islice(jobs, 1))
        finally:
            pool.shutdown(cancel_futures=True)


Job = tuple[Frame, Frame | None, list[Fraction]]


def _jobs(order: Interpolate, facts: clips.Facts, slots: list[Slot]) -> Iterator[Job]:
    """Each source frame with its successor and the times wanted from it on."""
    wanted = iter(slots)
    slot = next(wanted, None)
    before: Frame | None = None
    for index, frame in enumerate(ahead(planes.frames(order.video, facts.fps))):
        if before is not None:
            times, slot = _taken(slot, wanted, index - 1)
            yield from ((before, frame, some) for some in _parts(times, frame))
        before = frame
    times: list[Fraction] = []
    while slot is not None:
        # Fewer frames came than the header promised: the last one stands to the end.
        times.append(Fraction(0))
        slot = next(wanted, None)
    if before is not None:
        yield from ((before, None, some) for some in _parts(times, before))


def _parts(times: list[Fraction], frame: Frame) -> Iterator[list[Fraction]]:
    most = max(1, min(TOGETHER, HELD // (WAITING * frame.samples.nbytes)))
    return (times[start : start + most] for start in range(0, len(times), most))


def _taken(slot: Slot | None, wanted: Iterator[Slot], index: int) -> tuple[list[Fraction], Slot | None]:
    times: list[Fraction] = []
    while slot is not None and slot[0] == index:
        times.append(slot[1])
        slot = next(wanted, None)
    return times, slot


def _made(first: Frame, second: Frame | None, times: list[Fraction]) -> list[tuple[Samples, bool]]:
    if second is None or second is first or not any(times):
        return [(first.samples, False) for _ in times]
    gap = between.gap(first, second)
    return [(between.at(gap, float(time)), gap.cut and time > 0) for time in times]
