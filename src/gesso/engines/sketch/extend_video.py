"""Extend video: all before the start frame as it is, then new frames that go on as the last ones went."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import cast

import cv2
import numpy as np

from gesso.engines.engine import Context, Result
from gesso.engines.sketch.audio import sounds
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.remake import carry, files, onward, repaint, timing
from gesso.engines.sketch.remake.fitting import covering, size_of
from gesso.engines.sketch.remake.motion import Pixels, Transform
from gesso.engines.sketch.remake.onward import Past
from gesso.engines.sketch.remake.repaint import Repaint
from gesso.engines.sketch.remake.watch import Watch
from gesso.engines.sketch.style import looks
from gesso.engines.sketch.video import camera, clips, directions
from gesso.engines.sketch.video.clips import Facts
from gesso.engines.sketch.words import prompt
from gesso.errors import InputError
from gesso.tasks import ExtendVideo, Task

OVERLAP = 32
"""Frames before the end at which the new part starts where the order does not say."""

FEWEST_KEPT = 8
"""Frames of a short video that are kept at least by that rule: without them there is no motion to go on with."""

LOOK_BACK = ((4, 16), (16, 32), (64, 48))
"""Denoising steps, and how many of the last frames are studied: more give the new part a longer course to repeat."""

WAY = 0.9
"""How much of a look or an edit that the order asks for the new part takes on."""

RAMP = 1.0
"""Seconds over which it gets there, so that nothing jumps."""

TRIED = (128, 96)
"""Width and height of a frame on which it is tried which parts run."""

GRAIN, CROSS = 1.5, 0.25
"""Seconds of sound that are repeated where it ends, and over which one piece runs into the next."""


@dataclass(slots=True)
class Plan:
    """What is kept and what is new."""

    order: ExtendVideo
    facts: Facts
    size: tuple[int, int]
    kept: int
    new: int
    seed: int
    parts: list[str] = field(default_factory=list[str])

    @property
    def fps(self) -> Fraction:
        """The rate, which is the video's own."""
        return self.facts.fps


def make(task: Task, context: Context) -> Result:
    """Carry the video on. Raises InputError for what is no video and for a start frame that it does not have."""
    order = cast("ExtendVideo", task)
    cv2.setNumThreads(1)
    facts = clips.probe(order.video)
    plan = planned(order, facts)
    context.log(
        f"{plan.kept} frames are kept, {plan.new} are new: {float((plan.kept + plan.new) / plan.fps):.2f} s "
        f"at {float(plan.fps):g} frames a second, {plan.size[0]}x{plan.size[1]}."
    )
    watch = Watch(order.safety.check, plan.kept + plan.new, plan.fps, context)
    sound = _sound(plan)
    path = context.tmp / "extended.mp4"
    texts = files.texts(context, (*_expected(plan), *watch.parts), plan.seed)
    with clips.Writer(path, plan.size, plan.fps, texts=texts, sound=sound) as writer:
        for number, pixels in enumerate(_frames(plan, context)):
            watch.see(number, pixels)
            writer.add(pixels)
            context.progress(min(1.0, number / (plan.kept + plan.new)), "carrying on")
    context.progress(1.0, "carried on")
    parts = (*plan.parts, *watch.parts)
    return Result({"video": [files.made(writer)]}, {"seed": plan.seed, "prompt": order.prompt}, parts)


def planned(order: ExtendVideo, facts: Facts) -> Plan:
    """What to keep and how much to make. Raises InputError for a start frame beyond the video's end."""
    start = order.start_frame
    if start is None:
        # An order that counts seconds goes on from the end; one that counts frames overlaps a little.
        start = facts.frames if order.frames is None else max(facts.frames - OVERLAP, min(facts.frames, FEWEST_KEPT))
    if start > facts.frames:
        msg = f"The video has {facts.frames} frames; the new part cannot start at frame {start}."
        raise InputError("start_frame", "less_than_equal", msg, {"le": facts.frames}, start)
    new = order.frames if order.frames is not None else timing.nearest(facts.fps * Fraction(order.seconds or 5))
    size = size_of(facts.width, facts.height, order.lines, order.aspect)
    seed = order.seed if order.seed is not None else secrets.randbits(32)
    return Plan(order, facts, size, start, new, seed)


def _frames(plan: Plan, context: Context) -> Iterator[Pixels]:
    steps, back = zip(*LOOK_BACK, strict=True)
    most = round(float(np.interp(plan.order.sampling.steps or 16, steps, back)))
    last: deque[Pixels] = deque(maxlen=most)
    source = (covering(pixels, plan.size) for pixels in clips.frames(plan.order.video, fps=plan.fps))
    for number, pixels in enumerate(source):
        if number < plan.kept:
            yield pixels
        elif last:
            break
        last.append(pixels)
    past = onward.study(list(last))
    context.log(_told(past))
    new = onward.goes_on(past, plan.new, float(plan.fps), _moves(plan, context), plan.seed)
    yield from _looked(plan, new, context)


def _told(past: Past) -> str:
    shift = float(np.hypot(*(past.pace[:, 2])))
    moving = f"the camera goes on at {shift:.1f} pixels a frame" if shift > 0.1 else "the camera stands"
    things = f"{len(past.things)} moving thing(s) go on" if past.things else "nothing moves by itself"
    return f"Studied the last {len(past.frames)} frames: {moving}, {things}."


def _moves(plan: Plan, context: Context) -> Sequence[Transform] | None:
    """What the prompt tells the camera, for each new frame; none where it tells nothing."""
    told = directions.without(directions.read(plan.order.prompt), plan.order.sampling.negative_prompt)
    if not told.asked or not told.moves:
        return None
    context.log(f"Camera: {', '.join(move.kind for move in told.moves)}.")
    rng = np.random.Generator(np.random.PCG64(plan.seed))
    # The first pose is the picture as it is: that is the last frame kept.
    poses = camera.path(told.moves, plan.new + 1, float(plan.fps), loop=False, rng=rng)[1:]
    return [_seen(pose, plan.size) for pose in poses]


def _seen(pose: camera.Pose, size: tuple[int, int]) -> Transform:
    width, height = size
    x, y = pose.shift(0.5)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -pose.roll, pose.scale(0.5))
    matrix[:, 2] -= matrix[:, :2] @ np.array([x * width, y * height])
    return matrix


def _looked(plan: Plan, new: Iterator[Pixels], context: Context) -> Iterator[Pixels]:
    """The new frames in the look, or with the edit, that the order asks for, which comes on within a second."""
    brush = _brush(plan, context.log)
    if brush is None:
        context.log("The prompt asks for no look and no edit: the new part keeps those of the video.")
        yield from new
        return
    spacing = repaint.spacing(plan.order.sampling)
    ramp = max(1.0, RAMP * float(plan.fps))
    kept: deque[Pixels] = deque()
    for number, pixels in enumerate(carry.remade(_remembered(new, kept.append), spacing, brush)):
        share = min(1.0, (number + 1) / ramp)
        yield np.asarray(cv2.addWeighted(kept.popleft(), 1 - share, pixels, share, 0), np.uint8)


def _brush(plan: Plan, log: Callable[[str], None]) -> Repaint | None:
    order = plan.order
    words = prompt.parse(order.prompt, order.sampling.negative_prompt)
    look = looks.choose(order.look.style, words.looks)
    if look and look in order.sampling.negative_prompt.lower():
        look = ""
    steps = [] if order.look.style else repaint.edits(order.prompt)
    if not look and not steps:
        return None
    # The edit or look alone: a world of the prompt's own would not go on with the video.
    worded = order if steps else replace(order, prompt="", look=replace(order.look, style=look))
    return Repaint(worded, 1.0, plan.seed, log, parts=plan.parts, way=WAY)


def _expected(plan: Plan) -> Sequence[str]:
    """The parts that the new frames will take, tried on a small one: the file's metadata is written before them."""
    brush = _brush(plan, lambda _: None)
    if brush is not None:
        small = [covering(pixels, TRIED) for pixels in clips.frames(plan.order.video, stop=1)]
        deque(carry.remade(iter(small), 1, brush), maxlen=0)
    return plan.parts


def _remembered(frames: Iterator[Pixels], keep: Callable[[Pixels], None]) -> Iterator[Pixels]:
    for pixels in frames:
        keep(pixels)
        yield pixels


def _sound(plan: Plan) -> Sound | None:
    """The kept part's sound, its last moments repeated under the new part and fading out over it."""
    heard = sounds.read(plan.order.video) if plan.facts.sound else None
    if heard is None or not len(heard.samples):
        return None
    rate = heard.rate
    cut = round(plan.kept / plan.fps * rate)
    whole = round((plan.kept + plan.new) / plan.fps * rate)
    before = sounds.fit(Sound(heard.samples[:cut], rate), cut / rate).samples
    after = _repeated(before[-round(GRAIN * rate) :], whole - cut, round(CROSS * rate))
    fade = np.linspace(1, 0, len(after), dtype=np.float32)[:, None] if len(after) else np.ones((0, 1), np.float32)
    return Sound(np.concatenate([before, after * fade]), rate)


def _repeated(grain: np.ndarray, length: int, cross: int) -> np.ndarray:
    """A piece of sound again and again for `length` samples, turned round every other time, each run into the next."""
    if not len(grain):
        return np.zeros((max(0, length), grain.shape[1]), np.float32)
    # Backwards first: it begins with what was heard last, so there is no click at the joint.
    both = np.concatenate([grain[::-1], grain])
    cross = min(cross, len(both) // 4)
    out = np.tile(both, (length // len(both) + 2, 1))[:length].astype(np.float32)
    for joint in range(len(grain), length, len(grain)):
        near = slice(max(0, joint - cross), min(length, joint + cross))
        dip = 1 - 0.3 * np.hanning(near.stop - near.start)
        out[near] *= dip[:, None].astype(np.float32)
    return out
