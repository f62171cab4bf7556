"""Video to video: painted anew, drawn on its depth or pose, filled, widened or reframed, as the order says."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import cv2
import numpy as np

from gesso.engines.engine import Context, Result
from gesso.engines.sketch import image_to_video, pictures, text_to_video
from gesso.engines.sketch.remake import carry, files, inside, moves, repaint, surround, timeline
from gesso.engines.sketch.remake.fitting import covering, on_white, size_of
from gesso.engines.sketch.remake.inside import Content, Masks
from gesso.engines.sketch.remake.motion import Pixels
from gesso.engines.sketch.remake.outside import Mask
from gesso.engines.sketch.remake.plates import Drawn
from gesso.engines.sketch.remake.repaint import Repaint
from gesso.engines.sketch.remake.surround import Canvas
from gesso.engines.sketch.remake.timeline import Clip, clip
from gesso.engines.sketch.remake.watch import Watch
from gesso.engines.sketch.remake.worlds import Draped, Posed
from gesso.engines.sketch.video import clips
from gesso.engines.sketch.words import prompt
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import size_for_lines
from gesso.tasks import ImageToVideo, Task, TextToVideo, VideoToVideo

MOST_LINES = 1080


@dataclass(slots=True)
class Work:
    """An order with all that its operation needs."""

    order: VideoToVideo
    clip: Clip
    context: Context
    seed: int
    references: tuple[Pixels, ...]
    first: Pixels | None
    parts: list[str] = field(default_factory=list[str])


def make(task: Task, context: Context) -> Result:
    """Make the video anew. Raises InputError for media that cannot be used, ContentRefused for what is unsafe."""
    order = cast("VideoToVideo", task)
    cv2.setNumThreads(1)
    seed = order.seed if order.seed is not None else secrets.randbits(32)
    if order.video is None:
        return _without_source(order, seed, context)
    work = _work(order, order.video, context, seed)
    for line in _unused(order):
        context.log(line)
    shown = work.clip
    watch = Watch(order.safety.check, len(shown.numbers), shown.fps, context)
    made = files.begun(OPERATIONS[order.operation](work))
    sound = shown.sound()
    if shown.facts.sound and sound is None:
        context.log("The sound is left out: the frames are not shown at their own times.")
    texts = files.texts(context, (*work.parts, *watch.parts), seed)
    path = context.tmp / "remade.mp4"
    with clips.Writer(path, shown.size, shown.fps, texts=texts, sound=sound) as writer:
        for number, pixels in enumerate(made):
            moved = moves.seen(pixels, order.motions, number / max(1, len(shown.numbers) - 1))
            watch.see(number, moved)
            writer.add(moved)
            context.progress(min(1.0, number / len(shown.numbers)), "painting")
    context.progress(1.0, "painted")
    parts = (*work.parts, *watch.parts)
    return Result({"video": [files.made(writer)]}, {"seed": seed, "prompt": order.prompt}, parts)


def _without_source(order: VideoToVideo, seed: int, context: Context) -> Result:
    """The prompt's own video, from the first frame where one is given."""
    if order.operation in NEED_SOURCE:
        raise InputError("video_url", "missing", f"The task {order.operation} needs a source video.")
    context.log("There is no source video: the video is made from the words alone.")
    for media in order.references:
        pictures.read(media)
    if order.references:
        context.log("Reference pictures are laid over a source video; without one they are not used.")
    size = size_for_lines(order.aspect or "16:9", order.lines or 720)
    fps = order.fps or 16.0
    frames = order.frames or 81
    shared: dict[str, Any] = {name: getattr(order, name) for name in ("prompt", "sampling", "look", "safety")}
    if order.first_frame is not None:
        start = ImageToVideo(**shared, seed=seed, start=order.first_frame, size=size, frames=frames, fps=fps)
        made = image_to_video.make(start, context)
    else:
        made = text_to_video.make(TextToVideo(**shared, seed=seed, size=size, seconds=frames / fps, fps=fps), context)
    return replace(made, values={**made.values, "seed": seed, "prompt": order.prompt})


NEED_SOURCE = ("inpainting", "outpainting", "reframe")
"""What cannot be done from words."""


def _work(order: VideoToVideo, video: Media, context: Context, seed: int) -> Work:
    facts = clips.probe(video)
    lines = order.lines or min(MOST_LINES, facts.width, facts.height)
    shown = clip(
        video,
        facts,
        size_of(facts.width, facts.height, lines, order.aspect),
        fps=facts.fps if order.match_fps else order.fps,
        frames=None if order.match_frames else order.frames,
        seconds=order.first_seconds,
        one_to_one=order.match_frames,
    )
    references = tuple(on_white(pictures.read(media)) for media in order.references)
    first = on_white(pictures.read(order.first_frame)) if order.first_frame else None
    return Work(order, shown, context, seed, references, first)


def _unused(order: VideoToVideo) -> list[str]:
    lines = ["The prompt is read as it is; the sketch engine expands nothing."] if order.expand_prompt else []
    if order.options:
        lines.append(f"Not used by the sketch engine: {', '.join(order.options)}.")
    return lines


def _brush(work: Work) -> Repaint:
    order = work.order
    return Repaint(order, order.strength, work.seed, work.context.log, work.references, work.first, work.parts)


def _restyled(work: Work) -> Iterator[Pixels]:
    return carry.remade(work.clip.frames(), repaint.spacing(work.order.sampling), _brush(work))


def _on_depth(work: Work) -> Iterator[Pixels]:
    how = "estimated from place, outline and shading" if work.order.preprocess else "taken as the video shows it"
    work.context.log(f"Depth: {how}; the prompt's world is laid over it.")
    return _drawn_on(work, Draped(_brush(work), work.order.preprocess))


def _on_pose(work: Work) -> Iterator[Pixels]:
    how = "is looked for" if work.order.preprocess else "is what the video draws as bright lines"
    work.context.log(f"Pose: the figure {how}; it keeps its pose in the prompt's world.")
    return _drawn_on(work, Posed(_brush(work), work.order.preprocess))


def _drawn_on(work: Work, way: Draped | Posed) -> Iterator[Pixels]:
    # What a drawing of depth or pose shows is known exactly on every frame; there is no need to carry it.
    if not work.order.preprocess:
        return carry.each(work.clip.frames(), way)
    return carry.remade(work.clip.frames(), repaint.spacing(work.order.sampling), way)


def _inpainted(work: Work) -> Iterator[Pixels]:
    masks = inside.pack(_masks(work), work.clip.size)
    rng = np.random.Generator(np.random.PCG64(work.seed))
    return inside.filled(work.clip.frames, masks, rng, _content(work, masks))


def _masks(work: Work) -> Iterator[Mask]:
    order, shown = work.order, work.clip
    if order.mask_image is not None:
        first = inside.light(covering(on_white(pictures.read(order.mask_image)), shown.size))
        work.context.log("The mask picture is taken for the first frame and follows what it lies on.")
        return inside.followed(first, shown.frames())
    if order.mask_video is None:
        msg = "Inpainting needs a mask: a video or a picture that is white where the source shall be made new."
        raise InputError("mask_video_url", "missing", msg)
    facts = clips.probe(order.mask_video)
    pace = facts.fps / shown.facts.fps
    numbers = [min(facts.frames - 1, int(number * pace)) for number in shown.numbers]
    frames = timeline.shown(order.mask_video, numbers, facts.fps)
    return (inside.light(covering(pixels, shown.size)) for pixels in frames)


def _content(work: Work, masks: Masks) -> Content | None:
    """What goes where the mask is: a reference, what the prompt names, or nothing but what lies behind."""
    if work.references:
        work.context.log("The first reference picture takes the masked part's place.")
        return inside.of_picture(work.references[0], masks)
    words = work.order.prompt.strip()
    if not words:
        work.context.log("Without a prompt or reference, what lies behind the masked part is shown.")
        return None
    first = next(work.clip.frames())
    scene, parts = repaint.drawing(
        work.order, prompt.parse(words, work.order.sampling.negative_prompt), *work.clip.size, work.seed
    )
    rng = np.random.Generator(np.random.PCG64(work.seed))
    content, ran = inside.of_words(words, first, masks, rng, scene)
    work.parts += [part for part in (*ran, *parts) if part not in work.parts]
    return content


OUTPAINTED = 0.7
"""Share of the canvas's sides that the source takes in the middle where it is widened on all sides."""


def _outpainted(work: Work) -> Iterator[Pixels]:
    width, height = work.clip.size
    inner = round(width * OUTPAINTED), round(height * OUTPAINTED)
    return _on_canvas(work, inner)


def _reframed(work: Work) -> Iterator[Pixels]:
    width, height = work.clip.size
    facts = work.clip.facts
    scale = min(width / facts.width, height / facts.height)
    return _on_canvas(work, (max(2, round(facts.width * scale)), max(2, round(facts.height * scale))))


def _on_canvas(work: Work, inner: tuple[int, int]) -> Iterator[Pixels]:
    """The whole source at this size in the middle of the canvas, the rest painted."""
    shown = work.clip
    (width, height), facts = shown.size, shown.facts
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    canvas = Canvas((width, height), (left, top, left + inner[0], top + inner[1]))
    work.context.log(f"The source lies at {left},{top} to {canvas.box[2]},{canvas.box[3]} on {width}x{height}.")
    given = None if work.first is None else covering(work.first, shown.size)
    scale = max(inner[0] / facts.width, inner[1] / facts.height)
    size = (facts.width, facts.height) if scale > 1 else inner
    source = replace(shown, size=size)
    rng = np.random.Generator(np.random.PCG64(work.seed))
    return surround.frames(source.frames, size, canvas, rng, given=given, drawn=_drawn(work))


def _drawn(work: Work) -> Drawn | None:
    words = work.order.prompt.strip()
    if not words:
        return None
    found = replace(prompt.parse(words, work.order.sampling.negative_prompt), subjects=())

    def draw(width: int, height: int) -> Pixels:
        pixels, parts = repaint.drawing(work.order, found, width, height, work.seed)
        work.parts += [part for part in parts if part not in work.parts]
        return pixels

    return draw


OPERATIONS: Mapping[str, Callable[[Work], Iterator[Pixels]]] = {
    "restyle": _restyled,
    "depth": _on_depth,
    "pose": _on_pose,
    "inpainting": _inpainted,
    "outpainting": _outpainted,
    "reframe": _reframed,
}
"""Every operation of `VideoToVideo`."""
