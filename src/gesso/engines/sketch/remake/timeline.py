"""Which source frame is shown when: a result's frames by number, read in any order with few frames in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.remake import timing
from gesso.engines.sketch.remake.fitting import covering
from gesso.engines.sketch.remake.motion import Pixels
from gesso.engines.sketch.video import clips
from gesso.engines.sketch.video.clips import Facts
from gesso.media import Media

CHUNK = 24
"""Frames held at a time where a clip is read backwards."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A video as it is to be shown."""

    media: Media
    facts: Facts
    size: tuple[int, int]
    fps: Fraction
    numbers: Sequence[int]
    """For each frame of the result, the number of the source frame, counted at the source's own rate."""

    def frames(self) -> Iterator[Pixels]:
        """The frames in their order, cut to the size around the middle."""
        return (covering(pixels, self.size) for pixels in shown(self.media, self.numbers, self.facts.fps))

    @property
    def in_time(self) -> bool:
        """Whether every frame is shown at its own time, so that the sound fits."""
        pace = self.facts.fps / self.fps
        return all(abs(number - at * pace) < 1.5 for at, number in enumerate(self.numbers))

    def sound(self) -> Sound | None:
        """The sound of what is shown, where it fits."""
        return sounds.read(self.media) if self.facts.sound and self.in_time else None


def clip(
    media: Media,
    facts: Facts,
    size: tuple[int, int],
    *,
    fps: float | Fraction | None = None,
    frames: int | None = None,
    seconds: float | None = None,
    one_to_one: bool = False,
) -> Clip:
    """A clip at a rate, of a number of frames or the first seconds.

    `one_to_one` shows each source frame once, however fast that is. Where frames are asked for beyond the clip's end,
    it goes back and forth.
    """
    rate = facts.fps if fps is None else Fraction(fps).limit_denominator(1001)
    length = (
        facts.frames if seconds is None else min(facts.frames, max(1, timing.nearest(facts.fps * Fraction(seconds))))
    )
    if one_to_one:
        return Clip(media, facts, size, rate, range(length))
    own = timing.sources(length, facts.fps, rate, timing.count(length, facts.fps, rate))
    if frames is None:
        return Clip(media, facts, size, rate, own)
    return Clip(media, facts, size, rate, [own[i] for i in timing.there_and_back(len(own), frames)])


def shown(media: Media, numbers: Sequence[int], fps: Fraction) -> Iterator[Pixels]:
    """The frames of these numbers, in this order. A clip that breaks off shows its last frame on."""
    start = 0
    while start < len(numbers):
        stop = start + 1
        forward = stop >= len(numbers) or numbers[stop] >= numbers[start]
        while stop < len(numbers) and (numbers[stop] >= numbers[stop - 1]) == forward:
            stop += 1
        run = numbers[start:stop]
        yield from _ascending(media, run, fps) if forward else _descending(media, run, fps)
        start = stop


def _ascending(media: Media, run: Sequence[int], fps: Fraction) -> Iterator[Pixels]:
    at = 0
    pixels: Pixels | None = None
    for number, pixels in enumerate(clips.frames(media, fps=fps, start=run[0], stop=run[-1] + 1), run[0]):
        while at < len(run) and run[at] == number:
            yield pixels
            at += 1
    if at < len(run) and pixels is None:
        *_, pixels = clips.frames(media, fps=fps)
    while at < len(run) and pixels is not None:
        yield pixels
        at += 1


def _descending(media: Media, run: Sequence[int], fps: Fraction) -> Iterator[Pixels]:
    for start in range(0, len(run), CHUNK):
        part = run[start : start + CHUNK]
        yield from reversed(list(_ascending(media, part[::-1], fps)))
