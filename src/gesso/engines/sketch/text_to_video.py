"""Text to video: the scene is drawn in layers, the prompt's verbs and camera words move them, sound is laid under."""

from __future__ import annotations

import secrets
import time
from typing import cast

import cv2
import numpy as np

from gesso.engines.engine import Context, Result
from gesso.engines.sketch import safety
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.text_to_image import fitted, working_size
from gesso.engines.sketch.video import animatic, drawn, film, soundtrack
from gesso.engines.sketch.video.acts import Clock
from gesso.engines.sketch.video.animatic import Plan
from gesso.engines.sketch.video.relay import aside
from gesso.engines.sketch.video.render import Renderer
from gesso.engines.sketch.words import prompt
from gesso.engines.sketch.words.description import Description, sentences
from gesso.shapes import Size
from gesso.tasks import Task, TextToVideo


def make(task: Task, context: Context) -> Result:
    """An animatic of exactly the asked size, length and rate, the same for the same task and seed."""
    order = cast("TextToVideo", task)
    cv2.setNumThreads(1)
    film.check_size(order.size, context)
    seed = order.seed if order.seed is not None else secrets.randbits(32)
    started = time.perf_counter()
    rng = np.random.Generator(np.random.PCG64(seed))
    clock = Clock(max(1, round(order.seconds * order.fps)), order.fps, order.loop)
    words = soundtrack.sort(order.prompt)
    plan = animatic.plan(
        words.seen,
        order.sampling.negative_prompt,
        clock,
        free=True,
        strength=motion_strength(order.sampling.guidance),
    )
    found = animatic.grounded(prompt.parse(animatic.shown(plan), order.sampling.negative_prompt), plan)
    for line in [*sentences(found), *animatic.sentences(plan)]:
        context.log(line)
    with aside() as other:
        heard = other.submit(_heard, order, words, seed)
        renderer, drawn_parts = _staged(order, found, plan, rng)
        context.progress(0.15, "drawn")
        sound, told, voices = heard.result()
    for line in told:
        context.log(line)
    parts = (*drawn_parts, *voices, *([safety.NAME] if order.safety.check else []))
    made = film.write(
        lambda i: fitted(renderer.frame(i), order.size),
        clock.count,
        order.size,
        order.fps,
        context,
        texts=film.texts(context, parts, seed),
        sound=sound,
        wanted=order.safety,
    )
    return Result({"video": [made]}, film.values(order.prompt, seed, time.perf_counter() - started), parts)


def _staged(
    order: TextToVideo, found: Description, plan: Plan, rng: np.random.Generator
) -> tuple[Renderer, tuple[str, ...]]:
    """The drawn scene, ready to be filmed, and the learned parts that helped to draw it."""
    path = animatic.poses(plan, rng)
    drawing = drawn.Drawing(
        order.look.style,
        sharpness=crispness(order.sampling.steps),
        margin=animatic.margin(plan, path),
        sides=animatic.sides(plan),
    )
    # Larger frames are enlarged at the very end: everything moves on the size at which scenes are drawn.
    shot = drawn.stage(found, Size(*working_size(order.size)), drawing, rng)
    return animatic.renderer(shot, plan, path, rng), shot.parts


def _heard(order: TextToVideo, words: soundtrack.Words, seed: int) -> tuple[Sound | None, list[str], tuple[str, ...]]:
    if not order.audio:
        return None, [], ()
    frames = max(1, round(order.seconds * order.fps))
    return soundtrack.record(words, frames / order.fps, order.audio_negative_prompt, seed)


def motion_strength(guidance: float | None) -> float:
    """Guidance as how far the motions go: 0.6 at 0, 1 at 5 and where none is given, 1.35 from 10 on."""
    return 1.0 if guidance is None else float(np.interp(guidance, [0, 5, 10], [0.6, 1.0, 1.35]))


def crispness(steps: int | None) -> float:
    """Steps as crispness of the drawing: none for one step, full from 50 on."""
    return float(np.interp(30 if steps is None else steps, [1, 4, 30, 50], [0.0, 0.12, 0.30, 0.40]))
